"""What PyVRP finds keeps the rules; the search of our own is at least as good at equal time."""

from __future__ import annotations

import pytest

import rota_makers
from abate.patrols import resting, rules, timetables, vehicles, workings


@pytest.mark.slow
@pytest.mark.parametrize("rule", [{}, {"breaks": ()}, {"budget_hours": 8.0}])
def test_what_pyvrp_finds_keeps_the_rules_and_is_not_better(rule: dict[str, object]) -> None:
    problem = rota_makers.problem(sites=10, teams=3, **rule)
    working = workings.work(problem)
    theirs = vehicles.solve(working, seed=1, seconds=0.5)
    visits = timetables.visits(working, theirs.rounds)
    assert rules.broken(visits, resting.rests(visits, problem), problem) == []
    assert len(visits) > 3
    assert timetables.solve(working, seed=1, rounds=250).value >= theirs.value * 0.999
