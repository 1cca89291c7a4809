"""When and where each team takes its breaks between the visits of its round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.patrols.rotadays import Rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.patrols.rotadays import Problem, Visit


def rests(visits: Sequence[Visit], problem: Problem) -> tuple[Rest, ...]:
    """Place every team's breaks as early as they may be taken without being late for a visit.

    Breaks that were taken stay. A team that is called away, or that has no visit, is given none.
    """
    found = list(problem.rested)
    for team in range(len(problem.teams)):
        mine = sorted(visit for visit in visits if visit.team == team)
        if mine and problem.away[team] is None:
            found += _placed(team, mine, problem)
    return tuple(sorted(found))


def _placed(team: int, mine: Sequence[Visit], problem: Problem) -> list[Rest]:
    taken = [rest for rest in problem.rested if rest.team == team]
    placed = list(taken)
    for earliest, latest, minutes, at_base in problem.breaks[team][len(taken) :]:
        for gap in range(len(mine) + 1):
            rest = _in_gap(mine, gap, placed, problem, (earliest, latest, minutes, at_base))
            if rest is not None:
                placed.append(rest)
                break
    return placed[len(taken) :]


def _in_gap(
    mine: Sequence[Visit], gap: int, placed: Sequence[Rest], problem: Problem, due: tuple[int, int, int, bool]
) -> Rest | None:
    """Try the break before visit `gap` of the round (after the last: before the way home).

    A break that is not at the base may be taken anywhere on the way.
    """
    earliest, latest, minutes, at_base = due
    team, base = mine[0].team, len(problem.sites)
    begin, end = problem.shifts[team]
    at, free = (mine[gap - 1].site, mine[gap - 1].start + mine[gap - 1].minutes) if gap else (base, begin)
    to, due_at = (mine[gap].site, mine[gap].start) if gap < len(mine) else (base, end)
    late, clear = 0, free
    for rest in placed:
        if free <= rest.start < due_at:
            at, late = (base, 0) if rest.at_base else (at, late + rest.minutes)
            free, clear = (
                (rest.start + rest.minutes, rest.start + rest.minutes)
                if rest.at_base
                else (free, rest.start + rest.minutes)
            )
    if problem.now is not None:
        clear = max(clear, problem.now)
    there = _way(problem, team, at, base) if at_base else 0
    start = max(free + late + there, clear, earliest)
    if not at_base:
        start = max(clear, earliest)
    way = _way(problem, team, base if at_base else at, to)
    home = start + minutes + way if at_base else max(free + late + minutes + way, start + minutes)
    if start + minutes <= latest and start + minutes <= due_at and home <= due_at:
        return Rest(team, start, minutes, at_base)
    return None


def _way(problem: Problem, team: int, one: int, other: int) -> int:
    return 0 if one == other else int(problem.time[team][one, other])
