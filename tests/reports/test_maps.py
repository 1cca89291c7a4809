from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import shapely

import report_town
from abate.reports import frames, maps, outlines

SVG = "{http://www.w3.org/2000/svg}"


def drawn(told):
    return outlines.drawn(told.places, keep=set(told.hotspots["place_id"]), crs=told.crs).places


def texts(drawing: str) -> list[str]:
    return [each.text for each in ET.fromstring(drawing).iter(f"{SVG}text")]


def test_the_whole_area_shows_every_rank_every_name_the_classes_and_a_scale():
    told = report_town.story()
    words = texts(maps.overview(told, drawn(told)))
    assert set(map(str, range(1, 13))) <= set(words)
    assert {"Old Town", "Quay", "none", "hotspot and its rank"} <= set(words)
    assert any(word.endswith((" m", " km")) for word in words)


def test_numbers_never_cover_one_another():
    rng = np.random.default_rng(5)
    crowd = pd.DataFrame(
        {"easting": rng.normal(500, 20, 25), "northing": rng.normal(500, 20, 25), "rank": range(1, 26)}
    )
    window = frames.Frame(0, 0, 1000, 1000, 900, 900)
    _, spots = maps.numbers(crowd, window)
    apart = [np.hypot(a[0] - b[0], a[1] - b[1]) for at, a in enumerate(spots) for b in spots[at + 1 :]]
    assert min(apart) >= 24 - 1e-9


def test_many_hotspots_are_dots_after_the_fortieth():
    told = report_town.story(top=50)
    words = texts(maps.overview(told, drawn(told)))
    assert "40" in words
    assert "41" not in words
    assert "hotspot and its rank; dots: ranks 41 to 50" in words


def test_a_lone_number_stands_on_its_place():
    one = pd.DataFrame({"easting": [250.0], "northing": [250.0], "rank": [1]})
    drawing, spots = maps.numbers(one, frames.Frame(0, 0, 1000, 1000, 1000, 1000))
    assert spots == [(250.0, 750.0)]
    assert "<path" not in drawing


def test_a_few_incidents_far_away_do_not_shrink_the_map_and_are_told():
    told = report_town.story(boundary=None)
    far = told.places.iloc[[0]].assign(
        place_id="far",
        easting=100_000.0,
        northing=900_000.0,
        incidents=1,
        shape=[shapely.box(1e5, 9e5, 1.001e5, 9.001e5)],
    )
    stray = report_town.story(boundary=None, places=pd.concat([told.places, far], ignore_index=True))
    west, _, _, north = maps.bounds(stray)
    assert west > 585_000
    assert north < 190_000
    assert maps.beyond(stray).startswith("Far from the others, partly outside the picture: ")
    assert maps.bounds(told) == tuple(shapely.total_bounds(told.places["shape"].to_numpy()))
    assert maps.beyond(told) == ""
    assert maps.beyond(report_town.story()) == ""


def test_a_small_map_has_its_hotspot_in_the_middle_and_tells_of_it():
    told = report_town.story()
    around = maps.surroundings(told, drawn(told))
    first = told.hotspots.iloc[0]
    root = ET.fromstring(maps.detail(around, first["place_id"], name="a"))
    circle = next(each for each in root.iter(f"{SVG}circle"))
    assert float(circle.get("cx")) == pytest.approx(150, abs=1)
    assert float(circle.get("cy")) == pytest.approx(110, abs=1)
    assert root.find(f"{SVG}desc").text.startswith(f"Hotspot 1, {first['name']}")


def test_places_are_coloured_by_their_class():
    told = report_town.story(streets=None, labels=None)
    quiet = told.places.assign(incidents=0)
    drawing = maps.overview(report_town.story(places=quiet, streets=None), quiet)
    assert "#f4f1ec" in drawing
    assert "#8c1d2c" not in drawing
    assert "#8c1d2c" in maps.overview(told, told.places)


def test_names_with_markup_in_them_cannot_break_the_picture():
    labels = pd.DataFrame({"name": ["<b>&Quay"], "easting": [588_000.0], "northing": [186_000.0]})
    told = report_town.story(labels=labels)
    assert "<b>&Quay" in texts(maps.overview(told, told.places))
