"""Origins, windows and gaps fall where a calendar says; nothing after an origin is known at it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.hotspots import rolling
from abate.hotspots.histories import Window, history
from abate.hotspots.rolling import Horizon


def test_months_are_calendar_months_and_agree_with_the_contest():
    assert rolling.window(date(2023, 4, 30), Horizon(1, "m")) == Window(date(2023, 5, 1), date(2023, 5, 31))
    lengths = [rolling.window(date(2016, 2, 29), each).days for each in rolling.read("7d,14d,1m,2m,3m", unit="day")]
    assert lengths == [7, 14, 31, 61, 92]
    autumn = [rolling.window(date(2015, 8, 31), each).days for each in rolling.read("1m,2m,3m", unit="day")]
    assert autumn == [30, 61, 91]
    assert Horizon(12, "m").after(date(2023, 5, 1)).last == date(2024, 4, 30)


@given(st.dates(date(2001, 1, 1), date(2050, 1, 1)), st.integers(1, 30))
def test_windows_of_months_follow_one_another_without_gap(first: date, months: int):
    window = Horizon(months, "m").after(first)
    assert window.last >= first
    if first.day <= 28:
        assert Horizon(1, "m").after(window.last + timedelta(days=1)).last == Horizon(months + 1, "m").after(first).last


def test_a_gap_is_left_out_and_in_monthly_data_rounded_up_to_a_month():
    assert rolling.window(date(2023, 4, 30), Horizon(7, "d"), gap=3).first == date(2023, 5, 4)
    assert rolling.window(date(2023, 4, 30), Horizon(1, "m"), gap=3, unit="month").first == date(2023, 6, 1)
    assert rolling.window(date(2023, 4, 30), Horizon(1, "m"), gap=31, unit="month").first == date(2023, 6, 1)
    assert rolling.window(date(2023, 4, 30), Horizon(1, "m"), gap=0, unit="month").first == date(2023, 5, 1)


def test_every_fault_in_the_windows_is_told_and_repeats_are_taken_once():
    assert list(map(str, rolling.read("7D,1m,7d", unit="day"))) == ["7d", "1m"]
    with pytest.raises(OptionError) as found:
        rolling.read("7d,2w,14d,1m", unit="month")
    assert len(found.value.faults) == 3
    assert "window 7d: the record has months, not days" in str(found.value)
    assert "'2w' is not a window" in str(found.value)
    with pytest.raises(OptionError, match="no window is named"):
        rolling.read(" , ", unit="day")


def test_origins_roll_through_the_later_half_and_every_window_fits():
    span = Window(date(2012, 3, 1), date(2016, 8, 31))
    horizons = rolling.read("7d,3m", unit="day")
    found = rolling.origins(span, horizons, unit="day")
    assert len(found) <= 12
    assert found == sorted(found)
    assert all((day + timedelta(days=1)).day == 1 for day in found)
    assert all((day - span.first).days + 1 >= span.days / 2 for day in found)
    assert rolling.window(found[-1], horizons[0]).last <= span.last
    assert found[-1] == date(2016, 7, 31)
    steps = {(after.year - before.year) * 12 + after.month - before.month for before, after in zip(found, found[1:])}  # noqa: B905, RUF007
    assert len(steps) == 1


def test_a_record_too_short_is_told():
    with pytest.raises(OptionError, match="too short for windows of 12m"):
        rolling.origins(Window(date(2021, 3, 1), date(2022, 3, 31)), [Horizon(12, "m")], unit="month")


def test_a_narrowed_history_is_that_of_its_places_and_what_was_known_is_found():
    places = pd.DataFrame(
        {"place_id": list("abc"), "area_km2": 1.0, "easting": [1.0, 2.0, 3.0], "northing": 0.0}
    ).assign(shape=[shapely.Point(0, 0)] * 3)

    def seen(*rows: tuple[str, str]) -> pd.DataFrame:
        ids, days = zip(*rows, strict=True)
        return pd.DataFrame(
            {"place_id": ids, "period": pd.to_datetime(list(days)), "incidents": 1, "easting": 0.0, "northing": 0.0}
        )

    whole = history(
        seen(("a", "2025-01-01"), ("c", "2025-01-02"), ("b", "2025-03-01")),
        places,
        span=Window(date(2025, 1, 1), date(2025, 3, 31)),
        unit="day",
        related=seen(("c", "2025-01-05")),
    )
    early = whole.until(date(2025, 1, 1))
    assert rolling.known(early).tolist() == [True, False, False]
    assert rolling.known(whole.until(date(2025, 1, 31))).tolist() == [True, False, True]
    narrowed = rolling.narrow(whole, np.array([True, False, True]))
    assert narrowed.place_ids == ["a", "c"]
    assert narrowed.totals().tolist() == [1, 1]
    assert narrowed.related is not None
    assert narrowed.related.totals().tolist() == [0, 1]
    assert rolling.known(
        history(seen(("a", "2025-01-01")), places, span=whole.span, unit="day", related=seen(("b", "2025-01-02")))
    ).tolist() == [True, True, False]


@given(
    first=st.dates(date(2015, 1, 1), date(2020, 1, 1)),
    days=st.integers(1, 1500),
    months=st.integers(1, 6),
    most=st.integers(0, 5),
)
def test_the_last_windows_lie_end_to_end_up_to_the_end(first: date, days: int, months: int, most: int):
    span = Window(first, first + timedelta(days=days - 1))
    found = rolling.closing(span, Horizon(months, "m"), most=most)
    assert len(found) <= most
    assert all(earlier.last + timedelta(days=1) == later.first for earlier, later in pairwise(found))
    if found:
        assert found[-1].last == span.last
        assert (found[0].first - span.first).days * 2 >= span.days
    for window in found:
        assert abs(window.days - 30.44 * months) <= 3


def test_the_last_windows_of_a_monthly_record_are_whole_months():
    span = Window(date(2021, 3, 1), date(2022, 3, 31))
    found = rolling.closing(span, Horizon(3, "m"), most=3)
    assert [(each.first, each.last) for each in found] == [
        (date(2021, 10, 1), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2022, 3, 31)),
    ]
