"""The map of sites and rings: each site once, rings of the right width, and a table that says the same."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.reports import trial_story

from abate.errors import MissingPartError
from abate.reports import trialmaps


@pytest.fixture(scope="module")
def story():
    return trial_story.story()


def test_every_site_has_its_number_and_a_ring(story):
    figure = trialmaps.figure(story)
    assert re.findall(r'text-anchor="middle">(\d)</text>', figure.svg) == [str(n) for n in range(1, 9)]
    assert "ring of 200 m" in figure.svg
    assert figure.spoken.startswith("Map with 8 numbered sites, each with a ring of 200 m about it. 1: Place 00;")


def test_overlapping_rings_are_counted(story):
    import shapely

    shapes = trialmaps._shapes(trialmaps.located(story), story.ground)
    pairs = sum(
        shapely.distance(shapes[a], shapes[b]) < 400 for a in range(len(shapes)) for b in range(a + 1, len(shapes))
    )
    assert pairs == 5
    assert "5 pairs of rings overlap" in trialmaps.figure(story).caption
    near = replace(story, ground=replace(story.ground, ring_m=40.0))
    assert "No two rings overlap" in trialmaps.figure(near).caption


def test_without_a_width_no_ring_is_drawn(story):
    figure = trialmaps.figure(replace(story, ground=replace(story.ground, ring_m=None)))
    assert trialmaps.RING not in figure.svg
    assert "so none are drawn" in figure.caption


def test_the_table_has_the_rates_of_sites_and_rings(story):
    table = trialmaps.table(story)
    panel = story.panel
    assert len(table.rows) == 8
    days = panel.patrol[3]
    assert table.rows[3][2] == f"{100 * panel.incidents[3, days].mean():.0f}"
    assert table.rows[3][5] == f"{100 * story.rings[3, ~days].mean():.0f}"
    assert len(trialmaps.table(replace(story, rings=None)).headings) == 4


def test_a_site_that_was_always_patrolled_says_so(story):
    panel = replace(story.panel, patrol=np.ones_like(story.panel.patrol))
    assert trialmaps.table(replace(story, panel=panel)).rows[0][3] == "no such day"


def test_without_ground_there_is_no_map():
    bare = trial_story.story(bare=True)
    assert trialmaps.figure(bare) is None
    assert trialmaps.table(bare) is None
    with pytest.raises(ValueError, match="nobody said"):
        trialmaps.located(bare)


def test_without_the_extra_there_is_a_sentence(story, monkeypatch):
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(MissingPartError, match="needs the extra `geo`"):
        trialmaps.figure(story)
