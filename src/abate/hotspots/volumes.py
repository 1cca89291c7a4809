"""How many incidents the whole area should expect: the recent level, and the time of year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_HALF_LIVES = (np.inf, 18.0, 6.0, 2.0)
_FEWEST, _MOST_TRIED = 6, 24
_YEAR = 12
_RATHER = 0.98


@dataclass(frozen=True)
class _Months:
    """The record by calendar months: their numbers (months since year 0), the days of each held, and the incidents."""

    number: Whole
    days: Real
    incidents: Real

    def before(self, month: int) -> _Months:
        return _Months(self.number[:month], self.days[:month], self.incidents[:month])


def foresee(past: History, window: Window) -> float:
    """Say how many incidents all places together should expect in a window.

    The level is the rate of the past months, recent ones counting more: of four half-lives (2, 6 and 18 months, and
    no forgetting), each with and without the time of year, the one is taken that would have come nearest, in
    logarithms, in the months before; the plainer one, unless another was better by a fiftieth. The time of year needs
    two years. It is the ratio of a month's rate to that of the twelve months around it (Persons 1919).
    """
    months = _by_month(past)
    half_life, seasonal = _choose(months)
    return _level(months, half_life, seasonal) * _weight(months, window, seasonal)


def _by_month(past: History) -> _Months:
    first, last = np.datetime64(past.span.first), np.datetime64(past.span.last)
    starts = np.arange(first.astype("M8[M]"), last.astype("M8[M]") + 2).astype("M8[D]")
    edges = np.clip(starts, first, last + 1)
    numbers = starts[:-1].astype("M8[M]").astype(np.int64)
    day = first + past.day
    month = day.astype("M8[M]").astype(np.int64) - numbers[0]
    return _Months(
        numbers,
        np.diff(edges).astype(np.float64),
        np.bincount(month, weights=past.incidents, minlength=len(numbers)).astype(np.float64),
    )


def _choose(months: _Months) -> tuple[float, bool]:
    """Choose the half-life (months) and whether the time of year counts, by what came nearest before."""
    tried = range(max(_FEWEST, len(months.number) - _MOST_TRIED), len(months.number))
    if len(tried) < _FEWEST:
        return np.inf, False
    choices = [(half_life, seasonal) for seasonal in (False, True) for half_life in _HALF_LIVES]
    missed = np.zeros(len(choices))
    for month in tried:
        known = months.before(month)
        for number, (half_life, seasonal) in enumerate(choices):
            factor = _factors(known)[months.number[month] % _YEAR] if seasonal else 1.0
            expected = _level(known, half_life, seasonal) * months.days[month] * factor
            missed[number] += np.log((months.incidents[month] + 0.5) / (expected + 0.5)) ** 2
    best = 0
    for number in range(1, len(choices)):
        if missed[number] < _RATHER * missed[best]:
            best = number
    return choices[best]


def _level(months: _Months, half_life: float, seasonal: bool) -> float:
    """Give the incidents a day at the end of the months, the time of year taken out."""
    age = np.arange(len(months.number))[::-1]
    weight = 0.5 ** (age / half_life)
    factor = _factors(months)[months.number % _YEAR] if seasonal else np.ones(len(age))
    return float((weight * months.incidents).sum() / (weight * months.days * factor).sum())


def _weight(months: _Months, window: Window, seasonal: bool) -> float:
    """Give the days of the window, each weighted by its time of year."""
    if not seasonal:
        return float(window.days)
    days = np.datetime64(window.first) + np.arange(window.days)
    return float(_factors(months)[days.astype("M8[M]").astype(np.int64) % _YEAR].sum())


def _factors(months: _Months) -> Real:
    """Give what each of the twelve months, January first, is to the year around it; all 1 before there are two years.

    A month's ratio is drawn towards 1 as if one year more had been seen in which it was like the others.
    """
    return np.array(
        _ratios(tuple(months.number.tolist()), tuple(months.days.tolist()), tuple(months.incidents.tolist()))
    )


@lru_cache(maxsize=64)
def _ratios(number: tuple[int, ...], days: tuple[float, ...], incidents: tuple[float, ...]) -> tuple[float, ...]:
    even = (1.0,) * _YEAR
    if len(number) < 2 * _YEAR or sum(incidents) == 0:
        return even
    seen, exposed = np.array(incidents), np.array(days)
    half = _YEAR // 2
    ends = np.r_[0.5, np.ones(_YEAR - 1), 0.5]
    around = np.convolve(seen, ends, "valid") / np.convolve(exposed, ends, "valid")
    usual = around * exposed[half:-half]
    month = np.array(number[half:-half]) % _YEAR
    years = np.bincount(month, minlength=_YEAR)
    year = usual.sum() / len(usual)
    ratio = (np.bincount(month, weights=seen[half:-half], minlength=_YEAR) + year) / (
        np.bincount(month, weights=usual, minlength=_YEAR) + year
    )
    ratio = np.where(years > 0, ratio, 1.0)
    return tuple((ratio / ratio.mean()).tolist())
