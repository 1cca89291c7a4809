from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from abate.reports import impactcharts

TIMES = [str(year) for year in range(2010, 2020)]
NAN = float("nan")


def lines(svg: str) -> list[str]:
    """Give the steps of every line drawn through values."""
    return re.findall(r'<path d="([^"]*)" fill="none"', svg)


def points(svg: str) -> list[tuple[float, float]]:
    """Give the corners of the band."""
    said = re.search(r'<polygon points="([^"]*)"', svg)
    assert said is not None
    return [(float(x), float(y)) for x, y in (corner.split(",") for corner in said[1].split())]


def path(observed: list[float], expected: list[float], start: int = 5) -> str:
    return impactcharts.path(
        TIMES[: len(observed)],
        np.array(observed),
        np.array(expected),
        start=start,
        name="path",
        title="Robbery & theft",
    )


def test_the_path_is_two_lines_of_which_the_expected_is_dashed() -> None:
    svg = path([9.0, 8, 7, 8, 9, 4, 4, 3, 4, 3], [9.0, 8, 7, 8, 9, 8, 8, 8, 9, 8])
    expected, observed = lines(svg)
    assert expected.count("L") == observed.count("L") == 9
    assert svg.index("stroke-dasharray") < svg.index(observed)
    assert "expected without the programme" in svg
    assert "Robbery &amp; theft" in svg


def test_who_cannot_see_it_hears_how_far_the_two_lie_apart() -> None:
    assert "From 2015 on the observed lies 4.6 below the expected on average." in path(
        [9.0, 8, 7, 8, 9, 4, 4, 3, 4, 3], [9.0, 8, 7, 8, 9, 8, 8, 8, 9, 8]
    )
    assert "lies 2 above the expected" in path([1.0, 3], [1.0, 1], start=1)


def test_an_unknown_value_is_a_gap_in_the_line() -> None:
    (expected, observed) = lines(path([9.0, NAN, 7, 8], [9.0, 8, 7, 8], start=3))
    assert observed.count("M") == 2
    assert observed.count("L") == 1
    assert expected.count("M") == 1
    assert "nan" not in observed


def test_a_line_before_the_start_only_is_said_without_a_gap_after_it() -> None:
    svg = path([4.0, 5, NAN, NAN], [4.0, 5, 5, 5], start=2)
    assert "From 2012 on nothing is known of both." in svg
    assert "nan" not in svg


@pytest.mark.parametrize("values", [[5.0, 5.0, 5.0], [0.0, 0.0, 0.0], [-3.0, -2.0, -1.0], [1e6, 2e6, 3e6]])
def test_every_scale_keeps_its_lines_in_the_picture(values: list[float]) -> None:
    svg = path(values, values, start=1)
    for step in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", " ".join(lines(svg))):
        assert 60 <= float(step[0]) <= 626
        assert 10 <= float(step[1]) <= 226


def test_the_start_is_marked_between_the_last_period_before_and_the_first_with_it() -> None:
    svg = path([1.0, 2, 3, 4], [1.0, 2, 3, 4], start=2)
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", lines(svg)[0])]
    marked = re.search(r'<line x1="([\d.]+)"[^>]*stroke-dasharray="2 3"', svg)
    assert marked is not None
    assert float(marked[1]) == pytest.approx((xs[1] + xs[2]) / 2, abs=0.1)


def test_the_band_goes_there_along_its_high_end_and_back_along_its_low() -> None:
    gap = np.array([0.0, 1, -4, -5])
    low, high = gap - np.array([1.0, 1, 2, 3]), gap + np.array([1.0, 1, 2, 3])
    svg = impactcharts.gaps(TIMES[:4], gap, (low, high), start=2, name="gap", title="Gap")
    corners = points(svg)
    assert len(corners) == 8
    assert [x for x, _ in corners[:4]] == [x for x, _ in corners[:3:-1]]
    assert all(up < down for (_, up), (_, down) in zip(corners[:4], corners[:3:-1], strict=True))
    assert "The gap is -5 in 2013." in svg


def test_a_band_is_drawn_only_where_both_ends_are_known() -> None:
    gap, ends = np.array([0.0, 1, -4, -5]), np.array([NAN, NAN, 1.0, 1])
    svg = impactcharts.gaps(TIMES[:4], gap, (gap - ends, gap + ends), start=2, name="gap", title="Gap")
    assert len(points(svg)) == 4
    none = impactcharts.gaps(TIMES[:4], gap, (gap * NAN, gap * NAN), start=2, name="gap", title="Gap")
    assert "<polygon" not in none
    assert "<polygon" not in impactcharts.gaps(TIMES[:4], gap, None, start=2, name="gap", title="Gap")


def test_a_gap_that_is_nowhere_known_is_said() -> None:
    svg = impactcharts.gaps(TIMES[:2], np.array([NAN, NAN]), None, start=1, name="gap", title="Gap")
    assert "Not known." in svg
    assert "nan" not in svg


def test_weights_are_bars_of_their_size_in_the_order_given() -> None:
    svg = impactcharts.bars([("Utah", 0.4), ("A & B", -0.2)], name="weights", title="Weights")
    long, short = (float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)" height="14"', svg))
    assert long == pytest.approx(2 * short)
    assert len(set(re.findall(r'<rect [^>]*fill="([^"]+)"', svg))) == 2, "a weight below 0 looks otherwise"
    assert "Utah 0.400; A &amp; B -0.200" in svg


def test_ways_are_in_order_of_size_and_none_is_left_out() -> None:
    table = pd.DataFrame(
        {
            "estimator": ["did", "sdid", "sc"],
            "panel": ["robbery"] * 3,
            "window": ["all periods"] * 3,
            "value": [-5.0, -10.0, NAN],
            "low": [-9.0, -12.0, NAN],
            "high": [1.0, -8.0, NAN],
            "per_cent": [-10.0, -20.0, NAN],
        }
    )
    svg = impactcharts.ways(table, name="ways", title="Ways")
    assert svg.index(">sdid, robbery") < svg.index(">did, robbery")
    assert "2 runs, from -20.0% to -10.0%." in svg
    ends = [
        tuple(map(float, line)) for line in re.findall(r'<line x1="([\d.]+)" y1="\d+" x2="([\d.]+)" y2="\d+" ', svg)
    ]
    assert ends[-1][0] < ends[-1][1]
    assert "None." in impactcharts.ways(table.iloc[2:], name="ways", title="Ways")


def test_labels_of_many_periods_are_thinned() -> None:
    times = [f"{year} Q{quarter}" for year in range(2002, 2022) for quarter in range(1, 5)]
    flat = np.ones(80)
    svg = impactcharts.path(times, flat, flat, start=60, name="path", title="t")
    assert 4 <= len([time for time in times if f">{time}<" in svg]) <= 9


def test_the_same_values_give_the_same_picture() -> None:
    assert path([1.0, 2, 3], [1.0, 2, 2], start=1) == path([1.0, 2, 3], [1.0, 2, 2], start=1)
