"""A change during the shift: what was done and begun stays, a team is called away, the rest is planned again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abate.patrols.rotadays import Problem, Rest, Visit


def resume(
    problem: Problem, visits: Sequence[Visit], rests: Sequence[Rest], *, now: int, away: Mapping[int, int]
) -> Problem:
    """Give the problem of the rest of a shift from minute `now` on.

    A team leaves as late as it can: a visit is begun once its team has to be under way to it. Done and begun visits
    stay; of a team that is called away (`away`: team to minute) those that end by then stay, and a visit it is in at
    that minute is cut short there. Breaks that have begun stay as well.
    """
    kept = []
    for team in range(len(problem.teams)):
        mine = sorted(visit for visit in visits if visit.team == team)
        gone = away.get(team)
        kept += [
            stays
            for place, visit in enumerate(mine)
            if (stays := _stays(problem, mine, place, visit, now=now, gone=gone)) is not None
        ]
    begun = [rest for rest in rests if rest.start < min(now, away.get(rest.team, now))]
    return replace(
        problem,
        kept=tuple(sorted(kept)),
        rested=tuple(sorted(begun)),
        now=now,
        away=tuple(away.get(team) for team in range(len(problem.teams))),
    )


def _stays(
    problem: Problem, mine: Sequence[Visit], place: int, visit: Visit, *, now: int, gone: int | None
) -> Visit | None:
    """Give a visit as it stands at `now`: whole, cut short, or None when it is still to be planned."""
    if gone is not None and visit.start + visit.minutes > gone:
        return replace(visit, minutes=gone - visit.start) if visit.start < gone else None
    before = mine[place - 1].site if place else len(problem.sites)
    way = 0 if before == visit.site else int(problem.time[visit.team][before, visit.site])
    return visit if visit.start - way < now or visit.start < now else None
