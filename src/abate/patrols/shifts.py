"""Shifts: which planned visits a team makes in one turn of duty, and until when the sheet about them may be kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from abate.errors import OptionError
from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    Moments = pd.Series[Any]

APART_HOURS = 5.0
KEPT_HOURS = 12
MOST_DAYS = 7


@dataclass(frozen=True)
class Hours:
    """The hours of a shift by the local clock, such as 14:00 to 22:00; one that ends no later runs past midnight.

    >>> Hours.read("22:00-06:00").words
    '22:00 to 06:00'
    """

    starts: time
    ends: time

    @classmethod
    def read(cls, text: str) -> Hours:
        """Understand `14:00-22:00`; raises `OptionError` when it is something else."""
        match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-3]|24):([0-5]\d)", text.strip())
        if not match or (match[3] == "24" and match[4] != "00") or match.group(1, 2) == match.group(3, 4):
            raise OptionError(f"--shift {text}: should be hours such as 14:00-22:00")
        return cls(time(int(match[1]), int(match[2])), time(int(match[3]) % 24, int(match[4])))

    @property
    def words(self) -> str:
        """The hours as a sheet writes them."""
        return f"{self.starts:%H:%M} to {self.ends:%H:%M}"

    def around(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """Give the beginning and end of the shift that a local moment falls into; None where it falls into none."""
        for day in (moment.date(), moment.date() - timedelta(days=1)):
            begin = datetime.combine(day, self.starts, tzinfo=moment.tzinfo)
            end = datetime.combine(day, self.ends, tzinfo=moment.tzinfo)
            end += timedelta(days=self.ends <= self.starts)
            if begin <= moment < end:
                return begin, end
        return None


@dataclass(frozen=True)
class Shift:
    """One team's turn of duty: its visits in order, and its beginning and end by the local clock.

    `visits` are rows of `tables.PLANNED_VISITS`. `starts` and `ends` are those of the hours that were given, or of the
    first and last visit.
    """

    team: str
    starts: datetime
    ends: datetime
    visits: pd.DataFrame

    @property
    def words(self) -> str:
        """The shift as a sheet writes it: `Mon 1 Sep 2025, 14:00 to 22:00`."""
        last = "" if self.starts.date() == self.ends.date() else f"{self.ends:%a} "
        return f"{self.starts:%a} {self.starts.day} {self.starts:%b %Y}, {self.starts:%H:%M} to {last}{self.ends:%H:%M}"

    @property
    def expires(self) -> datetime:
        """When the sheet is to be destroyed: twelve hours after the shift ends."""
        return (self.ends.astimezone(ZoneInfo("UTC")) + timedelta(hours=KEPT_HOURS)).astimezone(self.ends.tzinfo)


def split(visits: pd.DataFrame, *, zone: str, hours: tuple[Hours, ...] = ()) -> tuple[Shift, ...]:
    """Split a timetable into the shifts of its teams, in order of their beginning and then of the team.

    A visit belongs to the shift whose `hours` it starts in; visits outside all of them are left out. Without hours the
    plan's own columns `shift_start` and `shift_end` say it, and where it has none, a team's visits belong together
    while no more than five hours lie between one's end and the next one's start. `zone` is that of the local clock.

    Raises `TableError` when the visits are not `tables.PLANNED_VISITS`.
    """
    rows = PLANNED_VISITS.check(visits).sort_values(["team", "start", "site_id"], ignore_index=True)
    if rows.empty:
        return ()
    if hours:
        found = list(_by_hours(rows, zone, hours))
    elif all(name in rows.columns and rows[name].notna().all() for name in ("shift_start", "shift_end")):
        found = list(_by_plan(rows, zone))
    else:
        found = list(_by_gaps(rows, zone))
    return tuple(sorted(found, key=lambda each: (each.starts, each.team)))


def within(visits: pd.DataFrame, *, first: date, days: int, zone: str) -> pd.DataFrame:
    """Keep the visits that start on `days` days from `first` on by the local clock.

    Raises `OptionError` when that is more than seven days: no print reaches further, so that a lost sheet grows old.

    >>> start = pd.to_datetime(["2025-09-01 13:00", "2025-09-08 13:00"], utc=True)
    >>> rows = pd.DataFrame({"team": "P1", "site_id": ["a", "b"], "start": start, "minutes": 15.0})
    >>> within(rows, first=start[0].date(), days=7, zone="Europe/London")["site_id"].tolist()
    ['a']
    """
    if not 1 <= days <= MOST_DAYS:
        raise OptionError(
            f"--days {days}: sheets are printed for one to {MOST_DAYS} days, never for more than the next "
            f"{MOST_DAYS}; print the week after when it comes"
        )
    local = days_of(visits["start"], zone)
    begin = pd.Timestamp(first)
    kept = (local >= begin) & (local < begin + pd.Timedelta(days=days))
    return visits.loc[kept].reset_index(drop=True)


def days_of(moments: Moments, zone: str) -> Moments:
    """Give the local day of each moment, as its midnight without a zone."""
    local: Moments = moments.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    return local


def first_day(visits: pd.DataFrame, *, zone: str) -> date:
    """Give the first day on which a visit starts, by the local clock."""
    return pd.Timestamp(visits["start"].min()).tz_convert(zone).date()


def _by_hours(rows: pd.DataFrame, zone: str, hours: tuple[Hours, ...]) -> Iterator[Shift]:
    found: dict[tuple[str, datetime, datetime], list[int]] = {}
    for place, (team, start) in enumerate(zip(rows["team"], rows["start"], strict=True)):
        moment = _local(start, zone)
        if span := next((span for each in hours if (span := each.around(moment))), None):
            found.setdefault((str(team), *span), []).append(place)
    for (team, begin, end), places in found.items():
        yield Shift(team, begin, end, rows.iloc[places].reset_index(drop=True))


def _by_plan(rows: pd.DataFrame, zone: str) -> Iterator[Shift]:
    keys: Any = rows.groupby(["team", "shift_start", "shift_end"], sort=True)
    for (team, begin, end), part in keys:
        yield Shift(str(team), _local(begin, zone), _local(end, zone), part.reset_index(drop=True))


def _by_gaps(rows: pd.DataFrame, zone: str) -> Iterator[Shift]:
    finish = rows["start"] + pd.to_timedelta(rows["minutes"], unit="min")
    for team, part in rows.groupby("team", sort=True):
        apart = (part["start"] - finish.loc[part.index].cummax().shift()) > pd.Timedelta(hours=APART_HOURS)
        for _, own in part.groupby(apart.cumsum()):
            begin, end = _local(own["start"].min(), zone), _local(finish.loc[own.index].max(), zone)
            yield Shift(str(team), begin, end, own.reset_index(drop=True))


def _local(moment: pd.Timestamp, zone: str) -> datetime:
    return pd.Timestamp(moment).tz_convert(zone).to_pydatetime(warn=False).replace(tzinfo=ZoneInfo(zone))
