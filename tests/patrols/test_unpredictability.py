"""Start times spread over each site's hours, and little value is given up for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

import rota_makers
from abate.patrols import resting, rotadays, rules, timetables, unpredictability, workings


def test_evenness_of_even_and_of_fixed_times() -> None:
    assert unpredictability.evenness(np.arange(0, 240), begins=0, ends=240) == pytest.approx(1.0)
    assert unpredictability.evenness([7.0] * 50, begins=0, ends=240) == 0.0
    assert np.isnan(unpredictability.evenness([1.0], begins=0, ends=20))


@pytest.mark.slow
def test_a_drawn_timetable_is_worth_what_the_loss_allows() -> None:
    working = workings.work(rota_makers.problem(sites=12, teams=3, loss=0.02))
    best = timetables.solve(working, seed=1, rounds=30)
    drawn = unpredictability.draw(working, best, seed=1)
    assert best.value * 0.98 - 1e-9 <= workings.worth(working, drawn)
    assert rules.broken(drawn, resting.rests(drawn, working.problem), working.problem) == []
    other = unpredictability.draw(working, best, seed=2)
    assert drawn != other
    assert drawn == unpredictability.draw(working, best, seed=1)


def test_without_loss_the_best_stays() -> None:
    working = workings.work(rota_makers.problem(loss=0.0))
    best = timetables.solve(working, seed=1, rounds=5)
    assert unpredictability.draw(working, best, seed=9) == timetables.visits(working, best.rounds)


@pytest.mark.slow
def test_start_times_of_each_site_are_nearly_even_over_many_days() -> None:
    rota = rota_makers.city(sites=10, teams=4, side=2000, most=1, mode="bicycle", seed=3, breaks=())
    rota = replace(
        rota, teams=tuple(replace(team, begins=team.begins - 60, ends=team.ends + 60) for team in rota.teams)
    )
    starts: dict[int, list[int]] = {site: [] for site in range(10)}
    minutes = rota_makers.times(rota)
    best = None
    for day in range(250):
        problem = rotadays.pose(rota, rota_makers.FRIDAY + timedelta(days=day), minutes)
        working = workings.work(problem)
        best = best or timetables.solve(working, seed=1, rounds=20)
        for visit in unpredictability.draw(working, best, seed=1):
            starts[visit.site].append(visit.start)
    for site, drawn in starts.items():
        band = rota.sites[site].bands[0]
        assert unpredictability.evenness(drawn, begins=band.begins, ends=band.ends - 15 + 1) >= 0.9, site
