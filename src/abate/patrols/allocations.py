"""A timetable held against a randomised schedule: nobody is sent to a site on a day drawn for usual policing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.patrols.shifts import days_of
from abate.tables.patrols import PLANNED_VISITS, SCHEDULE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date


def override(schedule: pd.DataFrame, overrides: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Give a schedule (`tables.SCHEDULE`) as it is carried out: with each recorded override, of several the last.

    An override has `date` (as YYYY-MM-DD), `site_id` and `done`, the arm that is carried out. The schedule that was
    drawn is not changed.

    >>> days = pd.to_datetime(["2025-09-01"]).astype("datetime64[s]")
    >>> drawn = pd.DataFrame({"date": days, "site_id": "a", "arm": ["patrol"]})
    >>> override(drawn, [{"date": "2025-09-01", "site_id": "a", "done": "usual"}])["arm"].tolist()
    ['usual']
    """
    done = {(str(each["date"]), str(each["site_id"])): str(each["done"]) for each in overrides}
    keys = zip(schedule["date"].dt.strftime("%Y-%m-%d"), schedule["site_id"], schedule["arm"], strict=True)
    arms = [done.get((day, site), arm) for day, site, arm in keys]
    return SCHEDULE.check(schedule.assign(arm=pd.Series(arms, index=schedule.index, dtype="str")))


@dataclass(frozen=True)
class Allocated:
    """The visits that the draw allows, and what was left out because of it, in sentences."""

    visits: pd.DataFrame
    notes: tuple[str, ...]


def allow(visits: pd.DataFrame, schedule: pd.DataFrame, *, first: date, days: int, zone: str) -> Allocated:
    """Keep the visits on place-days drawn for patrol, and those to sites that are not in the schedule at all.

    `visits` is `tables.PLANNED_VISITS`, `schedule` `tables.SCHEDULE`; of the schedule only the `days` days from `first`
    on are looked at, so that no later draw leaves the house. A visit past midnight belongs to the day on which it
    starts, by the local clock of `zone`. Left out, and told: visits on days drawn for usual policing, and on days for
    which nothing was drawn. Place-days drawn for patrol to which nobody is sent, on days with any visit, are told too.

    >>> start = pd.to_datetime(["2025-09-01 13:00", "2025-09-02 13:00"], utc=True)
    >>> visits = pd.DataFrame({"team": "P1", "site_id": "a", "start": start, "minutes": 15.0})
    >>> days = pd.to_datetime(["2025-09-01", "2025-09-02"]).astype("datetime64[s]")
    >>> drawn = pd.DataFrame({"date": days, "site_id": "a", "arm": ["patrol", "usual"]})
    >>> found = allow(visits, drawn, first=start[0].date(), days=7, zone="Europe/London")
    >>> len(found.visits), found.notes
    (1, ('1 planned visit falls on a place-day drawn for usual policing and is left out',))
    """
    PLANNED_VISITS.check(visits)
    SCHEDULE.check(schedule)
    begin = pd.Timestamp(first)
    week = schedule[(schedule["date"] >= begin) & (schedule["date"] < begin + pd.Timedelta(days=days))]
    arms = {
        (str(site), day): str(arm) for site, day, arm in zip(week["site_id"], week["date"], week["arm"], strict=True)
    }
    local = days_of(visits["start"], zone)
    keys = [*zip(visits["site_id"].astype("str"), local, strict=True)]
    outside = ~visits["site_id"].isin(schedule["site_id"]).to_numpy(bool)
    found = pd.Series([arms.get(key, "") for key in keys], dtype="str")
    kept = (found == "patrol").to_numpy(bool) | outside
    usual = int((found == "usual").sum())
    undrawn = len(visits) - usual - int(kept.sum())
    planned = set(local)
    waiting = len({key for key, arm in arms.items() if arm == "patrol" and key[1] in planned} - set(keys))
    notes = [
        (
            usual,
            "a place-day drawn for usual policing and is left out",
            "place-days drawn for usual policing and are left out",
        ),
        (
            undrawn,
            "a day for which nothing was drawn and is left out",
            "days for which nothing was drawn and are left out",
        ),
    ]
    told = [
        f"{count:,} planned {'visit falls' if count == 1 else 'visits fall'} on {one if count == 1 else more}"
        for count, one, more in notes
        if count
    ]
    if waiting:
        which = "place-day drawn for patrol has" if waiting == 1 else "place-days drawn for patrol have"
        told.append(f"{waiting:,} {which} no planned visit on days that the timetable covers")
    return Allocated(visits[kept].reset_index(drop=True), tuple(told))
