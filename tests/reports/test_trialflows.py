"""The flow of a trial: place-days add up, and nothing leaves the arm that it was drawn for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from tests.reports import trial_story

from abate.reports import trialflows
from abate.trials.schemes import Exclusion


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


def number(line: str) -> int:
    return int(re.match(r"[\d,]+", line)[0].replace(",", ""))


def test_the_arms_add_up_to_what_was_drawn(story):
    flow = trialflows.flow(story)
    assert [branch[0].title for branch in flow.branches] == ["Drawn for patrol", "Drawn as usual days"]
    assert sum(number(branch[0].lines[0]) for branch in flow.branches) == number(flow.before[1].lines[0]) == 320
    assert [branch[0].lines[0] for branch in flow.branches] == [branch[-1].lines[0] for branch in flow.branches]
    assert sum(number(branch[-1].lines[1]) for branch in flow.branches) == story.analysis.sizes["events"]
    for branch in flow.branches:
        visited, missed = map(number, branch[1].lines[:2])
        assert visited + missed == number(branch[0].lines[0])
    assert flow.aside.lines == ("none",)


def test_overrides_stay_in_the_arm_that_was_drawn(story):
    patrol, usual = trialflows.flow(story).branches
    assert patrol[1].lines[2] == "1 overridden: left to usual work on record"
    assert usual[1].lines[2] == "none overridden on record"


def test_what_was_left_out_is_beside(story):
    days = tuple(Exclusion(date(2026, 1, 1 + day)) for day in range(2))
    scheme = replace(story.scheme, days=45, excluded=(*days, Exclusion(date(2026, 1, 1), "site 00")))
    told = trialflows.flow(replace(story, scheme=scheme, washed=7))
    assert told.before[0].lines == ("8 places over 45 days: 360 place-days",)
    assert told.aside.lines == (
        "16 place-days left out before the draw, by rule",
        "24 place-days not recorded for any place",
    )
    assert told.branches[1][-1].lines[-1] == "7 of them washout, set aside"


def test_without_a_record_of_visits_it_says_so():
    told = trialflows.flow(trial_story.story(bare=True))
    assert all(branch[1].lines[0] == "visits were not recorded" for branch in told.branches)
