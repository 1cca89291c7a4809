"""The chapter on visits: the draw as instrument first, lengths of stay observed and marked so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reports import trial_story

from abate.reports import trialdoses
from abate.reports.chapters import Figure, Lines, Paragraph, Table


@pytest.fixture(scope="module")
def analysis():
    return trial_story.story().analysis


def test_the_complier_effect_stands_before_what_was_observed(analysis):
    lines = Lines("assumes")
    first, visits, tens, figure, table = trialdoses.chapter(analysis, lines).blocks
    assert first.words.startswith("85% of place-days drawn for patrol had a visit of at least 10 minutes")
    assert visits.words.words.endswith(f"visits that took place: {analysis.dose.complier.ratio}.")
    assert str(analysis.dose.complier.per_ten_minutes) in tens.words.words
    assert "Observed, not drawn" in figure.caption
    assert "10 to 16 minutes" in figure.svg
    assert len(table.rows) == len(analysis.dose.bands)
    assert set(lines.told) >= {analysis.dose.complier.ratio.assumes, analysis.dose.bands[0].effect.assumes}


def test_overrides_alone_show_no_dose(analysis):
    dose = replace(analysis.dose, measured=False, bands=())
    blocks = trialdoses.chapter(replace(analysis, dose=dose), Lines("assumes")).blocks
    assert [type(each) for each in blocks] == [Paragraph, Paragraph]
    assert not any(isinstance(each, Figure | Table) for each in blocks)


def test_without_visits_there_is_no_chapter(analysis):
    assert trialdoses.chapter(replace(analysis, dose=None), Lines("assumes")) is None
