"""Local clocks to UTC, judged by Python's own time zones (PEP 495: the first of a doubled hour)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.sources import moments
from abate.sources.mapping import ISO_FORMATS
from abate.sources.moments import Clock

ZONES = ("Europe/London", "America/New_York", "America/Chicago", "America/Los_Angeles", "Australia/Sydney", "UTC")


def read(texts: list[str], clock: Clock) -> list[tuple[datetime | None, datetime | None, bool | None]]:
    rows = ibis.table({"place": "int64", "text": "string"}, name="given")
    found = moments.moment(rows.text, clock)
    end = moments.last_second(found, clock.zone)
    asked = rows.select("place", utc=found.utc, end=end, whole_day=found.whole_day).order_by("place")
    query = str(ibis.to_sql(asked, dialect="duckdb"))
    told = pd.DataFrame({"place": range(len(texts)), "text": pd.Series(texts, dtype="str")})
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        engine.register("given", told)
        answers = engine.sql(query).to_arrow_table().to_pylist()
    return [(row["utc"], row["end"], row["whole_day"]) for row in answers]


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2024-01-15T12:00", "2024-01-15T12:00"),
        ("2024-07-15T12:00", "2024-07-15T11:00"),
        ("2024-03-31T00:59", "2024-03-31T00:59"),
        ("2024-03-31T01:30", "2024-03-31T01:30"),
        ("2024-03-31T02:00", "2024-03-31T01:00"),
        ("2024-10-27T00:59", "2024-10-26T23:59"),
        ("2024-10-27T01:30", "2024-10-27T00:30"),
        ("2024-10-27T02:00", "2024-10-27T02:00"),
    ],
)
def test_the_clocks_of_london(local: str, utc: str) -> None:
    ((found, _, _),) = read([local], Clock(ISO_FORMATS, "Europe/London"))
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(ZONES),
    st.lists(st.datetimes(datetime(1985, 1, 1), datetime(2035, 1, 1)), min_size=1, max_size=30),  # noqa: DTZ001
)
def test_any_local_time_agrees_with_python(zone: str, times: list[datetime]) -> None:
    times = [each.replace(microsecond=0, fold=0) for each in times]
    expected = [each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in times]
    assert [utc for utc, _, _ in read([each.isoformat() for each in times], Clock(ISO_FORMATS, zone))] == expected


@pytest.mark.parametrize("zone", ZONES)
def test_every_quarter_of_an_hour_round_a_change_agrees_with_python(zone: str) -> None:
    starts = [datetime(2023, month, day) for month in (3, 4, 10, 11) for day in (1, 2, 5, 12, 26, 29)]  # noqa: DTZ001
    times = [start + timedelta(minutes=15 * step) for start in starts for step in range(20)]
    expected = [each.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for each in times]
    assert [utc for utc, _, _ in read([each.isoformat() for each in times], Clock(ISO_FORMATS, zone))] == expected


def test_a_day_runs_from_its_first_to_its_last_second_whatever_the_clocks_do() -> None:
    found = read(["2024-03-31", "2024-10-27", "2024-06-01"], Clock(ISO_FORMATS, "Europe/London"))
    hours = [(end - utc + timedelta(seconds=1)) / timedelta(hours=1) for utc, end, _ in found if utc and end]
    assert hours == [23, 25, 24]
    assert [whole for _, _, whole in found] == [True, True, True]


def test_a_text_with_its_own_offset_is_exact() -> None:
    texts = ["2024-07-01T12:00:00Z", "2024-07-01T12:00:00+01:00", "2024-07-01T12:00:00-0500"]
    found = read(texts, Clock(ISO_FORMATS, "Europe/London"))
    assert [utc.hour for utc, _, _ in found if utc] == [12, 11, 17]
    assert [whole for _, _, whole in found] == [False, False, False]


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13-01", "31/01/2024", "2024-01-01T25:00", "2024-01-01 12"])
def test_what_is_no_moment_is_blank(text: str) -> None:
    assert read([text], Clock(ISO_FORMATS, "Europe/London"))[0][0] is None
