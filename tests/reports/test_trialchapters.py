"""The chapters of a trial's report: every figure leads to its assumption, and before-after never stands alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.reports import trial_story

from abate.reports import trialchapters, trialwords
from abate.reports.chapters import Bullets, Figure, Flow, Paragraph, Pointed, Table
from abate.trials import selection


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


@pytest.fixture(scope="module")
def report(story):
    return trialchapters.told(story, made={"seed": 1})


def chapter(report, name):
    return next(each for each in report.chapters if each.name == name)


def blocks(report, kind):
    return [block for each in report.chapters for block in each.blocks if isinstance(block, kind)]


def pointed(report):
    cells = [cell for table in blocks(report, Table) for row in table.rows for cell in row]
    cells += [line for each in blocks(report, Bullets) for line in each.lines]
    cells += [each.words for each in blocks(report, Paragraph)]
    return [each for each in cells if isinstance(each, Pointed)]


def test_the_chapters_stand_in_the_order_of_the_story(report):
    assert [each.name for each in report.chapters] == [
        "flow",
        "effects",
        "lasting",
        "rings",
        "dose",
        "before",
        "sensitivity",
        "standing",
        "assumptions",
        "made",
    ]
    assert len(blocks(report, Figure)) == 4
    assert len(blocks(report, Flow)) == 1


def test_every_figure_leads_to_what_it_assumes(story, report):
    (lines,) = chapter(report, "assumptions").blocks
    leads = {each.to for each in pointed(report)}
    assert leads == {f"assumes-{number}" for number in range(1, len(lines.lines) + 1)}
    table = next(each for each in chapter(report, "effects").blocks if isinstance(each, Table))
    for effect, row in zip(story.analysis.effects(), table.rows, strict=True):
        assert row[2] == trialwords.said(effect)
        assert lines.lines[int(row[-1].to.split("-")[1]) - 1] == effect.assumes


def test_the_protocol_and_what_departs_from_it_are_told(report):
    told = chapter(report, "standing").blocks
    table = next(each for each in told if isinstance(each, Table) and each.label == "Protocol")
    assert dict(table.rows)["Outcomes"] == "incidents: recorded violence (decides the trial)"
    warned = [each.words for each in told if isinstance(each, Paragraph) and each.style == "warning"]
    assert warned == ["level: 0.95 was registered and 0.9 was used: not registered"]
    overrides = next(each for each in told if isinstance(each, Table) and each.label == "Overrides")
    assert overrides.rows == (("2026-01-02", "site 01", "patrol", "usual", "a fire"),)
    first = chapter(report, "effects").blocks[0]
    assert first.words == "Registered 2025-12-01; 1 thing is not as registered, named below."


def test_before_stands_only_with_the_fall_from_choosing(story, report):
    before, expected, usual = next(each for each in chapter(report, "before").blocks if isinstance(each, Table)).rows
    told = story.before
    assert before[1] == f"{told.before.incidents:,}"
    assert expected[1] == f"{told.fall.expected:,.0f} ({told.fall.low:,.0f} to {told.fall.high:,.0f})"
    assert usual[3] == f"{told.usual.rate:.1f}"
    without = trialchapters.told(replace(story, before=None))
    assert "before" not in [each.name for each in without.chapters]
    said = [str(line) for each in blocks(without, Bullets) for line in each.lines]
    assert any("No before-and-after number is shown" in line for line in said)


def test_days_that_nobody_counted_are_not_compared(story):
    told = selection.compare(story.panel, trial_story.before(story.panel).assign(days=np.nan))
    report = trialchapters.told(replace(story, before=told))
    before, expected, usual = next(each for each in chapter(report, "before").blocks if isinstance(each, Table)).rows
    assert (before[2], before[3], expected[3]) == ("not said", "", "")
    assert usual[2] == f"{told.usual.place_days:,.0f}"


def test_a_bare_trial_has_what_it_can_have():
    bare = trialchapters.told(trial_story.story(bare=True))
    assert [each.name for each in bare.chapters] == [
        "flow",
        "effects",
        "lasting",
        "sensitivity",
        "standing",
        "assumptions",
    ]
    assert chapter(bare, "effects").blocks[0].words == trialchapters.UNREGISTERED


def test_the_map_stands_without_rings(story):
    analysis = replace(story.analysis, buffers=None)
    report = trialchapters.told(replace(story, analysis=analysis, rings=None))
    assert chapter(report, "rings").title == "Where the sites lie"
    assert isinstance(chapter(report, "rings").blocks[0], Figure)


def test_nothing_departs_is_said(story):
    report = trialchapters.told(replace(story, departures=()))
    assert Paragraph("Nothing departs from the protocol.") in chapter(report, "standing").blocks
    assert chapter(report, "effects").blocks[0].words.endswith("nothing departs from it.")
