"""What was recorded is laid out beside what was drawn, or it is said what does not match."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from abate.errors import OptionError, TableError
from abate.trials import outcomes


def schedule(sites: str = "abc", days: int = 4) -> pd.DataFrame:
    dates = pd.date_range("2026-01-01", periods=days)
    rows = [
        (day, site, "patrol" if (place + number) % 2 else "usual")
        for number, day in enumerate(dates)
        for place, site in enumerate(sites)
    ]
    return pd.DataFrame(rows, columns=["date", "site_id", "arm"])


def recorded(sites: str = "abc", days: int = 4) -> pd.DataFrame:
    rows = schedule(sites, days)
    return rows[["date", "site_id"]].assign(incidents=range(len(rows)), harm=[float(one) for one in range(len(rows))])


def fault(place_days: pd.DataFrame, drawn: pd.DataFrame, *, registered: date | None = None) -> str:
    with pytest.raises(TableError) as told:
        outcomes.gather(place_days, drawn, registered=registered)
    return str(told.value)


def test_rows_in_any_order_are_laid_out_by_site_and_day():
    panel = outcomes.gather(recorded().sample(frac=1, random_state=3), schedule())
    assert panel.sites == ("a", "b", "c")
    assert panel.incidents.tolist() == [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    assert panel.patrol[0].tolist() == [False, True, False, True]
    assert panel.of("harm").tolist() == panel.incidents.tolist()
    assert panel.sizes() == {"place_days": 12, "treated": 6, "control": 6, "events": 66, "events_treated": 36}


def test_place_days_left_out_before_the_draw_take_no_part():
    drawn = schedule()
    panel = outcomes.gather(recorded(), drawn[~((drawn["site_id"] == "b") & (drawn["date"] == "2026-01-02"))])
    assert panel.drawn.sum() == 11
    assert panel.incidents[1, 1] == 0
    assert panel.notes == ("1 place-days were left out before the draw and take no part",)


def test_missing_days_are_named_with_what_would_be_right():
    said = fault(recorded().drop([4, 7]), schedule())
    assert "'b' on 2 of 4 days, first on 2026-01-02" in said
    assert "written as 0" in said


def test_places_that_were_not_drawn_are_named():
    assert "no site called 'd'; it drew 'a', 'b', 'c'" in fault(recorded("abcd"), schedule())


def test_days_of_another_time_are_named():
    said = fault(recorded().assign(date=pd.Timestamp("2027-01-01") + pd.to_timedelta(range(12), "D")), schedule())
    assert "no day is one of the schedule's, 2026-01-01 to 2026-01-04" in said


def test_one_place_only_and_no_incident_at_all_say_what_is_left():
    said = fault(recorded("a").assign(incidents=0), schedule("a"))
    assert "one place only ('a')" in said
    assert "at most 3 over the number of place-days" in said


def test_outcomes_before_registration_are_refused():
    said = fault(recorded(), schedule(), registered=date(2026, 1, 3))
    assert "2 of 4 days lie before 2026-01-03" in said
    assert outcomes.gather(recorded(), schedule(), registered=date(2026, 1, 1)).sites


def test_harm_below_nothing_is_refused_and_harm_that_is_not_there_is_said():
    assert "harm is at least 0" in fault(recorded().assign(harm=-1.0), schedule())
    panel = outcomes.gather(recorded().drop(columns="harm"), schedule())
    with pytest.raises(OptionError, match="no harm was recorded"):
        panel.of("harm")


def test_quiet_sites_and_other_days_are_noted():
    quiet = recorded().assign(incidents=lambda rows: rows["incidents"].where(rows["site_id"] != "c", 0))
    other = pd.DataFrame({"date": pd.to_datetime(["2025-12-31"]), "site_id": ["a"], "incidents": [9], "harm": [1.0]})
    panel = outcomes.gather(pd.concat([quiet, other]), schedule())
    assert "1 of 3 sites had no incident at all ('c')" in panel.notes[0]
    assert panel.notes[1] == "1 rows of days outside the schedule were left out"


def test_a_dose_is_laid_out_beside_the_panel():
    panel = outcomes.gather(recorded(), schedule())
    doses = pd.DataFrame({"date": [pd.Timestamp("2026-01-02")], "site_id": ["c"], "minutes": [12.5]})
    found = outcomes.measure(doses, "minutes", panel)
    assert found[2, 1] == 12.5
    assert found.sum() == 12.5
    with pytest.raises(TableError, match="does not know: 'x'"):
        outcomes.measure(doses.assign(site_id="x"), "minutes", panel)
