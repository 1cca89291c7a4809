"""When forecasts are made and what they are for: the rolling origin, and the windows that follow each.

A forecast is frozen at its origin, the last day that it may know. Every window begins after the origin and the gap left
for records to come in. Source: Tashman 2000, International Journal of Forecasting 16, 437-450.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError
from abate.hotspots.histories import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Unit

MOST_ORIGINS = 12
_WRITTEN = re.compile(r"(?P<number>[1-9]\d{0,3})(?P<unit>[dm])", re.IGNORECASE)


@dataclass(frozen=True)
class Horizon:
    """How long a window is: a number of days, or of calendar months.

    >>> str(Horizon(3, "m"))
    '3m'
    """

    number: int
    unit: Literal["d", "m"]

    def __str__(self) -> str:
        return f"{self.number}{self.unit}"

    def after(self, first: date) -> Window:
        """Give the window of this length that begins on `first`.

        >>> Horizon(1, "m").after(date(2016, 3, 1)).last, Horizon(7, "d").after(date(2016, 3, 1)).last
        (datetime.date(2016, 3, 31), datetime.date(2016, 3, 7))
        """
        if self.unit == "d":
            return Window(first, first + timedelta(days=self.number - 1))
        return Window(first, _months_on(first, self.number) - timedelta(days=1))

    def before(self, last: date) -> date:
        """Give the first day of the window of this length that ends on `last`.

        >>> Horizon(3, "m").before(date(2016, 3, 31)), Horizon(7, "d").before(date(2016, 3, 7))
        (datetime.date(2016, 1, 1), datetime.date(2016, 3, 1))
        """
        following = last + timedelta(days=1)
        return following - timedelta(days=self.number) if self.unit == "d" else _months_on(following, -self.number)


def _months_on(day: date, months: int) -> date:
    """Give the same day some months later (or earlier), or the last day of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def read(text: str, *, unit: Unit) -> tuple[Horizon, ...]:
    """Understand windows as a person writes them, such as `7d,1m,3m`; one named twice is taken once.

    Raises `OptionError` with every fault: what is no window, and windows of days where the record has only months.

    >>> [str(horizon) for horizon in read("7d, 1m,1m", unit="day")]
    ['7d', '1m']
    >>> read("7d", unit="month")
    Traceback (most recent call last):
    abate.errors.OptionError: window 7d: the record has months, not days: the shortest window is 1m
    """
    faults: list[str] = []
    found: list[Horizon] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        written = _WRITTEN.fullmatch(word)
        if written is None:
            faults.append(f"'{word}' is not a window: write days or months, for example 7d, 14d, 1m or 3m")
        elif unit == "month" and written["unit"].lower() == "d":
            faults.append(f"window {word}: the record has months, not days: the shortest window is 1m")
        else:
            found.append(Horizon(int(written["number"]), "d" if written["unit"].lower() == "d" else "m"))
    if not faults and not found:
        faults.append("no window is named: write days or months, for example 7d, 14d, 1m or 3m")
    if faults:
        raise OptionError(*faults)
    return tuple(dict.fromkeys(found))


def window(origin: date, horizon: Horizon, *, gap: int = 0, unit: Unit = "day") -> Window:
    """Give the window of a forecast made at the end of `origin`, `gap` days left out in between.

    In a monthly record the window begins with the first month that begins after the gap.

    >>> window(date(2023, 4, 30), Horizon(1, "m"))
    Window(first=datetime.date(2023, 5, 1), last=datetime.date(2023, 5, 31))
    >>> window(date(2023, 4, 30), Horizon(1, "m"), gap=10, unit="month").first
    datetime.date(2023, 6, 1)
    """
    first = origin + timedelta(days=1 + gap)
    if unit == "month" and first.day != 1:
        first = Horizon(1, "m").after(first.replace(day=1)).last + timedelta(days=1)
    return horizon.after(first)


def origins(
    span: Window, horizons: Sequence[Horizon], *, unit: Unit, gap: int = 0, most: int = MOST_ORIGINS
) -> list[date]:
    """List the days at whose end forecasts are made: ends of months from the middle of the record on.

    They are evenly apart in whole months, `most` at most, and the last is the latest from which the shortest window
    still lies inside the record. Raises `OptionError` when not one window does.

    >>> span = Window(date(2021, 5, 1), date(2023, 4, 30))
    >>> [str(day) for day in origins(span, [Horizon(1, "m")], unit="month", most=4)]
    ['2022-06-30', '2022-09-30', '2022-12-31', '2023-03-31']
    """
    middle = span.first + timedelta(days=span.days // 2)
    ends = [day for day in _month_ends(middle, span.last) if (day - span.first).days + 1 >= span.days / 2]
    fit = [day for day in ends if any(window(day, each, gap=gap, unit=unit).last <= span.last for each in horizons)]
    if not fit:
        shortest = min(horizons, key=lambda each: each.after(span.first).days)
        raise OptionError(
            f"the record ({span.first} to {span.last}) is too short for windows of {shortest} from its middle on: "
            "load more months, ask for a shorter window, or name one origin with --train-to"
        )
    step = -(-len(fit) // most)
    return fit[::-1][::step][::-1]


def closing(span: Window, horizon: Horizon, *, most: int) -> list[Window]:
    """List the last windows of one length in the record, end to end up to its last day, in order of time.

    They are `most` at most, and at least half of the record comes before each, so that a forecast for the first of them
    still has something to learn from. None where the record is too short.

    >>> span = Window(date(2021, 5, 1), date(2023, 4, 30))
    >>> [str(each.first) for each in closing(span, Horizon(3, "m"), most=2)]
    ['2022-11-01', '2023-02-01']
    >>> closing(span, Horizon(13, "m"), most=2)
    []
    """
    found: list[Window] = []
    end = span.last
    while len(found) < most:
        first = horizon.before(end)
        if (first - span.first).days < span.days / 2:
            break
        found.insert(0, Window(first, end))
        end = first - timedelta(days=1)
    return found


def _month_ends(first: date, last: date) -> list[date]:
    ends, start = [], first.replace(day=1)
    while start <= last:
        whole = Horizon(1, "m").after(start)
        ends.append(whole.last)
        start = whole.last + timedelta(days=1)
    return [day for day in ends if day <= last]


def narrow(record: History, kept: NDArray[np.bool_]) -> History:
    """Give the history of some of its places; what happened at the others is left out.

    `kept` has one entry a place.
    """
    position = np.where(kept, np.cumsum(kept) - 1, -1)[record.place]
    held = position >= 0
    changed: dict[str, Any] = {
        name: getattr(record, name)[held] for name in ("day", "incidents", "easting", "northing")
    }
    return replace(
        record,
        places=record.places[kept].reset_index(drop=True),
        place=position[held].astype(np.int64),
        related=None if record.related is None else narrow(record.related, kept),
        **changed,
    )


def known(past: History) -> NDArray[np.bool_]:
    """Tell which places had seen anything, of this or a related kind, by the end of the history."""
    seen = past.totals() > 0
    return seen if past.related is None else seen | known(past.related)
