"""A plan says what it is worth, how near it is to the best, and comes out the same for the same seed."""

from __future__ import annotations

import pytest

import rota_makers
from abate.patrols import plans, rules


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan_and_the_gap_is_what_it_says() -> None:
    problem = rota_makers.problem(sites=10, teams=3)
    one, again = (plans.plan(problem, seed=3, rounds=8) for _ in range(2))
    assert one.visits == again.visits
    assert one.bound == again.bound
    assert one.gap == pytest.approx(1 - one.value / one.bound)
    assert one.value <= one.best <= one.bound + 1e-9
    assert one.value >= one.best * 0.99 - 1e-9
    assert rules.broken(one.visits, one.rests, problem) == []


def test_the_table_has_every_visit_in_utc() -> None:
    plan = plans.plan(rota_makers.problem(), seed=1, rounds=2)
    table = plan.table()
    assert len(table) == len(plan.visits)
    assert str(table["start"].dtype) == "datetime64[us, UTC]"
    assert (table["shift_start"] <= table["start"]).all()


def test_another_day_has_other_times() -> None:
    from datetime import timedelta

    rota = rota_makers.city(sites=8, teams=3)
    days = [rota_makers.FRIDAY, rota_makers.FRIDAY + timedelta(days=1)]
    one, other = (plans.plan(rota_makers.problem(rota, day=day), seed=1, rounds=2) for day in days)
    assert [visit.start for visit in one.visits] != [visit.start for visit in other.visits]


@pytest.mark.slow
def test_pyvrp_can_be_the_solver() -> None:
    plan = plans.plan(rota_makers.problem(), seed=1, solver="pyvrp", seconds=2.0)
    assert rules.broken(plan.visits, plan.rests, plan.problem) == []
    assert plan.value > 0
