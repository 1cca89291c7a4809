"""Event times: redraws against the estimate itself, and the test of the periods before the start."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.impact import eventtimes
from abate.impact.panels import Panel
from abate.impact.twowaydesigns import design


def noise(seed: int, first: list[int], periods: int = 10) -> Panel:
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(size=(len(first), periods)) + rng.normal(size=periods)
    names = tuple(f"{n:02d}" for n in range(len(first)))
    return Panel(names, tuple(map(str, range(periods))), outcomes, np.array(first, dtype=np.int64))


def test_events_leave_the_reference_out_and_one_more_where_all_began():
    assert eventtimes.events(noise(1, [3, 10, 10], 5 + 5)) == [-3, -2, 0, 1, 2, 3, 4, 5, 6]
    assert eventtimes.events(noise(1, [2, 4], 6)) == [-3, -2, 0, 1, 2, 3]


def test_a_redraw_of_what_was_seen_is_the_estimate():
    panel = noise(2, [6] * 5 + [8] * 3 + [10] * 9)
    made = design(panel, ())
    again = eventtimes.redrawn(np.arange(17)[None], panel.first[None], panel=panel, made=made)
    assert_allclose(again[0, 1:], eventtimes.study(panel, made)[0], atol=1e-9)


def test_a_row_drawn_twice_is_a_row_that_weighs_double():
    panel = noise(3, [6, 6, 6, 10, 10, 10])
    rows = np.array([0, 0, 1, 3, 4, 4])
    twice = panel.only(np.array([True, True, False, True, True, False]))
    made = design(twice, ())
    weighed = made.weights * np.array([2.0, 1, 1, 2])[:, None]
    found = eventtimes.redrawn(rows[None], panel.first[rows][None], panel=panel, made=design(panel, ()))
    target = eventtimes.study(twice, type(made)(made.outcomes, weighed, made.columns, ()))[0]
    assert_allclose(found[0, 1:], target, atol=1e-9)


@pytest.mark.parametrize(("first", "kind"), [([4] * 12 + [10] * 20, "joint"), ([8] * 6 + [10] * 20, "trend")])
def test_what_is_tested_depends_on_how_many_areas_there_are(first: list[int], kind: str):
    panel = noise(4, first)
    found = eventtimes.pretest(panel, design(panel, ()))
    assert found.kind == kind
    assert 0.01 < found.p <= 1
    drift = np.where(panel.ever[:, None] & (np.arange(10) < panel.first[:, None]), np.arange(10) * 1.0, 0.0)
    bent = Panel(panel.units, panel.times, panel.outcomes + drift, panel.first)
    assert eventtimes.pretest(bent, design(bent, ())).p < 1e-3


def test_nothing_to_test_with_one_period_before():
    panel = noise(5, [1, 1, 1, 4, 4, 4], 4)
    assert eventtimes.pretest(panel, design(panel, ())) == eventtimes.Pretest(None, "none")


@pytest.mark.slow
def test_the_pretest_rejects_as_often_as_it_says():
    panels = [noise(seed, [4] * 12 + [10] * 20) for seed in range(400)]
    share = np.mean([eventtimes.pretest(panel, design(panel, ())).p < 0.05 for panel in panels])
    assert 0.02 <= share <= 0.09


def test_an_error_of_nothing_is_an_interval_of_nothing():
    assert eventtimes.interval(1.0, 0.0, 0.95, 5.0) == (1.0, 1.0, 0.0)


def test_an_event_time_of_which_nothing_is_known_has_no_line_and_those_after_it_have():
    told = eventtimes.lines([-2, 0, 1], np.array([0.5, np.nan, 2.0]), np.array([0.1, np.nan, np.nan]), 0.95)
    assert [(one["at"], one["value"]) for one in told] == [(-2, 0.5), (-1, 0.0), (1, 2.0)]
    assert_allclose([told[0]["low"], told[0]["high"]], [0.304, 0.696], atol=1e-3)
    assert told[2]["se"] is told[2]["low"] is None


@pytest.mark.parametrize(("treated", "kind"), [(9, "joint"), (8, "trend")])
def test_three_areas_a_period_are_enough_to_test_all_together(treated: int, kind: str):
    panel = noise(6, [4] * treated + [10] * 20)
    assert eventtimes.pretest(panel, design(panel, ())).kind == kind
