"""Why this place: months, kinds, trend, neighbours and harm of a hotspot."""

from __future__ import annotations

import json

import numpy as np
import pytest

from abate.hotspots.ranking import rank
from abate.hotspots.reasons import area_trend, explain
from hotspots.grounds import counts_of, month_list, placed_of, row_of_places

MONTHS = month_list(12)


def steady(last: int) -> np.ndarray:
    incidents = np.zeros((4, 12), dtype=int)
    incidents[0] = 10
    incidents[1] = np.rint(np.geomspace(20, 80, 12))
    incidents[2] = np.rint(np.geomspace(90, 30, 12))
    incidents[3, -1] = last
    return incidents


def test_a_planted_rise_and_fall_are_found() -> None:
    places, seen = row_of_places("abcd"), counts_of(steady(5), "abcd", MONTHS)
    top = rank(seen, places, top=4).hotspots
    why = explain(placed_of([("a", None, 1)]), seen, places, top, months=MONTHS).set_index("place_id")
    assert why["trend"].to_dict() == {"c": "falling", "b": "rising", "a": "no clear change", "d": "not known"}
    assert why.loc["b", "trend_ratio"] == pytest.approx(4 ** (12 / 11), rel=0.05)
    assert why.loc["c", "trend_high"] < 1
    assert why["months_active"].to_dict() == {"a": 12, "b": 12, "c": 12, "d": 1}
    assert why.loc["d", "largest_month_share"] == 1.0
    assert why.loc["a", "largest_month_share"] == pytest.approx(1 / 12)


def test_a_missing_month_is_missing_and_not_quiet() -> None:
    places = row_of_places("ab")
    held = [month for month in MONTHS if month != "2023-05"]
    seen = counts_of(np.ones((2, 11), dtype=int) * 3, "ab", held)
    top = rank(seen, places, top=1).hotspots
    told = explain(placed_of([("a", None, 1)]), seen, places, top, months=held, span=MONTHS)["by_month"].iloc[0]
    assert [row["month"] for row in told] == MONTHS
    assert told[4] == {"month": "2023-05", "incidents": None}
    assert {row["incidents"] for row in told} == {3, None}


def test_short_months_are_not_a_fall() -> None:
    seen = counts_of(np.array([[310, 280, 310, 300, 310, 300, 310, 310]]), "a", MONTHS[:8])
    told = area_trend(seen, row_of_places("a"), months=MONTHS[:8])
    assert told["trend_ratio"] == pytest.approx(1, abs=1e-6)
    assert told["trend"] == "no clear change"


def test_few_months_show_no_trend() -> None:
    seen = counts_of(np.array([[1, 5, 30]]), "a", MONTHS[:3])
    told = area_trend(seen, row_of_places("a"), months=MONTHS[:3])
    assert told["trend"] == "not known"
    assert np.isnan(told["trend_ratio"])


def test_kinds_come_commonest_first_and_neighbours_hottest_first() -> None:
    placed = placed_of([("b", None, 2), ("b", None, 9), ("a", None, 3)])
    placed = placed.assign(crime_type=["Drugs", "Robbery", "Drugs"])
    places = row_of_places("abcd")
    seen = counts_of(np.array([[3], [11], [4], [2]]), "abcd", MONTHS[:1])
    top = rank(seen, places, top=2).hotspots
    why = explain(placed, seen, places, top, months=MONTHS[:1]).set_index("place_id")
    assert why.loc["b", "by_type"] == [
        {"crime_type": "Robbery", "incidents": 9},
        {"crime_type": "Drugs", "incidents": 2},
    ]
    assert why.loc["b", "neighbours"] == [
        {"place_id": "c", "incidents": 4, "rank": 2},
        {"place_id": "a", "incidents": 3, "rank": None},
    ]
    json.dumps(why["neighbours"].tolist() + why["by_type"].tolist() + why["by_month"].tolist())


def test_harm_stands_beside_the_count_where_there_is_any() -> None:
    places, seen = row_of_places("ab"), counts_of(np.array([[3], [11]]), "ab", MONTHS[:1])
    top = rank(seen, places, top=2).hotspots
    placed = placed_of([("a", None, 3), ("b", None, 1), ("b", None, 10)])
    assert "harm" not in explain(placed, seen, places, top, months=MONTHS[:1])
    weighed = placed.assign(harm=[10.0, 5475.0, 1.0])
    why = explain(weighed, seen, places, top, months=MONTHS[:1])
    assert why[["place_id", "harm", "harm_one_event"]].values.tolist() == [["b", 5485.0, True], ["a", 30.0, False]]
