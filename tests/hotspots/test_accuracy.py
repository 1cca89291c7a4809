"""Measures of a forecast, worked by hand; n* against trying everything; calibration that sees what is wrong."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import TableError
from abate.hotspots import accuracy
from abate.hotspots.accuracy import Trial
from abate.hotspots.histories import Window, forecasts, history

WEEK = Window(date(2025, 2, 1), date(2025, 2, 7))


def trial(expected: list[float], seen: list[int], *, past: list[int] | None = None, **options: Any) -> Trial:
    """Squares of 100 m in a row from west to east, a, b, c ...; `past` incidents of January at each."""
    ids = [chr(ord("a") + at) for at in range(len(expected))]
    east = 100.0 * np.arange(len(ids))
    area = options.pop("area_km2", 0.01)
    places = pd.DataFrame({"place_id": ids, "area_km2": area, "easting": east + 50, "northing": 50.0})
    if "length_m" in options:
        places = places.assign(length_m=options.pop("length_m"))
    rows = pd.DataFrame(
        {
            "place_id": ids,
            "period": pd.to_datetime(["2025-01-10"] * len(ids)),
            "incidents": past or [1] * len(ids),
            "easting": east + 50,
            "northing": 50.0,
        }
    )
    known = history(
        rows[rows["incidents"] > 0],
        places.assign(shape=shapely.box(east, 0, east + 100, 100)),
        span=Window(date(2025, 1, 1), date(2025, 1, 31)),
        unit="day",
    )
    said = forecasts(known, np.array(expected, dtype=float))
    return Trial(known, WEEK, said, np.array(seen, dtype=np.int64), **options)


def test_the_measures_are_those_worked_by_hand():
    tried = trial([1, 5, 3, 0], [2, 3, 1, 4], past=[1, 6, 2, 1], beyond=2, whole_km2=0.08)
    found = accuracy.measure(tried, 0.02)
    assert tried.events == 12
    assert found["flagged_places"] == 2
    assert found["hits"] == 4
    assert found["hit_rate"] == pytest.approx(4 / 12)
    assert found["pai"] == pytest.approx((4 / 12) / (0.02 / 0.08))
    assert found["best_hits"] == 7
    assert found["pei_star"] == pytest.approx(4 / 7)
    assert found["ser"] == pytest.approx(200)
    assert found["rri"] == pytest.approx((4 / 12) / (8 / 10))
    assert found["area_to_perimeter"] == pytest.approx(20_000 / 600), "b and c touch: one outline of 600 m"


def test_what_cannot_be_said_is_blank():
    nothing = accuracy.measure(trial([1, 2], [0, 0]), 0.01)
    assert nothing["hit_rate"] is None
    assert nothing["pai"] is None
    assert nothing["pei_star"] is None
    assert nothing["hits"] == 0
    assert accuracy.measure(trial([1, 2], [1, 0]), 0.01)["pai"] is None, "the area is not known"


def test_the_flagged_area_comes_as_near_as_whole_places_can():
    tried = trial([4, 3, 2, 1], [0, 0, 0, 0])
    assert [len(accuracy.flag(tried, asked)) for asked in (0.001, 0.014, 0.015, 0.016, 0.02, 99.0)] == [
        1,
        1,
        1,
        2,
        2,
        4,
    ]


def test_ties_go_to_the_busier_past_and_then_to_the_first_name():
    tried = trial([1, 1, 1, 1], [0, 0, 0, 0], past=[1, 3, 1, 3])
    assert tried.order.tolist() == [1, 3, 0, 2]


def test_places_of_unlike_size_are_flagged_by_expected_for_each_square_kilometre():
    unlike = {"area_km2": [1.0, 0.1, 0.1]}
    assert trial([5, 2, 1], [0, 0, 0], **unlike).order[0] == 0
    assert trial([5, 2, 1], [0, 0, 0], by_density=True, **unlike).order.tolist() == [1, 2, 0]


def test_streets_are_measured_by_their_length():
    tried = trial([1, 9], [1, 1], area_km2=0.0, length_m=[400.0, 100.0], by_density=True, whole_km2=0.5)
    found = accuracy.measure(tried, 0.1)
    assert found["flagged_area_km2"] == pytest.approx(0.1)
    assert found["pai"] == pytest.approx(0.5 / 0.2)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0, 9)), min_size=2, max_size=8), st.integers(1, 4))
def test_no_choice_of_as_many_cells_catches_more_than_n_star(rows: list[tuple[int, float]], many: int):
    seen = [count for count, _ in rows]
    tried = trial([mean for _, mean in rows], seen)
    found = accuracy.measure(tried, 0.01 * many)
    best = max(sum(choice) for choice in combinations(seen, found["flagged_places"]))
    assert found["best_hits"] == best
    assert found["pei_star"] is None or found["pei_star"] <= 1


def test_churn_is_the_share_of_area_that_is_new():
    before, now = trial([9, 8, 1, 1], [0] * 4), trial([9, 1, 1, 8], [0] * 4)
    assert accuracy.churn(now, before, 0.02) == pytest.approx(0.5)
    assert accuracy.churn(now, now, 0.02) == 0


def test_the_curve_ends_where_everything_is_caught_and_meets_the_measures():
    tried = trial([1, 5, 3, 0], [2, 3, 1, 4])
    caught = accuracy.curve(tried, np.array([0.0, 0.01, 0.02, 0.03, 0.04]))
    assert caught.tolist() == [0, 3, 4, 6, 10]
    assert caught[2] == accuracy.measure(tried, 0.02)["hits"]


def test_a_right_forecast_is_told_from_one_that_says_too_much():
    generator = np.random.default_rng(3)
    mean = generator.gamma(0.8, 2.0, 20)
    figures = [
        accuracy.judge(trial((mean * factor).tolist(), generator.poisson(mean).tolist()), seed=at).figures
        for factor in (1.0, 3.0)
        for at in range(25)
    ]
    right, wrong = figures[:25], figures[25:]
    for name, better in (("log_score", 1), ("crps", -1), ("cover_95", 1)):
        gap = np.mean([one[name] for one in right]) - np.mean([one[name] for one in wrong])
        assert gap * better > 0, name
    assert np.allclose(np.mean([one["pit"] for one in right], axis=0), 0.1, atol=0.04)
    assert np.mean([one["pit"][0] for one in wrong]) > 0.3


def test_groups_of_places_hold_equal_parts_of_what_was_expected():
    tried = trial([1.0] * 20, [1] * 20)
    groups = accuracy.reliability(tried, groups=4)
    assert groups["expected"].tolist() == [5.0] * 4
    assert groups["seen"].sum() == 20
    assert accuracy.reliability(trial([0.0, 0.0], [1, 0]))["seen"].sum() == 1


def test_a_forecast_of_other_places_is_refused():
    tried = trial([1, 2], [0, 1])
    with pytest.raises(TableError, match="not those of the history"):
        Trial(tried.past, WEEK, tried.forecast.iloc[::-1].reset_index(drop=True), tried.seen)
