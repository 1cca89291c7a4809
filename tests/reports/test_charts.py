from __future__ import annotations

import xml.etree.ElementTree as ET

import pandas as pd
import pytest

from abate.periods import months
from abate.reports import charts

SVG = "{http://www.w3.org/2000/svg}"


def rects(drawing: str) -> list[dict[str, float]]:
    wanted = ("x", "y", "width", "height")
    return [{name: float(each.get(name)) for name in wanted} for each in ET.fromstring(drawing).iter(f"{SVG}rect")]


def test_bars_are_as_high_as_their_counts():
    counts = [0, 3, 6, 12]
    bars = rects(charts.month_bars(counts, months("2021-11", "2022-02"), name="a"))
    heights = [bar["height"] for bar in bars]
    assert [height / heights[3] * 12 for height in heights] == pytest.approx(counts, abs=0.1)
    assert {round(bar["y"] + bar["height"], 6) for bar in bars} == {72.0}


def test_years_stand_under_their_first_month_and_every_count_is_spoken():
    drawing = charts.month_bars([1, 2, 3, 4], months("2021-11", "2022-02"), name="a")
    words = [each.text for each in ET.fromstring(drawing).iter(f"{SVG}text")]
    assert words == ["4", "2021", "2022"]
    told = ET.fromstring(drawing).find(f"{SVG}desc").text
    assert told == "November 2021 1, December 2021 2, January 2022 3, February 2022 4."


def test_a_missing_month_is_a_gap_and_no_zero():
    drawing = charts.month_bars([4, 2], ["2021-11", "2022-01"], missing=["2021-12"], name="a")
    bars = rects(drawing)
    assert len(bars) == 2
    assert bars[1]["x"] - bars[0]["x"] == pytest.approx(200, abs=0.2)
    assert "×" in [each.text for each in ET.fromstring(drawing).iter(f"{SVG}text")]
    told = ET.fromstring(drawing).find(f"{SVG}desc").text
    assert told == "November 2021 4, December 2021 no data, January 2022 2."


def test_no_incident_in_any_month_draws_no_bar():
    assert {bar["height"] for bar in rects(charts.month_bars([0, 0], ["2021-01", "2021-02"], name="a"))} == {0.0}


def test_kinds_go_from_many_to_few_and_names_cannot_break_the_picture():
    drawing = charts.type_bars({"b": 2, "<script>": 5, "a": 2}, name="k")
    words = [each.text for each in ET.fromstring(drawing).iter(f"{SVG}text")]
    assert words == ["<script>", "5", "a", "2", "b", "2"]
    assert "<script>" not in drawing


def test_the_curve_goes_through_its_points():
    points = pd.DataFrame({"places": [0, 0.1, 1], "incidents": [0, 0.5, 1]})
    drawing = charts.concentration_curve(points, place_kind="squares")
    line = ET.fromstring(drawing).find(f"{SVG}polyline").get("points")
    assert line == "58.0,252.0 92.0,132.0 398.0,12.0"
    assert "50% of incidents in 10.0% of squares" in ET.fromstring(drawing).find(f"{SVG}desc").text
