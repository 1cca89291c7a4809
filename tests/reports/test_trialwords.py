"""What a trial found, in words: sentences carry their intervals, and a null is said as plainly as a success."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reports import trial_story

from abate.reports import trialwords


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


def test_a_success_carries_its_interval(story):
    told = trialwords.paragraph(story.analysis, story.scheme)
    ratio = story.analysis.incidents.ratio
    assert f"Incidents on place-days drawn for patrol, beside the others: {ratio}: a clear difference" in told
    assert "from 199 redraws of the schedule" in told
    assert story.analysis.carry_over.advice in told
    assert story.analysis.buffers.verdict in told


def test_a_null_is_said_as_plainly(story):
    analysis = story.analysis
    null = replace(analysis.incidents, ratio=replace(analysis.incidents.ratio, value=0.97, low=0.8, high=1.18))
    told = trialwords.paragraph(replace(analysis, incidents=null), story.scheme)
    assert "beside the others: 3% fewer, 95% interval 20% fewer to 18% more: no clear difference" in told


@pytest.mark.parametrize(("kind", "said"), [("parallel", "patrolled throughout"), ("pairs", "of each pair")])
def test_the_scheme_is_said(story, kind, said):
    scheme = replace(story.scheme, kind=kind, treat=3 if kind == "parallel" else None)
    assert said in trialwords.paragraph(story.analysis, scheme)


@pytest.mark.parametrize(
    ("primary", "start"), [("any", "The chance of any incident"), ("harm", "Harm on place-days drawn for patrol")]
)
def test_the_primary_outcome_decides(story, primary, start):
    analysis = replace(story.analysis, asked=replace(story.analysis.asked, primary=primary))
    assert start in trialwords.paragraph(analysis, story.scheme)


def test_without_a_ratio_the_difference_stands(story):
    incidents = story.analysis.incidents
    lost = replace(incidents, ratio=replace(incidents.ratio, value=float("nan")))
    assert trialwords.headline(lost) is lost.redrawn_difference


def test_a_risk_that_cannot_be_reckoned_says_so(story):
    risk = replace(story.analysis.risk, value=float("nan"))
    assert trialwords.said(risk) == "cannot be reckoned from these data"
    assert "no bound" in trialwords.points(replace(story.analysis.risk, high=float("inf")))
