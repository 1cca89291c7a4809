import json

import pytest
import shapely

from abate.sample import geographies


def test_areas_are_valid_polygons_with_their_code_and_people(town):
    features = json.loads(geographies.areas(town))["features"]
    assert [feature["properties"]["lsoa21_code"] for feature in features] == list(town.areas["area_code"])
    assert sum(feature["properties"]["residents"] for feature in features) == town.areas["residents"].sum()
    for feature in features:
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert shape.exterior.is_ccw


def test_streets_that_meet_share_a_point(town):
    features = json.loads(geographies.streets(town))["features"]
    assert len(features) == len(town.streets)
    tips = {tuple(feature["geometry"]["coordinates"][end]) for feature in features for end in (0, -1)}
    assert len(tips) == len(town.junctions)
    private = {f["properties"]["fclass"] for f in features if f["properties"]["access"] == "private"}
    assert private == {"service"}


def test_exclusions_are_circles_round_the_stand_ins(town):
    features = json.loads(geographies.exclusions(town))["features"]
    assert {feature["properties"]["kind"] for feature in features} == set(town.truth.stand_ins["kind"])
    points = {f["properties"]["name"]: f["geometry"] for f in json.loads(geographies.landmarks(town))["features"]}
    for feature in features:
        circle = shapely.geometry.shape(feature["geometry"])
        centre = shapely.geometry.shape(points[feature["properties"]["name"]])
        assert circle.contains(centre)
        assert circle.centroid.distance(centre) == pytest.approx(0, abs=1e-5)
