"""The forest plot: ratios where they belong, arrows where an interval runs on, words for who cannot see it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from abate.reports import trialcharts
from abate.reports.trialcharts import Axis, Row


def circles(drawn: str) -> list[float]:
    return [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', drawn)]


def test_half_and_double_are_as_far_from_no_change():
    rows = [Row("half", 0.5, 0.4, 0.6), Row("none", 1.0, 0.9, 1.1), Row("double", 2.0, 1.6, 2.5)]
    half, none, double = circles(trialcharts.forest(rows, name="f", title="t"))
    assert none - half == pytest.approx(double - none, abs=0.2)
    assert half < none < double


def test_ends_that_run_on_have_arrows_and_words():
    drawn = trialcharts.forest([Row("wide", 1.5, 0.0, float("inf"))], name="f", title="t")
    assert drawn.count('fill="none"') == 2
    assert "wide: 1.50, 0.00 to no bound." in drawn
    assert 'fill="none"' not in trialcharts.forest([Row("a", 0.8, 0.6, 1.1)], name="f", title="t")


def test_what_has_no_ratio_is_left_out():
    rows = [Row("lost", float("nan"), float("nan"), float("nan")), Row("<b>", 0.8, 0.6, 1.1)]
    drawn = trialcharts.forest(rows, name="f", title="t")
    assert "lost" not in drawn
    assert "&lt;b&gt;" in drawn
    assert len(circles(drawn)) == 1


def test_marks_stand_apart():
    drawn = trialcharts.forest([Row("wide", 1.0, 0.06, 18.0)], name="f", title="t")
    marks = [float(x) for x in re.findall(r'<text x="([\d.]+)" y="54\.0"', drawn)]
    assert len(marks) >= 4
    assert min(b - a for a, b in pairwise(marks)) >= 33


def test_a_profile_stands_where_its_axis_says():
    rows = [Row("patrol day", 0.5, 0.4, 0.6, main=True), Row("1 after", 1.0, 0.8, 1.3), Row("3 after", 2.0, 1.5, 2.6)]
    axis = Axis((0.0, 1.0, 3.0), ("patrol day", "1", "3"), "days since", shade=(0.5, 1.5, "a stretch"))
    drawn = trialcharts.profile(rows, axis, name="p", title="t")
    x = circles(drawn)
    assert x[2] - x[0] == pytest.approx(3 * (x[1] - x[0]), abs=0.3)
    y = [float(each) for each in re.findall(r'cy="([\d.]+)"', drawn)]
    assert y[0] - y[1] == pytest.approx(y[1] - y[2], abs=0.2)
    assert y[0] > y[1] > y[2]
    left, wide = map(float, re.search(r'<rect x="([\d.]+)" y="12" width="([\d.]+)"', drawn).groups())
    assert (left + wide / 2) == pytest.approx(x[1], abs=0.2)
    assert "patrol day: 0.50, 0.40 to 0.60" in drawn


def test_a_profile_has_arrows_where_an_interval_runs_on():
    axis = Axis((0.0, 1.0), ("0", "1"), "days")
    rows = [Row("a", 1.5, 0.0, float("inf")), Row("lost", float("nan"), float("nan"), float("nan"))]
    drawn = trialcharts.profile(rows, axis, name="p", title="t")
    assert drawn.count('fill="none"') == 2
    assert len(circles(drawn)) == 1
