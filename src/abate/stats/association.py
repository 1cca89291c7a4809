"""Mantel's test: whether pairs far apart in one way tend to be far apart in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_TOGETHER = 32


@dataclass(frozen=True)
class Association:
    """The correlation over all pairs, as it is and for each shuffle; the first of `draws` is what was seen."""

    draws: Real

    @property
    def value(self) -> float:
        """The correlation seen."""
        return float(self.draws[0])

    @property
    def p(self) -> float:
        """The share of shuffles with at least the correlation seen, counting what was seen as one of them."""
        return float((self.draws >= self.draws[0] - 1e-12).sum() / len(self.draws))


def mantel(
    x: Real, y: Real, days: Whole, *, apart: tuple[float, float], between: Real, draws: int, seed: int
) -> Association:
    """Correlate the distance of each pair of points with its days apart, against shuffled days.

    Distances are straight lines; each becomes (distance + constant) ** power, with `apart` the constant and the power.
    `between` gives what each number of days apart, from 0 on, becomes. Sums run in a fixed order, so the same seed
    gives the same bytes. Blank (not a number) where all pairs are alike. Source: Mantel 1967, Cancer Research 27,
    209-220.

    >>> where, when = np.array([0.0, 1, 2, 3]), np.array([0, 1, 2, 3])
    >>> mantel(where, 0 * where, when, apart=(0, 1), between=np.arange(4.0), draws=9, seed=1).value
    1.0
    """
    number = len(days)
    pairs = number * (number - 1) / 2
    generator = np.random.default_rng(seed)
    when = days - days.min()
    crossed = []
    for first in range(0, draws + 1, _TOGETHER):
        rows = [
            when if first + row == 0 else generator.permutation(when)
            for row in range(min(_TOGETHER, draws + 1 - first))
        ]
        sums, squares, total = _cross(x, y, np.ascontiguousarray(np.array(rows).T), apart[0], apart[1], between)
        crossed.append(sums)
    mean_far, mean_long = total / pairs, _mean(when, between)
    spread_far = squares / pairs - mean_far**2
    spread_long = _mean(when, between**2) - mean_long**2
    if not (spread_far > 1e-15 * mean_far**2 and spread_long > 1e-15 * mean_long**2):
        return Association(np.full(draws + 1, np.nan))
    correlations = (np.concatenate(crossed) / pairs - mean_far * mean_long) / np.sqrt(spread_far * spread_long)
    return Association(np.clip(correlations, -1.0, 1.0))


def _mean(when: Whole, between: Real) -> float:
    """Give the mean over all pairs of what their days apart become."""
    by_day = np.bincount(when)
    counts = np.array([int((by_day[: len(by_day) - lag] * by_day[lag:]).sum()) for lag in range(len(by_day))])
    counts[0] = (by_day * (by_day - 1) // 2).sum()
    return float((counts * between[: len(counts)]).sum() / counts.sum())


@no_type_check
def _cross_plain(x, y, times, constant, power, between):  # noqa: PLR0917 - a kernel takes plain arrays
    """Add up, over all pairs, distance times days apart for each shuffle; and distances, and their squares."""
    points, together = times.shape
    sums = np.zeros(together)
    squares, total = 0.0, 0.0
    for one in range(points):
        for other in range(one + 1, points):
            line = np.sqrt((x[one] - x[other]) ** 2 + (y[one] - y[other]) ** 2) + constant
            far = 1.0 / line if power == -1.0 else line**power
            total += far
            squares += far * far
            for draw in range(together):
                sums[draw] += far * between[abs(times[one, draw] - times[other, draw])]
    return sums, squares, total


_cross = numba.njit(nogil=True, cache=True)(_cross_plain)
