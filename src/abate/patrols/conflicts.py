"""Which rules stand against each other when no visit at all is possible: the smallest set of them, in words."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols.rotas import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Set

    from abate.patrols.rotadays import Problem

SENTENCES: dict[str, str] = {
    "days and closures": "sites are visited on their days only, and not while they are closed or not on the schedule",
    "hours": "a visit lies within its site's hours",
    "shifts": "a team is away from its base in its shift only",
    "travel": "a team goes to the site and back to its base",
    "breaks": "a team takes its breaks",
    "stay": "a visit lasts as long as a stay",
    "budget": "the officer-hours of the budget are not exceeded",
    "most visits": "no site gets more visits than its most",
}


def smallest(problem: Problem) -> tuple[str, ...]:
    """Name the smallest set of rules that together leave no visit possible; empty when a visit is possible.

    Sets are tried by size, so that no smaller one exists; without any one of its rules a visit would be possible.

    The names are those of `SENTENCES`, which say what each rule is.
    """
    names = tuple(SENTENCES)
    if possible(problem, frozenset(names)):
        return ()
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            if not possible(problem, frozenset(chosen)):
                return chosen
    return names


def possible(problem: Problem, kept: Set[str]) -> bool:
    """Tell whether any single visit is possible when only some rules are kept."""
    if not problem.teams or not problem.sites:
        return False
    return any(
        _any_start(problem, site, team, kept)
        for site in range(len(problem.sites))
        for team in range(len(problem.teams))
    )


def _any_start(problem: Problem, site: int, team: int, kept: Set[str]) -> bool:
    if "most visits" in kept and problem.most[site] < 1:
        return False
    base, time = len(problem.sites), problem.time[team]
    there, back = (int(time[base, site]), int(time[site, base])) if "travel" in kept else (0, 0)
    stay = min(problem.stays) if "stay" in kept else 1
    charged = stay + (there + back if problem.charge_travel else 0)
    if "budget" in kept and charged * problem.officers[team] > problem.budget:
        return False
    span = problem.weight.shape[1]
    begin, end = problem.shifts[team] if "shifts" in kept else (-10_000, span + 10_000)
    starts = _open(problem, site, kept, stay)
    starts = starts[(starts >= begin + there) & (starts + stay + back <= end)]
    if "breaks" not in kept or not problem.breaks[team]:
        return bool(len(starts))
    return any(_rests(problem, team, int(start), (there, stay, back), (begin, end)) for start in starts)


def _open(problem: Problem, site: int, kept: Set[str], stay: int) -> np.ndarray:
    weight, room = problem.weight[site], problem.room[site]
    span = len(weight)
    if "days and closures" in kept and not (weight > 0).any():
        return np.empty(0, dtype=np.int64)
    if "hours" in kept and (weight > 0).any():
        return np.flatnonzero((weight > 0) & (room >= stay))
    return np.arange(-1440, span + 1440)


def _rests(problem: Problem, team: int, start: int, legs: tuple[int, int, int], shift: tuple[int, int]) -> bool:
    """Tell whether the breaks fit around one visit: before setting out, at the site on either side, or once back."""
    there, stay, back = legs
    begin, end = shift
    free, gone = begin, False
    for earliest, latest, minutes, at_base in problem.breaks[team]:
        before = max(free, earliest)
        if not gone and before + minutes <= latest and before + minutes + there <= start:
            free = before + minutes
            continue
        after = start + stay + (back if at_base else 0)
        free, gone = max(free, after, earliest), True
        if free + minutes > latest:
            return False
        free += minutes
    home = free + back if gone and not any(row[3] for row in problem.breaks[team]) else max(free, start + stay + back)
    return home <= end


def sentences(problem: Problem, names: tuple[str, ...]) -> list[str]:
    """Write the conflict as sentences, with the figures that collide."""
    told: dict[str, Callable[[], str]] = {
        "shifts": lambda: f" ({_spans(problem)})",
        "stay": lambda: f" ({min(problem.stays)} minutes)",
        "budget": lambda: f" ({problem.budget / 60:g})",
    }
    return [f"{name}: {SENTENCES[name]}{told[name]() if name in told else ''}" for name in names]


def _spans(problem: Problem) -> str:
    spans = sorted({f"{clock(begin)} to {clock(end)}" for begin, end in problem.shifts})
    return ", ".join(spans[:3]) + (f" and {len(spans) - 3} more" if len(spans) > 3 else "")
