"""Whether a unit and its neighbours are alike: the statistics of Getis and Ord, and local Moran, with their moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.space.neighbours import Neighbours

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Local:
    """A statistic of each unit, with its mean and variance if values were dealt out by chance.

    All are not a number where there is nothing to compare: no neighbours, or values that are all alike.
    """

    value: Real
    expected: Real
    variance: Real

    @property
    def z(self) -> Real:
        """How many standard deviations the statistic lies from its mean."""
        apart = np.full(len(self.value), np.nan)
        known = self.variance > 0
        apart[known] = (self.value[known] - self.expected[known]) / np.sqrt(self.variance[known])
        return apart


def gi(values: Real, neighbours: Neighbours, *, star: bool = True, own: float | Real = 1.0) -> Local:
    """Add up the values around each unit: Gi* with the unit itself (`star`), Gi without.

    The statistic is the weighted sum; dividing by the sum of all values, as first written, changes no z. For Gi* the
    unit weighs `own`, and chance deals all values to all units; for Gi the unit keeps its value, and chance deals the
    others. With weights W = Σw, S = Σw², over N values with mean m and variance v (N below the line), chance has the
    mean W·m and the variance v·(N·S - W²)/(N - 1). Sources: Getis and Ord 1992, Geographical Analysis 24, 189-206; Ord
    and Getis 1995, Geographical Analysis 27, 286-306.

    >>> from abate.space.neighbours import nearest
    >>> line = nearest(np.array([[0.0, 0.0], [1.0, 0.0], [2.5, 0.0]]), 1)
    >>> gi(np.array([1.0, 2.0, 6.0]), line).z.round(3).tolist()
    [-1.389, -1.389, 0.926]
    """
    number = len(values)
    itself = np.broadcast_to(np.asarray(own, dtype=float), number) if star else np.zeros(number)
    weights, squares = neighbours.sums() + itself, neighbours.sums(2) + itself**2
    pool = number if star else number - 1
    left_out = np.zeros(number) if star else values
    mean = (values.sum() - left_out) / pool
    variance = (((values - values.mean()) ** 2).sum() - _taken_off(values, star=star)) / pool
    value = neighbours.lag(values) + itself * values
    spread = variance * (pool * squares - weights**2) / (pool - 1) if pool > 1 else np.zeros(number)
    return _known(value, weights * mean, spread, (neighbours.degree > 0) & _varied(values))


def _taken_off(values: Real, *, star: bool) -> Real:
    """Give what leaving a unit out takes off the sum of squares about the mean."""
    number = len(values)
    off: Real = np.zeros(number) if star else (values - values.mean()) ** 2 * number / (number - 1)
    return off


def moran(values: Real, neighbours: Neighbours) -> Local:
    """Multiply each unit's distance from the mean by its neighbours': local Moran's I.

    I = z·Σw·z' / m, with z the distance from the mean and m the mean of z². The moments are those of conditional
    randomisation: the unit keeps its value and chance deals the others. Sources: Anselin 1995, Geographical Analysis
    27, 93-115; Sokal, Oden and Thomson 1998, Geographical Analysis 30, 331-354.

    >>> from abate.space.neighbours import nearest
    >>> line = nearest(np.array([[0.0, 0.0], [1.0, 0.0], [2.5, 0.0]]), 1)
    >>> moran(np.array([1.0, 2.0, 6.0]), line).value.round(3).tolist()
    [0.429, 0.429, -0.643]
    """
    number = len(values)
    apart = values - values.mean()
    second = float((apart**2).mean())
    weights, squares = neighbours.sums(), neighbours.sums(2)
    scale = second if second > 0 else np.nan
    value = apart * neighbours.lag(apart) / scale
    expected = -(apart**2) * weights / (scale * (number - 1)) if number > 1 else np.full(number, np.nan)
    spread = np.zeros(number)
    if number > 2:
        spread = (apart / scale) ** 2 * number / (number - 2) * (squares - weights**2 / (number - 1))
        spread = spread * (second - apart**2 / (number - 1))
    return _known(value, expected, spread, (neighbours.degree > 0) & _varied(values))


def _varied(values: Real) -> bool:
    return bool(np.ptp(values) > 0) if len(values) else False


def _known(value: Real, expected: Real, spread: Real, known: NDArray[np.bool_]) -> Local:
    blank = np.nan
    sound = np.where(spread > 1e-12 * np.abs(spread).max(initial=0.0), spread, 0.0)
    return Local(np.where(known, value, blank), np.where(known, expected, blank), np.where(known, sound, blank))
