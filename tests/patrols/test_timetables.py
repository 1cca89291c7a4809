"""The search keeps every rule, comes to the true best of tiny problems, and gives the same for the same seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rota_makers
from abate.patrols import resting, rules, timetables, workings
from abate.patrols.rotadays import Problem, Visit


def visits_of(told: Problem, found: timetables.Found) -> tuple[Visit, ...]:
    return tuple(
        sorted(
            Visit(team, start, site, told.stays[kind])
            for team, rows in enumerate(found.rounds)
            for site, kind, start in rows.tolist()
        )
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("budget", [float("inf"), 14.0])
def test_tiny_problems_are_solved_to_the_best_or_near_it(seed: int, budget: float) -> None:
    told = rota_makers.tiny(seed, budget=budget)
    found = timetables.solve(workings.work(told), seed=1, rounds=40)
    most = rota_makers.best(told)
    assert found.value <= most + 1e-9
    assert found.value >= 0.9 * most
    assert rota_makers.worth(told, visits_of(told, found)) == pytest.approx(found.value)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    sites=st.integers(1, 9),
    teams=st.integers(1, 4),
    rule=st.sampled_from(
        [
            {},
            {"stays": (10, 15)},
            {"budget_hours": 9.0},
            {"gap": 30},
            {"budget_hours": 6.0, "budget_counts": "stays"},
            {"mode": "car"},
        ]
    ),
)
def test_no_rule_is_ever_broken(seed: int, sites: int, teams: int, rule: dict[str, Any]) -> None:
    told = rota_makers.problem(sites=sites, teams=teams, seed=seed, side=4000, **rule)
    found = timetables.solve(workings.work(told), seed=seed, rounds=4)
    visits = visits_of(told, found)
    assert rules.broken(visits, resting.rests(visits, told), told) == []


@pytest.mark.slow
def test_the_same_seed_gives_the_same_timetable_and_more_rounds_never_less() -> None:
    working = workings.work(rota_makers.problem(sites=14, teams=3))
    one, again, longer = (timetables.solve(working, seed=4, rounds=rounds) for rounds in (10, 10, 60))
    assert all(np.array_equal(a, b) for a, b in zip(one.rounds, again.rounds, strict=True))
    assert longer.value >= 0.995 * one.value


def test_least_visits_come_before_value() -> None:
    from dataclasses import replace

    rota = rota_makers.city(sites=8, teams=1, side=5000)
    plain = timetables.solve(workings.work(rota_makers.problem(rota)), seed=1, rounds=20)
    missed = min(set(range(8)) - set(plain.rounds[0][:, 0].tolist()))
    asked = replace(
        rota, sites=tuple(replace(site, least=1) if place == missed else site for place, site in enumerate(rota.sites))
    )
    found = timetables.solve(workings.work(rota_makers.problem(asked)), seed=1, rounds=20)
    assert missed in found.rounds[0][:, 0]


def test_a_search_that_is_stopped_gives_what_it_has() -> None:
    working = workings.work(rota_makers.problem())
    found = timetables.solve(working, seed=1, rounds=50, stop=lambda: True)
    assert found.tried == 0
    assert found.value > 0
