"""What a trial found, in words: three to five sentences with their intervals, a null as plain as a success."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.reports import trial_story

from abate.reports import trialwords


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


def told(story, **incidents):
    analysis = story.analysis
    p = incidents.pop("p", analysis.incidents.p)
    ratio = replace(analysis.incidents.ratio, **incidents)
    redrawn = replace(analysis.incidents.redrawn_ratio, p=p)
    found = replace(analysis, incidents=replace(analysis.incidents, ratio=ratio, redrawn_ratio=redrawn))
    return trialwords.paragraph(found, story.scheme)


def test_a_success_carries_its_interval(story):
    said = told(story, value=0.82, low=0.69, high=0.98, p=0.03)
    assert said.startswith("Chance decided each day which places were patrolled, for 40 days. ")
    assert "beside other days: 18% fewer, 95% interval 31% fewer to 2% fewer. That is a clear difference" in said
    assert "chance alone would show as much about 3 times in 100." in said


def test_a_null_is_said_as_plainly(story):
    said = told(story, value=0.97, low=0.8, high=1.18, p=0.74)
    assert "beside other days: 3% fewer, 95% interval 20% fewer to 18% more. That is no clear difference" in said
    assert "does not show that patrols changed anything" in said


@pytest.mark.parametrize(("high", "p"), [(0.99, 0.08), (1.01, 0.04)])
def test_two_ways_that_do_not_agree_are_on_the_edge(story, high, p):
    assert "on the edge, on which two ways of reckoning do not agree" in told(story, low=0.6, value=0.8, high=high, p=p)


def test_it_can_be_read_aloud(story):
    for each in (story, trial_story.story(bare=True)):
        said = trialwords.paragraph(each.analysis, each.scheme)
        sentences = re.findall(r"[^.]+(?:\.\d[^.]*)*\.(?: |$)", said)
        assert 3 <= len(sentences) <= 5
        assert max(len(sentence.split()) for sentence in sentences) <= 36


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("parallel", "patrolled throughout, for 40 days"),
        ("pairs", "of each pair was patrolled, for 40 days"),
        ("stepped", "in which order patrols began"),
    ],
)
def test_the_scheme_is_said(story, kind, said):
    class Scheme:
        days = 40

    scheme = Scheme()
    scheme.kind = kind
    assert said in trialwords._setting(scheme)


@pytest.mark.parametrize(
    ("primary", "start"), [("any", "The chance of any incident on days"), ("harm", "Harm on days drawn for patrol")]
)
def test_the_primary_outcome_decides(story, primary, start):
    analysis = replace(story.analysis, asked=replace(story.analysis.asked, primary=primary))
    assert start in trialwords.paragraph(analysis, story.scheme)


def test_what_lasts_is_allowed_for(story):
    carry = replace(story.analysis.carry_over, p=0.4, p_redraws=0.01)
    said = trialwords.paragraph(replace(story.analysis, carry_over=carry), story.scheme)
    assert f"Patrol lasted into later days; allowing for that, patrol days had: {carry.adjusted}." in said
    cannot = replace(carry, adjusted=None)
    said = trialwords.paragraph(replace(story.analysis, carry_over=cannot), story.scheme)
    assert "this design cannot tell" in said


@pytest.mark.parametrize(
    ("ring", "site", "said"),
    [
        ((1.4, 1.1, 1.8), 0.7, "some crime moved there"),
        ((1.4, 1.1, 1.8), 1.2, "more there too"),
        ((0.7, 0.5, 0.9), 0.7, "the benefit spread there"),
        ((0.7, 0.5, 0.9), 1.2, "fewer there"),
        ((0.9, 0.7, 1.1), 0.7, "no clear sign that crime moved there, nor that the benefit spread"),
    ],
)
def test_rings_say_which_way_crime_went(story, ring, site, said):
    buffers = story.analysis.buffers
    value, low, high = ring
    changed = replace(
        buffers, ring=replace(buffers.ring, value=value, low=low, high=high), site=replace(buffers.site, value=site)
    )
    assert trialwords._rings(changed).endswith(f": {said}.")


def test_without_rings_harm_is_told(story):
    said = trialwords.paragraph(replace(story.analysis, buffers=None), story.scheme)
    assert f"Harm a place-day on days drawn for patrol: {story.analysis.harm.redrawn_difference}." in said


def test_without_a_ratio_the_difference_stands(story):
    incidents = story.analysis.incidents
    lost = replace(incidents, ratio=replace(incidents.ratio, value=float("nan")))
    assert trialwords.headline(lost) is lost.redrawn_difference


def test_a_result_that_cannot_be_reckoned_says_so(story):
    risk = replace(story.analysis.risk, value=float("nan"))
    assert trialwords.said(risk) == "cannot be reckoned from these data"
    assert trialwords._verdict(risk, None) == "So this trial cannot say what patrols did."
    assert "no bound" in trialwords.points(replace(story.analysis.risk, high=float("inf")))
