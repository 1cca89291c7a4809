"""The return as files: one page, no more; the figures are those of the return; nothing reaches out of the page."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from typing import Any

import pytest

import month_records
from abate.patrols import returns as months
from abate.reports import returns

MADE = {"code": "1", "parameters": {"month": "2026-10"}, "made_on": "2026-11-05", "by": "tester"}


def words(paper: bytes, folder) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here (poppler-utils)")
    path = folder / "return.pdf"
    path.write_bytes(paper)
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return " ".join(told.split())


@pytest.fixture(scope="module")
def made() -> months.Return:
    book = month_records.book(areas=True)
    return months.make(book, recorded=month_records.recorded(), standing=month_records.standing(book.sites))


@pytest.fixture(scope="module")
def largest() -> months.Return:
    """A month with more of everything than a page has room for."""
    book = month_records.book(count=400, places=60, areas=True, funds=14)
    standing = month_records.standing(book.sites, late=40)
    return months.make(book, recorded=month_records.recorded(60), standing=standing)


def test_csv_is_long_and_holds_every_figure(made: months.Return):
    rows = list(csv.DictReader(io.StringIO(returns.csv(made).decode())))
    assert list(rows[0])[:6] == ["item", "group", "value", "unit", "source", "note"]
    assert len(rows) == len(made.table)
    assert {row["month"] for row in rows} == {"2026-10"}
    assert all("OFFICIAL-SENSITIVE" in row["marking"] for row in rows)
    for row, value in zip(rows, made.table["value"], strict=True):
        assert float(row["value"]) == value
    assert next(row["value"] for row in rows if row["item"] == "arrests") == str(int(made.value("arrests") or 0))


def test_a_formula_in_a_funding_stream_is_harmless(made: months.Return):
    import dataclasses

    table = made.table.assign(group=made.table["group"].where(made.table["item"] != "powers used by kind", "=1+1"))
    text = returns.csv(dataclasses.replace(made, table=table)).decode()
    assert ",'=1+1," in text
    assert ",=1+1" not in text


def test_records_are_plain(made: months.Return):
    document = json.loads(json.dumps(returns.records(made), allow_nan=False))
    assert [row["item"] for row in document] == made.table["item"].tolist()
    assert {"item", "group", "value", "unit"} <= set(document[0])


@pytest.mark.slow
@pytest.mark.parametrize("which", ["made", "largest"])
def test_the_paper_is_one_tagged_page_however_large_the_month(which: str, request, tmp_path):
    paper = returns.paper(request.getfixturevalue(which), today=month_records.TODAY)
    assert b"/StructTreeRoot" in paper
    assert b"pdfuaid:part" in paper
    told = words(paper, tmp_path)
    assert told.count("Made with abate on 5 November 2026") == 1
    assert "1 of 1" in told
    assert months.SEARCHES_ARE_NO_SUCCESS in told
    assert paper == returns.paper(request.getfixturevalue(which), today=month_records.TODAY)


def test_the_page_reaches_nothing_and_holds_the_figures(made: months.Return):
    page = returns.page(made, made=MADE, today=month_records.TODAY)
    assert "OFFICIAL-SENSITIVE" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", page)
    assert f"{made.hours.total:,.1f} person-hours" in page
    assert months.NO_EFFECT in page
    assert "Site 1 Street" in page
    assert page == returns.page(made, made=MADE, today=month_records.TODAY)


def test_searches_never_stand_as_a_success(made: months.Return):
    page = returns.page(made, made=MADE, today=month_records.TODAY)
    section = page.split('id="searches"')[1].split("</section>")[0]
    assert months.SEARCHES_ARE_NO_SUCCESS in section
    assert "Patrol hours" in section
    body = page.split("</style>")[1]
    assert not re.search("[▲▼↑↓]|target of|achieved|improv", body)
    done = page.split('id="done"')[1].split("</section>")[0]
    assert "earches" not in done


def test_files_go_out_together(made: months.Return, tmp_path):
    written = returns.write(made, tmp_path / "out", made=MADE, today=month_records.TODAY)
    assert [path.name for path in written] == [
        "return.csv", "return.xlsx", "return.pdf", "return.html", "provenance.json"
    ]  # fmt: skip
    record: dict[str, Any] = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert record["marking"].startswith("OFFICIAL-SENSITIVE")
    assert set(record["files"]) == {"return.csv", "return.xlsx", "return.pdf", "return.html"}
