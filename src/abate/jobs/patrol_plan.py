"""The plan of a day's patrols from files: read the rota, plan or plan again, write the plan."""

from __future__ import annotations

import re
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from abate import __version__
from abate.errors import OptionError
from abate.jobs import rota_days
from abate.jobs.rota_days import Files

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from abate.jobs.rota_days import Posed
    from abate.patrols.plans import Plan
    from abate.patrols.rotadays import Problem

    Tell = Callable[[float, str], None]

Solver = Literal["highs", "pyvrp"]
_REPLANNING = 5.0
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True)
class Options:
    """What the person asked for: the rota, files beside it, the day, how to search, what was done, where it goes.

    `replan` are earlier plans (`plan.json`, `visits.csv`) whose visits up to `now` were done or begun; `away` says
    which teams are called away, as `TEAM@HH:MM`. `rounds` sets how long is searched (None: by the size of the
    problem), `seconds` the longest that it may take. `out` is the folder (None: no files).
    """

    rota: Path
    files: Files = field(default_factory=Files)
    day: date | None = None
    seed: int = 1
    solver: Solver = "highs"
    seconds: float = 25.0
    rounds: int | None = None
    replan: tuple[Path, ...] = ()
    now: str | None = None
    away: tuple[str, ...] = ()
    crs: str | None = None
    out: Path | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.now is not None and not _CLOCK.fullmatch(self.now):
            faults.append(f"--now {self.now}: should be a time of the day, such as 18:10")
        faults += [f"--away {each}: should be TEAM@HH:MM, such as T3@18:10" for each in self.away if not _named(each)]
        if (self.now is not None or self.away) and not self.replan:
            faults.append("--now and --away go with --replan plan.json, which says what was planned")
        if self.seconds <= 0:
            faults.append(f"--seconds {self.seconds:g}: should be above 0")
        if faults:
            raise OptionError(*faults)

    def plain(self) -> dict[str, Any]:
        """Give the options as plain values, for the record of how the plan was made; files by their names."""
        told = {**asdict(self), "files": {name: _name(path) for name, path in asdict(self.files).items()}}
        told["replan"] = [path.name for path in self.replan]
        return {name: _name(value) for name, value in told.items() if name != "out"}


def _name(value: Any) -> Any:
    return value.name if isinstance(value, Path) else value


def _named(away: str) -> tuple[str, str] | None:
    team, _, clock = away.rpartition("@")
    return (team, clock) if team and _CLOCK.fullmatch(clock) else None


@dataclass(frozen=True)
class Planned:
    """The answer: the plan, what should be known beside it, and the files written."""

    plan: Plan
    notes: tuple[str, ...]
    files: tuple[str, ...]

    def sentence(self) -> str:
        """Say what the plan is worth and how near it is to the best there could be."""
        from abate.reports import rotas

        return rotas.sentence(self.plan)

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate patrols plan --json`."""
        from abate.reports import rotas

        return {**rotas.document(self.plan, self.notes), "files": list(self.files)}


def plan(options: Options, *, today: date, by: str, tell: Tell = lambda _share, _words: None) -> Planned:
    """Plan a day's patrols, or the rest of a shift.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault when a file or an option will not do,
    or when no visit is possible; nothing is then written.
    """
    from abate.patrols import plans

    began = time.monotonic()
    tell(0.01, "reading the rota")
    posed = rota_days.pose(options.rota, options.files, day=options.day, today=today, crs=options.crs)
    longest = min(options.seconds, _REPLANNING) if options.replan else options.seconds
    problem = _resumed(options, posed.problem) if options.replan else posed.problem
    made = plans.plan(
        problem,
        seed=options.seed,
        rounds=options.rounds,
        stop=lambda: time.monotonic() - began > 0.8 * longest,
        tell=tell,
        quick=bool(options.replan),
        solver=options.solver,
        seconds=options.seconds,
    )
    notes = (*posed.notes, *_notes(made, options.solver))
    files = _write(options, posed, made, notes, today=today, by=by) if options.out is not None else ()
    tell(1.0, "done")
    return Planned(made, notes, files)


def _notes(made: Plan, solver: Solver) -> list[str]:
    notes = [f"site '{site}' lacks {count} of its least visits" for site, count in sorted(made.short.items())]
    if solver == "pyvrp":
        notes.append("PyVRP searches by the clock: the plan depends on the speed of the machine")
    elif made.stopped:
        notes.append(
            f"the clock ended the search after {made.rounds:,} rounds: give --rounds {made.rounds} and more --seconds "
            "where the plan should not depend on the speed of the machine"
        )
    return notes


def _resumed(options: Options, problem: Problem) -> Problem:
    """Give the problem of the rest of the shift: what was done and begun stays, who is away is away."""
    from abate.patrols import replanning
    from abate.patrols.rotadays import Rest
    from abate.sources import patrol_plans

    now, away = options.now, [_named(each) or ("", "") for each in options.away]
    done: list[Any] = []
    rests: list[patrol_plans.Rested] = []
    for path in options.replan:
        rows: list[dict[str, Any]] = [
            {str(name): value for name, value in row.items()} for row in patrol_plans.read(path).to_dict("records")
        ]
        done += rota_days.visits(rows, problem, name=path.name)
        if path.suffix == ".json":
            told = patrol_plans.standing(path.read_text("utf-8-sig"), file=path.name)
            now = now or told.now
            away += told.away
            rests += told.breaks
    if now is None:
        raise OptionError("--replan: say with --now HH:MM (or 'now' in the file) from when the shift is planned again")
    rested = [
        Rest(team, rota_days.minute(problem, rest.start), rest.minutes, rest.at_base)
        for rest in rests
        if (team := rota_days.team_at(problem, rest.team, rota_days.minute(problem, rest.start))) is not None
    ]
    gone = _gone(problem, away)
    return replanning.resume(problem, done, rested, now=_minute(problem, now), away=gone)


def _gone(problem: Problem, away: list[tuple[str, str]]) -> dict[int, int]:
    faults = [f"--away {team}@{clock}: no such team is on duty" for team, clock in away if team not in problem.teams]
    if faults:
        raise OptionError(*faults)
    found = {}
    for name, clock in away:
        for team, known in enumerate(problem.teams):
            if known == name and problem.shifts[team][1] > _minute(problem, clock):
                found[team] = _minute(problem, clock)
    return found


def _minute(problem: Problem, clock: str) -> int:
    """Give the minute of a clock time within the day's shifts; before the first shift it is of the next day."""
    from abate.patrols.rotadays import elapsed

    hours, minutes = map(int, clock.split(":"))
    wall = hours * 60 + minutes
    found = elapsed(problem.day, wall, problem.zone)
    if found < min(begin for begin, _ in problem.shifts) and max(end for _, end in problem.shifts) > 24 * 60:
        return elapsed(problem.day, wall + 24 * 60, problem.zone)
    return found


def _write(
    options: Options, posed: Posed, made: Plan, notes: tuple[str, ...], *, today: date, by: str
) -> tuple[str, ...]:
    from abate.reports import rotas

    record = {
        "code": __version__,
        "parameters": options.plain(),
        "day": str(made.problem.day),
        "rounds": made.rounds,
        "inputs": [{"file": name, "sha256": sha256} for name, sha256 in posed.read],
        "crs": posed.crs,
        "dose": posed.rota.curve.source,
        "made_on": today.isoformat(),
        "by": by,
    }
    names = {site.site_id: site.name for site in posed.rota.sites}
    written = rotas.write(made, options.out or Path(), title=posed.rota.name, names=names, notes=notes, made=record)
    return tuple(str(path) for path in written)
