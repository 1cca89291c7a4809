"""What a trial recorded, laid out place by day beside what was drawn; nothing is analysed that does not match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.tables.patrols import SCHEDULE
from abate.tables.trials import PLACE_DAYS

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Outcome = Literal["incidents", "harm"]
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Panel:
    """A trial's place-days: rows are sites, columns are days.

    `incidents` and `harm` (None where none was recorded) are what was counted, `patrol` what each place-day was drawn
    for (never what happened then), `drawn` the place-days that the schedule holds; those that it left out before the
    draw are false there and take no part. `notes` say what the reader of any figure should know.
    """

    sites: tuple[str, ...]
    days: pd.DatetimeIndex
    incidents: Real
    patrol: Truth
    drawn: Truth
    harm: Real | None = None
    notes: tuple[str, ...] = ()

    def of(self, outcome: Outcome) -> Real:
        """Give one outcome, in the shape (sites, days). Raises `OptionError` when it was not recorded."""
        if outcome == "incidents":
            return self.incidents
        if self.harm is None:
            raise OptionError("no harm was recorded: give PLACE_DAYS a column `harm`, or ask for incidents alone")
        return self.harm

    def sizes(self) -> dict[str, int]:
        """Count what the trial rests on: place-days, those drawn for patrol and not, and incidents in them."""
        treated = self.patrol & self.drawn
        return {
            "place_days": int(self.drawn.sum()),
            "treated": int(treated.sum()),
            "control": int((self.drawn & ~treated).sum()),
            "events": int(self.incidents[self.drawn].sum()),
            "events_treated": int(self.incidents[treated].sum()),
        }


@dataclass(frozen=True, eq=False)
class Washout:
    """Usual place-days soon after a run of patrols, set aside: in the trial (sites, days), and in each of its redraws.

    `draws` has the shape (draws, days, sites). Which days they are hangs on what was drawn before them, so that every
    redraw of the schedule has its own.
    """

    now: Truth
    draws: Truth


def gather(place_days: pd.DataFrame, schedule: pd.DataFrame, *, registered: date | None = None) -> Panel:
    """Lay recorded place-days out beside the schedule that they were drawn by.

    Raises `TableError` with a sentence a fault, and the analysis that would still be valid: sites or days that do not
    match, days missing for some places, no incident at all, one place only, days before the protocol was `registered`.

    >>> days = pd.to_datetime(["2026-01-01", "2026-01-01", "2026-01-02", "2026-01-02"])
    >>> drawn = pd.DataFrame({"date": days, "site_id": ["a", "b"] * 2, "arm": ["patrol", "usual", "usual", "patrol"]})
    >>> seen = pd.DataFrame({"date": days, "site_id": ["a", "b"] * 2, "incidents": [0, 2, 1, 0]})
    >>> gather(seen, drawn).sizes()
    {'place_days': 4, 'treated': 2, 'control': 2, 'events': 3, 'events_treated': 0}
    """
    PLACE_DAYS.check(place_days)
    SCHEDULE.check(schedule)
    sites = sorted(schedule["site_id"].astype(str).unique())
    days = pd.DatetimeIndex(sorted(pd.DatetimeIndex(schedule["date"]).unique()))
    arms = _rectangle(schedule.assign(one=(schedule["arm"] == "patrol").astype(float)), "one", sites, days)
    incidents = _rectangle(place_days, "incidents", sites, days)
    harm = _rectangle(place_days, "harm", sites, days) if "harm" in place_days.columns else None
    drawn = ~np.isnan(arms)
    faults = [
        *_unmatched(place_days, sites, days),
        *_missing(incidents, drawn, sites, days, "incidents"),
        *([] if harm is None else _missing(harm, drawn, sites, days, "harm")),
        *_too_little(incidents, drawn, sites),
        *_too_early(days, registered),
    ]
    if harm is not None and (np.nan_to_num(harm) < 0).any():
        faults.append(
            "place_days: harm is at least 0: a day without harm is 0. Without the column the counts are valid"
        )
    if faults:
        raise TableError(*faults)
    kept_harm = None if harm is None else np.where(drawn, np.nan_to_num(harm), 0.0)
    counted = np.where(drawn, np.nan_to_num(incidents), 0.0)
    notes = tuple(_notes(place_days, counted, drawn, sites, days))
    return Panel(tuple(sites), days, counted, np.nan_to_num(arms) > 0, drawn, kept_harm, notes)


def measure(table: pd.DataFrame, column: str, panel: Panel) -> Real:
    """Lay one more column (such as minutes of a dose) out beside a panel; place-days without a row hold 0."""
    sites = list(panel.sites)
    unknown = sorted(set(table["site_id"].astype(str)) - set(sites))
    if unknown:
        raise TableError(
            f"sites that the schedule does not know: {_some(unknown)}. It knows: {_some(sites)}. Without their rows "
            "the analysis is valid"
        )
    found: Real = np.nan_to_num(_rectangle(table, column, sites, panel.days))
    return found


def _rectangle(table: pd.DataFrame, column: str, sites: list[str], days: pd.DatetimeIndex) -> Real:
    rows = pd.Index(sites).get_indexer(pd.Index(table["site_id"].astype(str)))
    columns = days.get_indexer(pd.DatetimeIndex(table["date"]))
    inside = (rows >= 0) & (columns >= 0)
    laid = np.full((len(sites), len(days)), np.nan)
    laid[rows[inside], columns[inside]] = table[column].to_numpy(dtype=float)[inside]
    return laid


def _unmatched(place_days: pd.DataFrame, sites: list[str], days: pd.DatetimeIndex) -> list[str]:
    faults = []
    found = sorted(set(place_days["site_id"].astype(str)))
    if unknown := sorted(set(found) - set(sites)):
        faults.append(
            f"place_days: the schedule drew no site called {_some(unknown)}; it drew {_some(sites)}. Leave out the "
            "rows of places that were not drawn (the analysis of the others is valid), or give the schedule that drew "
            "them"
        )
    dates = pd.DatetimeIndex(place_days["date"])
    if len(dates) and not dates.isin(days).any():
        faults.append(
            f"place_days: no day is one of the schedule's, {days[0]:%Y-%m-%d} to {days[-1]:%Y-%m-%d}: the days run "
            f"from {dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}. A record of the schedule's days gives a valid "
            "analysis; of other days a comparison before and after only describes"
        )
    return faults


def _missing(values: Real, drawn: Truth, sites: list[str], days: pd.DatetimeIndex, column: str) -> list[str]:
    gaps = np.isnan(values) & drawn
    short = [place for place in range(len(sites)) if gaps[place].any()]
    if not short:
        return []
    told = [
        f"'{sites[place]}' on {int(gaps[place].sum())} of {int(drawn[place].sum())} days, first on "
        f"{days[int(gaps[place].argmax())]:%Y-%m-%d}"
        for place in short[:_NAMED]
    ]
    more = f", and {len(short) - _NAMED} more sites" if len(short) > _NAMED else ""
    said = (
        f"place_days: {column} is missing for {'; '.join(told)}{more}. Days without any are written as 0. If those "
        "days were never recorded, leave the same days out for all sites: the analysis of what is left is valid"
    )
    return [said]


def _too_little(incidents: Real, drawn: Truth, sites: list[str]) -> list[str]:
    faults = []
    if len(sites) < 2:
        faults.append(
            f"the trial has one place only ('{sites[0]}'): the day's effect cannot be told from the patrol's. A count "
            "of patrol days against other days, drawn again over the days, is still valid: compare at least two places "
            "for anything more"
        )
    if not np.nansum(np.where(drawn, incidents, 0)) > 0:
        faults.append(
            "place_days: no incident at any place on any day, so there is no ratio. What can still be said is how high "
            "the rate may have been: at most 3 over the number of place-days, with 95% confidence"
        )
    return faults


def _too_early(days: pd.DatetimeIndex, registered: date | None) -> list[str]:
    if registered is None or days[0].date() >= registered:
        return []
    early = int((days < pd.Timestamp(registered)).sum())
    said = (
        f"{early} of {len(days)} days lie before {registered:%Y-%m-%d}, when the protocol was registered: outcomes may "
        "have been known by then. Without the protocol the same analysis is valid, and its report says so"
    )
    return [said]


def _notes(place_days: pd.DataFrame, counted: Real, drawn: Truth, sites: list[str], days: Any) -> list[str]:
    notes = []
    quiet = [site for site, row in zip(sites, counted, strict=True) if not row.any()]
    if quiet:
        notes.append(
            f"{len(quiet)} of {len(sites)} sites had no incident at all ({_some(quiet)}): they tell nothing about a "
            "ratio and count in differences alone"
        )
    outside = int((~pd.DatetimeIndex(place_days["date"]).isin(days)).sum())
    if outside:
        notes.append(f"{outside:,} rows of days outside the schedule were left out")
    if left := int((~drawn).sum()):
        notes.append(f"{left:,} place-days were left out before the draw and take no part")
    return notes


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(f"'{name}'" for name in names[:_NAMED]) + more
