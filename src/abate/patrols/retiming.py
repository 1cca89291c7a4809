"""Moves visits to other times by lot, everything else in place, so that each comes at any minute it could come at.

One visit after the other is taken out and put back at a minute drawn evenly from all those at which its team, or
another, could make it (a Gibbs sampler: Geman and Geman 1984, https://doi.org/10.1109/TPAMI.1984.4767596).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols import resting, rules
from abate.patrols.rotadays import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from abate.patrols.rotadays import Problem, Rest

    Marks = NDArray[np.bool_]

SWEEPS = 12
_OTHERS = 3


@dataclass(frozen=True)
class Choice:
    """The minutes at which each of some teams could make a visit: rows of (team), columns of minutes."""

    teams: tuple[int, ...]
    possible: Marks


def retime(
    visits: Sequence[Visit],
    problem: Problem,
    *,
    generator: np.random.Generator,
    accept: Callable[[Sequence[Visit]], bool],
    sweeps: int = SWEEPS,
) -> tuple[Visit, ...]:
    """Move every visit that does not stand already, over and over; a move stays only where `accept` says so."""
    now = list(visits)
    free = [place for place, visit in enumerate(now) if visit not in problem.kept]
    resting_now = resting.rests(now, problem)
    for _ in range(sweeps):
        for place in generator.permutation(free).tolist():
            trial = _moved(now, place, resting_now, problem, generator)
            if trial is None or trial == now or not accept(trial):
                continue
            if np.isfinite(problem.budget) and rules.officer_minutes(trial, problem) > problem.budget:
                continue
            rests = resting.rests(trial, problem)
            if len(rests) >= len(resting_now):
                now, resting_now = trial, rests
    return tuple(sorted(now))


def _moved(
    visits: list[Visit], place: int, rests: Sequence[Rest], problem: Problem, generator: np.random.Generator
) -> list[Visit] | None:
    """Draw another minute for one visit; None where there is none."""
    visit = visits[place]
    rest_of = visits[:place] + visits[place + 1 :]
    choice = choices(visit, rest_of, rests, problem, generator)
    minutes = np.flatnonzero(choice.possible.any(axis=0))
    if not len(minutes):
        return None
    start = int(generator.choice(minutes))
    team = int(generator.choice(np.array(choice.teams)[choice.possible[:, start]]))
    return [*visits[:place], Visit(team, start, visit.site, visit.minutes), *visits[place + 1 :]]


def choices(
    visit: Visit, others: Sequence[Visit], rests: Sequence[Rest], problem: Problem, generator: np.random.Generator
) -> Choice:
    """Say at which minutes its own team and some others could make a visit, all other visits and breaks in place."""
    span = problem.weight.shape[1]
    open_ = (problem.weight[visit.site] > 0) & (problem.room[visit.site] >= visit.minutes)
    open_[: problem.now or 0] = False
    for each in others:
        if each.site == visit.site:
            low = each.start - visit.minutes - problem.gap + 1
            open_[max(0, low) : max(0, each.start + each.minutes + problem.gap)] = False
    there = [team for team in range(len(problem.teams)) if team != visit.team and problem.away[team] is None]
    many = min(_OTHERS, len(there))
    teams = (visit.team, *generator.choice(there, many, replace=False).tolist()) if many else (visit.team,)
    possible = np.zeros((len(teams), span), dtype=bool)
    for row, team in enumerate(teams):
        mine = [each for each in others if each.team == team]
        if mine or team == visit.team or not problem.breaks[team]:
            _mark(possible[row], visit, team, mine=mine, rests=rests, problem=problem)
        possible[row] &= open_
    return Choice(teams, possible)


def _mark(
    possible: Marks, visit: Visit, team: int, *, mine: Sequence[Visit], rests: Sequence[Rest], problem: Problem
) -> None:
    """Mark the minutes at which a team could begin a visit between what else it does."""
    base, time = len(problem.sites), problem.time[team]
    begin, end = problem.shifts[team]
    stops = sorted(
        [(each.start, each.minutes, each.site) for each in mine]
        + [(rest.start, rest.minutes, base if rest.at_base else -1) for rest in rests if rest.team == team]
    )
    at, free = base, begin if problem.now is None else max(begin, problem.now)
    for place in range(len(stops) + 1):
        due, where = (stops[place][0], stops[place][2]) if place < len(stops) else (end, base)
        late = 0
        if where == -1:
            following = next((stop for stop in stops[place:] if stop[2] != -1), (end, 0, base))
            late = sum(stop[1] for stop in stops[place:] if stop[2] == -1 and stop[0] < following[0])
            slack = following[0] - late - _way(time, visit.site, following[2]) - visit.minutes
        else:
            slack = due - _way(time, visit.site, where) - visit.minutes
        first, last = free + _way(time, at, visit.site), min(slack, due - visit.minutes)
        if last >= first:
            possible[max(0, first) : last + 1] = True
        if place < len(stops):
            at, free = at if where == -1 else where, max(free, stops[place][0] + stops[place][1])


def _way(time: NDArray[np.int64], one: int, other: int) -> int:
    return 0 if one == other else int(time[one, other])
