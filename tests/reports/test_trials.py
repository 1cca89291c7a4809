"""The report of a trial: what it says, that every figure leads to its assumptions, and its files."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from tests.reports import trial_story

from abate.reports import trials as page
from abate.reports import trialwords


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


@pytest.fixture(scope="module")
def drawn(story):
    return page.draw(story, made={"seed": 1})


def test_the_paragraph_stands_at_the_top(story, drawn):
    assert trialwords.paragraph(story.analysis, story.scheme) in unescape(drawn)
    assert "Operation &lt;Lantern&gt;" in drawn


def test_every_effect_leads_to_what_it_assumes(story, drawn):
    lines = set(re.findall(r'<li id="(assumes-\d+)">', drawn))
    leads = re.findall(r'href="#(assumes-\d+)"', drawn)
    assert set(leads) == lines
    assert len(leads) >= len(story.analysis.effects())
    for effect in story.analysis.effects():
        assert effect.assumes in unescape(drawn)


def test_what_departs_and_what_was_done_otherwise_is_told(drawn):
    assert "<h3>Not as registered</h3>" in drawn
    assert "0.9 was used: not registered" in drawn
    assert "a fire" in drawn
    assert "Hypothesis: Fewer." in drawn


def test_a_bare_trial_says_that_nothing_is_registered():
    told = page.draw(trial_story.story(bare=True))
    assert "nothing here is registered" in told
    for part in ('id="rings"', 'id="dose"', "Not as registered", 'id="made"', "None", "nan"):
        assert part not in told


def test_the_page_needs_nothing_from_elsewhere(drawn):
    assert "<script" not in drawn
    assert not re.search(r'(?:src|href)="https?:', drawn)


def test_the_flow_adds_up(drawn):
    told = [int(each) for each in re.findall(r"(\d+) place-days, \d+ incidents", drawn)]
    assert sum(told) == 320


def test_files_go_out_together_and_alike(story, tmp_path):
    files = page.write(story, tmp_path / "out", made={"seed": 1})
    assert [path.name for path in files] == ["trial.html", "effects.csv", "places.csv", "provenance.json"]
    record = json.loads((tmp_path / "out/provenance.json").read_text())
    assert record["not_registered"] == list(story.departures)
    assert set(record["files"]) == {"trial.html", "effects.csv", "places.csv"}
    again = page.write(story, tmp_path / "again", made={"seed": 1})
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]
