"""A report of chapters as a PDF: tagged, in English, with words for its pictures, and alike twice."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from tests.reports import chapter_report

from abate.errors import MissingPartError
from abate.reports import chapterpapers


@pytest.fixture(scope="module")
def paper():
    return chapterpapers.draw(chapter_report.report())


def test_the_paper_is_tagged_and_alike(paper):
    assert paper.startswith(b"%PDF-")
    assert b"pdfuaid:part" in paper or b"pdfuaid" in paper
    assert b"/Lang" in paper
    assert paper == chapterpapers.draw(chapter_report.report())


def test_the_paper_says_what_the_report_says(paper, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    (tmp_path / "r.pdf").write_bytes(paper)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "r.pdf", "-"], capture_output=True, text=True, check=True)
    for words in ("A <report>", "Read this aloud.", "Not as registered.", "<one>", "line 2", "2. Rates multiply."):
        assert words in told.stdout
    assert "Made with abate on 1 March 2026" in told.stdout


def test_without_the_extra_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(MissingPartError, match="needs the extra `report`"):
        chapterpapers.draw(chapter_report.report())
