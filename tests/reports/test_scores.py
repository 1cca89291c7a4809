"""The report of a score: whole, harmless, honest on its face, fit for a phone."""

from __future__ import annotations

import hashlib
import html
import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from abate.errors import OptionError
from abate.reports import scores
from reports import score_story

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return scores.draw(score_story.story())


def test_the_files_are_those_promised_and_the_same_each_time(files):
    assert set(files) == {"scores.csv", "scores.json", "score.html", "provenance.json"}
    assert scores.draw(score_story.story()) == files
    made = json.loads(files["provenance.json"])
    assert made["files"]["score.html"]["sha256"] == hashlib.sha256(files["score.html"]).hexdigest()
    assert made["marking"] == scores.MARKING


def test_the_records_are_plain_and_infinite_scores_are_null(files):
    rows = json.loads(files["scores.json"])
    assert [row["log_score"] for row in rows[:2]] == [-0.1234, None]
    listed = pd.read_csv(BytesIO(files["scores.csv"]))
    assert len(listed) == len(rows) == 12
    assert listed["gain_over_counts_low"].notna().sum() == 6


def test_the_page_says_what_it_is_and_holds_every_row(files):
    page = files["score.html"].decode()
    assert "working copy, not for publication" in page
    assert page.count("<svg") == 6 + 2, "three charts a window and a key for each method"
    body = page.split('<table id="all">')[1].split("</table>")[0]
    assert body.count("<tr>") == 13
    summary = page.split('<table id="summary">')[1].split("</table>")[0]
    assert summary.count("<tr>") == 5
    assert "+2.0 (-1.0 to +5.0)" in summary
    assert "78" in summary, "25 + 26 + 27 hits of three windows"


def test_hostile_words_stay_words_and_nothing_is_fetched(files):
    page = files["score.html"].decode()
    assert score_story.HOSTILE not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)
    assert "default-src 'none'" in html.unescape(page)
    assert " style=" not in page


def test_without_an_area_pai_is_not_known():
    assert "not known" in scores.draw(score_story.story(area=None))["score.html"].decode()


def test_all_files_or_none_are_written(tmp_path):
    written = scores.write(score_story.story(), tmp_path / "out")
    assert {path.name for path in written} == {path.name for path in (tmp_path / "out").iterdir()}
    (tmp_path / "taken").write_text("a file in the way")
    with pytest.raises(OptionError, match="cannot be written"):
        scores.write(score_story.story(), tmp_path / "taken")


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 375, 320])
def test_everybody_can_read_it_and_nothing_runs_off_the_side(files, tmp_path, width):
    api = pytest.importorskip("playwright.sync_api")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    if not shutil.which(str(CHROMIUM)):
        pytest.skip("Chromium is not here")
    path = tmp_path / "score.html"
    path.write_bytes(files["score.html"])
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text))
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".trio svg").first.is_visible()
        context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
        looked = context.new_page()
        looked.goto(path.as_uri())
        found = axe.Axe().run(looked)
        assert found.violations_count == 0, found.generate_report()
        assert complaints == []
        browser.close()
