"""Pictures of sites: every one numbered, each in the middle of its own map, the week in its right hours."""

from __future__ import annotations

import re

import numpy as np
import pytest

import report_sites
import report_town
from abate.reports import maps, outlines, sitemaps


def test_every_site_is_numbered_on_the_map() -> None:
    story = report_sites.story()
    picture = sitemaps.overview(story, outlines.drawn(story.places, keep=set(), crs=story.crs).places)
    assert [int(number) for number in re.findall(r'text-anchor="middle">(\d+)</text>', picture)] == [1, 2, 3, 4]
    assert "Map with 4 numbered sites. 1: near Mill 0 Road; 2: near =Weir &amp; Lock" in picture


def test_a_site_is_drawn_with_its_outline() -> None:
    story = report_sites.story()
    around = maps.surroundings(story, story.places)
    picture = sitemaps.detail(around, story.sites.sites.to_dict("records")[0], name="one")  # type: ignore[union-attr]
    assert picture.count(f'stroke="{sitemaps.SITE}"') == 1
    assert 'id="one-clip"' in picture


def test_the_week_is_dark_where_incidents_fall() -> None:
    shares = np.zeros(168)
    shares[4 * 24 + 22] = 1.0
    picture = sitemaps.week(shares.tolist(), name="w", title="Week")
    dark = [cell for cell in re.findall(r"<rect [^>]*>", picture) if 'fill="#cf4f34"' in cell]
    assert len(dark) == 1
    assert 'y="56.0"' in dark[0], "the fifth row is Friday"
    assert "Busiest: Fri 22:00, 168.0 times an even hour." in picture


def test_a_story_without_sites_has_no_picture_of_them() -> None:
    story = report_town.story()
    with pytest.raises(ValueError, match="no sites"):
        sitemaps.overview(story, story.places)
