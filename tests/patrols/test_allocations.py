from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

import tasked
from abate.errors import TableError
from abate.patrols import allocations

LONDON = "Europe/London"


def schedule(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["date", "site_id", "arm"])
    return frame.assign(date=pd.to_datetime(frame["date"]).astype("datetime64[s]"))


def allow(rows: pd.DataFrame, drawn: pd.DataFrame, **options) -> allocations.Allocated:
    return allocations.allow(rows, drawn, **{"first": date(2025, 9, 1), "days": 7, "zone": LONDON, **options})


def test_nobody_is_sent_on_a_day_drawn_for_usual_policing():
    drawn = schedule(
        ("2025-09-01", "S1", "patrol"),
        ("2025-09-01", "S2", "usual"),
        ("2025-09-02", "S1", "usual"),
        ("2025-09-02", "S2", "patrol"),
    )
    found = allow(tasked.visits().iloc[:6], drawn)
    assert found.visits[["team", "site_id"]].to_numpy().tolist() == [["P1", "S1"], ["P1", "S1"], ["P1", "S2"]]
    assert found.notes == ("3 planned visits fall on place-days drawn for usual policing and are left out",)


def test_a_visit_past_midnight_belongs_to_the_local_day_on_which_it_starts():
    night = tasked.visits().iloc[[4]]
    assert len(allow(night, schedule(("2025-09-02", "S1", "patrol"))).visits) == 1
    assert len(allow(night, schedule(("2025-09-01", "S1", "patrol"))).visits) == 0


def test_days_without_a_draw_are_left_out_and_sites_outside_the_schedule_stay():
    found = allow(tasked.visits().iloc[:2], schedule(("2025-09-03", "S1", "usual")))
    assert found.visits["site_id"].tolist() == ["S2"]
    assert found.notes == ("1 planned visit falls on a day for which nothing was drawn and is left out",)


def test_place_days_to_which_nobody_is_sent_are_told_on_days_with_visits_only():
    drawn = schedule(
        ("2025-09-01", "S1", "patrol"),
        ("2025-09-01", "S3", "patrol"),
        ("2025-09-01", "S4", "patrol"),
        ("2025-09-01", "S5", "usual"),
        ("2025-09-04", "S2", "patrol"),
    )
    assert allow(tasked.visits().iloc[[0]], drawn).notes == (
        "2 place-days drawn for patrol have no planned visit on days that the timetable covers",
    )


def test_the_last_override_counts_and_the_draw_stays():
    drawn = schedule(("2025-09-01", "S1", "patrol"), ("2025-09-01", "S2", "usual"))
    told = [
        {"date": "2025-09-01", "site_id": "S1", "done": "usual"},
        {"date": "2025-09-01", "site_id": "S2", "done": "patrol"},
        {"date": "2025-09-01", "site_id": "S1", "done": "patrol"},
    ]
    assert allocations.override(drawn, told)["arm"].tolist() == ["patrol", "patrol"]
    assert drawn["arm"].tolist() == ["patrol", "usual"]


def test_an_arm_that_is_none_is_refused():
    with pytest.raises(TableError, match="should be one of patrol, usual"):
        allow(tasked.visits(), schedule(("2025-09-01", "S1", "maybe")))
