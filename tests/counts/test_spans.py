"""Spans on the local clock: zones, summer time, ends that are missing or wrong, and midnights that mean nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.counts import spans


def rows(*told: tuple[str, str | None, str | None], incidents: int = 1) -> pd.DataFrame:
    began = pd.to_datetime([each[0] for each in told], utc=True)
    ended = pd.to_datetime([each[1] for each in told], utc=True)
    frame = {"began": began, "ended": ended, "zone": [each[2] for each in told], "incidents": incidents}
    return pd.DataFrame(frame)


def test_the_hour_is_that_of_the_local_clock_in_summer_and_in_winter() -> None:
    clocked = spans.clock(
        rows(
            ("2025-01-06T00:30", None, None),
            ("2025-07-07T00:30", None, None),
            ("2019-07-08T02:30", None, "America/New_York"),
        )
    )
    assert clocked.rows["hour"].tolist() == [0.5, 1.5, 6 * 24 + 22.5]
    assert clocked.rows["hours"].tolist() == [0.0, 0.0, 0.0]


def test_an_end_before_the_beginning_is_no_span_and_a_span_of_over_a_week_says_nothing() -> None:
    clocked = spans.clock(
        rows(
            ("2025-01-06T10:00", "2025-01-06T09:00", None),
            ("2025-01-06T10:00", "2025-01-06T22:00", None),
            ("2025-01-06T10:00", "2025-01-14T10:00", None),
        )
    )
    assert clocked.rows["hours"].tolist() == [0.0, 12.0]
    assert clocked.left_out == 1


def test_midnights_that_pile_up_are_left_out_and_single_ones_stay() -> None:
    noon = [("2025-01-06T12:00", None, None)] * 50
    few = spans.clock(rows(*noon, ("2025-01-06T00:00", None, None)))
    assert few.left_out == 0
    many = spans.clock(rows(*noon, *[("2025-01-06T00:00", None, None)] * 20))
    assert many.left_out == 20
    dates_alone = spans.clock(rows(("2025-01-06T00:00", None, None), ("2025-01-07T00:00", None, None)))
    assert not len(dates_alone.rows)


def test_the_lake_is_reduced_to_distinct_spans() -> None:
    import ibis

    moment = pd.to_datetime(["2025-01-06T12:00", "2025-01-06T12:00", None], utc=True)
    table = ibis.memtable(
        pd.DataFrame(
            {
                "x": [1.0, 1.0, 1.0],
                "y": [2.0, 2.0, 2.0],
                "crs": "EPSG:27700",
                "began": moment,
                "ended": moment,
                "zone": "Europe/London",
            }
        )
    )
    found = spans.span(table).execute()
    assert found["incidents"].tolist() == [2]


@pytest.mark.parametrize("empty", [rows().assign(zone=pd.Series(dtype="str"))])
def test_no_spans_give_no_hours(empty: pd.DataFrame) -> None:
    assert spans.clock(empty).left_out == 0
