"""Timetables: which team is where, when, so that the harm-weighted dose is as large as the rules allow.

A timetable is built team by team and then improved: some teams' rounds are taken out and planned again one after the
other, each by a sweep through its shift that knows what every further visit would add (see `sweeps.respond`). A change
that helps stays; one that hurts little may stay for a while (threshold accepting, Dueck and Scheuer 1990,
https://doi.org/10.1016/0021-9991(90)90201-B, within a large-neighbourhood search, Shaw 1998,
https://doi.org/10.1007/3-540-49481-2_30). The number of rounds, not the clock, ends the search, so that the same input
and seed give the same timetable.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols import windows, workings
from abate.patrols.rotadays import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from abate.patrols.workings import Working

    Rows = NDArray[np.int64]

CHAINS = 2
_CELLS = 3.5e9
_WAVER = 0.004
_NOISE = 0.35


@dataclass(frozen=True)
class Found:
    """The rounds of all teams (rows site, kind of stay, start), what they are worth, and how many rounds were tried."""

    rounds: tuple[Rows, ...]
    value: float
    score: float
    tried: int


def allowance(working: Working) -> int:
    """Say how many rounds of improvement a problem gets by default: about as much work for every size."""
    sites, kinds, _ = working.unit.shape
    span = max([int(shift[1] - shift[0]) for shift in working.shift], default=1)
    stages = 1 + max([len(rows) for rows in working.breaks], default=0)
    return int(np.clip(_CELLS / max(1, (sites + 1) ** 2 * kinds * span * stages), 60, 1500))


def solve(
    working: Working,
    *,
    seed: int,
    rounds: int | None = None,
    rate: float = 0.0,
    stop: Callable[[], bool] = lambda: False,
    enough: float = float("inf"),
) -> Found:
    """Find a timetable of much value: several chains from the same seed, of which the best is taken.

    `rate` is what an officer-minute is worth where the budget is short (see `bounds`). `stop` may end the search early:
    then, and only then, the answer depends on the speed of the machine. A value of `enough` (a bound) ends
    it as well. Every second chain cuts each site's hours into windows a gap apart (see `windows`), which is quicker to
    a full timetable and less free.
    """
    wanted = allowance(working) if rounds is None else rounds
    grounds = (working, windows.within(working))

    def run(chain: int) -> Found:
        ground = grounds[chain % 2]
        found = improve(
            ground,
            construct(ground, rate=rate),
            rounds=wanted,
            rate=rate,
            generator=np.random.default_rng([seed, chain]),
            stop=stop,
            enough=enough,
        )
        return polish(working, found, rate=rate)

    with ThreadPoolExecutor(CHAINS) as threads:
        chains = list(threads.map(run, range(CHAINS)))
    best = max(chains, key=lambda found: found.score)
    return replace(best, tried=max(found.tried for found in chains))


def construct(working: Working, *, rate: float = 0.0) -> list[Rows]:
    """Plan the teams one after the other, each knowing those before it."""
    rounds: list[Rows] = [np.empty((0, 3), dtype=np.int64) for _ in working.shift]
    for team in range(len(rounds)):
        offered = workings.offer(working, workings.visits_of(working, rounds))
        rounds[team] = within(working, rounds, team, workings.respond(working, team, offered, rate=rate))
    return rounds


def within(working: Working, rounds: list[Rows], team: int, rows: Rows) -> Rows:
    """Take visits out of a team's new round, those of least worth a minute first, until the budget holds."""
    if working.left == float("inf"):
        return rows
    others = sum(costs(working, other, mine) for other, mine in enumerate(rounds) if other != team)
    while len(rows) and others + costs(working, team, rows) > working.left + 1e-9:
        whole = costs(working, team, rows)
        worths = working.unit[rows[:, 0], rows[:, 1], rows[:, 2]]
        saved = np.array([whole - costs(working, team, np.delete(rows, place, axis=0)) for place in range(len(rows))])
        rows = np.delete(rows, int(np.argmin(worths / np.maximum(saved, 1e-9))), axis=0)
    return rows


def costs(working: Working, team: int, rows: Rows) -> float:
    """Give the officer-minutes that a round adds to what the team has done already."""
    problem = working.problem
    if not len(rows):
        return 0.0
    mine = [Visit(team, start, site, problem.stays[kind]) for site, kind, start in rows.tolist()]
    done = [visit for visit in problem.kept if visit.team == team]
    return workings.spent(problem, [*done, *mine]) - workings.spent(problem, done)


def visits(working: Working, rounds: Sequence[Rows]) -> tuple[Visit, ...]:
    """List the visits of all rounds, with those that stand already."""
    new = [
        Visit(team, start, site, working.problem.stays[kind])
        for team, rows in enumerate(rounds)
        for site, kind, start in rows.tolist()
    ]
    return tuple(sorted([*working.problem.kept, *new]))


def score(working: Working, rounds: list[Rows]) -> tuple[float, float]:
    """Give a timetable's value, and its value with the urgency of least visits."""
    listed = workings.visits_of(working, rounds)
    plain = workings.value(working, listed)
    return plain, plain + workings.urgency(working, listed)


def improve(
    working: Working,
    start: list[Rows],
    *,
    rounds: int,
    rate: float,
    generator: np.random.Generator,
    stop: Callable[[], bool],
    enough: float = float("inf"),
) -> Found:
    """Take out and plan again some teams, over and over, and keep the best timetable."""
    now = list(start)
    value, current = score(working, now)
    best, best_value, best_score = list(now), value, current
    teams = [team for team, shift in enumerate(working.shift) if shift[1] > shift[0]]
    tried = 0
    while tried < rounds and teams and best_value < enough - 1e-9 and not stop():
        tried += 1
        chosen = _chosen(now, teams, generator)
        trial = replan(working, now, chosen, rate=rate, generator=generator)
        value, reached = score(working, trial)
        waver = (
            _WAVER
            * (1 - tried / rounds)
            * abs(best_score - workings.urgency(working, workings.visits_of(working, best)))
        )
        if reached >= current - waver - 1e-9:
            now, current = trial, reached
        if reached > best_score + 1e-9:
            best, best_value, best_score = list(trial), value, reached
    return Found(tuple(best), best_value, best_score, tried)


def _chosen(rounds: list[Rows], teams: list[int], generator: np.random.Generator) -> list[int]:
    """Draw which teams are planned again: one by lot, and up to three more, often those that share its sites."""
    first = int(generator.choice(teams))
    many = min(int(generator.integers(1, 5)), len(teams))
    mine = set(rounds[first][:, 0].tolist())
    shared = np.array([len(mine & set(rounds[team][:, 0].tolist())) for team in teams], dtype=float)
    chances = (shared + 0.5) * (np.array(teams) != first)
    others = (
        generator.choice(teams, size=many - 1, replace=False, p=chances / chances.sum()).tolist() if many > 1 else []
    )
    chosen = [first, *others]
    generator.shuffle(chosen)
    return chosen


def replan(
    working: Working, rounds: list[Rows], chosen: list[int], *, rate: float, generator: np.random.Generator
) -> list[Rows]:
    """Take the chosen teams out and plan them one after the other; all but the last with blurred worths."""
    trial = list(rounds)
    for team in chosen:
        trial[team] = np.empty((0, 3), dtype=np.int64)
    paid = rate * float(generator.choice([0.0, 0.5, 1.0, 1.0, 1.2])) if rate else 0.0
    for place, team in enumerate(chosen):
        offered = workings.offer(working, workings.visits_of(working, trial))
        if place < len(chosen) - 1 or len(chosen) == 1:
            blur = 1 + _NOISE * generator.uniform(-1, 1, (len(working.unit), 1, 1))
            offered = workings.Offer(
                np.where(offered.earns > 0, offered.earns * blur, offered.earns), offered.many, offered.held
            )
        trial[team] = within(working, trial, team, workings.respond(working, team, offered, rate=paid))
    return trial


def polish(working: Working, found: Found, *, rate: float) -> Found:
    """Plan each team again given all others, until none can be bettered; at last without a price on minutes."""
    rounds, best = list(found.rounds), found.score
    for paid in (rate, 0.0) if rate else (0.0,):
        better = True
        while better:
            better = False
            for team in range(len(rounds)):
                before = rounds[team]
                offered = workings.offer(working, workings.visits_of(working, rounds, skip={team}))
                rounds[team] = within(working, rounds, team, workings.respond(working, team, offered, rate=paid))
                _, reached = score(working, rounds)
                if reached > best + 1e-9:
                    best, better = reached, True
                else:
                    rounds[team] = before
    value, best = score(working, rounds)
    return Found(tuple(rounds), value, best, found.tried)
