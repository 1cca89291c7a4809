"""Workbooks as they come: dates, several sheets, title rows, merged cells."""

from __future__ import annotations

import zipfile
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from abate.sources import excel
from workbooks import cells, fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Maker = Callable[..., Path]


def test_cells_become_the_texts_that_a_person_would_write(make: Maker) -> None:
    row = [1.0, 12.5, 1e20, 'Ünder, the "bridge"\nrear', True, date(2024, 3, 1), time(13, 5), timedelta(hours=30), None]
    header = [f"c{number}" for number in range(len(row))]
    assert cells(make(Data=[header, row])) == [
        header,
        ["1", "12.5", "1e+20", 'Ünder, the "bridge"\nrear', "true", "2024-03-01", "13:05:00", "30:00:00", ""],
    ]


def test_midnight_in_a_column_of_times_stays_a_time_and_a_column_of_days_stays_days(make: Maker) -> None:
    rows = [
        ["moment", "day"],
        [datetime(2024, 3, 1, 13, 59, 59, 999_700), datetime(2024, 3, 1)],  # noqa: DTZ001
        [datetime(2024, 3, 2), datetime(2024, 3, 2)],  # noqa: DTZ001
    ]
    assert cells(make(Data=rows))[1:] == [
        ["2024-03-01T14:00:00", "2024-03-01"],
        ["2024-03-02T00:00:00", "2024-03-02"],
    ]


def test_the_row_of_the_sheet_is_the_row_of_the_file(make: Maker) -> None:
    found = cells(make(Data=[["a", "b"], [1, 2], [], ["", 3], [None, None], [4]]))
    assert found == [["a", "b"], ["1", "2"], ["", ""], ["", "3"], ["", ""], ["4", ""]]


def test_headings_may_stand_below_a_title_and_away_from_the_edge(make: Maker) -> None:
    rows = [["Crimes of 2024"], [], [None, "id", " day "], [None, 1, 2], [None, 3, 4]]
    path = make(Data=rows)
    assert "column B has no heading in row 1 but a value in row 3" in fault(path)
    assert "row 2 is blank; [source] header_row should be 1" in fault(path, header_row=2)
    assert cells(path, header_row=3) == [["id", "day"], ["1", "2"], ["3", "4"]]


def test_leading_blank_rows_are_passed_over(make: Maker) -> None:
    assert cells(make(Data=[[], [], ["a"], [1], [None], [2]])) == [["a"], ["1"], [""], ["2"]]


def test_a_sheet_is_named_when_several_hold_something(make: Maker) -> None:
    path = make(Crimes=[["a"], [1]], Notes=[["b"], [2]], Empty=[])
    assert "2 sheets hold something ('Crimes', 'Notes'): name one as [source] sheet" in fault(path)
    assert cells(path, "Notes") == [["b"], ["2"]]
    assert excel.sheets(path) == ["Crimes", "Notes"]


def test_one_filled_sheet_among_empty_ones_needs_no_name(make: Maker) -> None:
    assert cells(make(Empty=[], Crimes=[["a"], [1]])) == [["a"], ["1"]]


@pytest.mark.parametrize(
    ("sheet", "sentence"),
    [("Crimse", "there is no sheet 'Crimse'. Did you mean 'Crimes'?"), ("Empty", "the sheet 'Empty' is empty")],
)
def test_a_sheet_that_is_not_there_is_told(make: Maker, sheet: str, sentence: str) -> None:
    assert sentence in fault(make(Crimes=[["a"], [1]], Empty=[]), sheet)


def test_an_empty_workbook_is_told(make: Maker) -> None:
    assert "every sheet is empty" in fault(make(Empty=[]))


def test_every_fault_of_the_headings_is_told_at_once(make: Maker) -> None:
    told = fault(make(Data=[["id", "id", None, "when"], [1, 2, 3, 4]], merged="A4:B5")).split("\n")
    assert [each.split("'Data': ")[1] for each in told] == [
        "column C has no heading in row 1 but a value in row 2: name it",
        "2 columns have the heading 'id': give each its own",
        "cells A4:B5 are merged: unmerge them, so that each row has its own values",
    ]


def test_a_merged_title_above_the_headings_does_no_harm(make: Maker) -> None:
    assert cells(make(Data=[["Title"], ["a", "b"], [1, 2]], merged="A1:B1"), header_row=2) == [["a", "b"], ["1", "2"]]


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="Data">
<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="float" office:value="7"><text:p>7</text:p></table:table-cell>
</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def test_an_open_document_sheet_is_read_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "made.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml", '<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        )
        archive.writestr("content.xml", ODS.replace("\n<", "<"))
    assert cells(tmp_path / "made.ods") == [["a"], ["7"]]
