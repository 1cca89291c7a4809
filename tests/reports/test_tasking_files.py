from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd

import tasked
from abate.patrols import shifts, tasking
from abate.reports import tasking_files
from abate.reports.tasking_files import Print


def told(**options) -> Print:
    found = shifts.split(tasked.visits().iloc[:5], zone="Europe/London")
    sheets = tasking.sheets(found, tasked.sites(), loops=tasked.loops())
    whole = {"sheets": sheets, "ground": tasked.ground(), "sites": tasked.sites(), "loops": tasked.loops()}
    return Print(**{**whole, "stamp": found[0].starts, **options})


def test_each_sheet_has_its_paper_calendar_and_walks_beside_one_table_and_the_record(tmp_path):
    done = tasking_files.write(told(), tmp_path, made={"seed": 1})
    assert [path.name for path in done.files] == [
        *(f"2025-09-01-1405-P1.{kind}" for kind in ("pdf", "ics", "gpx")),
        *(f"2025-09-01-2230-P2.{kind}" for kind in ("pdf", "ics", "gpx")),
        *("tasking.csv", "provenance.json"),
    ]
    assert done.sheets[0] == {
        "team": "P1",
        "shift": "Mon 1 Sep 2025, 14:05 to 18:00",
        "sites": 2,
        "pages": 3,
        "file": str(tmp_path / "2025-09-01-1405-P1.pdf"),
        "expires": "2025-09-02T06:00:00+01:00",
    }
    record = json.loads((tmp_path / "provenance.json").read_text())
    assert record["expires"] == "2025-09-02T12:55:00+01:00"
    assert set(record["files"]) == {path.name for path in done.files} - {"provenance.json"}


def test_the_same_print_gives_the_same_bytes(tmp_path):
    first = tasking_files.write(told(), tmp_path / "a", made={})
    again = tasking_files.write(told(), tmp_path / "b", made={})
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in again.files]


def test_the_table_holds_every_visit_with_place_time_walk_and_marking(tmp_path):
    tasking_files.write(told(), tmp_path, made={})
    rows = pd.read_csv(tmp_path / "tasking.csv")
    assert list(rows.columns[:8]) == ["team", "site_id", "name", "start", "minutes", "longitude", "latitude", "loop"]
    assert rows["start"].tolist()[0] == "2025-09-01T14:05+01:00"
    assert len(rows) == 5
    assert rows["longitude"].between(1.02, 1.03).all()
    assert (rows["marking"] == "OFFICIAL-SENSITIVE").all()
    assert rows["expires"].nunique() == 2


def test_texts_that_a_spreadsheet_would_run_are_made_harmless():
    evil = '=HYPERLINK("x")'
    (sheet, _) = told().sheets
    sheet = replace(sheet, team="@sum", visits=tuple(replace(visit, name=evil) for visit in sheet.visits))
    rows = tasking_files.table((sheet,), {"S1": (1.0, 53.0), "S2": (1.0, 53.0)})
    assert rows["name"].tolist() == [f"'{evil}"] * 3
    assert rows["team"].tolist() == ["'@sum"] * 3


def test_walks_go_out_once_each_with_their_parking_point_and_the_marking():
    (first, _) = told().sheets
    drawn = tasking_files.walks(first, tasked.loops(), crs=tasked.CRS).decode()
    assert drawn.count("<trk>") == len({(visit.site_id, visit.loop) for visit in first.visits})
    assert drawn.count("<wpt ") == 2
    assert first.marking in drawn


def test_without_walks_there_is_no_gpx(tmp_path):
    sheets = tasking.sheets(shifts.split(tasked.visits().iloc[:5], zone="Europe/London"), tasked.sites())
    done = tasking_files.write(told(sheets=sheets, loops=None), tmp_path, made={})
    assert not [path for path in done.files if path.suffix == ".gpx"]


def test_names_of_files_are_plain_and_differ():
    (sheet, _) = told().sheets
    sheets = [replace(sheet, team=team) for team in ("North / Pair", "North Pair", "../x", "é")]
    assert tasking_files.names(sheets) == (
        "2025-09-01-1405-North-Pair",
        "2025-09-01-1405-North-Pair-2",
        "2025-09-01-1405-x",
        "2025-09-01-1405-team",
    )
