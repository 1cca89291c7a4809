from __future__ import annotations

from dataclasses import replace

import pytest

import report_town
from abate.errors import TableError


def test_a_story_says_everything_that_is_wrong_with_it_at_once():
    told = report_town.story()
    strange = told.hotspots.assign(place_id=[f"elsewhere {place}" for place in range(len(told.hotspots))])
    with pytest.raises(TableError) as caught:
        replace(told, hotspots=strange, places=told.places.drop(columns="incidents"), lorenz=told.lorenz[["places"]])
    words = str(caught.value)
    assert "places: column 'incidents' is missing" in words
    assert "elsewhere 0" in words
    assert "lorenz: column 'incidents' is missing" in words


def test_bars_must_match_the_months():
    told = report_town.story()
    with pytest.raises(TableError, match="one number for each of 11 months"):
        replace(told, months=told.months[:11])


def test_a_report_needs_a_month():
    with pytest.raises(TableError, match="at least one month"):
        report_town.story(months=())


def test_made_up_data_are_marked_as_such_and_never_for_publication():
    assert report_town.story().marking == "working copy, not for publication"
    assert report_town.story(made_up=True).marking == "working copy, not for publication; made-up data"
