"""The most that fits: which things to take when their sizes together may not pass a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_SLACK = 1e-9
_MOST_STEPS = 1_000_000_000


def fill(gains: Whole, sizes: Real, room: float) -> int:
    """Give the largest sum of `gains` (whole numbers from 0) whose `sizes` add up to at most `room`.

    Exact: things of the commonest size are taken largest gain first, and for all others the least size that reaches
    each sum of gains is found by dynamic programming. Where that would take too long (more than a billion steps) the
    answer is the bound of taking one thing in part, which is never too small. Source: Kellerer, Pferschy and Pisinger
    2004, Knapsack Problems, chapters 2 and 5.

    >>> fill(np.array([5, 4, 3]), np.array([2.0, 1.0, 1.0]), 2.0), fill(np.array([5, 4, 4]), np.ones(3), 2.0)
    (7, 9)
    """
    useful = gains > 0
    gains, sizes = gains[useful], sizes[useful]
    limit = room * (1 + _SLACK)
    if sizes.sum() <= limit:
        return int(gains.sum())
    alike, least = _commonest(sizes)
    others = int((~alike).sum())
    if others * int(gains[~alike].sum() + 1) > _MOST_STEPS:
        return _bound(gains, sizes, limit)
    reached = np.r_[0, np.cumsum(-np.sort(-gains[alike]))]
    smallest = _smallest(gains[~alike], sizes[~alike])
    fits = np.flatnonzero(smallest <= limit)
    spare = np.floor((limit - smallest[fits]) / least + _SLACK)
    many = np.minimum(spare, len(reached) - 1).astype(np.int64)
    return int((fits + reached[many]).max())


def _commonest(sizes: Real) -> tuple[NDArray[np.bool_], float]:
    distinct, many = np.unique(sizes, return_counts=True)
    size = float(distinct[np.argmax(many)])
    return np.abs(sizes - size) <= _SLACK * size, size


def _smallest(gains: Whole, sizes: Real) -> Real:
    """Give the least size with which each sum of gains is reached, from 0 to all of them; infinite where it is not."""
    least = np.full(int(gains.sum()) + 1, np.inf)
    least[0] = 0.0
    for gain, size in zip(gains.tolist(), sizes.tolist(), strict=True):
        least[gain:] = np.minimum(least[gain:], least[:-gain] + size)
    return least


def _bound(gains: Whole, sizes: Real, limit: float) -> int:
    order = np.lexsort((sizes, -gains / sizes))
    gained, used = np.cumsum(gains[order]), np.cumsum(sizes[order])
    whole = int(np.searchsorted(used, limit, side="right"))
    before = (int(gained[whole - 1]), float(used[whole - 1])) if whole else (0, 0.0)
    part = (limit - before[1]) / float(sizes[order][whole]) * float(gains[order][whole])
    return before[0] + int(np.floor(part))
