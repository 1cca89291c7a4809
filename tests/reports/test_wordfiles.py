"""A report of chapters as a Word file, read back: headings, tables, pictures, links, and no clock in it."""

from __future__ import annotations

import io
import re
import sys
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from tests.reports import chapter_report

from abate.errors import MissingPartError
from abate.reports import wordfiles


@pytest.fixture(scope="module")
def content():
    return wordfiles.draw(chapter_report.report())


@pytest.fixture(scope="module")
def paper(content):
    return docx.Document(io.BytesIO(content))


def test_headings_are_those_of_word(paper):
    headings = [(each.style.name, each.text) for each in paper.paragraphs if each.style.name.startswith(("Head", "Ti"))]
    assert headings == [
        ("Title", "A <report>"),
        ("Heading 1", "What was found"),
        ("Heading 2", "Inside"),
        ("Heading 1", "What it assumes"),
    ]


def test_tables_repeat_their_headings_and_keep_rows_whole(paper):
    counted, made = paper.tables
    told = [[cell.text for cell in row.cells] for row in counted.rows]
    assert told == [["Site", "Number", "Assumes"], ["<one>", "3", "line 1"], ["two", "44", "see line 2"]]
    first, *rest = [row._tr.trPr for row in counted.rows]
    assert first.find(qn("w:tblHeader")) is not None
    assert all(each.find(qn("w:tblHeader")) is None for each in rest)
    assert all(each.find(qn("w:cantSplit")) is not None for each in (first, *rest))
    assert made.rows[0]._tr.trPr.find(qn("w:tblHeader")) is None
    assert counted._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val")) == "What was counted."


def test_figures_have_words_and_numbers_of_their_own(paper):
    words = [each._inline.docPr.get("descr") for each in paper.inline_shapes]
    assert words[0] == "A box."
    assert words[1].startswith("All: 32 place-days.")
    names = [each.get("id") for each in paper.element.iter(qn("wp:docPr"))]
    names += [each.get(qn("w:id")) for each in paper.element.iter(qn("w:bookmarkStart"))]
    assert len(names) == len(set(names)) == 4


def test_links_lead_to_bookmarks(paper):
    leads = {each.get(qn("w:anchor")) for each in paper.element.iter(qn("w:hyperlink"))}
    marks = {each.get(qn("w:name")) for each in paper.element.iter(qn("w:bookmarkStart"))}
    assert leads == marks == {"assumes-1", "assumes-2"}


def test_the_file_has_no_clock_in_it(content, paper):
    assert content == wordfiles.draw(chapter_report.report())
    with zipfile.ZipFile(io.BytesIO(content)) as kept:
        assert {each.date_time for each in kept.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert kept.testzip() is None
        core = kept.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-03-01T00:00:00Z"}
    told = paper.core_properties
    assert (told.author, told.title, told.language, told.revision) == ("abate", "A <report>", "en-GB", 1)
    assert paper.sections[0].header.paragraphs[0].text == "Working copy: A <report>"


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingPartError, match="python-docx is not installed: this needs the extra `report`"):
        wordfiles.draw(chapter_report.report())
