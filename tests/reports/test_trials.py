"""The report of a trial as files: page, PDF and Word file say the same, and come out alike twice."""

from __future__ import annotations

import io
import json
import sys
from html import unescape
from pathlib import Path

import docx
import pytest
from tests.reports import trial_story

from abate.errors import MissingPartError
from abate.reports import trials as page
from abate.reports import trialwords

CHROMIUM = Path("/usr/bin/chromium")
FILES = ["trial.html", "trial.pdf", "trial.docx", "effects.csv", "places.csv"]


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


@pytest.fixture(scope="module")
def drawn(story):
    return page.draw(story, made={"seed": 1})


def test_the_paragraph_stands_at_the_top_of_each(story, drawn):
    told = trialwords.paragraph(story.analysis, story.scheme)
    assert told in unescape(drawn["trial.html"].decode())
    paper = docx.Document(io.BytesIO(drawn["trial.docx"]))
    assert paper.paragraphs[2].text == told
    assert drawn["trial.pdf"].startswith(b"%PDF-")


def test_page_and_word_file_have_the_same_tables(drawn):
    paper = docx.Document(io.BytesIO(drawn["trial.docx"]))
    html = drawn["trial.html"].decode()
    assert len(paper.tables) == html.count("<table")
    assert len(paper.inline_shapes) == html.count("<svg") + html.count('class="flow"')


def test_a_bare_trial_says_that_nothing_is_registered():
    told = page.draw(trial_story.story(bare=True))["trial.html"].decode()
    assert "nothing here is registered" in told
    for part in ('id="rings"', 'id="dose"', 'id="before"', "Not as registered", 'id="made"', "None", "nan"):
        assert part not in told


def test_files_go_out_together_and_alike(story, drawn, tmp_path):
    files = page.write(story, tmp_path / "out", made={"seed": 1})
    assert [path.name for path in files] == [*FILES, "provenance.json"]
    record = json.loads((tmp_path / "out/provenance.json").read_text())
    assert record["not_registered"] == list(story.departures)
    assert set(record["files"]) == set(FILES)
    assert {path.name: path.read_bytes() for path in files[:-1]} == drawn


def test_without_the_extra_nothing_is_written(story, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(MissingPartError, match="needs the extra `report`"):
        page.write(story, tmp_path / "out", made={"seed": 1})
    assert not (tmp_path / "out").exists()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 500, 320])
def test_everybody_can_read_it_and_nothing_runs_off_the_side(drawn, tmp_path, width):
    api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here")
    path = tmp_path / "trial.html"
    path.write_bytes(drawn["trial.html"])
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}).new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        left, right = (box.bounding_box() for box in page.locator(".branch .box").all()[::3])
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] < right["x"]
        found = axe.Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert complaints == []
        browser.close()
