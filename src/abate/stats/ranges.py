"""Ranges of counts that hold a wanted part of a negative binomial or Poisson distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.stats import scoring

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_TIE = 1e-12


def quantile(part: float, mean: Real, size: Real) -> Whole:
    """Give the smallest count with at least `part` of the probability at or below it, by halving.

    >>> quantile(0.5, np.array([0.1, 4.0]), np.array([np.nan, np.nan])).tolist()
    [0, 4]
    """
    low = np.full(len(mean), -1, dtype=np.int64)
    high = np.ones(len(mean), dtype=np.int64)
    while len(short := np.flatnonzero(scoring.below(high, mean, size) < part)):
        low[short], high[short] = high[short], 2 * high[short]
    while len(wide := np.flatnonzero(high - low > 1)):
        middle = (low[wide] + high[wide]) // 2
        enough = scoring.below(middle, mean[wide], size[wide]) >= part
        high[wide] = np.where(enough, middle, high[wide])
        low[wide] = np.where(enough, low[wide], middle)
    return high


def middle_part(level: float, mean: Real, size: Real) -> tuple[Whole, Whole]:
    """Give the range of counts, both ends included, that holds as near to `level` of the probability as counts allow.

    The equal-tailed range, from the smallest count with at least (1 - level)/2 at or below it to the smallest with at
    least (1 + level)/2, always holds `level` or more, and much more where few are expected. From it the lowest or the
    highest count is dropped, whichever leaves the probability nearer to `level` (the highest where they tie), for as
    long as that brings it nearer.

    >>> low, high = middle_part(0.95, np.array([4.0, 0.05]), np.array([np.nan, np.nan]))
    >>> low.tolist(), high.tolist()
    ([1, 0], [8, 0])
    """
    low, high = quantile((1 - level) / 2, mean, size), quantile((1 + level) / 2, mean, size)
    held = scoring.below(high, mean, size) - scoring.below(low - 1, mean, size)
    open_ = np.flatnonzero(low < high)
    while len(open_):
        at = (mean[open_], size[open_])
        upto, before = scoring.below(high[open_], *at), scoring.below(low[open_] - 1, *at)
        no_lowest, no_highest = upto - scoring.below(low[open_], *at), scoring.below(high[open_] - 1, *at) - before
        drop_low = np.abs(no_lowest - level) < np.abs(no_highest - level) - _TIE
        left = np.where(drop_low, no_lowest, no_highest)
        nearer = np.abs(left - level) < np.abs(held[open_] - level) - _TIE
        changed = open_[nearer]
        low[changed] += drop_low[nearer]
        high[changed] -= ~drop_low[nearer]
        held[changed] = left[nearer]
        open_ = changed[low[changed] < high[changed]]
    return low, high


def covered(seen: Whole, mean: Real, size: Real, *, level: float = 0.95) -> NDArray[np.bool_]:
    """Tell whether what was seen lies in the range that holds as near to `level` of the forecast as counts allow.

    >>> covered(np.array([0, 3, 9]), np.full(3, 4.0), np.full(3, np.nan)).tolist()
    [False, True, False]
    """
    low, high = middle_part(level, mean, size)
    inside: NDArray[np.bool_] = (seen >= low) & (seen <= high)
    return inside
