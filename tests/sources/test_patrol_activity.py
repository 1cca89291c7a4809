"""Activity and teams: roles and numbers, never names; every fault at once."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import SourceError
from abate.sources import patrol_activity, small_tables

HEAD = "date,site_id,role,funding_stream,officers,minutes,arrests,searches,weapons,powers,source\n"


def activity(rows: str, head: str = HEAD) -> pd.DataFrame:
    return patrol_activity.activity(small_tables.parse((head + rows).encode(), name="activity.csv"))


def faults(rows: str, head: str = HEAD) -> tuple[str, ...]:
    with pytest.raises(SourceError) as told:
        activity(rows, head)
    return told.value.faults


def test_what_may_be_left_out_is_nought_or_blank():
    (row,) = activity("2/10/2026,A,Warden,2,30\n", "date,site_id,role,officers,minutes\n").to_dict("records")
    assert row["date"] == pd.Timestamp(2026, 10, 2)
    assert [row[name] for name in ("role", "arrests", "searches", "weapons", "powers", "source")] == [
        "warden", 0, 0, 0, "", "manual"
    ]  # fmt: skip
    assert row["source_row"] == 1


def test_every_fault_at_once():
    said = faults("2026-13-01,,copper,,0,-5,-1,1.5,x,ring 07700 900123,radio\n")
    assert len(said) == 10
    assert "role 'copper' is not known. Known are: officer, pcso, special, warden, partner." in said[2]
    assert any("arrests '-1' should be a whole number, 0 or more" in each for each in said)
    assert any("minutes '-5' should be a number, 0 or more" in each for each in said)
    assert all(each.startswith("activity.csv, row 1: ") for each in said)


def test_minutes_beyond_a_day():
    assert "more than a day has" in faults("2026-10-02,A,officer,,2,5400,0,0,0,,gps\n")[0]


@pytest.mark.parametrize("heading", ["officer_name", "collar_number", "name", "warrant_no", "device", "staff_id"])
def test_columns_that_name_officers_are_refused(heading: str):
    (said,) = faults("2026-10-02,A,officer,2,15,x\n", f"date,site_id,role,officers,minutes,{heading}\n")
    assert "may name officers" in said


def test_an_unknown_column_has_its_nearest():
    assert (
        "Did you mean 'searches'?"
        in faults("2026-10-02,A,officer,2,15,1\n", "date,site_id,role,officers,minutes,serches\n")[0]
    )


def test_no_rows_are_an_empty_table():
    assert len(activity("")) == 0


def test_teams_by_role_and_funding(tmp_path):
    path = tmp_path / "roles.csv"
    path.write_text(
        "team,role,funding_stream,officers\nP1,officer,hotspot fund,2\nP1,pcso,hotspot fund,1\nW1,warden,,\n"
    )
    teams = patrol_activity.read_roles(path)
    assert teams["officers"].tolist() == [2, 1, 1]
    path.write_text("team,role\nP1,officer\nP1,officer\nPC 1234,officer\n,sargent\n")
    with pytest.raises(SourceError) as told:
        patrol_activity.read_roles(path)
    said = "\n".join(told.value.faults)
    assert "row 2: team 'P1' has this role and funding stream in row 1 already" in said
    assert "row 3: team 'PC 1234' reads as an officer" in said
    assert "row 4: there is no team" in said
    assert "role 'sargent' is not known" in said


def test_reading_a_file(tmp_path):
    path = tmp_path / "activity.csv"
    path.write_text(HEAD + "2026-10-02,A,officer,fund,2,15,1,2,0,dispersal,app\n")
    assert patrol_activity.read(path)["source"].tolist() == ["app"]
