"""Printing for officers: from a timetable and what is known of its sites to sheets, calendars, walks, table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__
from abate.errors import AbateError, OptionError
from abate.jobs.patrol_incidents import Counted, Record
from abate.patrols import shifts, tasking
from abate.reports.wording import counted
from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    import pandas as pd

    from abate.patrols.briefs import Facts
    from abate.patrols.shifts import Hours, Shift
    from abate.patrols.tasking import Background
    from abate.patrols.weeks import Recorded
    from abate.reports.tasking_files import Print, Printed
    from abate.sources.patrol_sites import PatrolSites

    Tell = Callable[[float, str], None]

_FILES = (
    *("sites", "loops", "streets", "schedule", "ledger", "last_week"),
    *("events", "mapping", "problem_plans", "notes"),
)


@dataclass(frozen=True)
class Options:
    """What the person asked for.

    `plan` are visits.csv or plan.json, of one day or several; `sites` and every file after it as their readers take
    them. `team` picks teams (with commas between; None: all), `hours` picks and names shifts such as `14:00-22:00`.
    `first` is the first of `days` days (None: that of the first planned visit). `crs` is the system to measure in,
    `zone` that of the local clock; `seed` draws the walks.
    """

    plan: tuple[Path, ...]
    sites: Path
    out: Path
    loops: Path | None = None
    streets: Path | None = None
    schedule: Path | None = None
    ledger: Path | None = None
    last_week: Path | None = None
    lake: Path | None = None
    force: str | None = None
    events: Path | None = None
    mapping: Path | None = None
    crime: str | None = None
    problem_plans: Path | None = None
    notes: Path | None = None
    team: str | None = None
    hours: str | None = None
    first: str | None = None
    days: int = shifts.MOST_DAYS
    zone: str = "Europe/London"
    crs: str | None = None
    seed: int = 1

    def __post_init__(self) -> None:
        from zoneinfo import available_timezones

        faults: list[str] = []
        if self.zone not in available_timezones():
            faults.append(f"--zone {self.zone}: is no time zone; one such as Europe/London would be right")
        if not 1 <= self.days <= shifts.MOST_DAYS:
            faults.append(
                f"--days {self.days}: sheets are printed for one to {shifts.MOST_DAYS} days, never for more than the "
                f"next {shifts.MOST_DAYS}; print the week after when it comes"
            )
        for read in (self.begins, self.shift_hours, self.record):
            try:
                read()
            except AbateError as fault:
                faults += fault.faults
        if faults:
            raise OptionError(*faults)

    def begins(self) -> date | None:
        """Give the first day that was asked for; raises `OptionError` when it is none."""
        if self.first is None:
            return None
        try:
            return date.fromisoformat(self.first)
        except ValueError:
            raise OptionError(f"--from {self.first}: should be a day such as 2025-09-01") from None

    def shift_hours(self) -> tuple[Hours, ...]:
        """Give the shifts that were asked for; raises `OptionError` when one is none."""
        return tuple(shifts.Hours.read(part) for part in self.hours.split(",")) if self.hours else ()

    def record(self) -> Record | None:
        """Say where incidents come from, None where nobody asked; raises `OptionError` on a wrong mixture."""
        asked = (self.lake, self.force, self.events, self.mapping, self.crime)
        return None if asked == (None,) * 5 else Record(*asked)

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the sheets were made; files by their names."""
        told = {name: value.name if isinstance(value, Path) else value for name, value in asdict(self).items()}
        told["plan"] = [path.name for path in self.plan]
        return {name: value for name, value in told.items() if name != "out"}


@dataclass(frozen=True)
class Found:
    """The answer: the sheets, what should be known beside them, the files written, and until when they may be kept."""

    printed: Printed
    notes: tuple[str, ...]
    expires: str

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols print --json`."""
        return {
            "sheets": list(self.printed.sheets),
            "files": [str(path) for path in self.printed.files],
            "expires": self.expires,
            "marking": tasking.MARKING,
            "notes": list(self.notes),
        }


def hand_out(
    options: Options, *, today: date, now: datetime, by: str, tell: Tell = lambda _share, _words: None
) -> Found:
    """Print the tasking sheets of a timetable, with the calendar, the walks and the table that go with each.

    Raises `AbateError` with a sentence a fault when a file, a row or an option will not do; nothing is then written.
    """
    from abate.patrols import briefs
    from abate.reports import tasking_files
    from abate.sources import patrol_plans, patrol_sites

    tell(0.05, "reading the timetable and the sites")
    plan = _timetable([patrol_plans.read(path) for path in options.plan])
    if plan.empty:
        raise OptionError(f"{options.plan[0].name}: holds no planned visit; there is nothing to print")
    sites = patrol_sites.read(options.sites, crs=options.crs)
    first = options.begins() or shifts.first_day(plan, zone=options.zone)
    wanted = _wanted(options, plan, first, today)
    tell(0.2, "gathering what is known of the sites")
    chosen = sites.sites[sites.sites["site_id"].isin(wanted.visits["site_id"])]
    seen = _counted(options, sites, first, today)
    known = briefs.gather(chosen, _facts(options, plan, first, seen.recorded))
    told = _print(options, _shifts(options, wanted.visits, first), sites, known, wanted.about)
    notes = (*wanted.notes, *seen.notes, *_unwalked(told), *_left_behind(options.out, told))
    tell(0.4, "drawing the sheets")
    made = _made(options, first, notes, today, by)
    if options.schedule is not None:
        _disclose(options, options.schedule, told, by=by, now=now)
    printed = tasking_files.write(told, options.out, made=made)
    tell(1.0, "done")
    return Found(printed, notes, told.expires.isoformat())


@dataclass(frozen=True)
class _Wanted:
    """The visits that are printed, what was left out, and what every sheet says of the draw behind them."""

    visits: pd.DataFrame
    notes: tuple[str, ...] = ()
    about: tuple[str, ...] = ()


def _wanted(options: Options, plan: pd.DataFrame, first: date, today: date) -> _Wanted:
    """Pick the visits that are printed: of the days, of the draw, of the teams."""
    visits = shifts.within(plan, first=first, days=options.days, zone=options.zone)
    found = _Wanted(visits) if options.schedule is None else _drawn(options, options.schedule, visits, first, today)
    if options.team is None:
        return found
    teams = [team.strip() for team in options.team.split(",")]
    if strange := sorted(set(teams) - set(plan["team"])):
        known = ", ".join(sorted(set(plan["team"])))
        raise OptionError(*(f"--team {team}: is not in the timetable. Its teams are: {known}" for team in strange))
    return replace(found, visits=found.visits[found.visits["team"].isin(teams)].reset_index(drop=True))


def _drawn(options: Options, path: Path, visits: pd.DataFrame, first: date, today: date) -> _Wanted:
    """Hold the visits against the frozen schedule, with the overrides that its ledger records."""
    from abate.jobs import patrol_schedules
    from abate.patrols import allocations

    frozen = patrol_schedules.opened(path, ledger=options.ledger)
    held = allocations.override(frozen.schedule.rows, frozen.overrides())
    days = min(options.days, (today - first).days + shifts.MOST_DAYS)
    if days < 1:
        raise OptionError(
            f"{path.name}: no export covers more than the next seven days of a schedule, and {first.isoformat()} is "
            f"further off; it can be printed from {(first - timedelta(days=shifts.MOST_DAYS - 1)).isoformat()} on"
        )
    released = shifts.within(visits, first=first, days=days, zone=options.zone)
    found = allocations.allow(released, held, first=first, days=days, zone=options.zone)
    late = len(visits) - len(released)
    back = (
        (f"further off than the next seven days, and held back: {counted(late, 'planned visit', 'planned visits')}",)
        if late
        else ()
    )
    about = f"Days drawn at random: {frozen.drawn} (schedule {frozen.schedule.sha256[:12]})."
    return _Wanted(found.visits, (*back, *found.notes), (about,))


def _disclose(options: Options, path: Path, told: Print, *, by: str, now: datetime) -> None:
    """Record in the schedule's ledger which of its days were handed out."""
    from abate.jobs import ledgers, patrol_schedules

    days = sorted({visit.start.date().isoformat() for sheet in told.sheets for visit in sheet.visits})
    said = {"act": "print", "file": path.with_suffix(".csv").name, "from": days[0], "to": days[-1]}
    kept = patrol_schedules.ledger_of(path.with_suffix(".csv"), options.ledger)
    ledgers.append(kept, "disclose", {**said, "sheets": len(told.sheets)}, by=by, when=now)


def _shifts(options: Options, visits: pd.DataFrame, first: date) -> tuple[Shift, ...]:
    found = shifts.split(visits, zone=options.zone, hours=options.shift_hours())
    if not found:
        said = f" in {options.hours}" if options.hours else ""
        raise OptionError(
            f"no visit is left to print{said} in the {options.days} days from {first:%-d %B %Y}: "
            "look at --from, --team, --shift and the schedule"
        )
    return found


def _timetable(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the timetables of several days together; of one that is named twice each visit stays once."""
    import pandas as pd

    whole = pd.concat(parts, ignore_index=True).drop_duplicates(ignore_index=True)
    return PLANNED_VISITS.check(whole.sort_values(["team", "start", "site_id"], ignore_index=True))


def _counted(options: Options, sites: PatrolSites, first: date, today: date) -> Counted:
    from abate.jobs import patrol_incidents

    record = options.record()
    return Counted(None) if record is None else patrol_incidents.count(record, sites, first=first, today=today)


def _facts(options: Options, plan: pd.DataFrame, first: date, recorded: Recorded | None) -> Facts:
    """Gather what every site's page tells beside the timetable; refuse notes that may point to a person."""
    from abate.patrols import briefs
    from abate.sources import patrol_doses, problem_plans, site_notes

    notes = None if options.notes is None else site_notes.read(options.notes)
    if options.notes is not None and notes is not None and (said := briefs.mentioned(notes, file=options.notes.name)):
        raise OptionError(*said)
    return briefs.Facts(
        plan=plan,
        first=first,
        days=options.days,
        zone=options.zone,
        attended=None if options.last_week is None else patrol_doses.read_visits(options.last_week),
        recorded=recorded,
        problem_plans=None if options.problem_plans is None else problem_plans.read(options.problem_plans),
        notes=notes,
    )


def _print(
    options: Options,
    found: tuple[Shift, ...],
    sites: PatrolSites,
    known: dict[str, Background],
    about: tuple[str, ...],
) -> Print:
    from abate.reports.tasking_files import Print
    from abate.reports.tasking_maps import Ground
    from abate.sources import patrol_loops, streets

    loops = None if options.loops is None else patrol_loops.read(options.loops, crs=sites.crs)
    sheets = tasking.sheets(found, sites.sites, loops=loops, known=known, about=about, seed=options.seed)
    lines = None if options.streets is None else streets.read(options.streets, crs=sites.crs)
    return Print(sheets, Ground(sites.crs, lines), sites.sites, loops, stamp=found[0].starts)


def _unwalked(told: Print) -> tuple[str, ...]:
    bare = {page.site_id for sheet in told.sheets for page in sheet.pages if not page.loops}
    if told.loops is None or not bare:
        return ()
    sites = counted(len(bare), "site has", "sites have")
    return (f"{sites} no walk in the file of loops: there the map shows the site alone",)


def _left_behind(out: Path, told: Print) -> tuple[str, ...]:
    """Tell of the sheets of an earlier print that still lie in the folder."""
    from abate.reports import tasking_files

    try:
        before = json.loads((out / tasking_files.RECORD).read_text("utf-8"))
        names, expired = set(before["files"]), str(before["expires"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    ours = {f"{name}.pdf" for name in tasking_files.names(told.sheets)}
    stale = sorted(name for name in names if name.endswith(".pdf") and name not in ours and (out / name).is_file())
    if not stale:
        return ()
    sheets = counted(len(stale), "sheet of an earlier print still lies", "sheets of an earlier print still lie")
    return (f"{sheets} in {out} (to be destroyed by {expired}): delete what has expired",)


def _made(options: Options, first: date, notes: tuple[str, ...], today: date, by: str) -> dict[str, Any]:
    files = [*options.plan, *(path for name in _FILES if (path := getattr(options, name)) is not None)]
    return {
        "code": __version__,
        "parameters": {**options.plain(), "first": first.isoformat()},
        "inputs": [{"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in files],
        "notes": list(notes),
        "made_on": today.isoformat(),
        "by": by,
    }
