"""The month's records laid together: which month, which sites, which visits count once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest

from abate.errors import OptionError
from abate.patrols import logbooks
from abate.tables import ATTENDED_VISITS

SITES = pd.DataFrame({"site_id": ["high-street", "quay"], "name": ["High Street", "Quay"], "area": ["", ""]})
TODAY = date(2026, 11, 22)


def visits(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {
        "site_id": "quay", "start": "2026-10-05T13:00Z", "minutes": 15.0, "low": 14.0, "high": 16.0, "officers": 2,
        "officer_minutes": 30.0, "team": "P1", "planned_start": None, "source": "gps",
    }  # fmt: skip
    frame = pd.DataFrame([{**usual, **row} for row in rows])
    for column in ("start", "planned_start"):
        frame[column] = pd.to_datetime(frame[column], utc=True, format="ISO8601").astype("datetime64[us, UTC]")
    return ATTENDED_VISITS.check(frame)


def planned(*starts: str) -> pd.DataFrame:
    frame = pd.DataFrame({"team": [f"P{place}" for place in range(len(starts))], "site_id": "quay", "start": starts})
    return frame.assign(start=pd.to_datetime(frame["start"], utc=True, format="ISO8601"), minutes=15.0)


def lay(month: str = "2026-10", *files: pd.DataFrame, **more: Any) -> logbooks.Logbook:
    named = {f"visits{place}.csv": frame for place, frame in enumerate(files or (visits({}),), start=1)}
    return logbooks.lay(month, SITES, named, today=TODAY, **more)


def faults(month: str = "2026-10", *files: pd.DataFrame, **more: Any) -> tuple[str, ...]:
    with pytest.raises(OptionError) as told:
        lay(month, *files, **more)
    return told.value.faults


def test_a_visit_belongs_to_the_day_and_month_of_the_local_clock():
    late = visits({"start": "2026-09-30T23:30Z"}, {"start": "2026-10-31T23:30Z", "site_id": "high-street"})
    book = lay("2026-10", late)
    assert book.visits["date"].tolist() == [pd.Timestamp(2026, 10, 1), pd.Timestamp(2026, 10, 31)]
    assert lay("2026-09", late, zone="UTC").visits["date"].tolist() == [pd.Timestamp(2026, 9, 30)]


def test_a_month_without_a_visit_says_which_months_there_are():
    two = visits({}, {"start": "2026-08-01T12:00Z"})
    assert faults("2026-07", two) == (
        "--month 2026-07: no visit began in it; the visits given are of 2026-08, 2026-10",
    )
    assert faults("2026-10", ATTENDED_VISITS.empty()) == (
        "--month 2026-10: no visit began in it; the files given hold no visit at all",
    )


def test_a_month_that_has_not_begun():
    assert faults("2026-12") == ("--month 2026-12 has not begun: today is 22 November 2026",)


def test_the_running_month_is_told():
    notes = lay("2026-11", visits({"start": "2026-11-03T12:00Z"})).notes
    assert notes == ("the month is not over: it holds what was known on 22 November 2026",)


def test_sites_that_are_not_on_the_list_have_their_nearest():
    rows = pd.DataFrame(
        {"date": pd.to_datetime(["2026-10-05"] * 2), "site_id": ["high-stret"] * 2, "source_row": [4, 5]}
    )
    said = faults("2026-10", visits({}, {"site_id": "quai", "start": "2026-10-06T12:00Z"}), activity=rows)
    assert said == (
        "visits1.csv, row 2: site 'quai' is not on the list. Did you mean 'quay'? Known are: high-street, quay.",
        (
            "the activity records, row 4: site 'high-stret' is not on the list (2 rows). "
            "Did you mean 'high-street'? Known are: high-street, quay."
        ),
    )


def test_retired_sites_of_other_months_are_no_fault():
    book = lay("2026-10", visits({}, {"site_id": "gone", "start": "2026-08-06T12:00Z"}))
    assert len(book.visits) == 1
    assert book.notes == ("1 visits of other months are left aside",)


def test_a_visit_in_two_files_counts_once_and_is_told():
    book = lay("2026-10", visits({}), visits({}, {"start": "2026-10-06T12:00Z"}))
    assert len(book.visits) == 2
    assert book.notes == (
        (
            "1 visit stands in the files more than once (first: quay, 5 October 2026 14:00, again in visits2.csv); "
            "each counts once"
        ),
    )


def test_two_files_that_tell_a_visit_differently():
    (said,) = faults("2026-10", visits({}), visits({"minutes": 25.0}))
    assert said == (
        "visits1.csv and visits2.csv: the visit to quay at 5 October 2026 14:00 (gps) stands there with different "
        "minutes: keep one"
    )


def test_two_sources_of_one_stay_are_told_and_both_count():
    book = lay("2026-10", visits({}), visits({"start": "2026-10-05T13:10Z", "source": "manual", "team": "W1"}))
    assert len(book.visits) == 2
    assert "1 visit overlaps one that another source shows" in book.notes[0]


def test_planned_visits_are_answered_once_each():
    plan = planned("2026-10-05T13:00Z", "2026-10-05T13:00Z", "2026-10-05T18:00Z", "2026-09-05T18:00Z")
    seen = visits(
        {"planned_start": "2026-10-05T13:00Z"}, {"start": "2026-10-05T18:04Z", "planned_start": "2026-10-05T18:00Z"}
    )
    book = lay("2026-10", seen, planned=plan)
    assert book.planned is not None
    assert book.planned["answered"].tolist() == [True, False, True]
    assert book.notes == ("1 planned visits of other months are left aside",)


def test_a_planned_visit_of_the_last_night_may_be_answered_in_the_next_month():
    seen = visits({}, {"start": "2026-11-01T00:04Z", "planned_start": "2026-10-31T23:58Z"})
    book = lay("2026-10", seen, planned=planned("2026-10-31T23:58Z"))
    assert book.planned is not None
    assert book.planned["answered"].tolist() == [True]


def test_visits_that_answer_nothing_are_told():
    assert "no visit says which planned one it answers" in lay(planned=planned("2026-10-05T13:00Z")).notes[0]
    assert lay(planned=planned("2026-09-05T13:00Z")).notes[1] == "the plan has no visit in this month"


def test_activity_said_twice_is_told():
    row = {"date": pd.Timestamp(2026, 10, 5), "site_id": "quay", "role": "officer", "minutes": 15.0}
    rows = pd.DataFrame([{**row, "source_row": 1}, {**row, "source_row": 2}, {**row, "date": pd.Timestamp(2026, 9, 1)}])
    book = lay(activity=rows)
    assert book.activity is not None
    assert len(book.activity) == 2
    assert book.notes[0] == "1 rows of activity of other months are left aside"
    assert book.notes[1].startswith("1 rows of activity say the same as an earlier one and count again")


def test_two_visits_answer_two_planned_at_the_same_minute():
    at = "2026-10-05T13:00Z"
    book = lay(
        "2026-10",
        visits({"planned_start": at}, {"planned_start": at, "start": "2026-10-05T13:01Z"}),
        planned=planned(at, at, at),
    )
    assert book.planned is not None
    assert book.planned["answered"].tolist() == [True, True, False]
