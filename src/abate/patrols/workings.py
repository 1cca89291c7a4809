"""A day's problem as the arrays that the sweeps take, and what a further visit to each site would add."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols import responses, sweeps

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from numpy.typing import NDArray

    from abate.patrols.rotadays import Problem, Visit

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Working:
    """The arrays of a problem (see `sweeps`); `kept` has each site's visits that stand already: start, minutes, worth.

    `left` are the officer-minutes that are left of the budget, `urgent` what a visit below the least of its site
    counts beyond its worth.
    """

    problem: Problem
    unit: Real
    stays: Whole
    returns: Real
    most: Whole
    time: tuple[Whole, ...]
    cost: tuple[Real, ...]
    shift: tuple[Whole, ...]
    breaks: tuple[Whole, ...]
    kept: tuple[tuple[tuple[int, int, float], ...], ...]
    left: float
    urgent: float


def work(problem: Problem) -> Working:
    """Lay a problem out for the sweeps."""
    unit, sites = problem.units(), len(problem.sites)
    if problem.now is not None:
        unit[:, :, : problem.now] = -1.0
    shift = [_onward(problem, team) for team in range(len(problem.teams))]
    times, costs = [], []
    for team in range(len(problem.teams)):
        time = problem.time[team].astype(np.int64)
        costs.append(np.where(np.eye(sites + 1, dtype=bool), 0.0, time * float(problem.officers[team])))
        waits = time.copy()
        waits[np.arange(sites), np.arange(sites)] = problem.gap
        waits[sites, sites] = 0
        times.append(waits)
    kept: list[list[tuple[int, int, float]]] = [[] for _ in range(sites)]
    for visit in problem.kept:
        kept[visit.site].append((visit.start, visit.minutes, problem.worth(visit.site, visit.start, visit.minutes)))
    most = np.array([attainable(problem, unit, site, kept[site]) for site in range(sites)], dtype=np.int64)
    factors = np.zeros((sites, max(int(most.max(initial=1)), 1)))
    for site in range(sites):
        factors[site, : most[site]] = problem.returns[: most[site]]
    return Working(
        problem=problem,
        unit=unit,
        stays=np.array(problem.stays, dtype=np.int64),
        returns=factors,
        most=most,
        time=tuple(times),
        cost=tuple(costs),
        shift=tuple(shift),
        breaks=tuple(_breaks_left(problem, team) for team in range(len(problem.teams))),
        kept=tuple(map(tuple, kept)),
        left=problem.budget - spent(problem, problem.kept),
        urgent=2.0 * float(max(unit.max(initial=0.0), 1e-9)) * (1 + sum(problem.least)),
    )


def attainable(problem: Problem, unit: Real, site: int, kept: Sequence[tuple[int, int, float]]) -> int:
    """Say how many visits a site can have at most: its hours and the gap may allow fewer than are asked for."""
    shortest = min(problem.stays)
    open_ = (unit[site] > 0).any(axis=0)
    for start, minutes, _ in kept:
        open_[max(0, start - shortest - problem.gap + 1) : start + minutes + problem.gap] = False
    many, free = len(kept), 0
    for start in np.flatnonzero(open_).tolist():
        if start >= free and many < problem.most[site]:
            many, free = many + 1, start + shortest + problem.gap
    return max(many, 0)


def _onward(problem: Problem, team: int) -> Whole:
    """Say from when, until when and from where a team can be planned: after what it has done and begun."""
    begin, end = problem.shifts[team]
    where = len(problem.sites)
    away = problem.away[team]
    if away is not None:
        return np.array([begin, begin - 1, where], dtype=np.int64)
    if problem.now is not None:
        mine = [visit for visit in problem.kept if visit.team == team]
        begin = max(begin, problem.now)
        if mine:
            last = max(mine)
            begin, where = max(begin, last.start + last.minutes), last.site
        resting = [rest.start + rest.minutes for rest in problem.rested if rest.team == team]
        begin = max([begin, *resting])
    return np.array([begin, end, where], dtype=np.int64)


def _breaks_left(problem: Problem, team: int) -> Whole:
    taken = sum(rest.team == team for rest in problem.rested)
    rows = problem.breaks[team][taken:]
    return np.array([list(map(int, row)) for row in rows], dtype=np.int64).reshape(len(rows), 4)


def spent(problem: Problem, visits: Sequence[Visit]) -> float:
    """Give the officer-minutes that visits use: the stays, and with `charge_travel` the way there, on and back."""
    total = 0.0
    base = len(problem.sites)
    for team in range(len(problem.teams)):
        mine = sorted(visit for visit in visits if visit.team == team)
        minutes = float(sum(visit.minutes for visit in mine))
        if problem.charge_travel and mine:
            stops = [base, *(visit.site for visit in mine), base]
            minutes += sum(_minutes(problem, team, one, other) for one, other in pairwise(stops))
        total += minutes * problem.officers[team]
    return total


def _minutes(problem: Problem, team: int, one: int, other: int) -> float:
    return 0.0 if one == other else float(problem.time[team][one, other])


def visits_of(
    working: Working, rounds: Sequence[Rows], *, skip: Set[int] = frozenset()
) -> list[list[tuple[int, int, float]]]:
    """List each site's visits by start: those that stand already and those of all teams but the skipped."""
    found = [list(kept) for kept in working.kept]
    for team, rows in enumerate(rounds):
        if team not in skip:
            for site, kind, start in rows.tolist():
                found[site].append((start, int(working.stays[kind]), float(working.unit[site, kind, start])))
    return found


def value(working: Working, visits: Sequence[Sequence[tuple[int, int, float]]]) -> float:
    """Give the harm-weighted dose of all visits: each site's, largest first, times the factor of its place."""
    total = 0.0
    for site, those in enumerate(visits):
        worths = sorted((worth for _, _, worth in those), reverse=True)
        total += sum(a * b for a, b in zip(worths, working.returns[site].tolist(), strict=False))
    return total


def worth(working: Working, visits: Sequence[Visit]) -> float:
    """Give the harm-weighted dose of the visits of a plan."""
    return value(working, by_site(working, visits))


def by_site(working: Working, visits: Sequence[Visit]) -> list[list[tuple[int, int, float]]]:
    """List each site's visits: start, minutes, worth alone."""
    found: list[list[tuple[int, int, float]]] = [[] for _ in working.kept]
    for visit in visits:
        alone = working.problem.worth(visit.site, visit.start, visit.minutes)
        found[visit.site].append((visit.start, visit.minutes, alone))
    return found


def urgency(working: Working, visits: Sequence[Sequence[tuple[int, int, float]]]) -> float:
    """Give what counts beyond the value so that each site gets its least visits first."""
    least = working.problem.least
    return working.urgent * sum(min(len(those), least[site]) for site, those in enumerate(visits))


@dataclass(frozen=True)
class Offer:
    """What one more visit adds, (S, D, T); and each site's visits so far: how many, their worths, largest first."""

    earns: Real
    many: Whole
    held: Real


def offer(working: Working, visits: Sequence[Sequence[tuple[int, int, float]]]) -> Offer:
    """Say what one more visit of each length would add at each site and minute; `NEVER` where a rule forbids it."""
    sites, most = working.returns.shape
    earns = np.full(working.unit.shape, sweeps.NEVER)
    many = np.array([len(those) for those in visits], dtype=np.int64)
    held = np.zeros((sites, most + 1))
    for site, those in enumerate(visits):
        if many[site] >= working.most[site]:
            continue
        worths = np.sort(np.array([worth for _, _, worth in those]))[::-1]
        held[site, : len(worths)] = worths
        factors = np.append(working.returns[site], 0.0)
        falls = np.append(np.cumsum((np.diff(factors)[: len(worths)] * worths)[::-1])[::-1], 0.0)
        extra = working.urgent if many[site] < working.problem.least[site] else 0.0
        for kind, stay in enumerate(working.stays.tolist()):
            unit = working.unit[site, kind]
            place = np.searchsorted(-worths, -unit, side="right")
            gains = factors[place] * unit + falls[place] + extra
            open_ = unit > 0
            for start, minutes, _ in those:
                open_[max(0, start - stay - working.problem.gap + 1) : start + minutes + working.problem.gap] = False
            earns[site, kind, open_] = gains[open_]
    return Offer(earns, many, held)


def respond(working: Working, team: int, offered: Offer, *, rate: float = 0.0) -> Rows:
    """Find a good round for a team, given what one more visit adds; `rate` is the price of an officer-minute."""
    shift = working.shift[team]
    if shift[1] - shift[0] < int(working.stays.min()):
        return np.empty((0, 3), dtype=np.int64)
    found: Rows = responses.respond(
        offered.earns,
        working.unit,
        ground(working, team, rate=rate),
        (int(shift[1]), int(shift[2])),
        (working.problem.gap, offered.many, offered.held, working.most, working.returns),
    )
    return found


def ground(working: Working, team: int, *, rate: float) -> tuple[Whole, Whole, Real, Whole, int, float]:
    """Give what a sweep needs of a team (see `sweeps.price`); `rate` is the price of an officer-minute."""
    charged = rate if working.problem.charge_travel else 0.0
    return (
        working.stays,
        working.time[team],
        working.cost[team] * charged,
        working.breaks[team],
        int(working.shift[team][0]),
        float(rate * working.problem.officers[team]),
    )
