"""What chance makes of a unit's neighbourhood: the unit keeps its value, and the others' values are dealt out anew.

Every unit with as many neighbours has nearly the same neighbourhoods under chance: sums of as many values drawn from
all. So one set of draws is made and serves all units: a draw of ordered, different units, whose first k make a
neighbourhood of k. Draws that hold the unit itself are not among its own and are left out for it, which makes each
unit's remaining draws exactly those of its own permutation test. Units share the draws, so their p-values have their
simulation error in common; each one is as good as if it had draws of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.space.neighbours import Neighbours

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_TIE = 1e-10


@dataclass(frozen=True)
class Tails:
    """How often chance made the weighted sum of a unit's neighbours as large, or as small, as it is.

    Of `drawn` neighbourhoods `at_least` reached the sum seen and `at_most` did not pass it; ties are in both. A unit
    without neighbours, or whose neighbours are all the others, was drawn 0 times.
    """

    at_least: Whole
    at_most: Whole
    drawn: Whole

    @property
    def high(self) -> Real:
        """The p-value of a sum so large: (at least + 1) / (drawn + 1); not a number where nothing was drawn."""
        return self._p(self.at_least)

    @property
    def low(self) -> Real:
        """The p-value of a sum so small."""
        return self._p(self.at_most)

    @property
    def directed(self) -> Real:
        """The p-value that other software reports as one-sided, in the direction seen, ties counting as above.

        With many ties (counts that are mostly 0) it calls quiet places remarkable that are not: `low` does not.
        """
        below = self.drawn - self.at_least
        return self._p(np.minimum(self.at_least, below))

    def _p(self, reached: Whole) -> Real:
        share: Real = np.where(self.drawn > 0, (reached + 1) / (self.drawn + 1), np.nan)
        return share


def tails(values: Real, neighbours: Neighbours, *, draws: int, seed: int) -> Tails:
    """Compare the weighted sum of each unit's neighbours with what chance would make of it.

    `values` has one finite number a unit. About `draws` neighbourhoods count for each unit: more are drawn, so that as
    many remain on average when those holding the unit itself are left out. Weights alike within a unit need one sort a
    number of neighbours; other weights are gone through unit by unit. The same seed gives the same counts. Source:
    Anselin 1995, Geographical Analysis 27, 93-115 (conditional permutation).

    >>> from abate.space.neighbours import within
    >>> row = within(np.arange(10.0)[:, None] * [1, 0], 1.0)
    >>> found = tails(np.array([9, 9, 8, 1, 2, 1, 0, 1, 2, 0.0]), row, draws=999, seed=1)
    >>> bool(found.high[1] < 0.1), bool(found.high[6] > 0.5)
    (True, True)
    """
    degree = neighbours.degree
    count = neighbours.count
    able = (degree > 0) & (degree < count - 1)
    if not able.any():
        nothing = np.zeros(count, dtype=np.int64)
        return Tails(nothing, nothing, nothing)
    longest = int(degree[able].max())
    typical = float(np.mean(degree[able]))
    made = int(np.ceil(draws / (1 - typical / count)))
    sample = draw(count, longest, draws=made, seed=seed)
    at_least, at_most, drawn = (_evenly if neighbours.even else _unevenly)(values, neighbours, able, sample)
    return Tails(at_least, at_most, drawn)


def draw(count: int, longest: int, *, draws: int, seed: int) -> Whole:
    """Draw `longest` different units of `count` in random order, `draws` times: the shape is (draws, longest).

    >>> draw(5, 5, draws=2, seed=1).sum(axis=1).tolist()
    [10, 10]
    """
    chances = np.random.default_rng(seed).random((draws, longest))
    drawn: Whole = _shuffle(np.arange(count, dtype=np.int64), chances)
    return drawn


@no_type_check
def _shuffle_plain(units, chances):
    """Take units from a pack, each draw from the pack as the one before left it (Fisher and Yates)."""
    draws, longest = chances.shape
    taken = np.empty((draws, longest), dtype=np.int64)
    for row in range(draws):
        for place in range(longest):
            other = place + int(chances[row, place] * (len(units) - place))
            units[place], units[other] = units[other], units[place]
            taken[row, place] = units[place]
    return taken


_shuffle = numba.njit(nogil=True, cache=True)(_shuffle_plain)


def _evenly(values: Real, neighbours: Neighbours, able: NDArray[np.bool_], sample: Whole) -> tuple[Whole, Whole, Whole]:
    """Count for weights alike within a unit: plain sums are compared, so that whole numbers tie exactly."""
    degree, sign = neighbours.degree, np.ones(neighbours.count)
    sign[able] = np.sign(neighbours.weights[neighbours.starts[:-1][able]])
    seen = np.bincount(neighbours.unit, weights=values[neighbours.others], minlength=neighbours.count)
    sums = np.cumsum(values[sample], axis=1)
    slack = _TIE * max(float(np.abs(values).max()), 1e-300)
    at_least, at_most = np.zeros(neighbours.count, dtype=np.int64), np.zeros(neighbours.count, dtype=np.int64)
    for number in np.unique(degree[able]):
        own = np.flatnonzero(able & (degree == number))
        chance = np.sort(sums[:, number - 1])
        at_least[own] = len(chance) - np.searchsorted(chance, seen[own] - slack)
        at_most[own] = np.searchsorted(chance, seen[own] + slack, side="right")
    drawn = np.where(able, len(sample), 0)
    unit, row, place = sample.ravel(), *(index.ravel() for index in np.indices(sample.shape))
    held = able[unit] & (place < degree[unit])
    unit, total = unit[held], sums[row[held], degree[unit[held]] - 1]
    drawn -= np.bincount(unit, minlength=neighbours.count)
    at_least -= np.bincount(unit[total >= seen[unit] - slack], minlength=neighbours.count)
    at_most -= np.bincount(unit[total <= seen[unit] + slack], minlength=neighbours.count)
    turned = sign < 0
    at_least[turned], at_most[turned] = at_most[turned], at_least[turned]
    return at_least, at_most, drawn


def _unevenly(
    values: Real, neighbours: Neighbours, able: NDArray[np.bool_], sample: Whole
) -> tuple[Whole, Whole, Whole]:
    """Count for any weights: each unit's own, put to the shared draws."""
    order = np.argsort(sample.ravel(), kind="stable")
    begins = np.searchsorted(sample.ravel()[order], np.arange(neighbours.count + 1))
    counted: Whole = _weigh(
        np.ascontiguousarray(values[sample].T),
        neighbours.starts,
        neighbours.weights,
        neighbours.lag(values),
        able,
        begins.astype(np.int64),
        order.astype(np.int64),
        _TIE * max(float(np.abs(values).max()), 1e-300),
    )
    return counted[0], counted[1], counted[2]


@no_type_check
def _weigh_plain(drawn_values, starts, weights, seen, able, begins, order, slack):  # noqa: PLR0917 - a kernel takes plain arrays
    """Add up weighted draws for each unit and compare; draws that hold the unit itself are taken off again."""
    longest, draws = drawn_values.shape
    counted = np.zeros((3, len(seen)), dtype=np.int64)
    sums = np.empty(draws, dtype=np.float64)
    for unit in range(len(seen)):
        if not able[unit]:
            continue
        first, degree = starts[unit], starts[unit + 1] - starts[unit]
        near = slack * np.abs(weights[first : first + degree]).sum()
        sums[:] = 0.0
        for place in range(degree):
            weight = weights[first + place]
            for row in range(draws):
                sums[row] += weight * drawn_values[place, row]
        low, high = seen[unit] - near, seen[unit] + near
        at_least, at_most, kept = 0, 0, draws
        for row in range(draws):
            at_least += sums[row] >= low
            at_most += sums[row] <= high
        for entry in range(begins[unit], begins[unit + 1]):
            row, place = order[entry] // longest, order[entry] % longest
            if place < degree:
                kept -= 1
                at_least -= sums[row] >= low
                at_most -= sums[row] <= high
        counted[0, unit], counted[1, unit], counted[2, unit] = at_least, at_most, kept
    return counted


_weigh = numba.njit(nogil=True, cache=True)(_weigh_plain)
