"""The dose delivered: positions of patrols reduced to stays of teams in sites, and these to minutes a site and day.

Three numbers are kept apart, as guidance on hotspot policing asks: visits that were planned, visits that were
attended (a stay on foot of at least so many minutes), and minutes. What leaves this module names sites, days and teams
and no device.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.patrols import movement, stays
from abate.space import geofences, sojourns
from abate.stats import drift
from abate.tables.patrols import ATTENDED_VISITS, DOSES, FIXES, PATROL_SITES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    Values = pd.Series[Any]

STAY_MINUTES = 2.0
_NORMAL = 1.959964
_RADIUS_M = 75.0


@dataclass(frozen=True)
class Rule:
    """What a stay and an attended visit are.

    A stay goes on while positions are within `tolerance_m` of the outline and absences last at most `gap_seconds`. It
    is an attended visit when it was on foot and its 95% interval reaches `least_minutes`: the benefit of the doubt.
    `radius_m` is the site's radius where only its middle is known; `zone` says whose days are counted.
    """

    tolerance_m: float = 20.0
    gap_seconds: float = 120.0
    least_minutes: float = 10.0
    radius_m: float = _RADIUS_M
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        faults = [
            f"{name} should be from {low:g} to {high:g}, not {value:g}"
            for name, value, low, high in (
                ("--tolerance-m", self.tolerance_m, 0, 200),
                ("--gap-seconds", self.gap_seconds, 0, 1800),
                ("--least-minutes", self.least_minutes, 1, 240),
                ("--radius-m", self.radius_m, 10, 2000),
            )
            if not low <= value <= high
        ]
        if faults:
            raise OptionError(*faults)

    @property
    def sentence(self) -> str:
        """Say the rule of attendance in words."""
        return (
            f"attended: on foot, in the site (positions within {self.tolerance_m:g} m of it, absences of at most "
            f"{self.gap_seconds:g} s), for at least {self.least_minutes:g} minutes; a stay whose 95% interval reaches "
            f"{self.least_minutes:g} minutes is given the benefit of the doubt"
        )


@dataclass(frozen=True)
class Dosage:
    """What the positions show.

    `visits` is ATTENDED_VISITS; `presences` has a row a stay of a team of any length (site_id, team, kind `foot` or
    `vehicle`, start, minutes, low, high, officers, officer_minutes, attended); `doses` is DOSES with the columns
    `short_stays` and `vehicle_minutes` beside. `noise` is the positions' noise and what shows it. `stays`
    are those of single devices, for sums that name none; `far` tells that no position came near a site.
    """

    visits: pd.DataFrame
    presences: pd.DataFrame
    doses: pd.DataFrame
    noise: drift.Drift
    moved: movement.Movement
    stays: sojourns.Sojourns
    rule: Rule
    far: bool


def measure(
    fixes: pd.DataFrame,
    sites: pd.DataFrame,
    rule: Rule | None = None,
    *,
    teams: Mapping[str, str] | None = None,
    clocks: Mapping[str, float] | None = None,
    span: tuple[date, date] | None = None,
) -> Dosage:
    """Reduce positions to visits and doses.

    `fixes` is FIXES and `sites` PATROL_SITES, both in metres in one coordinate system; `teams` says which team carried
    a device and `clocks` by how many seconds its clock runs ahead; `span` is the first and the last day to be told of
    (None: those of the positions). Raises `OptionError` where there is no position.
    """
    FIXES.check(fixes)
    PATROL_SITES.check(sites)
    rule = rule or Rule()
    if fixes.empty:
        raise OptionError("there is no position to measure")
    moved = movement.clean(fixes, teams=teams, clocks=clocks)
    tracks = moved.tracks
    noise = drift.estimate(tracks.track, tracks.seconds, tracks.x, tracks.y)
    fences = geofences.build(outlines(sites, rule.radius_m), margin=rule.tolerance_m)
    found = sojourns.find(tracks, fences, gap=rule.gap_seconds, sd=noise.sd, lasts=noise.lasts)
    presences = _told(stays.gather(found, moved.teams, gap=rule.gap_seconds), sites, rule)
    days = _days(tracks.seconds, span, rule.zone)
    visits = _visits(presences)
    doses = dose(presences, sites["site_id"], days, zone=rule.zone)
    return Dosage(visits, presences, doses, noise, moved, found, rule, not len(found.track))


def outlines(sites: pd.DataFrame, radius_m: float = _RADIUS_M) -> NDArray[np.object_]:
    """Give each site's outline; a circle where only its middle is known."""
    import shapely

    shapes = sites["shape"].to_numpy(dtype=object).copy()
    bare = np.flatnonzero([not shapely.is_geometry(shape) for shape in shapes])
    east, north = (sites[axis].to_numpy(dtype=float)[bare] for axis in ("easting", "northing"))
    shapes[bare] = shapely.buffer(shapely.points(east, north), radius_m)
    return shapes


def _told(found: pd.DataFrame, sites: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    names = sites["site_id"].to_numpy()
    fence = found["fence"].to_numpy(dtype=np.int64)
    attended = (found["kind"] == "foot") & (found["high"] >= rule.least_minutes) & (found["minutes"] >= STAY_MINUTES)
    start = pd.to_datetime(np.rint(found["begins"].to_numpy(dtype=float) * 1e6).astype(np.int64), unit="us", utc=True)
    return pd.DataFrame(
        {
            "site_id": pd.Series(names[fence], dtype="str"),
            "team": pd.Series(found["team"].to_numpy(), dtype="object")
            .astype("str")
            .where(found["team"].notna(), None),
            "kind": found["kind"].astype("str"),
            "start": pd.Series(start).astype("datetime64[us, UTC]"),
            **{name: found[name].astype(float) for name in ("minutes", "low", "high", "officer_minutes")},
            "officers": found["officers"].astype("int64"),
            "attended": attended.astype(bool),
        }
    )


def _visits(presences: pd.DataFrame) -> pd.DataFrame:
    """Keep the attended stays; two that begin at once in a site are told apart by a microsecond."""
    kept = presences[presences["attended"]].sort_values(["site_id", "start", "team"], kind="stable")
    again = kept.groupby(["site_id", "start"]).cumcount()
    start = (kept["start"] + pd.to_timedelta(again, unit="us")).astype("datetime64[us, UTC]")
    blank = pd.Series(pd.NaT, index=kept.index, dtype="datetime64[us, UTC]")
    visits = kept.assign(start=start, planned_start=blank, source=pd.Series("gps", index=kept.index, dtype="str"))
    return ATTENDED_VISITS.check(visits[list(ATTENDED_VISITS.columns)].reset_index(drop=True))


def _days(seconds: NDArray[np.float64], span: tuple[date, date] | None, zone: str) -> pd.DatetimeIndex:
    if span is None:
        ends = pd.to_datetime([seconds.min(), seconds.max()], unit="s", utc=True).tz_convert(zone).tz_localize(None)
        return pd.date_range(ends[0].normalize(), ends[1].normalize(), freq="D").as_unit("s")
    return pd.date_range(span[0], span[1], freq="D").as_unit("s")


def dose(presences: pd.DataFrame, site_ids: Values, days: pd.DatetimeIndex, *, zone: str) -> pd.DataFrame:
    """Add presence up by site and day (DOSES), one row for every site and every day, quiet ones as 0.

    Stays on foot of two minutes or more count; where two teams are in a site at once the minutes count once. A stay
    over midnight is shared between the days. Minutes by vehicle stand in a column of their own.
    """
    parts = _by_day(presences, zone)
    foot = parts[(parts["kind"] == "foot") & (parts["whole_minutes"] >= STAY_MINUTES)].sort_values(
        ["site_id", "begins", "ends"], kind="stable"
    )
    reached = foot.groupby("site_id")["ends"].transform(lambda ends: ends.cummax().shift(fill_value=-np.inf))
    covered = (np.minimum(reached, foot["ends"]) - foot["begins"]).clip(lower=0.0) / 60
    foot = foot.assign(net=(foot["minutes"] - covered).clip(lower=0.0))
    rows = pd.MultiIndex.from_product([days, list(site_ids)], names=["date", "site_id"])
    grouped = foot.groupby(["date", "site_id"])
    summed = grouped[["net", "variance", "officer_minutes", "visit", "short"]].sum().reindex(rows, fill_value=0)
    driven = parts[parts["kind"] == "vehicle"].groupby(["date", "site_id"])["minutes"].sum().reindex(rows, fill_value=0)
    half = _NORMAL * np.sqrt(summed["variance"])
    minutes = summed["net"]
    table = pd.DataFrame(
        {
            "minutes": minutes,
            "officers": (summed["officer_minutes"] / minutes.where(minutes > 0)).fillna(0.0),
            "officer_minutes": summed["officer_minutes"].astype(float),
            "visits": summed["visit"].astype("int64"),
            "minutes_low": (minutes - half).clip(lower=0.0),
            "minutes_high": minutes + half,
            "short_stays": summed["short"].astype("int64"),
            "vehicle_minutes": driven.astype(float),
        }
    ).reset_index()
    return DOSES.check(table)


def _by_day(presences: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Share each stay between the local days that it lies in; it counts as a visit on the day on which it began."""
    begins = presences["start"].astype("int64") / 1e6
    ends = begins + 60 * presences["minutes"]
    local = presences["start"].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    midnight = (local + pd.Timedelta(days=1)).dt.tz_localize(zone).astype("datetime64[us, UTC]").astype("int64") / 1e6
    half = (presences["high"] - presences["low"]) / 2 / _NORMAL
    brief = (presences["kind"] == "foot") & (presences["minutes"] >= STAY_MINUTES)
    rows = presences.assign(
        date=local.astype("datetime64[s]"),
        begins=begins,
        ends=np.minimum(ends, midnight),
        whole_minutes=presences["minutes"],
        variance=half**2,
        visit=presences["attended"].astype(int),
        short=(brief & ~presences["attended"]).astype(int),
    )
    over = rows[ends > midnight].assign(
        date=lambda frame: frame["date"] + pd.Timedelta(days=1),
        begins=midnight[ends > midnight],
        ends=ends[ends > midnight],
        variance=0.0,
        visit=0,
        short=0,
    )
    both: pd.DataFrame = pd.concat([rows, over], ignore_index=True)
    minutes = (both["ends"] - both["begins"]) / 60
    share = (minutes / both["whole_minutes"].where(both["whole_minutes"] > 0)).fillna(0.0)
    return both.assign(minutes=minutes, officer_minutes=both["officer_minutes"] * share)
