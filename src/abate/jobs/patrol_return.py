"""The monthly return from files: read the month's records, lay them together, count, write CSV, XLSX, page and PDF."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abate import __version__, periods
from abate.errors import AbateError, OptionError
from abate.jobs import return_records
from abate.jobs.return_records import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import pandas as pd

    from abate.patrols.returns import Return
    from abate.sources.patrol_sites import PatrolSites

    Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Options:
    """What the person asked for: which month, whose records, where crimes are read, where the return goes.

    `visits` are files that `abate patrols dosage` wrote, one or more; `plan` those of `abate patrols plan`, one a day.
    `activity` says what was done, `roles` who is in a team, `plans` are the problem plans; each may be None. `crs` is
    the system to measure in (None: the one that suits the sites), `zone` that of the clocks, `out` the folder (None: no
    files). Raises `OptionError` with every fault at once.
    """

    month: str
    visits: tuple[Path, ...]
    sites: Path
    plan: tuple[Path, ...] = ()
    activity: Path | None = None
    roles: Path | None = None
    plans: Path | None = None
    record: Record = field(default_factory=Record)
    crs: str | None = None
    zone: str = "Europe/London"
    out: Path | None = None

    def __post_init__(self) -> None:
        faults = self.record.faults()
        try:
            periods.month(self.month)
        except OptionError as fault:
            faults += [f"--month: {said}" for said in fault.faults]
        if not self.visits:
            faults.append("--visits: give at least one file of attended visits, as abate patrols dosage writes it")
        for option, path in self.files():
            if not path.is_file():
                faults.append(f"{option} {path}: there is no such file")
        if faults:
            raise OptionError(*faults)

    def files(self) -> list[tuple[str, Path]]:
        """List the options that name a file to read, with the file."""
        told = [("--sites", self.sites), *(("--visits", path) for path in self.visits)]
        told += [("--plan", path) for path in self.plan]
        more = (("--activity", self.activity), ("--roles", self.roles), ("--plans", self.plans))
        return [*told, *((option, path) for option, path in more if path is not None)]


@dataclass(frozen=True)
class Made:
    """The answer: the return, the sites' list, and the files written."""

    made: Return
    files: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols return --json`."""
        from abate.reports import returns

        return {
            "month": self.made.month,
            "items": returns.records(self.made),
            "files": list(self.files),
            "notes": list(self.made.notes),
        }


@dataclass(frozen=True)
class _Given:
    """The records as read from their files."""

    sites: PatrolSites
    visits: dict[str, pd.DataFrame]
    planned: pd.DataFrame | None
    activity: pd.DataFrame | None
    teams: pd.DataFrame | None
    plans: pd.DataFrame | None


def make_return(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Made:
    """Make the return of a month to the funder.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when a file, the month or an option
    will not do; nothing is then written.
    """
    from abate.patrols import logbooks, problems, returns

    tell(0.05, "reading the records")
    given = _read(options)
    book = logbooks.lay(
        options.month,
        given.sites.sites,
        given.visits,
        planned=given.planned,
        activity=given.activity,
        teams=given.teams,
        today=today,
        zone=options.zone,
    )
    tell(0.3, "counting incidents in the sites")
    recorded, source = _recorded(options, given, today)
    standing = None if given.plans is None else problems.standing(given.plans, given.sites.sites, today=today)
    made = returns.make(book, recorded=recorded, standing=standing)
    tell(0.7, "writing the return")
    files = _write(options, made, given, source, today=today, by=by) if options.out is not None else ()
    tell(1.0, "done")
    return Made(made, files)


def _read(options: Options) -> _Given:
    """Read every file; the faults of all of them are raised together."""
    from abate.sources import patrol_activity, patrol_doses, patrol_plans, patrol_sites, problem_plans

    faults: list[str] = []

    def read(reader: Callable[[Path], Any], path: Path | None) -> Any:
        if path is None:
            return None
        try:
            return reader(path)
        except AbateError as fault:
            faults.extend(said if path.name in said else f"{path.name}: {said}" for said in fault.faults)
            return None

    sites = read(lambda path: patrol_sites.read(path, crs=options.crs), options.sites)
    visits = {
        name: read(patrol_doses.read_visits, path)
        for name, path in zip(_apart(options.visits), options.visits, strict=True)
    }
    given = _Given(
        sites=sites,
        visits=visits,
        planned=_together([read(patrol_plans.read, path) for path in options.plan]),
        activity=read(patrol_activity.read, options.activity),
        teams=read(patrol_activity.read_roles, options.roles),
        plans=read(problem_plans.read, options.plans),
    )
    if faults:
        raise OptionError(*faults)
    return given


def _together(plans: list[pd.DataFrame | None]) -> pd.DataFrame | None:
    """Put the plans of several days under one another; a visit that a later plan repeats counts once."""
    import pandas as pd

    read = [plan for plan in plans if plan is not None]
    if not read:
        return None
    return pd.concat(read, ignore_index=True).drop_duplicates(["team", "site_id", "start"], ignore_index=True)


def _apart(paths: tuple[Path, ...]) -> list[str]:
    """Name files so that two of one name in different folders are told apart."""
    names = [path.name for path in paths]
    return [
        path.name if names.count(path.name) == 1 else f"{path.parent.name or place}/{path.name}"
        for place, path in enumerate(paths, start=1)
    ]


def _recorded(options: Options, given: _Given, today: date) -> tuple[Any, dict[str, Any]]:
    if not options.record.given:
        return None, {}
    return return_records.read(options.record, given.sites, options.month, today=today)


def _write(
    options: Options, made: Return, given: _Given, source: dict[str, Any], *, today: date, by: str
) -> tuple[str, ...]:
    from abate.reports import returns

    record = {
        "code": __version__,
        "parameters": {
            "month": options.month,
            "crime": options.record.crime if options.record.given else None,
            "proactive": options.record.proactive if options.record.given else None,
            "force": options.record.force,
            "crs": given.sites.crs,
            "zone": options.zone,
        },
        "inputs": [
            {"option": option, "file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for option, path in options.files()
        ],
        "record": source,
        "made_on": today.isoformat(),
        "by": by,
    }
    written = returns.write(made, options.out or Path(), made=record, today=today)
    return tuple(str(path) for path in written)
