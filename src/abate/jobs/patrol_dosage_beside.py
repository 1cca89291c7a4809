"""What is set beside the dose: the plan, the schedule and officers' own check-ins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from datetime import datetime

    from abate.jobs.patrol_dosage import Options
    from abate.patrols.attendance import Compliance
    from abate.patrols.dosage import Dosage
    from abate.patrols.presence import Background
    from abate.sources.patrol_sites import PatrolSites
    from abate.sources.tracks import TrackFiles

_LONG_MINUTES = 180.0


@dataclass(frozen=True)
class Beside:
    """The visits with the planned start that each answers, and what the plan, schedule and check-ins add."""

    visits: pd.DataFrame
    matched: pd.DataFrame | None
    compliance: Compliance | None
    background: Background | None
    disagreements: pd.DataFrame | None
    notes: tuple[str, ...]

    def told(self) -> dict[str, Any]:
        """Give the parts for the page."""
        return {"matched": self.matched, "background": self.background, "disagreements": self.disagreements}


def gather(options: Options, sites: PatrolSites, found: Dosage, *, now: datetime) -> Beside:
    """Read the plan, the schedule and the check-ins, and set them beside the dose."""
    from abate.patrols import attendance, presence

    notes: list[str] = []
    days = found.doses["date"]
    planned = _planned(options, sites, (days.min(), days.max()), now, notes)
    matched = attendance.match(planned, found.presences) if planned is not None else None
    compliance = attendance.comply(matched, found.rule.sentence) if matched is not None else None
    schedule = _schedule(options, notes)
    background = presence.background(schedule, found.doses) if schedule is not None else None
    if compliance is None and schedule is not None:
        compliance = attendance.comply_by_day(schedule, found.doses, found.rule.sentence)
    differ = None
    if options.check_ins:
        from abate.sources import check_ins

        said = check_ins.read(options.check_ins, site_ids=set(sites.sites["site_id"]), zone=options.zone)
        differ = attendance.disagreements(_in_span(said, "time", days, options.zone), found.presences)
    notes += _clock_notes(matched)
    visits = _answering(found.visits, found.presences, matched)
    return Beside(visits, matched, compliance, background, differ, tuple(notes))


def _in_span(rows: pd.DataFrame, column: str, days: Any, zone: str) -> pd.DataFrame:
    day = rows[column].dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    kept: pd.DataFrame = rows[(day >= days.min()) & (day <= days.max())].reset_index(drop=True)
    return kept


def _planned(
    options: Options, sites: PatrolSites, span: tuple[Any, Any], now: datetime, notes: list[str]
) -> pd.DataFrame | None:
    """Read the planned visits that lie in the span of the doses and in the sites."""
    if options.plan is None:
        return None
    from abate.sources import patrol_plans

    planned = patrol_plans.read(options.plan)
    elsewhere = ~planned["site_id"].isin(sites.sites["site_id"])
    if elsewhere.any():
        notes.append(f"{int(elsewhere.sum()):,} planned visits are to sites that are not in the list, and are left out")
    planned = _in_span(planned[~elsewhere], "start", pd.Series(span), options.zone)
    ahead = planned["start"] > pd.Timestamp(now)
    if ahead.any():
        notes.append(f"{int(ahead.sum()):,} planned visits still lie ahead and are left out")
    return planned[~ahead].reset_index(drop=True)


def _schedule(options: Options, notes: list[str]) -> pd.DataFrame | None:
    if options.schedule is None:
        return None
    from abate.sources import schedules

    schedule = schedules.read(options.schedule)
    notes.append(f"schedule {options.schedule.name}: SHA-256 {schedule.sha256}, as it was drawn")
    return schedule.rows


def _answering(visits: pd.DataFrame, presences: pd.DataFrame, matched: pd.DataFrame | None) -> pd.DataFrame:
    """Write beside each visit the start of the planned visit that it answers."""
    if matched is None:
        return visits
    answered = matched[matched["presence"] >= 0]
    rows = presences.loc[answered["presence"]]
    planned = pd.DataFrame(
        {
            "site_id": rows["site_id"].to_numpy(),
            "start": rows["start"].to_numpy(),
            "answers": answered["start"].to_numpy(),
        }
    )
    planned = planned.astype({"start": "datetime64[us, UTC]", "answers": "datetime64[us, UTC]", "site_id": "str"})
    both = visits.merge(planned.drop_duplicates(["site_id", "start"]), on=["site_id", "start"], how="left")
    return visits.assign(planned_start=both["answers"].to_numpy()).astype({"planned_start": "datetime64[us, UTC]"})


def _clock_notes(matched: pd.DataFrame | None) -> list[str]:
    """Say so where a team's visits all lie about the same time off the plan: its clock, or its zone, may be wrong."""
    if matched is None:
        return []
    seen = matched[matched["presence"] >= 0]
    off = (seen["seen_start"] - seen["start"]).dt.total_seconds() / 60
    told = []
    for team, minutes in off.groupby(seen["team"]):
        middle = float(minutes.median())
        if len(minutes) >= 4 and abs(middle) > 20 and float((minutes - middle).abs().median()) < 5:
            told.append(
                f"team {team}: its visits lie about {middle:+.0f} minutes off the plan throughout: is a device's clock "
                "or time zone wrong? (`clock_seconds` in --devices puts it right)"
            )
    return told


def notes(found: Dosage, read: TrackFiles) -> list[str]:
    """Say what should be known about the record itself."""
    told = []
    for each in read.files:
        if each.rejected:
            reasons = "; ".join(f"{count:,}: {why}" for why, count in each.rejected.items())
            told.append(
                f"{each.name}: {each.rows:,} rows, {each.kept:,} kept, {each.rows - each.kept:,} rejected ({reasons})"
            )
    if found.noise.basis == "assumed":
        told.append(f"the noise could not be estimated from these tracks; {found.noise.sd:g} m was assumed")
    if found.far:
        told.append("no position lies in a site or within the tolerance of one")
    long = found.visits["minutes"] > _LONG_MINUTES
    if long.any():
        sites = ", ".join(sorted(set(found.visits.loc[long, "site_id"]))[:5])
        told.append(
            f"{int(long.sum()):,} visits last longer than {_LONG_MINUTES / 60:g} hours ({sites}): is a station, a "
            "stand or a device left behind in the site?"
        )
    return told
