"""How unevenly a total is shared out: the Lorenz curve, its shares, and the Gini index in two forms.

Every function takes one value a unit and, as `units`, how many units there are in all: those not listed hold 0. This
keeps long lists of zeros out of memory without leaving them out of the sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def cumulative(values: ArrayLike) -> NDArray[np.float64]:
    """Give the share of the total held by the 1, 2, 3, ... largest values.

    >>> cumulative([1, 6, 3]).tolist()
    [0.6, 0.9, 1.0]
    """
    running = np.cumsum(descending(values), dtype=np.float64)
    shares: NDArray[np.float64] = running / running[-1]
    return shares


def descending(values: ArrayLike) -> NDArray[np.int64] | NDArray[np.float64]:
    """Give the values from the largest to the smallest.

    >>> descending([1, 6, 3]).tolist()
    [6, 3, 1]
    """
    listed = np.asarray(values)
    narrow = listed.dtype.kind in "iu" and listed.min(initial=0) >= 0 and listed.max(initial=0) < 2**16
    return np.sort(listed.astype(np.uint16) if narrow else listed, kind="stable")[::-1].astype(listed.dtype)


def gini(values: ArrayLike, *, units: int | None = None) -> float:
    """Give the Gini index: 0 when every unit holds the same, near 1 when one unit holds everything.

    With values y sorted from small to large and n units, G = 2 Σ i·y_i / (n Σ y_i) - (n + 1)/n. Not a number when the
    total is 0.

    >>> gini([1, 1, 1, 1]), gini([4], units=4)
    (0.0, 0.75)
    """
    largest_first = descending(values)
    count = units or len(largest_first)
    total = float(largest_first.sum())
    if total == 0:
        return float("nan")
    weights = count + 1 - 2 * np.arange(1, len(largest_first) + 1)
    return float((weights * largest_first).sum() / (count * total))


def generalised_gini(values: ArrayLike, *, units: int | None = None) -> float:
    """Give the Gini index measured against the most even spread that whole numbers allow.

    Five things cannot be spread evenly over a hundred units, so the plain index is high however they fall. With c
    things on n units, G' = max(n/c, 1)·(G - 1) + 1: 0 when each of the c things has a unit of its own, and equal to
    the plain index when there are at least as many things as units. `values` are whole numbers.

    Source: Bernasco and Steenbeek 2017, Journal of Quantitative Criminology 33, 451-467.

    >>> generalised_gini([1, 1], units=10), round(gini([1, 1], units=10), 3)
    (0.0, 0.8)
    """
    listed = np.asarray(values)
    count = units or len(listed)
    return generalise(gini(listed, units=count), things=float(listed.sum()), units=count)


def generalise(plain: float, *, things: float, units: int) -> float:
    """Turn a plain Gini index into the generalised one; not a number when there are no things.

    >>> generalise(0.8, things=2, units=10)
    0.0
    """
    if things == 0:
        return float("nan")
    adjusted = max(units / things, 1.0) * (plain - 1) + 1
    return 0.0 if abs(adjusted) < 1e-12 else adjusted


def lorenz(values: ArrayLike, *, units: int | None = None, points: int = 200) -> tuple[NDArray[np.float64], ...]:
    """Give at most `points` points of the Lorenz curve, largest units first: share of units, share of the total.

    The first point is (0, 0), the last (1, 1). Points lie closer together among the largest units, where the curve
    bends; each is a point of the full curve, so that nothing is interpolated.

    >>> units, held = lorenz([1, 6, 3])
    >>> held.tolist()
    [0.0, 0.6, 0.9, 1.0]
    """
    shares = cumulative(values)
    count = units or len(shares)
    half = points // 2
    near = np.geomspace(1, max(len(shares), 1), half)
    chosen = np.unique(np.rint(np.r_[near, np.linspace(1, len(shares), points - half - 3)]).astype(int))
    across, up = np.r_[0, chosen, count] / count, np.r_[0.0, shares[chosen - 1], 1.0]
    kept = np.r_[True, np.diff(across) > 0]
    return across[kept], up[kept]


def needed(shares: NDArray[np.float64], share: float) -> int:
    """Give how many of the largest units are needed to hold at least `share`, from the `cumulative` shares.

    >>> needed(cumulative([1, 6, 3]), 0.8)
    2
    """
    return int(np.searchsorted(shares, share - 1e-12)) + 1
