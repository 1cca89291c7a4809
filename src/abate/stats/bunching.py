"""How much more counts vary than Poisson counts with the means expected of them: the negative binomial's size."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_POWERS = (0.0, 0.25, 0.5, 0.75, 1.0)
_BINS = 1024
_GOLDEN = (5**0.5 - 1) / 2
_LEAST_MEAN = 1e-12
_LOWEST, _HIGHEST = log(1e-3), log(1e5)
_ENOUGH = 5


@dataclass(frozen=True)
class Bunching:
    """The size of a negative binomial as it goes with the mean: scale · mean^power; an infinite scale is Poisson.

    The variance is mean + mean² / size. With power 0 all cells share one size; with power 1 the variance is a fixed
    multiple of the mean.
    """

    scale: float
    power: float

    def size(self, mean: Real) -> Real:
        """Give the size at each mean; not a number where the counts are Poisson.

        >>> Bunching(2.0, 0.5).size(np.array([4.0])).tolist()
        [4.0]
        """
        if not isfinite(self.scale):
            return np.full(len(mean), np.nan)
        return self.scale * np.maximum(mean, _LEAST_MEAN) ** self.power


POISSON = Bunching(float("inf"), 0.0)


def fit(counts: Whole, mean: Real) -> Bunching:
    """Find the scale and the power under which the counts are likeliest, given the means expected of them.

    The power is one of 0, 1/4, 1/2, 3/4 and 1. Cells without a count are taken together with those whose mean hardly
    differs (1,024 steps in its logarithm). Poisson where five counts or fewer are above 0, or nothing is bunched.
    Source: Greene 2008, Economics Letters 99, 585-590 (the size as a power of the mean).

    >>> counts = np.random.default_rng(1).negative_binomial(2.0, 2.0 / (2.0 + 3.0), size=20_000)
    >>> found = fit(counts, np.full(20_000, 3.0))
    >>> bool(1.9 < found.size(np.array([3.0]))[0] < 2.1)
    True
    """
    some = counts > 0
    if int(some.sum()) <= _ENOUGH:
        return POISSON
    seen, mean_seen = counts[some].astype(np.float64), np.maximum(mean[some], _LEAST_MEAN)
    quiet, how_many = _gathered(np.maximum(mean[~some], _LEAST_MEAN))
    best, height = POISSON, _poisson(seen, mean_seen, quiet, how_many)
    for power in _POWERS:

        def likelihood(scale: float, power: float = power) -> float:
            return _bunched(seen, mean_seen, quiet, how_many, Bunching(exp(scale), power))

        scale = _highest(likelihood)
        reached = likelihood(scale)
        if reached > height + 1e-6:
            best, height = Bunching(exp(scale), power), reached
    return best


def _gathered(means: Real) -> tuple[Real, Real]:
    """Put cells with nearly the same mean together: their average mean, and how many they are."""
    if not len(means):
        return means, means
    logs = np.log(means)
    step = max(float(np.ptp(logs)) / _BINS, 1e-12)
    place = np.minimum(((logs - logs.min()) / step).astype(np.int64), _BINS - 1)
    many = np.bincount(place, minlength=_BINS).astype(np.float64)
    total = np.bincount(place, weights=means, minlength=_BINS)
    held = many > 0
    return total[held] / many[held], many[held]


def _poisson(seen: Real, mean: Real, quiet: Real, how_many: Real) -> float:
    return float((seen * np.log(mean) - mean).sum() - (how_many * quiet).sum() - _factorials(seen))


def _bunched(seen: Real, mean: Real, quiet: Real, how_many: Real, bunching: Bunching) -> float:
    from scipy.special import gammaln

    size, idle = bunching.size(mean), bunching.size(quiet)
    some = gammaln(seen + size) - gammaln(size) - (seen + size) * np.log1p(mean / size) + seen * np.log(mean / size)
    return float(some.sum() - (how_many * idle * np.log1p(quiet / idle)).sum() - _factorials(seen))


def _factorials(seen: Real) -> float:
    from scipy.special import gammaln

    return float(gammaln(seen + 1).sum())


def _highest(likelihood: Callable[[float], float]) -> float:
    """Find the top of a function with one top between the lowest and the highest scale, by golden sections."""
    low, high = _LOWEST, _HIGHEST
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = likelihood(left), likelihood(right)
    while high - low > 1e-3:
        if at_left >= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = likelihood(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = likelihood(right)
    return (low + high) / 2
