"""Where in the year a period lies: read from its label, so that a season can be taken out of a series."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_MONTH = re.compile(r"(\d{4})-(\d\d)")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)([ T]00:00(:00)?)?")
_QUARTER = re.compile(r"(\d{4})(?:/\d\d(?:\d\d)?)?[ -]?Q([1-4])")
_NUMBER = re.compile(r"-?\d{1,9}(\.0)?")
_FRACTION = re.compile(r"\d{4}(\.\d+)?")
_YEARS = (1900, 2100)
_DAYS_A_YEAR = 365.25
_CLOSE = 0.05


@dataclass(frozen=True)
class Calendar:
    """When each period was: `position` counts steps of time, `place` tells its place in the year, from 0.

    `cycle` is the position in years, for waves; `period` is how many places a year has.
    """

    position: Real
    place: Whole
    cycle: Real
    period: int


def read(times: Sequence[str], *, period: int | None = None, start_month: int = 1) -> Calendar | None:
    """Read the labels of periods: months (2019-04), days, quarters (2019 Q2, 2019/20 Q1, 2019.25) or running numbers.

    Running numbers are of `period` to the year (12 when nothing is said), and number 1 is month `start_month`. None
    where labels are of no such kind, or are numbers that look like years while no period is told.

    >>> read(["2019-11", "2019-12", "2020-01"]).place.tolist()
    [10, 11, 0]
    >>> read(["1", "2", "3"], period=4).place.tolist()
    [0, 1, 2]
    """
    if months := _all(_MONTH, times) or _firsts(times):
        return _even([12 * int(one[1]) + int(one[2]) - 1 for one in months], 12)
    if days := _all(_DAY, times):
        when = [date(int(one[1]), int(one[2]), int(one[3])) for one in days]
        counted = np.array([one.toordinal() for one in when], dtype=np.float64)
        place = np.array([one.month - 1 for one in when], dtype=np.int64)
        return Calendar(_stepped(counted), place, counted / _DAYS_A_YEAR, 12)
    if quarters := _all(_QUARTER, times):
        return _even([4 * int(one[1]) + int(one[2]) - 1 for one in quarters], 4)
    return _unmarked(times, period, start_month)


def columns(calendar: Calendar, season: str) -> tuple[list[str], Real]:
    """Give the names and the columns, in the shape (periods, columns), that stand for the season.

    `months` has one column for each place in the year that occurs but the first; `harmonics:K` has K pairs of waves.
    Raises `OptionError` for any other word, or more waves than the year has room for.

    >>> columns(read(["2019-11", "2019-12", "2020-01"]), "months")[0]
    ['season 11', 'season 12']
    """
    if season == "months":
        places = np.unique(calendar.place)[1:]
        dummies = (calendar.place[:, None] == places[None, :]).astype(np.float64)
        return [f"season {place + 1}" for place in places], dummies
    waves = re.fullmatch(r"harmonics:([1-9]\d?)", season)
    if waves is None:
        raise OptionError(f"--season '{season}': is months, or harmonics and how many, such as harmonics:2")
    if int(waves[1]) > calendar.period // 2:
        raise OptionError(
            f"--season {season}: a year of {calendar.period} periods has room for at most "
            f"harmonics:{calendar.period // 2}"
        )
    names, found = [], []
    for wave in range(1, int(waves[1]) + 1):
        turned = 2 * np.pi * wave * calendar.cycle
        names += [f"cosine {wave}", f"sine {wave}"]
        found += [np.cos(turned), np.sin(turned)]
        if 2 * wave == calendar.period:
            names, found = names[:-1], found[:-1]
    return names, np.column_stack(found)


def _all(pattern: re.Pattern[str], times: Sequence[str]) -> list[re.Match[str]]:
    """Give the match of every label, or nothing when any does not match."""
    found = [pattern.fullmatch(one.strip()) for one in times]
    return [one for one in found if one] if all(found) else []


def _firsts(times: Sequence[str]) -> list[re.Match[str]]:
    """Give the matches of days that all stand for months: the same day of each, and never two in one month."""
    days = _all(_DAY, times)
    same = len({one[3] for one in days}) == 1 and len({one[0][:7] for one in days}) == len(days)
    return days if same else []


def _unmarked(times: Sequence[str], period: int | None, start_month: int) -> Calendar | None:
    """Read labels that do not say what they are: numbers, years with fractions, or anything in order."""
    if _all(_NUMBER, times):
        numbers = [int(float(one)) for one in times]
        if period is None and min(numbers) >= _YEARS[0] and max(numbers) <= _YEARS[1]:
            return None
        return _even([one + start_month - 2 for one in numbers], period or 12)
    if _all(_FRACTION, times):
        return _fractions(np.array([float(one) for one in times]))
    return _even([place + start_month - 1 for place in range(len(times))], period) if period else None


def _fractions(years: Real) -> Calendar | None:
    """Read years with fractions, of which the quarters or the months of a year are made."""
    for period in (4, 12):
        numbers = np.rint(years * period)
        if np.abs(years * period - numbers).max() < _CLOSE and len(np.unique(numbers)) == len(numbers):
            return _even([int(one) for one in numbers], period)
    return None


def _even(numbers: list[int], period: int) -> Calendar:
    counted = np.array(numbers, dtype=np.int64)
    return Calendar(_stepped(counted.astype(np.float64)), counted % period, counted / period, period)


def _stepped(counted: Real) -> Real:
    """Count in the usual step between neighbours, from the first on."""
    step = float(np.median(np.diff(counted))) if len(counted) > 1 else 1.0
    found: Real = (counted - counted[0]) / (step if step > 0 else 1.0)
    return found
