"""The part of the report on rehearsed forecasts: all windows and their sum, escaped, absent where none were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import report_sites
from abate.reports import pages, papers, rehearsals
from abate.reports.scorecharts import Reliability
from reports.score_story import HOSTILE, row

if TYPE_CHECKING:
    from abate.reports.stories import HotspotStory


def rehearsed() -> rehearsals.RehearsalStory:
    rows = tuple(
        row(method, "3m", origin, hits)
        for origin in ("2022-01-31", "2022-02-28")
        for method, hits in ((HOSTILE, 25), ("counts", 20))
    )
    return rehearsals.RehearsalStory(
        sentence="the method caught 25.0% & more",
        area_km2=0.31,
        rows=rows,
        together=tuple({**each, "windows": 2, "events": 200} for each in rows[:2]),
        reliability=tuple(
            Reliability("3m", method, np.arange(10) + 5.0, np.full(10, 9.0), np.full(10, 100.0), 1000)
            for method in (HOSTILE, "counts")
        ),
        notes=("single places were flagged",),
    )


def story(told: rehearsals.RehearsalStory | None) -> HotspotStory:
    whole = report_sites.story()
    assert whole.sites is not None
    return replace(whole, sites=replace(whole.sites, rehearsal=told))


def test_every_window_and_both_together_stand_in_the_table() -> None:
    told = rehearsals.told(rehearsed())
    assert {len(cells) for cells in told["rows"]} == {len(told["titles"])}
    assert [cells[0] for cells in told["rows"]].count("Together") == told["together"] == 2
    assert told["rows"][0][4] == "+2.0 (-1.0 to +5.0)"
    assert told["rows"][1][5] == "none", "an infinite log score is no figure"
    assert "expected 95, 90 were seen" in told["chart_alt"]
    assert "counts between 10.0% and 10.0% of the places" in told["transform_alt"]


def test_one_window_has_no_sum() -> None:
    one = rehearsed()
    one = replace(one, rows=one.rows[:2], together=tuple({**each, "windows": 1} for each in one.together))
    assert [cells[0] for cells in rehearsals.told(one)["rows"]].count("Together") == 0


def test_the_page_has_the_section_where_it_was_rehearsed() -> None:
    page = pages.draw(story(rehearsed()))
    assert "How good the forecast was</h2>" in page
    assert "The method caught 25.0% &amp; more." in page
    assert HOSTILE not in page
    assert page.count('class="together"') == 2
    assert page.count('id="rehearsed"') == 1


def test_the_page_is_without_it_where_nothing_was_asked() -> None:
    assert "How good the forecast was" not in pages.draw(story(None))


def test_a_record_too_short_has_its_sentence_alone() -> None:
    page = pages.draw(story(rehearsals.RehearsalStory("The record is too short", 0.3)))
    assert "The record is too short." in page
    assert 'id="rehearsals"' not in page


@pytest.mark.slow
def test_the_paper_is_set_with_a_table_and_without() -> None:
    whole = papers.draw(story(rehearsed()))
    assert whole.startswith(b"%PDF")
    assert whole == papers.draw(story(rehearsed()))
    assert papers.draw(story(rehearsals.RehearsalStory("The record is too short", 0.3))).startswith(b"%PDF")
