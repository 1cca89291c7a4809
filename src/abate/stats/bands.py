"""Errors and bands of many estimates at once, from what each row did to each of them (influence functions).

An influence function is an array (rows, estimates) whose columns have mean 0; an estimate's variance is the mean
square of its column over the number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Multiplier = Literal["mammen", "rademacher"]

_AT_ONCE = 2_000_000
_QUARTILES = 1.3489795003921634
_ROOT_5 = 5.0**0.5
_LEVELS = {
    "mammen": ((1 - _ROOT_5) / 2, (1 + _ROOT_5) / 2, (_ROOT_5 + 1) / (2 * _ROOT_5)),
    "rademacher": (-1.0, 1.0, 0.5),
}


def errors(influence: Real) -> Real:
    """Give the standard error of each estimate; NaN where no row had any influence.

    >>> errors(np.array([[1.0, 0.0], [-1.0, 0.0]])).tolist()
    [0.7071067811865476, nan]
    """
    found: Real = np.sqrt(np.einsum("re,re->e", influence, influence)) / len(influence)
    return np.where(found > 1e-12, found, np.nan)


def gather(influence: Real, clusters: Whole) -> Real:
    """Add up influence within clusters, so that a cluster counts as one row; `clusters` are numbered from 0.

    >>> gather(np.array([[1.0], [2.0], [-3.0]]), np.array([0, 0, 1])).tolist()
    [[2.0], [-2.0]]
    """
    order = np.argsort(clusters, kind="stable")
    begins = np.flatnonzero(np.diff(clusters[order], prepend=-1))
    summed: Real = np.add.reduceat(influence[order], begins, axis=0)
    return summed * (len(begins) / len(influence))


@dataclass(frozen=True)
class Redrawn:
    """Bootstrapped deviations of the estimates from their values, in the shape (draws, estimates)."""

    deviations: Real

    @cached_property
    def errors(self) -> Real:
        """Give each estimate's error from the quartiles of its deviations; NaN where they do not vary."""
        lower, upper = np.quantile(self.deviations, [0.25, 0.75], axis=0)
        found: Real = (upper - lower) / _QUARTILES
        return np.where(found > 1e-12, found, np.nan)

    def largest(self, columns: Whole) -> Real:
        """Give in each draw the largest deviation of some estimates, in their own errors."""
        chosen, spread = self.deviations[:, columns], self.errors[columns]
        moving = np.isfinite(spread)
        found: Real = np.abs(chosen[:, moving] / spread[moving]).max(axis=1, initial=0.0)
        return found

    def critical(self, columns: Whole, level: float) -> float | None:
        """Give how many errors wide a band is that holds all of some estimates at once; None where none varies."""
        largest = self.largest(columns)
        return float(np.quantile(largest, level)) if bool(largest.any()) else None


def redraw(influence: Real, *, draws: int, seed: int, multiplier: Multiplier = "mammen") -> Redrawn:
    """Redraw all estimates together by giving every row (or cluster) a random multiplier of mean 0 and variance 1.

    Nothing is estimated again: a draw is one product of multipliers and influence, made for many draws at a time.
    `mammen` multipliers (two points with third moment 1) follow skewed influence, `rademacher` are signs.

    >>> flat = redraw(np.array([[1.0], [-1.0]]), draws=400, seed=1, multiplier="rademacher")
    >>> sorted(set(flat.deviations.ravel().tolist()))
    [-1.0, 0.0, 1.0]
    """
    low, high, share = _LEVELS[multiplier]
    sums = influence.sum(axis=0)
    deviations: Real = np.empty((draws, influence.shape[1]))
    for begin, chosen in _chosen(len(influence), share, draws=draws, seed=seed):
        deviations[begin : begin + len(chosen)] = (high * sums + (low - high) * (chosen @ influence)) / len(influence)
    return Redrawn(deviations)


def _chosen(rows: int, share: float, *, draws: int, seed: int) -> Iterator[tuple[int, Real]]:
    """Draw which rows get the lower multiplier, some draws at a time; the blocks do not change what is drawn."""
    generator = np.random.default_rng(seed)
    block = max(1, _AT_ONCE // rows)
    for begin in range(0, draws, block):
        size = min(block, draws - begin)
        yield begin, (generator.random((size, rows)) < share).astype(np.float64)


@dataclass(frozen=True)
class Wald:
    """A joint test that several estimates are 0: the statistic, its degrees of freedom and p."""

    statistic: float
    freedom: int
    p: float


def wald(values: Real, influence: Real) -> Wald | None:
    """Test that all estimates are 0; None where there are too few rows for their covariance to be inverted.

    >>> wald(np.array([1.0]), np.array([[2.0], [-2.0], [2.0], [-2.0]])).statistic
    1.0
    """
    from scipy.special import chdtrc

    if not len(values):
        return None
    spread = covariance(influence)
    if not np.linalg.cond(_unitless(spread)) < 1e10:
        return None
    statistic = float(values @ np.linalg.solve(spread, values))
    return Wald(statistic, len(values), float(chdtrc(len(values), statistic)))


def covariance(influence: Real) -> Real:
    """Give the covariance of the estimates."""
    found: Real = influence.T @ influence / len(influence) ** 2
    return found


def _unitless(spread: Real) -> Real:
    scale = np.sqrt(np.diag(spread))
    if not bool((scale > 0).all()):
        return np.zeros_like(spread)
    found: Real = spread / np.outer(scale, scale)
    return found
