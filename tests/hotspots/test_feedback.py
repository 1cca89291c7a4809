"""Patrols that feed the record: plain counts of finds run away in a flat world, reports and patrols by lot do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.hotspots import feedback
from abate.hotspots.feedback import Course, Scheme
from abate.hotspots.histories import forecasts
from hotspots.worlds import squares

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from abate.hotspots.histories import History, Window

PLACES = squares(10)
SHORT = Course(sites=5, months=48, worlds=12)
FINDS = Scheme("finds", "finds", "found")
REPORTS = Scheme("reports", "reports", "reported")


def last_year(past: History, window: Window) -> pd.DataFrame:
    """Counts of the last twelve months, as a method of forecasting."""
    return forecasts(past, (past.totals(max(0, past.span.days - 365)) + 0.5) * window.days / 365)


def test_counts_of_finds_send_all_patrols_to_the_same_places_and_so_run_away():
    told = feedback.compare(feedback.flat(PLACES, reported=1.0), (FINDS,), SHORT, seed=1).iloc[0]
    assert told["held"] == 1.0
    assert told["places_in_use"] == pytest.approx(5.0, abs=0.01)
    assert told["even_share"] == 0.05
    assert told["excess_low"] > 0.1
    assert told["runs_away"]


def test_with_one_patrol_at_a_time_all_of_them_go_to_one_place():
    told = feedback.compare(feedback.flat(PLACES, reported=1.0), (FINDS,), replace(SHORT, sites=1), seed=2).iloc[0]
    assert told["held"] == 1.0
    assert told["places_in_use"] == 1.0


@pytest.mark.slow
def test_patrols_by_lot_alone_do_not_cure_it_but_weighing_finds_helps():
    world = feedback.flat(PLACES, reported=1.0)
    ways = tuple(way for way in feedback.schemes("last year", last_year) if way.uses == "found")
    assert len(ways) == 3
    told = feedback.compare(world, ways, replace(SHORT, worlds=30), seed=3).set_index("scheme")
    assert told.loc["counts of finds, some by lot", "runs_away"]
    assert told.loc["weighed finds, some by lot", "excess"] < 0.7 * told.loc["counts of finds", "excess"]


@pytest.mark.slow
def test_a_method_on_reports_with_patrols_by_lot_does_not_run_away():
    way = feedback.schemes("last year", last_year)[-1]
    told = feedback.compare(feedback.flat(PLACES, reported=1.0), (way,), SHORT, seed=4).iloc[0]
    assert not told["runs_away"]
    assert told["excess"] == 0.0
    assert told["places_in_use"] > 15


def test_the_same_method_on_a_record_with_finds_in_it_is_caught():
    way = feedback.schemes("last year", last_year, uses="both", explore=0.0)[-1]
    told = feedback.compare(feedback.flat(PLACES, reported=0.3), (way,), SHORT, seed=5).iloc[0]
    assert told["runs_away"]


def test_reports_are_the_same_with_and_without_feedback_draw_for_draw():
    world = feedback.flat(PLACES, reported=1.0)
    one, other = (feedback.patrols(world, REPORTS, SHORT, seed=6, feeds=feeds) for feeds in (True, False))
    assert (one == other).all()
    finds = [feedback.patrols(world, FINDS, SHORT, seed=6, feeds=feeds) for feeds in (True, False)]
    assert (finds[0] != finds[1]).any()


def test_reports_that_rise_with_patrols_are_a_weak_loop():
    world = feedback.flat(PLACES, reported=1.0, lift=1.0)
    lifted = feedback.compare(world, (REPORTS,), replace(SHORT, worlds=30), seed=7).iloc[0]
    assert lifted["excess"] > 0.03


def test_patrols_are_as_many_as_asked_for_and_the_same_from_one_seed():
    world = feedback.flat(PLACES, reported=1.0)
    way = feedback.schemes("last year", last_year, explore=0.4)[-1]
    visits = feedback.patrols(world, way, SHORT, seed=8)
    assert visits.shape == (48, 100)
    assert (visits.sum(axis=1) == 5).all()
    assert (visits == feedback.patrols(world, way, SHORT, seed=8)).all()
    assert (visits != feedback.patrols(world, way, SHORT, seed=9)).any()


def test_by_lot_the_share_of_patrols_off_the_list_is_the_one_asked_for():
    world = feedback.flat(PLACES, reported=1.0)
    off = []
    for seed in range(20):
        visits = feedback.patrols(world, replace(FINDS, explore=0.3), replace(SHORT, every=48), seed=seed)
        listed = np.argsort(-visits.sum(axis=0), kind="stable")[:5]
        off.append(1 - visits[:, listed].sum() / visits.sum())
    assert np.mean(off) == pytest.approx(0.3 * 0.95, abs=0.02)


def test_the_record_handed_to_a_method_is_the_past_and_nothing_else():
    spans: list[tuple[date, date, int]] = []

    def watch(past: History, window: Window) -> pd.DataFrame:
        spans.append((past.span.last, window.first, int(past.incidents.sum())))
        assert past.day.max() < past.span.days
        assert (window.first - past.span.last).days == 1
        return last_year(past, window)

    world = feedback.flat(PLACES, reported=1.0)
    way = Scheme("watched", "watched", "reported", forecast=watch)
    feedback.patrols(world, way, Course(sites=3, months=12, warm=6, every=3), seed=10)
    assert [span[0] for span in spans] == [date(2001, 6, 30), date(2001, 9, 30), date(2001, 12, 31), date(2002, 3, 31)]
    assert [span[2] for span in spans] == sorted(span[2] for span in spans)


def test_flat_is_flat_by_area_and_a_recorded_world_is_as_recorded():
    halves = PLACES.assign(area_km2=np.where(np.arange(100) < 50, 0.01, 0.03))
    world = feedback.flat(halves, reported=2.0)
    assert np.allclose(world.reported[:50] * 3, world.reported[50:])
    assert world.reported.mean() == pytest.approx(2.0)
    counts = np.arange(100)
    own = feedback.recorded(PLACES.iloc[::-1].reset_index(drop=True), counts[::-1].copy(), months=10)
    assert np.allclose(own.reported, (counts + 0.5) / 10)
    assert (own.found == 1.0).all()


def test_where_places_differ_reports_find_the_busy_ones_and_finds_do_not():
    rng = np.random.default_rng(11)
    world = feedback.recorded(PLACES, rng.negative_binomial(1, 0.02, 100), months=24)
    told = feedback.compare(world, (FINDS, REPORTS), SHORT, seed=12).set_index("scheme")
    assert told.loc["reports", "correlation"] > told.loc["finds", "correlation"] + 0.2
    assert abs(told.loc["finds", "correlation"]) < 0.15


def test_what_cannot_be_run_is_said():
    with pytest.raises(OptionError) as fault:
        Course(sites=0, months=1, worlds=1)
    assert len(fault.value.faults) == 3
    with pytest.raises(OptionError, match="between 0 and 1, not at 1"):
        Scheme("x", "x", "found", explore=1.0)
    with pytest.raises(OptionError, match="drawn by lot"):
        Scheme("x", "x", "found", weighed=True)
    with pytest.raises(OptionError, match="needs more places"):
        feedback.compare(feedback.flat(squares(2), reported=1.0), (FINDS,), SHORT, seed=1)


@pytest.mark.long
def test_the_recommended_method_does_not_run_away(proof: Callable[[str, str, str], None]):
    from abate.hotspots import recommended

    world = feedback.flat(PLACES, reported=1.0)
    course = Course(worlds=8)
    ways = feedback.schemes("recommended", recommended.forecast)
    told = feedback.compare(world, (ways[0], ways[-1]), course, seed=1)
    finds, asked = told.iloc[0], told.iloc[1]
    proof(
        "feedback where 100 places are alike: patrols at the 5 most patrolled (counts of finds; recommended, by lot)",
        f"{finds['held']:.0%}; {asked['held']:.0%} ({asked['held_by_chance']:.0%} without feedback)",
        "100%; under 50%, excess under 5 points",
    )
    assert finds["held"] == 1.0
    assert finds["runs_away"]
    assert not asked["runs_away"]
    assert asked["held"] < 0.5
    assert asked["excess"] < 0.05
