"""The past as a forecast sees it: which place, which point, which day or month, how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.tables import FORECASTS, OCCURRENCES, PLACES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Unit = Literal["day", "month"]


@dataclass(frozen=True)
class Window:
    """A stretch of days, `first` to `last`, both included: what a forecast is for, or what it learns from.

    >>> Window(date(2023, 5, 1), date(2023, 5, 31)).days
    31
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise OptionError(f"a window ends on or after the day it begins: {self.last} comes before {self.first}")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class History:
    """What happened in `span` at every place: the one thing that each method of forecasting takes.

    `places` (`tables.PLACES`, in order of id) is the whole of what is looked at, quiet places included. The arrays have
    one entry a record, in order of time: `place` is the row of `places`, `day` the whole days from `span.first` to the
    day (or the month's first day) of the record, `incidents` how many, `easting` and `northing` the point, in the unit
    of the coordinate system, of which one is `unit_m` metres. `unit` says whether days or only months are known.
    `related` is the same places' and days' record of other kinds of crime that may tell something about this one.
    """

    places: pd.DataFrame
    span: Window
    unit: Unit
    place: Whole
    day: Whole
    incidents: Whole
    easting: Real
    northing: Real
    unit_m: float = 1.0
    related: History | None = None

    @property
    def place_ids(self) -> list[str]:
        """The places' ids, in order."""
        ids: list[str] = self.places["place_id"].astype(str).tolist()
        return ids

    @cached_property
    def middles_m(self) -> Real:
        """The places' middles in metres, in the shape (places, 2)."""
        return self.places[["easting", "northing"]].to_numpy(float) * self.unit_m

    @cached_property
    def points_m(self) -> Real:
        """The records' points in metres, in the shape (records, 2)."""
        return np.column_stack([self.easting, self.northing]) * self.unit_m

    @cached_property
    def starts(self) -> Whole:
        """The days from `span.first` on which each day or month of the span begins, and last the day after its end."""
        if self.unit == "day":
            return np.arange(self.span.days + 1, dtype=np.int64)
        first = np.datetime64(self.span.first)
        months = np.arange(first.astype("M8[M]"), np.datetime64(self.span.last).astype("M8[M]") + 2)
        return (months.astype("M8[D]") - first).astype(np.int64)

    def totals(self, since: int = 0) -> Whole:
        """Count the incidents of each place from day `since` (counted from `span.first`) to the end of the span."""
        late = self.day >= since
        counted = np.bincount(self.place[late], weights=self.incidents[late], minlength=len(self.places))
        return np.rint(counted).astype(np.int64)

    def spread(self, edges: Whole) -> Whole:
        """Count incidents in the shape (places, periods); period i holds the days from edges[i] to before edges[i+1].

        `edges` are days from `span.first`, rising; for monthly data they must be among `starts`. Records outside the
        edges are left out.
        """
        period = np.searchsorted(edges, self.day, side="right") - 1
        inside = (period >= 0) & (period < len(edges) - 1)
        cell = self.place[inside] * (len(edges) - 1) + period[inside]
        counted = np.bincount(cell, weights=self.incidents[inside], minlength=len(self.places) * (len(edges) - 1))
        return np.rint(counted).astype(np.int64).reshape(len(self.places), len(edges) - 1)

    def until(self, last: date) -> History:
        """Give the history as it stood at the end of `last`: what a forecast made then could have known.

        Raises `OptionError` when `last` lies outside the span or, for monthly data, is not a month's last day.
        """
        if not self.span.first <= last <= self.span.last:
            raise OptionError(f"the record runs from {self.span.first} to {self.span.last}: {last} is not in it")
        if self.unit == "month" and (last + timedelta(days=1)).day != 1:
            raise OptionError(f"the record has months, not days: {last} is not the last day of a month")
        kept = self.day <= (last - self.span.first).days
        return replace(
            self,
            span=Window(self.span.first, last),
            place=self.place[kept],
            day=self.day[kept],
            incidents=self.incidents[kept],
            easting=self.easting[kept],
            northing=self.northing[kept],
            related=None if self.related is None else self.related.until(last),
        )

    def during(self, window: Window) -> Whole:
        """Count what each place saw in a window inside the span: what a forecast for it is judged by.

        Raises `OptionError` when the window reaches beyond the span.
        """
        if window.first < self.span.first or window.last > self.span.last:
            raise OptionError(
                f"the record runs from {self.span.first} to {self.span.last}: "
                f"it does not hold {window.first} to {window.last}"
            )
        begins = (window.first - self.span.first).days
        return self.spread(np.array([begins, begins + window.days], dtype=np.int64))[:, 0]


def history(
    occurrences: pd.DataFrame,
    places: pd.DataFrame,
    *,
    span: Window,
    unit: Unit,
    unit_m: float = 1.0,
    related: pd.DataFrame | None = None,
) -> History:
    """Lay out what happened for the methods of forecasting.

    `occurrences` and `related` are `tables.OCCURRENCES`, `places` is `tables.PLACES`; places that saw nothing belong in
    it. Raises `TableError` when an occurrence names a place that is not there or a day outside the span, and
    `OptionError` when monthly data do not fill whole months.

    >>> seen = pd.DataFrame({"place_id": ["b"], "period": pd.to_datetime(["2025-02-01"]), "incidents": [3]})
    >>> seen = seen.assign(easting=5.0, northing=5.0)
    >>> import shapely
    >>> middle = {"area_km2": 1.0, "easting": 0.0, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> two = pd.DataFrame({"place_id": ["a", "b"], **middle})
    >>> past = history(seen, two, span=Window(date(2025, 1, 1), date(2025, 2, 28)), unit="month")
    >>> past.totals().tolist(), past.spread(past.starts).tolist()
    ([0, 3], [[0, 0], [0, 3]])
    """
    OCCURRENCES.check(occurrences)
    PLACES.check(places)
    if unit == "month" and (span.first.day != 1 or (span.last + timedelta(days=1)).day != 1):
        raise OptionError(f"the record has months, not days: {span.first} to {span.last} are not whole months")
    ordered = places.sort_values("place_id", ignore_index=True)
    rows = pd.Index(ordered["place_id"]).get_indexer(pd.Index(occurrences["place_id"]))
    if (rows < 0).any():
        stranger = occurrences["place_id"].iloc[int(np.argmax(rows < 0))]
        raise TableError(f"occurrences: {int((rows < 0).sum()):,} rows name places that are not there, as '{stranger}'")
    days = (occurrences["period"].to_numpy("M8[D]") - np.datetime64(span.first)).astype(np.int64)
    if ((days < 0) | (days >= span.days)).any():
        raise TableError(f"occurrences: some rows lie outside {span.first} to {span.last}")
    order = np.lexsort(
        (occurrences["northing"].to_numpy(float), occurrences["easting"].to_numpy(float), rows, days),
    )
    return History(
        places=ordered,
        span=span,
        unit=unit,
        place=rows[order].astype(np.int64),
        day=days[order],
        incidents=occurrences["incidents"].to_numpy(np.int64)[order],
        easting=occurrences["easting"].to_numpy(float)[order],
        northing=occurrences["northing"].to_numpy(float)[order],
        unit_m=unit_m,
        related=None if related is None else history(related, places, span=span, unit=unit, unit_m=unit_m),
    )


def forecasts(past: History, expected: Real, size: Real | None = None) -> pd.DataFrame:
    """Put the numbers of a method beside the places' ids, as `tables.FORECASTS`; without `size` they are Poisson."""
    sizes = np.full(len(past.places), np.nan) if size is None else size
    return FORECASTS.check(pd.DataFrame({"place_id": past.place_ids, "expected": expected, "size": sizes}))
