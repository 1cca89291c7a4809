"""A bound is never below the true best, which tiny problems give by trying everything."""

from __future__ import annotations

import numpy as np
import pytest

import rota_makers
from abate.patrols import bounds, timetables, workings


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("budget", [float("inf"), 14.0])
def test_the_bound_is_never_below_the_true_best(seed: int, budget: float) -> None:
    told = rota_makers.tiny(seed, budget=budget)
    most = rota_makers.best(told)
    found = bounds.bound(workings.work(told), least=0.0)
    assert found.value >= most - 1e-7


def test_the_bound_holds_at_any_prices() -> None:
    from concurrent.futures import ThreadPoolExecutor

    told = rota_makers.tiny(3, budget=14.0)
    most, relaxed = rota_makers.best(told), bounds.relax(workings.work(told))
    generator = np.random.default_rng(5)
    with ThreadPoolExecutor(1) as threads:
        for _ in range(40):
            prices = bounds.Prices(
                relaxed.worth * generator.uniform(0, 1.5, relaxed.worth.shape),
                generator.uniform(0, 1, (len(relaxed.worth), relaxed.steps)),
                float(generator.uniform(0, 0.5)),
            )
            assert bounds.dual(relaxed, prices, bounds.Columns(), threads) >= most - 1e-7


def test_the_bound_is_tight_where_one_team_has_one_way() -> None:
    told = rota_makers.problem(sites=1, teams=1, breaks=())
    working = workings.work(told)
    found = timetables.solve(working, seed=1, rounds=5)
    assert bounds.bound(working, least=found.value).value == pytest.approx(found.value, rel=1e-6)


def test_a_small_budget_lowers_the_bound() -> None:
    free, poor = (workings.work(rota_makers.problem(budget_hours=hours)) for hours in (None, 4.0))
    wide, narrow = bounds.bound(free, least=0.0), bounds.bound(poor, least=0.0)
    assert narrow.value < 0.7 * wide.value
    assert narrow.rate > 0 == wide.rate
