"""The past as forecasts see it: laid out by place and day, cut where it was known, counted without loss."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError, TableError
from abate.hotspots.histories import History, Window, forecasts, history

PLACES = pd.DataFrame(
    {"place_id": ["b", "a", "c"], "area_km2": 1.0, "easting": [2.0, 1.0, 3.0], "northing": 0.0}
).assign(shape=[shapely.Point(0, 0)] * 3)
SPAN = Window(date(2024, 1, 1), date(2024, 4, 30))


def seen(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Occurrences at place, day, incidents; every point is where its place's letter says."""
    ids, days, incidents = zip(*rows, strict=True)
    return pd.DataFrame({"place_id": ids, "period": pd.to_datetime(list(days)), "incidents": incidents}).assign(
        easting=[float(ord(place)) for place in ids], northing=0.0
    )


def daily(*rows: tuple[str, str, int], **options: Any) -> History:
    return history(seen(*rows), PLACES, span=SPAN, unit="day", **options)


def test_places_come_in_order_of_id_and_quiet_ones_stay():
    past = daily(("c", "2024-01-02", 2), ("a", "2024-04-30", 1))
    assert past.place_ids == ["a", "b", "c"]
    assert past.totals().tolist() == [1, 0, 2]
    assert past.middles_m[:, 0].tolist() == [1.0, 2.0, 3.0]


def test_a_history_cut_at_a_day_knows_nothing_later():
    past = daily(("a", "2024-02-29", 1), ("a", "2024-03-01", 5), related=seen(("b", "2024-03-01", 7)))
    before = past.until(date(2024, 2, 29))
    assert before.totals().tolist() == [1, 0, 0]
    assert before.span.last == date(2024, 2, 29)
    assert before.related is not None
    assert before.related.totals().sum() == 0
    assert past.totals(since=60).tolist() == [5, 0, 0]


def test_months_are_laid_out_by_their_first_days_through_a_leap_year():
    past = history(seen(("a", "2024-03-01", 4)), PLACES, span=SPAN, unit="month")
    assert past.starts.tolist() == [0, 31, 60, 91, 121]
    assert past.spread(past.starts)[0].tolist() == [0, 0, 4, 0]


def test_a_cut_inside_a_month_of_monthly_data_is_refused():
    past = history(seen(("a", "2024-03-01", 4)), PLACES, span=SPAN, unit="month")
    with pytest.raises(OptionError, match="2024-03-30 is not the last day of a month"):
        past.until(date(2024, 3, 30))
    with pytest.raises(OptionError, match="not whole months"):
        history(seen(("a", "2024-03-01", 4)), PLACES, span=Window(date(2024, 1, 1), date(2024, 4, 29)), unit="month")


def test_a_window_counts_its_own_days_and_no_others():
    past = daily(("a", "2024-01-31", 1), ("a", "2024-02-01", 2), ("b", "2024-02-29", 4), ("b", "2024-03-01", 8))
    assert past.during(Window(date(2024, 2, 1), date(2024, 2, 29))).tolist() == [2, 4, 0]
    with pytest.raises(OptionError, match="does not hold 2024-04-30 to 2024-05-01"):
        past.during(Window(date(2024, 4, 30), date(2024, 5, 1)))


def test_strange_places_and_days_are_named():
    with pytest.raises(TableError, match="1 rows name places that are not there, as 'z'"):
        daily(("z", "2024-01-01", 1))
    with pytest.raises(TableError, match="outside 2024-01-01 to 2024-04-30"):
        daily(("a", "2024-05-01", 1))
    with pytest.raises(OptionError, match="comes before"):
        Window(date(2024, 1, 2), date(2024, 1, 1))


def test_a_forecast_without_size_is_poisson():
    told = forecasts(daily(("a", "2024-01-01", 1)), np.array([1.0, 0.0, 2.0]))
    assert told["place_id"].tolist() == ["a", "b", "c"]
    assert told["size"].isna().all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 120), st.integers(1, 9)), min_size=1, max_size=30))
def test_spread_agrees_with_counting_one_by_one(rows: list[tuple[str, int, int]]):
    days = [str(np.datetime64("2024-01-01") + day) for _, day, _ in rows]
    past = daily(*[(place, day, many) for (place, _, many), day in zip(rows, days, strict=True)])
    edges = np.array([0, 7, 50, 121])
    slow = np.zeros((3, 3), dtype=int)
    for place, day, many in rows:
        slow["abc".index(place), sum(day >= edge for edge in edges[1:])] += many
    assert past.spread(edges).tolist() == slow.tolist()
    assert past.totals().tolist() == slow.sum(axis=1).tolist()
