from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tasked
from abate.errors import OptionError, TableError
from abate.patrols import shifts

LONDON = "Europe/London"


def timetable(*starts: str, team: str = "P1", minutes: float = 15.0) -> pd.DataFrame:
    moments = pd.to_datetime(list(starts), utc=True).astype("datetime64[us, UTC]")
    return pd.DataFrame({"team": team, "site_id": "S1", "start": moments, "minutes": minutes})


def test_a_team_s_visits_belong_together_until_five_hours_pass():
    found = shifts.split(tasked.visits(), zone=LONDON)
    assert [(each.team, each.words, len(each.visits)) for each in found] == [
        ("P1", "Mon 1 Sep 2025, 14:05 to 18:00", 3),
        ("P2", "Mon 1 Sep 2025, 22:30 to Tue 00:55", 2),
        ("P1", "Tue 2 Sep 2025, 16:00 to 16:15", 1),
        ("P1", "Fri 12 Sep 2025, 16:00 to 16:15", 1),
    ]


def test_hours_name_the_shift_and_leave_out_what_is_outside():
    hours = (shifts.Hours.read("14:00-18:00"), shifts.Hours.read("22:00-06:00"))
    found = shifts.split(
        timetable("2025-09-01 13:00", "2025-09-01 20:59", "2025-09-02 01:00"), zone=LONDON, hours=hours
    )
    assert [(each.words, len(each.visits)) for each in found] == [
        ("Mon 1 Sep 2025, 14:00 to 18:00", 1),
        ("Mon 1 Sep 2025, 22:00 to Tue 06:00", 1),
    ]


def test_the_plan_s_own_shifts_count():
    rows = timetable("2025-09-01 13:00", "2025-09-01 20:30")
    ends = pd.to_datetime(["2025-09-01 12:00", "2025-09-01 21:00"], utc=True)
    found = shifts.split(rows.assign(shift_start=ends[0], shift_end=ends[1]), zone=LONDON)
    assert [(each.words, len(each.visits)) for each in found] == [("Mon 1 Sep 2025, 13:00 to 22:00", 2)]


def test_a_sheet_expires_twelve_hours_of_the_clock_after_its_shift_also_when_clocks_change():
    (found,) = shifts.split(timetable("2025-10-25 21:00"), zone=LONDON)
    assert found.expires.isoformat() == "2025-10-26T09:15:00+00:00"
    assert found.ends.isoformat() == "2025-10-25T22:15:00+01:00"


def test_no_visits_are_no_shifts():
    assert shifts.split(timetable("2025-09-01 13:00").iloc[:0], zone=LONDON) == ()


def test_a_table_that_is_none_is_refused():
    with pytest.raises(TableError, match="column 'team' is missing"):
        shifts.split(timetable("2025-09-01 13:00").drop(columns="team"), zone=LONDON)


@given(st.lists(st.integers(0, 7 * 24 * 60), min_size=1, max_size=25, unique=True))
def test_every_visit_is_in_exactly_one_shift_and_inside_it(minutes):
    starts = [str(pd.Timestamp("2025-09-01") + pd.Timedelta(minutes=each)) for each in minutes]
    rows = timetable(*starts).sort_values("start", ignore_index=True)
    found = shifts.split(rows, zone=LONDON)
    listed = pd.concat([each.visits for each in found]).sort_values("start", ignore_index=True)
    pd.testing.assert_frame_equal(listed, rows)
    gaps = [(after.starts - before.ends).total_seconds() for before, after in pairwise(found)]
    assert all(gap > 5 * 3600 for gap in gaps)
    for each in found:
        assert each.starts <= each.visits["start"].min() <= each.visits["start"].max() < each.ends


@pytest.mark.parametrize("text", ["14-22", "14:00", "25:00-26:00", "14:00-14:00", "24:00-06:00", "22:00-24:30", "x"])
def test_hours_that_are_none_are_refused(text):
    with pytest.raises(OptionError, match="should be hours such as 14:00-22:00"):
        shifts.Hours.read(text)


def test_a_shift_may_end_at_midnight():
    begin, end = shifts.Hours.read("14:00-24:00").around(datetime(2025, 9, 1, 23, 59, tzinfo=ZoneInfo(LONDON))) or (
        "",
        "",
    )
    assert (begin.isoformat(), end.isoformat()) == ("2025-09-01T14:00:00+01:00", "2025-09-02T00:00:00+01:00")


def test_days_are_those_of_the_local_clock():
    rows = timetable("2025-08-31 22:59", "2025-08-31 23:01", "2025-09-01 22:59", "2025-09-01 23:01")
    kept = shifts.within(rows, first=date(2025, 9, 1), days=1, zone=LONDON)
    assert kept["start"].dt.strftime("%d %H:%M").tolist() == ["31 23:01", "01 22:59"]
    assert shifts.first_day(rows, zone=LONDON) == date(2025, 8, 31)
    assert shifts.first_day(rows.iloc[1:], zone=LONDON) == date(2025, 9, 1)


@pytest.mark.parametrize("days", [0, 8, 90])
def test_more_than_seven_days_are_refused(days):
    with pytest.raises(OptionError, match="never for more than the next 7"):
        shifts.within(timetable("2025-09-01 13:00"), first=date(2025, 9, 1), days=days, zone=LONDON)
