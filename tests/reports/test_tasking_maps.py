from __future__ import annotations

from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import tasked
from abate.reports import tasking_maps

SITES, LOOPS = tasked.sites(), tasked.loops()
FIRST = SITES["shape"].iloc[0]


def drawn(walks=LOOPS[LOOPS["site_id"] == "S1"], site=FIRST, ground=None) -> str:
    ground = tasked.ground() if ground is None else ground
    return tasking_maps.draw(ground, site, walks, name="m", title="Map of A & B", told="told <so>")


def test_the_map_is_a_picture_that_speaks():
    root = ET.fromstring(drawn())
    assert [child.text for child in root if child.tag.endswith(("title", "desc"))] == ["Map of A & B", "told <so>"]


def test_streets_near_the_walk_are_named_and_those_far_away_are_not():
    words = [each.text for each in ET.fromstring(drawn()).iter() if each.tag.endswith("text")]
    assert {"Mill Lane", "Priory Street", "Chapel Street", "P", "N"} <= set(words)
    assert not {"Larch Walk", "Plover Avenue"} & set(words)
    assert len(words) == len(set(words))


def test_each_walk_has_its_colour_dash_and_arrows():
    picture = drawn()
    for colour, dashes in tasking_maps.WALKS[:2]:
        assert picture.count(f'fill="{colour}" stroke="#ffffff" stroke-width="2"') >= 3
        assert (
            not dashes
            or f'stroke="{colour}" stroke-width="6" stroke-linejoin="round" stroke-dasharray="{dashes}"' in picture
        )
    assert tasking_maps.WALKS[2][0] not in picture


def test_arrows_point_the_way_the_walk_goes():
    east = np.array([[0.0, 0.0], [400.0, 0.0]])
    for (x, y), way in tasking_maps._steps(east):
        assert 0 < x < 400
        assert y == 0
        assert way.tolist() == [1.0, 0.0]


def test_everything_drawn_lies_in_the_window_and_small_sites_are_not_blown_up():
    window = tasking_maps.frame([FIRST], crs=tasked.CRS)
    assert shapely.box(window.west, window.south, window.east, window.north).contains(FIRST)
    assert window.width / window.height == pytest.approx((window.east - window.west) / (window.north - window.south))
    point = tasking_maps.frame([shapely.Point(602_000, 368_000)], crs=tasked.CRS)
    assert point.east - point.west == pytest.approx(160)
    feet = tasking_maps.frame([shapely.Point(985_000, 200_000)], crs="EPSG:2263")
    assert feet.east - feet.west == pytest.approx(160 / 0.3048006, rel=1e-6)


def test_a_site_of_which_only_the_middle_is_known_and_no_streets_is_drawn():
    picture = drawn(LOOPS.iloc[:0], shapely.Point(602_070, 368_070), tasking_maps.Ground(tasked.CRS))
    assert "<circle" in picture
    assert ET.fromstring(picture) is not None


def test_the_shift_s_map_numbers_its_sites():
    spots = SITES[["easting", "northing"]].to_numpy().tolist()
    words = [each.text for each in ET.fromstring(tasking_maps.overview(tasked.ground(), spots, told="x")).iter()]
    assert {"1", "2"} <= set(words)


@given(
    arrays(float, st.tuples(st.integers(2, 12), st.just(2)), elements=st.integers(0, 300)), st.sampled_from([5.0, 15.0])
)
def test_a_line_moved_aside_stays_near_and_ends_beside_its_ends(pairs, by):
    moved = tasking_maps.aside(pairs, by)
    assert np.isfinite(moved).all()
    line = shapely.LineString(pairs)
    if line.length == 0:
        return
    away = shapely.distance(shapely.points(moved), line)
    assert away.max() <= 2.5 * by + 1e-6
    kept = pairs[np.r_[True, (np.diff(pairs, axis=0) ** 2).sum(axis=1) > 0]]
    assert np.hypot(*(moved[0] - kept[0])) == pytest.approx(by)


def test_the_way_out_and_the_way_back_along_one_street_stay_apart():
    moved = tasking_maps.aside(np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 0.0]]), 5.0)
    assert sorted({round(y, 6) for _, y in moved.tolist()}) == [-5.0, 5.0]
