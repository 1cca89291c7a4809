"""The part of the page and of the paper on sites: there where sites are, told in full, escaped, absent otherwise."""

from __future__ import annotations

import re

import pytest

import report_sites
import report_town
from abate.reports import outlines, pages, papers, sitepages


def test_the_page_tells_every_site_and_every_change() -> None:
    page = pages.draw(report_sites.story())
    assert page.count('class="place site"') == 4
    assert "Sites to patrol" in page
    assert "A person decides whether these sites are patrolled. List version 2." in page
    assert "near =Weir &amp; Lock" in page
    assert "expected to hold 3.0 &lt;b&gt;" in page, "words are escaped"
    assert len(re.findall(r'id="week-\d+"', page)) == 4
    assert '"site":"#00624f"' in page


def test_a_page_without_sites_is_as_it_was() -> None:
    page = pages.draw(report_town.story())
    assert "Sites to patrol" not in page
    assert "site to patrol" not in page


def test_ids_on_the_page_are_there_once() -> None:
    markup = re.sub(r"<script.*?</script>", "", pages.draw(report_sites.story()), flags=re.DOTALL)
    ids = re.findall(r'\bid="([^"]+)"', markup)
    assert len(ids) == len(set(ids))


def test_the_table_has_a_title_for_every_cell() -> None:
    story = report_sites.story()
    told = sitepages.told(story, outlines.drawn(story.places, keep=set(), crs=story.crs))
    assert {len(row) for row in told["rows"]} == {len(told["titles"])}
    assert told["changes"][0][:2] == ["Stays", "site 1, was old-1"]
    assert told["changes"][1][:2] == ["Leaves", "old-2"]


def test_one_site_alone_has_no_next_site() -> None:
    story = report_sites.story(1, refreshed=False)
    told = sitepages.told(story, outlines.drawn(story.places, keep=set(), crs=story.crs))
    assert told["rows"][0][-1] == "none"
    assert told["refreshed"] == ""


@pytest.mark.slow
def test_the_paper_is_set_with_and_without_hours_and_changes() -> None:
    assert papers.draw(report_sites.story()).startswith(b"%PDF")
    assert papers.draw(report_sites.story(hours=False, refreshed=False)).startswith(b"%PDF")
    assert papers.draw(report_sites.story()) == papers.draw(report_sites.story())
