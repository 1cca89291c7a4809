"""The forest plot: ratios where they belong, arrows where an interval runs on, words for who cannot see it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from abate.reports import trialcharts
from abate.reports.trialcharts import Row


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
