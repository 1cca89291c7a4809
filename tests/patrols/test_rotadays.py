"""A day in minutes: bands over midnight, clock changes, events, closures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

import rota_makers
from abate.patrols import rotadays
from abate.patrols.rotadays import Drawn
from abate.patrols.rotas import Band, Event, Rota, Site, Team

FRIDAY = rota_makers.FRIDAY


def one(*bands: Band, **rules: object) -> Rota:
    site = Site("a", "A", 0, 0, 2.0, bands)
    return Rota((site,), (Team("T", 0, 0, 20 * 60, 28 * 60),), **rules)  # type: ignore[arg-type]


def test_a_band_over_midnight_is_open_on_both_sides_of_it() -> None:
    problem = rota_makers.problem(one(Band(22 * 60, 26 * 60, (4,))))
    opened = problem.weight[0] > 0
    assert [bool(opened[hour * 60]) for hour in (22, 25, 26, 21, 1)] == [True, True, False, False, False]
    assert problem.room[0, 22 * 60] == 240
    saturday = rota_makers.problem(one(Band(22 * 60, 26 * 60, (4,))), day=FRIDAY + timedelta(days=1))
    assert (saturday.weight[0] > 0).nonzero()[0].tolist() == list(range(120))


def test_the_heavier_of_two_bands_counts_and_a_stay_runs_from_one_into_the_next() -> None:
    problem = rota_makers.problem(one(Band(1200, 1260), Band(1260, 1320, weight=0.5)))
    assert problem.weight[0, 1259] == 2.0
    assert problem.weight[0, 1260] == 1.0
    assert problem.room[0, 1250] == 70


def test_when_clocks_change_minutes_are_those_that_pass() -> None:
    back, forward = date(2026, 10, 25), date(2026, 3, 29)
    assert rotadays.elapsed(back, 120, "Europe/London") == 180
    assert rotadays.elapsed(forward, 180, "Europe/London") == 120
    problem = rota_makers.problem(one(Band(0, 1440)), day=back)
    assert problem.moment(180).isoformat() == "2026-10-25T02:00:00+00:00"
    assert problem.moment(60).isoformat() == "2026-10-25T01:00:00+01:00"


def test_an_event_closes_a_site_or_makes_it_weigh_more() -> None:
    plain = rota_makers.problem(one(Band(1200, 1400)))
    begins, ends = plain.moment(1260), plain.moment(1300)
    heavy = rota_makers.problem(one(Band(1200, 1400), events=(Event("a", begins, ends, 3.0),)))
    assert [heavy.weight[0, minute] for minute in (1259, 1260, 1299, 1300)] == [2.0, 6.0, 6.0, 2.0]
    closed = rota_makers.problem(one(Band(1200, 1400), events=(Event("a", begins, ends, 0.0),)))
    assert closed.weight[0, 1270] < 0
    assert closed.room[0, 1250] == 10


def test_closed_dates_schedules_and_days_of_teams() -> None:
    rota = one(Band(1200, 1400), closed=(FRIDAY,))
    assert not (rota_makers.problem(rota).weight > 0).any()
    plain = one(Band(1200, 1400))
    undrawn = Drawn(frozenset(), frozenset("a"))
    unvisited = rotadays.pose(plain, FRIDAY, rota_makers.times(plain), drawn=undrawn)
    assert not (unvisited.weight > 0).any()
    assert unvisited.undrawn == {"a"}
    off = replace(plain, teams=(replace(plain.teams[0], days=(0,)),))
    assert rotadays.pose(off, FRIDAY, rota_makers.times(off)).teams == ()


def test_hours_past_midnight_belong_to_the_next_days_draw() -> None:
    late = one(Band(1380, 1500))
    both, first, second = (
        rotadays.pose(late, FRIDAY, rota_makers.times(late), drawn=Drawn(frozenset(today), frozenset(tomorrow)))
        for today, tomorrow in (("a", "a"), ("a", ""), ("", "a"))
    )
    begins = [np.flatnonzero(problem.weight[0] > 0) for problem in (both, first, second)]
    assert begins[0].min() < 1440 <= begins[0].max()
    assert begins[1].max() == 1439
    assert begins[2].min() == 1440


def test_worth_follows_the_dose_curve() -> None:
    problem = rota_makers.problem(one(Band(1200, 1400)))
    assert problem.worth(0, 1300, 15) == pytest.approx(2.0)
    assert problem.worth(0, 1300, 5) == pytest.approx(0.2)
    assert problem.worth(0, 100, 15) == 0
