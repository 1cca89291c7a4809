"""Visits that are moved by lot keep every rule, and those that were done stay where they are."""

from __future__ import annotations

import numpy as np
import pytest

import rota_makers
from abate.patrols import plans, replanning, resting, retiming, rules, timetables, workings


@pytest.mark.parametrize("rule", [{}, {"budget_hours": 12.0}, {"mode": "car"}])
def test_moved_visits_keep_the_rules(rule: dict[str, float]) -> None:
    problem = rota_makers.problem(sites=9, teams=3, **rule)
    working = workings.work(problem)
    first = timetables.visits(working, timetables.solve(working, seed=1, rounds=5).rounds)
    moved = retiming.retime(first, problem, generator=np.random.default_rng(1), accept=lambda _: True, sweeps=4)
    assert rules.broken(moved, resting.rests(moved, problem), problem) == []
    assert moved != first
    assert sorted(visit.site for visit in moved) == sorted(visit.site for visit in first)


def test_what_was_done_is_not_moved() -> None:
    plan = plans.plan(rota_makers.problem(), seed=1, rounds=5)
    again = replanning.resume(plan.problem, plan.visits, plan.rests, now=rota_makers.LATE + 150, away={})
    moved = retiming.retime(plan.visits, again, generator=np.random.default_rng(1), accept=lambda _: True, sweeps=3)
    assert set(again.kept) <= set(moved)
    assert rules.broken(moved, resting.rests(moved, again), again) == []


def test_nothing_moves_that_is_not_accepted() -> None:
    problem = rota_makers.problem()
    working = workings.work(problem)
    first = timetables.visits(working, timetables.construct(working))
    assert retiming.retime(first, problem, generator=np.random.default_rng(1), accept=lambda _: False) == first
