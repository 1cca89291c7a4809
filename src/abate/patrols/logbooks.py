"""The month's records laid together: visits of several files, plan and activity, cut to one month and to the sites."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from abate import periods
from abate.errors import OptionError, nearest
from abate.tables import ATTENDED_VISITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_KEY = ["site_id", "start", "team", "source"]
_MOST_TOLD = 20


@dataclass(frozen=True)
class Logbook:
    """What is known of one month's patrols: each table has a column `date`, the day by the local clock.

    `visits` is `tables.ATTENDED_VISITS`, `planned` `tables.PLANNED_VISITS` with `answered` (whether an attended visit
    answers it), `activity` `tables.ACTIVITY`, `teams` `tables.TEAM_ROLES`; None where no such file was given.
    """

    month: str
    sites: pd.DataFrame
    visits: pd.DataFrame
    planned: pd.DataFrame | None = None
    activity: pd.DataFrame | None = None
    teams: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()


def lay(
    month: str,
    sites: pd.DataFrame,
    visits: Mapping[str, pd.DataFrame],
    *,
    planned: pd.DataFrame | None = None,
    activity: pd.DataFrame | None = None,
    teams: pd.DataFrame | None = None,
    today: date,
    zone: str = "Europe/London",
) -> Logbook:
    """Lay the records of a month together: visits by the name of their file, each cut to the month and checked.

    A visit belongs to the day and month in which it begins by the clock of `zone`. A visit that stands in several
    files in the same words counts once. Raises `OptionError` with every fault: a month that is not over a day yet, a
    month without a visit (and which months there are), sites that are not on the list, and visits that two files tell
    differently.
    """
    every, notes = _joined(visits, zone)
    faults = [*_month_faults(month, today, every), *_differing(visits, zone)]
    for name, frame in (*visits.items(), ("the plan", planned), ("the activity records", activity)):
        faults += _strange(name, _month_of(frame, month, zone), sites)
    if faults:
        raise OptionError(*faults[:_MOST_TOLD])
    kept = every[every["month"] == month].drop(columns="month").reset_index(drop=True)
    book = Logbook(
        month,
        sites,
        kept,
        None if planned is None else _answered(_dated(planned, zone), every, month),
        None if activity is None else _in_month(activity, month),
        teams,
    )
    return replace(book, notes=(*notes, *_notes(book, every, planned, activity, today)))


def _dated(frame: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Add the day and the month of each start by the local clock."""
    local = frame["start"].dt.tz_convert(ZoneInfo(zone)).dt.tz_localize(None)
    return frame.assign(date=local.dt.normalize().astype("datetime64[s]"), month=local.dt.strftime("%Y-%m"))


def _month_of(frame: pd.DataFrame | None, month: str, zone: str) -> pd.DataFrame | None:
    """Cut a table to the rows of a month, which keep their place in it."""
    if frame is None or not len(frame):
        return None
    rows = frame.reset_index(drop=True)
    months = rows["date"].dt.strftime("%Y-%m") if "start" not in rows else _dated(rows, zone)["month"]
    return rows.loc[months == month]


def _joined(visits: Mapping[str, pd.DataFrame], zone: str) -> tuple[pd.DataFrame, list[str]]:
    """Put the visits of all files under one another; those that repeat an earlier one are told and left out."""
    frames = [ATTENDED_VISITS.check(frame).assign(file=name) for name, frame in visits.items() if len(frame)]
    if not frames:
        return _dated(ATTENDED_VISITS.empty().assign(file=""), zone), []
    whole = pd.concat(frames, ignore_index=True)
    again = whole.assign(team=whole["team"].fillna("")).duplicated(_KEY)
    order = ["start", "site_id", "source", "team"]
    kept = _dated(whole[~again], zone).sort_values(order, kind="stable", ignore_index=True)
    if not again.any():
        return kept, []
    first = whole[again].iloc[0]
    word = "visit stands" if int(again.sum()) == 1 else "visits stand"
    told = (
        f"{int(again.sum()):,} {word} in the files more than once (first: {first['site_id']}, "
        f"{first['start'].tz_convert(ZoneInfo(zone)):%-d %B %Y %H:%M}, again in {first['file']}); each counts once"
    )
    return kept, [told]


def _differing(visits: Mapping[str, pd.DataFrame], zone: str) -> list[str]:
    """Name the visits that two rows tell differently: the same site, start, team and source, but other minutes."""
    frames = [frame.assign(file=name) for name, frame in visits.items() if len(frame)]
    if not frames:
        return []
    whole = pd.concat(frames, ignore_index=True)
    whole = whole.assign(team=whole["team"].fillna(""))
    told = whole.groupby(_KEY, sort=True)[["minutes", "officer_minutes"]].nunique()
    return [
        f"{' and '.join(dict.fromkeys(whole.loc[rows, 'file']))}: the visit to {key[0]} at "
        f"{key[1].tz_convert(ZoneInfo(zone)):%-d %B %Y %H:%M} ({key[3]}) stands there with different minutes: keep one"
        for key, rows in ((key, (whole[_KEY] == list(key)).all(axis=1)) for key in told.index[(told > 1).any(axis=1)])
    ]


def _month_faults(month: str, today: date, every: pd.DataFrame) -> list[str]:
    if periods.first_day(month) > today:
        return [f"--month {month} has not begun: today is {today:%-d %B %Y}"]
    if (every["month"] == month).any():
        return []
    held = sorted(every["month"].unique())
    there = f"the visits given are of {', '.join(held)}" if held else "the files given hold no visit at all"
    return [f"--month {month}: no visit began in it; {there}"]


def _strange(name: str, frame: pd.DataFrame | None, sites: pd.DataFrame) -> list[str]:
    """Name the sites of a table that are not on the list, with the nearest that is."""
    if frame is None:
        return []
    unknown = frame[~frame["site_id"].isin(sites["site_id"])]
    places: Any = unknown["source_row"] if "source_row" in unknown else unknown.index + 1
    first: dict[str, int] = {}
    for site, place in zip(unknown["site_id"], places, strict=True):
        first.setdefault(str(site), int(place))
    counted = Counter(unknown["site_id"])
    return [
        f"{name}, row {place}: site '{site}' is not on the list"
        f"{f' ({counted[site]:,} rows)' if counted[site] > 1 else ''}. {_near(site, sites['site_id'])}"
        for site, place in first.items()
    ]


def _near(site: str, known: Iterable[str]) -> str:
    """Suggest a site; of many that are known, none is listed."""
    names = list(known)
    told = nearest(site, names)
    return told if len(names) <= 10 else told.split(" Known are:")[0] if told.startswith("Did") else "See the list."


def _in_month(activity: pd.DataFrame, month: str) -> pd.DataFrame:
    rows: pd.DataFrame = activity[activity["date"].dt.strftime("%Y-%m") == month]
    return rows.reset_index(drop=True)


def _answered(planned: pd.DataFrame, every: pd.DataFrame, month: str) -> pd.DataFrame:
    """Say of each planned visit of the month whether an attended one answers it."""
    answers = Counter(
        zip(*(every.loc[every["planned_start"].notna(), name] for name in ("site_id", "planned_start")), strict=True)
    )
    rows = planned[planned["month"] == month].sort_values(["start", "site_id", "team"], ignore_index=True)
    met = []
    for key in zip(rows["site_id"], rows["start"], strict=True):
        met.append(answers[key] > 0)
        answers[key] -= 1
    return rows.assign(answered=pd.Series(met, dtype="bool")).drop(columns="month")


def _notes(
    book: Logbook, every: pd.DataFrame, planned: pd.DataFrame | None, activity: pd.DataFrame | None, today: date
) -> list[str]:
    told = []
    if book.month == f"{today:%Y-%m}":
        told.append(f"the month is not over: it holds what was known on {today:%-d %B %Y}")
    pairs = (("visits", every, book.visits), ("planned visits", planned, book.planned))
    for what, given, kept in (*pairs, ("rows of activity", activity, book.activity)):
        if given is not None and kept is not None and (others := len(given) - len(kept)):
            told.append(f"{others:,} {what} of other months are left aside")
    if book.planned is not None and not len(book.planned):
        told.append("the plan has no visit in this month")
    elif book.planned is not None and not book.visits["planned_start"].notna().any():
        told.append("no visit says which planned one it answers: measure them with `abate patrols dosage --plan`")
    return [*told, *_overlapping(book.visits), *_repeated(book.activity)]


def _overlapping(visits: pd.DataFrame) -> list[str]:
    """Tell of visits that two sources may both hold: the same site at the same time."""
    ends = visits["start"] + pd.to_timedelta(visits["minutes"] * 60, unit="s")
    ordered = visits.assign(ends=ends).sort_values(["site_id", "start"], kind="stable")
    before = ordered.shift()
    met = (
        (ordered["site_id"] == before["site_id"])
        & (ordered["start"] < before["ends"])
        & (ordered["source"] != before["source"])
    )
    if not met.any():
        return []
    count = int(met.sum())
    told = (
        f"{count:,} {'visit overlaps' if count == 1 else 'visits overlap'} one that another source shows at the same "
        "site: both count; leave one of them out if it was one stay"
    )
    return [told]


def _repeated(activity: pd.DataFrame | None) -> list[str]:
    if activity is None:
        return []
    again = activity.drop(columns="source_row", errors="ignore").duplicated()
    if not again.any():
        return []
    told = (
        f"{int(again.sum()):,} rows of activity say the same as an earlier one and count again: take them out if they "
        "were entered twice"
    )
    return [told]
