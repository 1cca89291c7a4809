"""Cohorts put together: against plain loops over treated cells."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.impact import cohortpaths
from abate.impact.panels import Panel


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_is_a_mean_over_areas(seed: int):
    rng = np.random.default_rng(seed)
    starts, counts, periods = [2, 4, 5], [3, 1, 2], 8
    paths = rng.normal(size=(1, 3, periods))
    cells = [
        (cohort, time, paths[0, cohort, time])
        for cohort, count in enumerate(counts)
        for _ in range(count)
        for time in range(periods)
    ]
    found = cohortpaths.figures(paths, np.array([counts], dtype=float), starts)
    after = [value for cohort, time, value in cells if time >= starts[cohort]]
    assert found.simple[0] == pytest.approx(np.mean(after))
    for place, event in enumerate(found.events):
        own = [value for cohort, time, value in cells if time - starts[cohort] == event]
        assert found.dynamic[0, place] == pytest.approx(np.mean(own))
    for time in range(2, periods):
        own = [value for cohort, at, value in cells if at == time and time >= starts[cohort]]
        assert found.calendar[0, time - 2] == pytest.approx(np.mean(own))
    for cohort in range(3):
        assert found.group[0, cohort] == pytest.approx(paths[0, cohort, starts[cohort] :].mean())
    assert_allclose(found.gap[0], np.average(paths[0], axis=0, weights=counts))


def test_a_draw_without_a_cohort_counts_the_others():
    paths = np.array([[[0.0, 4.0, 4.0], [np.nan] * 3], [[0.0, 2.0, 2.0], [0.0, 0.0, 8.0]]])
    found = cohortpaths.figures(paths, np.array([[2.0, 0.0], [1.0, 1.0]]), [1, 2])
    assert found.simple.tolist() == [4.0, 4.0]
    assert np.isnan(found.group[0, 1])
    errors = cohortpaths.spread(found)
    assert errors.simple.tolist() == [0.0]
    assert errors.group[0].tolist() == [1.0, 0.0]
    assert cohortpaths.spread(found, scale=2.0).group[0, 0] == 2.0


def test_lines_and_groups_carry_their_errors():
    panel = Panel(("a", "b"), ("x", "y", "z"), np.zeros((2, 3)), np.array([1, 3]))
    drawn = cohortpaths.figures(np.array([[[0.0, 1.0, 3.0]], [[0.0, 3.0, 5.0]]]), np.ones((2, 1)), [1])
    found = cohortpaths.figures(np.array([[[0.0, 2.0, 4.0]]]), np.ones((1, 1)), [1])
    told = cohortpaths.aggregations(panel, found, cohortpaths.spread(drawn), 0.95)
    assert (told["simple"].value, told["simple"].se) == (3.0, 1.0)
    assert [line["at"] for line in told["dynamic"].by] == [-1, 0, 1]
    assert [line["at"] for line in told["calendar"].by] == ["y", "z"]
    assert told["group"].by[0]["low"] == pytest.approx(3 - 1.959964)
    groups = cohortpaths.groups(panel, found, None)
    assert [(one.group, one.time, one.att, one.se) for one in groups] == [(1, 1, 2.0, None), (1, 2, 4.0, None)]


def test_the_interval_of_an_exact_zero():
    assert cohortpaths.interval(0.0, 0.0, 0.95) == (0.0, 0.0, 1.0)


def test_inferences_are_noted_first_come_first():
    told = cohortpaths.noted({"a": 1, "intervals": {"placebo": [0, 1]}}, "jackknife", {"low": -1.0, "high": 2.0})
    assert list(told["intervals"]) == ["jackknife", "placebo"]
    assert told["inference"]["jackknife"]["high"] == 2.0
