"""The mix of donors that comes nearest to a target: weights of 0 or more that add up to 1, exactly optimal.

Each answer comes with its proof: `shortfall` is how far the slopes miss the conditions of Karush, Kuhn and Tucker, and
twice of it bounds how far the sum of squares lies above the least there is. Where several mixes are equally near (more
donors than periods may fit without error) the answer is the corner that the active set comes to: the nearest donor
first, then always the donor that gains most, the first of equals. Such a corner uses at most periods + 1 donors.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np

from abate.stats.descents import descend, descend_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_AT_ONCE = 64
_EQUAL = 1e-9


@dataclass(frozen=True)
class Mix:
    """The weights of the donors, the level added to their mix, and how well it fits.

    `rss` is the sum of squared differences (times importance), without ridge and penalty; `shortfall` the proof of
    optimality; `unique` tells whether no other weights do as well.
    """

    weights: Real
    level: float
    rss: float
    shortfall: float
    unique: bool
    steps: int


@dataclass(frozen=True)
class Mixes:
    """The same for many targets: `weights` has the shape (targets, donors)."""

    weights: Real
    levels: Real
    rss: Real
    shortfall: Real


def fit(
    target: Real,
    donors: Real,
    *,
    intercept: bool = False,
    ridge: float = 0.0,
    penalty: float = 0.0,
    importance: Real | None = None,
) -> Mix:
    """Find the weights by which the donors come nearest to the target.

    `target` has one value a period, `donors` the shape (donors, periods). What is least is
    sum(importance · (target - level - weights · donors)²) + ridge · |weights|² + penalty · sum(weights · distance²),
    where distance is that of each single donor from the target (Abadie and L'Hour 2021, Journal of the American
    Statistical Association 116, 1817-1834); `level` is 0 unless there is an `intercept`. Importance is 0 or more.

    >>> found = fit(np.array([1.0, 2.0]), np.array([[0.0, 2.0], [2.0, 2.0], [9.0, 9.0]]))
    >>> found.weights.round(12).tolist(), round(found.rss, 12), found.unique
    ([0.5, 0.5, 0.0], 0.0, True)
    """
    aims, pool = _shifted(target[None, :], donors, intercept, importance)
    points = np.ascontiguousarray((pool - aims).T)
    linear = penalty * np.sum(points * points, axis=0)
    weights, shortfall, steps = descend(points, linear, float(ridge), -1)
    residual = points @ weights
    level = float(_means(target - weights @ donors, importance)) if intercept else 0.0
    unique = ridge > 0 or _unique(points, linear, weights)
    return Mix(weights, level, float(residual @ residual), float(shortfall), unique, int(steps))


def fit_many(
    targets: Real,
    donors: Real,
    *,
    barred: Whole | None = None,
    intercept: bool = False,
    ridge: float = 0.0,
    penalty: float = 0.0,
    importance: Real | None = None,
) -> Mixes:
    """Find the weights for many targets, each as `fit` would; every placebo at once.

    `targets` has the shape (targets, periods), `donors` (donors, periods); `barred` gives for each target the donor
    that it may not use, such as itself, and -1 where it may use all. Runs on all cores; the answer does not depend on
    how many there are.

    >>> areas = np.array([[0.0, 2.0], [2.0, 2.0], [1.0, 2.0]])
    >>> fit_many(areas, areas, barred=np.arange(3)).weights.round(12).tolist()
    [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.5, 0.5, 0.0]]
    """
    number = len(targets)
    without = np.full(number, -1, dtype=np.int64) if barred is None else np.asarray(barred, dtype=np.int64)
    aims, pool = (np.ascontiguousarray(part) for part in _shifted(targets, donors, intercept, importance))
    across = np.ascontiguousarray(pool.T)
    weights, short = np.zeros((number, len(donors))), np.zeros(number)

    def some(first: int) -> None:
        last = min(first + _AT_ONCE, number)
        descend_each(aims, across, float(penalty), float(ridge), without, first, last, weights, short)

    starts = range(0, number, _AT_ONCE)
    if len(starts) < 2:
        for first in starts:
            some(first)
    else:
        with ThreadPoolExecutor(numba.get_num_threads()) as cores:
            list(cores.map(some, starts))
    residual = aims - weights @ pool
    levels = _means(targets - weights @ donors, importance) if intercept else np.zeros(number)
    return Mixes(weights, levels, np.sum(residual * residual, axis=1), short)


def _shifted(targets: Real, donors: Real, intercept: bool, importance: Real | None) -> tuple[Real, Real]:
    """Give both about their own means where there is an intercept, and each period times the root of its importance."""
    if intercept:
        targets = targets - _means(targets, importance)[:, None]
        donors = donors - _means(donors, importance)[:, None]
    if importance is None:
        return targets, donors
    root = np.sqrt(importance)
    return targets * root, donors * root


def _means(rows: Real, importance: Real | None) -> Real:
    found: Real = np.average(rows, axis=-1, weights=importance)
    return found


def _unique(points: Real, linear: Real, weights: Real) -> bool:
    """Tell whether the donors that are as good as those in use lie so that no other mix of them is the same point."""
    slopes = points.T @ (points @ weights) + linear / 2
    level = float(weights @ slopes)
    lengths = np.linalg.norm(points, axis=0)
    scale = lengths * float(weights @ lengths) + np.abs(linear)
    equal = (slopes <= level + _EQUAL * scale) | (weights > 0)
    lifted = np.vstack([points[:, equal], np.full((1, int(equal.sum())), max(float(lengths.max()), 1e-300))])
    return int(equal.sum()) <= len(lifted) and int(np.linalg.matrix_rank(lifted)) == int(equal.sum())
