"""The return's workbook: its sheets, and that they add up as the return does."""

from __future__ import annotations

import io

import openpyxl
import pytest

import month_records
from abate.patrols import returns
from abate.reports import returnbooks


@pytest.fixture(scope="module")
def made() -> returns.Return:
    book = month_records.book(areas=True)
    return returns.make(book, recorded=month_records.recorded(), standing=month_records.standing(book.sites))


def rows(page) -> list[tuple[object, ...]]:
    head = int(page.print_title_rows.split("$")[-1])
    return [row for row in page.iter_rows(min_row=head + 1, values_only=True) if row[1] is not None]


def test_sheets_and_their_sums(made: returns.Return):
    book = openpyxl.load_workbook(io.BytesIO(returnbooks.draw(made, today=month_records.TODAY)))
    assert book.sheetnames == [
        "Summary", "By site", "By role and funding", "Searches beside hours", "Incidents", "Problem plans", "Notes"
    ]  # fmt: skip
    sites = rows(book["By site"])
    column = [cell.value for cell in book["By site"][int(book["By site"].print_title_rows.split("$")[-1])]].index(
        "Person-hours"
    )
    assert sum(row[column] for row in sites) == pytest.approx(made.hours.total)
    staff = [row for row in rows(book["By role and funding"]) if row[2] is not None]
    assert staff[-1][-1] == made.hours.total
    assert sum(row[-1] for row in staff[:-1]) == pytest.approx(made.hours.total)
    incidents = rows(book["Incidents"])
    assert incidents[0] == ("all crime", 33, 33, 13, 13)
    assert len(rows(book["Notes"])) == len(made.notes)


def test_summary_has_no_search_and_nothing_by_site(made: returns.Return):
    book = openpyxl.load_workbook(io.BytesIO(returnbooks.draw(made, today=month_records.TODAY)))
    items = [row[0] for row in rows(book["Summary"])]
    assert "person-hours" in items
    assert not any("search" in str(item) or " by " in str(item) for item in items)


def test_the_same_return_gives_the_same_bytes(made: returns.Return):
    assert returnbooks.draw(made, today=month_records.TODAY) == returnbooks.draw(made, today=month_records.TODAY)


def test_without_crime_and_plans_there_are_fewer_sheets():
    bare = returns.make(month_records.book())
    book = openpyxl.load_workbook(io.BytesIO(returnbooks.draw(bare, today=month_records.TODAY)))
    assert book.sheetnames == ["Summary", "By site", "By role and funding", "Searches beside hours", "Notes"]
