from __future__ import annotations

import shutil
import subprocess

import pytest

import report_town
from abate.reports import papers


@pytest.fixture(scope="module")
def paper() -> bytes:
    return papers.draw(report_town.story(demonstration="demonstration: points are moved", made_up=True))


def words(paper: bytes, folder) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here (poppler-utils)")
    path = folder / "report.pdf"
    path.write_bytes(paper)
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return " ".join(told.split())


def test_the_paper_is_tagged_for_screen_readers_in_british_english(paper):
    assert paper.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in paper
    assert b"pdfuaid:part" in paper
    assert b"en-GB" in paper


def test_the_same_story_gives_the_same_bytes(paper):
    again = papers.draw(report_town.story(demonstration="demonstration: points are moved", made_up=True))
    assert again == paper
    assert papers.draw(report_town.story()) != paper


def test_the_first_page_says_what_it_is_and_every_page_is_marked(paper, tmp_path):
    told = words(paper, tmp_path)
    pages = told.count("Made with abate on 22 November 2026")
    assert pages >= 3
    assert told.count("Working copy, not for publication; made-up data") >= pages
    assert "Made-up town: nothing in this report happened." in told
    assert "Demonstration: points are moved." in told
    assert "Hotspots of violence in Lanternmouth" in told


def test_the_paper_tells_what_the_page_tells(paper, tmp_path):
    told, story = words(paper, tmp_path), report_town.story()
    for name in story.hotspots["name"]:
        assert name in told
    for heading in ("Why these places", "Concentration", "Data quality", "How to read it", "Limits", "How it was made"):
        assert heading in told
    assert "31.0% (95% interval: 30.0% to 33.0%)" in told
    assert "No data are held for August 2021" in told


def test_words_cannot_become_commands(tmp_path):
    evil = '#panic("x") $ * _ = @ <a> \\ "'
    told = report_town.story()
    drawn = papers.draw(
        report_town.story(title=evil, hotspots=told.hotspots.assign(name=evil), provenance={"who": evil})
    )
    assert '#panic("x") $ * _ = @ <a>' in words(drawn, tmp_path)


def test_a_story_with_nothing_beyond_the_dictionary_is_drawn():
    drawn = papers.draw(report_town.bare())
    assert drawn.startswith(b"%PDF-")
