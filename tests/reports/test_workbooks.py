"""Workbooks: read back as written, no formula, the same bytes, and set up for print."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from abate.errors import OptionError
from abate.reports import workbooks
from abate.reports.workbooks import Heading, Sheet

SHEET = Sheet(
    "Sites",
    (Heading("Site", 20), Heading("Hours", 10, "tenths"), Heading("Due", 12, "day")),
    (("=1+1", 3.5, date(2026, 10, 1)), ("Quay", 0.925, None), ("@SUM(A1)", float("nan"))),
    above=("=cmd|' /C calc'!A0 is a sentence.",),
    below=("-2 is the end.",),
    forms=(None, "share"),
    landscape=True,
)


def drawn(*sheets: Sheet) -> bytes:
    return workbooks.draw(sheets, title="A & B", marking="OFFICIAL-SENSITIVE", made_on=date(2026, 11, 22))


def test_values_come_back_with_their_forms():
    page = openpyxl.load_workbook(io.BytesIO(drawn(SHEET)))["Sites"]
    assert [cell.value for cell in page[5]] == ["Site", "Hours", "Due"]
    assert [cell.value for cell in page[6]][:2] == ["'=1+1", 3.5]
    assert page["C6"].value.date() == date(2026, 10, 1)
    assert [cell.value for cell in page[7]] == ["Quay", 0.925, None]
    assert page["B8"].value is None
    assert (page["B6"].number_format, page["B7"].number_format, page["C6"].number_format) == (
        "#,##0.0",
        "0.0%",
        "d mmm yyyy",
    )
    assert page.column_dimensions["A"].width == 20


def test_nothing_is_a_formula():
    page = openpyxl.load_workbook(io.BytesIO(drawn(SHEET)))["Sites"]
    cells = [cell for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(str(cell.value).startswith(("=", "@", "-")) for cell in cells if isinstance(cell.value, str))
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(drawn(SHEET))).read("xl/worksheets/sheet1.xml")


def test_it_prints_on_a4_with_the_marking():
    page = openpyxl.load_workbook(io.BytesIO(drawn(SHEET)))["Sites"]
    assert (int(page.page_setup.paperSize), page.page_setup.orientation) == (9, "landscape")
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.oddHeader.center.text == "OFFICIAL-SENSITIVE"
    assert page.print_title_rows == "$5:$5"
    assert page.freeze_panes == "B6"
    assert page["A1"].value == "OFFICIAL-SENSITIVE"


def test_the_same_sheets_give_the_same_bytes(monkeypatch):
    first = drawn(SHEET)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2026-11-22T00:00:00Z") == 2
    import openpyxl.writer.excel as writer

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2031, 1, 1, tzinfo=tz)

    monkeypatch.setattr(writer.datetime, "datetime", Later)
    assert drawn(SHEET) == first


def test_names_that_excel_does_not_take():
    with pytest.raises(OptionError, match="cannot be the name"):
        drawn(Sheet("a/b", (), ()))
    with pytest.raises(OptionError, match="have one name"):
        drawn(Sheet("a", (), ()), Sheet("A", (), ()))
