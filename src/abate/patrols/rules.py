"""Whether a timetable keeps the rules: an independent reading of them, which shares nothing with the search."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from abate.patrols.rotas import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abate.patrols.rotadays import Problem, Rest, Visit


def broken(visits: Sequence[Visit], rests: Sequence[Rest], problem: Problem) -> list[str]:
    """Say every rule that a timetable breaks, in words; an empty list when it keeps them all.

    Looked at are shifts, travel, breaks, hours and closures of sites, lengths of stay, the gap, the most visits a site,
    the budget, teams that were called away, and that what was done stays. The least visits a site are a wish, which
    `short` tells.
    """
    faults = list(_sites(visits, problem))
    for team in range(len(problem.teams)):
        mine = sorted(visit for visit in visits if visit.team == team)
        resting = sorted(rest for rest in rests if rest.team == team)
        faults += _team(team, mine, resting, problem)
    used = officer_minutes(visits, problem)
    if used > problem.budget + 1e-6:
        faults.append(f"budget: {used / 60:.2f} officer-hours are used, {problem.budget / 60:.2f} are there")
    lost = [visit for visit in problem.kept if visit not in visits]
    faults += [f"{_named(visit, problem)}: was done or begun and is not in the plan" for visit in lost]
    return faults


def short(visits: Sequence[Visit], problem: Problem) -> dict[str, int]:
    """Give how many visits each site lacks of its least; sites that have theirs are left out."""
    counts = [sum(visit.site == site for visit in visits) for site in range(len(problem.sites))]
    return {
        problem.sites[site]: least - counts[site] for site, least in enumerate(problem.least) if counts[site] < least
    }


def officer_minutes(visits: Sequence[Visit], problem: Problem) -> float:
    """Add up what is charged to the budget: officers times minutes of stays and, where asked, of travel."""
    total = 0.0
    for team, officers in enumerate(problem.officers):
        at, minutes = len(problem.sites), 0.0
        for visit in sorted(each for each in visits if each.team == team):
            if problem.charge_travel:
                minutes += _way(problem, team, at, visit.site)
            minutes += visit.minutes
            at = visit.site
        if problem.charge_travel:
            minutes += _way(problem, team, at, len(problem.sites))
        total += minutes * officers
    return total


def _way(problem: Problem, team: int, one: int, other: int) -> int:
    return 0 if one == other else int(problem.time[team][one, other])


def _named(visit: Visit, problem: Problem) -> str:
    return f"{problem.teams[visit.team]} at {problem.sites[visit.site]}, {clock(visit.start)}"


def _sites(visits: Sequence[Visit], problem: Problem) -> Iterator[str]:
    for site, name in enumerate(problem.sites):
        here = sorted((visit for visit in visits if visit.site == site), key=lambda visit: visit.start)
        if len(here) > problem.most[site] and any(visit not in problem.kept for visit in here):
            yield f"most visits: {name} has {len(here)}, at most {problem.most[site]} are asked for"
        for one, other in pairwise(here):
            between = other.start - one.start - one.minutes
            if between < problem.gap and (one not in problem.kept or other not in problem.kept):
                yield f"gap: {name} is visited again {between} minutes after {clock(one.start)}, not {problem.gap}"
        for visit in here:
            if visit not in problem.kept:
                yield from _hours(visit, problem)


def _hours(visit: Visit, problem: Problem) -> Iterator[str]:
    if visit.minutes not in problem.stays:
        yield f"stay: {_named(visit, problem)} lasts {visit.minutes} minutes, not {problem.stays}"
    if not 0 <= visit.start < problem.weight.shape[1] or problem.weight[visit.site, visit.start] <= 0:
        yield f"hours: {_named(visit, problem)} is outside the site's hours or while it is closed"
    elif visit.minutes > problem.room[visit.site, visit.start]:
        yield f"hours: {_named(visit, problem)} runs beyond the site's hours"
    if problem.now is not None and visit.start < problem.now:
        yield f"now: {_named(visit, problem)} begins before now ({clock(problem.now)}) and was not done"


def _team(team: int, mine: Sequence[Visit], resting: Sequence[Rest], problem: Problem) -> Iterator[str]:
    """Follow a team through its shift, from its base from stop to stop and back."""
    name, base = problem.teams[team], len(problem.sites)
    begin, end = problem.shifts[team]
    away = problem.away[team]
    stops = sorted(
        [(visit.start, visit.minutes, visit.site) for visit in mine]
        + [(rest.start, rest.minutes, base if rest.at_base else -1) for rest in resting]
    )
    at, free, resting_on_the_way, rested_until = base, begin, 0, begin
    for start, minutes, where in stops:
        if where == -1:
            if start < max(free, rested_until):
                yield f"travel: {name} rests from {clock(start)} and is busy until {clock(max(free, rested_until))}"
            resting_on_the_way, rested_until = resting_on_the_way + minutes, start + minutes
            continue
        needs = resting_on_the_way + (0 if where == at else int(problem.time[team][at, where]))
        if start < max(free + needs, rested_until):
            yield f"travel: {name} is free at {clock(free)}, needs {needs} minutes, and is due at {clock(start)}"
        at, free, resting_on_the_way, rested_until = where, start + minutes, 0, start + minutes
    home = max(free + resting_on_the_way + (0 if at == base else int(problem.time[team][at, base])), rested_until)
    if away is None and mine and home > end:
        yield f"shift: {name} is back at its base at {clock(home)}, after the end of its shift ({clock(end)})"
    if away is not None and any(visit.start + visit.minutes > away for visit in mine):
        yield f"away: {name} is called away at {clock(away)} and has visits after it"
    yield from _breaks(team, mine, resting, problem)


def _breaks(team: int, mine: Sequence[Visit], resting: Sequence[Rest], problem: Problem) -> Iterator[str]:
    name, owed = problem.teams[team], problem.breaks[team]
    if problem.away[team] is None and mine and len(resting) != len(owed):
        yield f"break: {name} has {len(resting)} breaks, not {len(owed)}"
        return
    for rest, (earliest, latest, minutes, at_base) in zip(resting, owed, strict=False):
        inside = earliest <= rest.start and rest.start + rest.minutes <= latest
        if rest not in problem.rested and (not inside or rest.minutes != minutes or rest.at_base != at_base):
            yield (
                f"break: {name} rests {rest.minutes} minutes from {clock(rest.start)}; {minutes} are due between "
                f"{clock(earliest)} and {clock(latest)}{' at the base' if at_base else ''}"
            )
