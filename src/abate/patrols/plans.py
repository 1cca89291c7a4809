"""The whole plan of a day: visits, breaks, what it is worth, the bound, and why other visits are not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from abate.errors import OptionError
from abate.patrols import (
    bounds,
    conflicts,
    resting,
    retiming,
    rules,
    timetables,
    unpredictability,
    unserved,
    vehicles,
    workings,
)
from abate.tables.patrols import PLANNED_VISITS

if TYPE_CHECKING:
    from collections.abc import Callable

    from abate.patrols.rotadays import Problem, Rest, Visit
    from abate.patrols.unserved import Unserved
    from abate.patrols.workings import Working

    Tell = Callable[[float, str], None]


Solver = Literal["highs", "pyvrp"]


@dataclass(frozen=True)
class Plan:
    """A day's plan. `value` and `bound` are in harm-weighted visits; `best` is the best value found before drawing.

    `short` says which sites lack how many of their least visits.
    """

    problem: Problem
    visits: tuple[Visit, ...]
    rests: tuple[Rest, ...]
    value: float
    best: float
    bound: float
    unserved: tuple[Unserved, ...]
    short: dict[str, int]
    rounds: int
    stopped: bool

    @property
    def gap(self) -> float:
        """How far the value is below the bound, as a share of the bound."""
        return 0.0 if self.bound <= 0 else max(0.0, 1 - self.value / self.bound)

    @property
    def officer_minutes(self) -> float:
        """What is charged to the budget."""
        return rules.officer_minutes(self.visits, self.problem)

    def table(self) -> pd.DataFrame:
        """Give the visits as `tables.PLANNED_VISITS`, with the shift each belongs to beside them."""
        problem = self.problem
        moments = {
            name: pd.Series(pd.to_datetime([problem.moment(minute) for minute in minutes], utc=True)).astype(
                "datetime64[us, UTC]"
            )
            for name, minutes in {
                "start": [visit.start for visit in self.visits],
                "shift_start": [problem.shifts[visit.team][0] for visit in self.visits],
                "shift_end": [problem.shifts[visit.team][1] for visit in self.visits],
            }.items()
        }
        return PLANNED_VISITS.check(
            pd.DataFrame(
                {
                    "team": pd.Series([problem.teams[visit.team] for visit in self.visits], dtype="str"),
                    "site_id": pd.Series([problem.sites[visit.site] for visit in self.visits], dtype="str"),
                    "start": moments["start"],
                    "minutes": pd.Series([float(visit.minutes) for visit in self.visits], dtype="float64"),
                    "shift_start": moments["shift_start"],
                    "shift_end": moments["shift_end"],
                }
            )
        )


def plan(
    problem: Problem,
    *,
    seed: int,
    rounds: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    tell: Tell = lambda _share, _words: None,
    quick: bool = False,
    solver: Solver = "highs",
    seconds: float = 25.0,
) -> Plan:
    """Plan a day: find a good timetable and a bound, draw start times that cannot be foretold, explain the rest.

    `stop` may end the search before its rounds are over (the plan then says so). `quick` is for changes during a shift:
    fewer rounds. Raises `OptionError` with the smallest set of rules that stand against each other where no visit is
    possible at all, and where what was found breaks a rule (which would be a fault of the software).
    """
    if not problem.kept and (against := conflicts.smallest(problem)):
        raise OptionError(
            "no visit is possible. These rules stand against each other; without any one of them there would be one:",
            *conflicts.sentences(problem, against),
        )
    working = workings.work(problem)
    tell(0.05, "planning the teams")
    first = timetables.solve(working, seed=seed, rounds=0)
    tell(0.1, "finding the bound")
    most = bounds.bound(working, least=first.value, rounds=bounds.ROUNDS // (8 if quick else 1), stop=stop)
    tell(0.45, "bettering the timetable")
    wanted = (timetables.allowance(working) // (12 if quick else 1)) if rounds is None else rounds
    if solver == "pyvrp":
        found = vehicles.solve(working, seed=seed, seconds=seconds * 0.4)
        wanted = found.tried
    else:
        found = timetables.solve(working, seed=seed, rounds=wanted, rate=most.rate, stop=stop, enough=most.value)
    best = max(first, found, key=lambda each: each.score)
    tell(0.9, "drawing start times")
    drawn = unpredictability.draw(working, best, seed=seed, sweeps=4 if quick else retiming.SWEEPS)
    return _told(working, drawn, best, most.value, stopped=found.tried < wanted and best.value < most.value - 1e-9)


def _told(working: Working, visits: tuple[Visit, ...], best: timetables.Found, bound: float, *, stopped: bool) -> Plan:
    problem = working.problem
    rests = resting.rests(visits, problem)
    if faults := rules.broken(visits, rests, problem):
        raise AssertionError("the plan breaks a rule: " + "; ".join(faults))
    return Plan(
        problem=problem,
        visits=visits,
        rests=rests,
        value=workings.worth(working, visits),
        best=best.value,
        bound=bound,
        unserved=tuple(unserved.explain(visits, rests, problem)),
        short=rules.short(visits, problem),
        rounds=best.tried,
        stopped=stopped,
    )
