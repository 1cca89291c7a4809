"""Why a site did not get the further visit that it could have had, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols import rules
from abate.patrols.rotadays import Visit
from abate.patrols.rotas import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abate.patrols.rotadays import Problem, Rest


@dataclass(frozen=True)
class Unserved:
    """A visit that was not planned: the site, which visit of its day it would be, and why."""

    site: str
    visit: int
    why: str


def explain(visits: Sequence[Visit], rests: Sequence[Rest], problem: Problem) -> list[Unserved]:
    """Say for each site with fewer visits than its most why the next one is not there."""
    found = []
    for site, name in enumerate(problem.sites):
        here = sorted((visit for visit in visits if visit.site == site), key=lambda visit: visit.start)
        if len(here) < problem.most[site]:
            found.append(Unserved(name, len(here) + 1, _why(site, here, visits, rests, problem)))
    return found


def _why(site: int, here: Sequence[Visit], visits: Sequence[Visit], rests: Sequence[Rest], problem: Problem) -> str:
    """Ask the rules one after the other, from the site's own to those that teams share."""
    shortest = min(problem.stays)
    whole = np.flatnonzero((problem.weight[site] > 0) & (problem.room[site] >= shortest))
    opened = whole[whole >= (problem.now or 0)]
    if not len(opened):
        return "its hours are over" if len(whole) else _shut(site, problem)
    hours = f"{clock(int(opened[0]))} to {clock(int(opened[-1]) + shortest)}"
    reach = [_reachable(site, team, problem) for team in range(len(problem.teams))]
    spans = [(team, low, high) for team, (low, high) in enumerate(reach) if ((opened >= low) & (opened <= high)).any()]
    if not spans and not any(_present(team, *shift, opened, problem) for team, shift in enumerate(problem.shifts)):
        return f"no team is on shift in its hours ({hours})"
    if not spans:
        return f"it is too far: no team that is on shift in its hours ({hours}) can go there, stay and be back in time"
    apart = [start for start in opened.tolist() if _apart(start, shortest, here, problem.gap)]
    if not apart:
        told = " and ".join(clock(visit.start) for visit in here)
        return f"the gap: {problem.gap} minutes from the visits at {told} leave no start in its hours ({hours})"
    free = [(team, start) for team, low, high in spans for start in apart if low <= start <= high]
    if not free:
        return f"no team can be there in its hours ({hours}) {problem.gap} minutes from the visits that it has"
    return _competing(site, free, hours, planned=(visits, rests, problem))


def _shut(site: int, problem: Problem) -> str:
    if problem.sites[site] in problem.undrawn:
        return "it is drawn for usual policing on this day"
    return "it is closed, or has no hours on this day that a stay fits into"


def _present(team: int, begin: int, end: int, opened: np.ndarray, problem: Problem) -> bool:
    if problem.away[team] is not None:
        return False
    return bool(((opened >= begin) & (opened + min(problem.stays) <= end)).any())


def _reachable(site: int, team: int, problem: Problem) -> tuple[int, int]:
    """Give the first and the last minute at which a team with nothing else to do could begin a visit."""
    if problem.away[team] is not None:
        return 1, 0
    base = len(problem.sites)
    begin, end = problem.shifts[team]
    low = begin + int(problem.time[team][base, site])
    high = end - min(problem.stays) - int(problem.time[team][site, base])
    return (low if problem.now is None else max(low, problem.now)), high


def _apart(start: int, stay: int, here: Sequence[Visit], gap: int) -> bool:
    return all(start >= each.start + each.minutes + gap or start + stay + gap <= each.start for each in here)


def _competing(
    site: int, free: Sequence[tuple[int, int]], hours: str, *, planned: tuple[Sequence[Visit], Sequence[Rest], Problem]
) -> str:
    """Tell whether the budget or the teams' other visits stand in the way: try the visit at every minute it fits."""
    visits, rests, problem = planned
    shortest = min(problem.stays)
    for team, start in free:
        visit = Visit(team, start, site, shortest)
        if _fits(visit, visits, rests, problem):
            more = rules.officer_minutes([*visits, visit], problem)
            if more > problem.budget:
                return (
                    f"the budget is spent: {rules.officer_minutes(visits, problem) / 60:.1f} of "
                    f"{problem.budget / 60:.1f} officer-hours are planned, and this visit would need "
                    f"{(more - rules.officer_minutes(visits, problem)) / 60:.1f} more"
                )
            return "what is given up so that start times cannot be foretold (see loss)"
    many = len({team for team, _ in free})
    return (
        f"no team is free in its hours ({hours}): the {many} that could come "
        f"{'is' if many == 1 else 'are'} on visits that are worth more"
    )


def _fits(visit: Visit, visits: Sequence[Visit], rests: Sequence[Rest], problem: Problem) -> bool:
    """Tell whether a visit can be put between what its team does, everything else unmoved."""
    base = len(problem.sites)
    begin, end = problem.shifts[visit.team]
    stops = sorted(
        [(each.start, each.minutes, each.site) for each in visits if each.team == visit.team]
        + [(rest.start, rest.minutes, base if rest.at_base else -1) for rest in rests if rest.team == visit.team]
    )
    at, free = base, begin
    for start, minutes, where in stops:
        if start >= visit.start:
            break
        at, free = at if where == -1 else where, start + minutes
    time = problem.time[visit.team]
    later = [stop for stop in stops if stop[0] >= visit.start]
    going = next((stop for stop in later if stop[2] != -1), (end, 0, base))
    way = 0 if at == visit.site else int(time[at, visit.site])
    on = 0 if going[2] == visit.site else int(time[visit.site, going[2]])
    resting = (
        sum(stop[1] for stop in later[: later.index(going)] if stop[2] == -1)
        if going in later
        else sum(stop[1] for stop in later)
    )
    ends = visit.start + visit.minutes
    soon = later[0][0] if later else end
    return free + way <= visit.start and ends <= soon and ends + on + resting <= going[0]
