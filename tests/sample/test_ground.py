import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from abate.sample import ground
from abate.sample.degrees import degrees


def test_all_streets_hang_together(town):
    ends = town.junctions.set_index(["easting", "northing"])["junction_id"]
    number = {name: row for row, name in enumerate(ends)}
    start = [number[ends[key]] for key in zip(town.streets["from_e"], town.streets["from_n"], strict=True)]
    stop = [number[ends[key]] for key in zip(town.streets["to_e"], town.streets["to_n"], strict=True)]
    graph = coo_array((np.ones(len(start)), (start, stop)), shape=(len(ends), len(ends)))
    assert connected_components(graph, directed=False)[0] == 1


def test_areas_cover_every_street_and_do_not_overlap(town):
    shapes = [shapely.Polygon(outline) for outline in town.areas["outline"]]
    assert all(shape.is_valid for shape in shapes)
    together = shapely.unary_union(shapes)
    assert abs(together.area - sum(shape.area for shape in shapes)) < 1.0
    lines = [
        shapely.LineString([(a, b), (c, d), (e, f)])
        for a, b, c, d, e, f in town.streets[["from_e", "from_n", "middle_e", "middle_n", "to_e", "to_n"]].to_numpy()
    ]
    assert together.buffer(0.01).covers(shapely.MultiLineString(lines))
    assert np.allclose([line.length for line in lines], town.streets["length_m"], atol=0.001)


def test_the_town_is_about_as_large_as_it_says(town):
    assert 60_000 < town.areas["residents"].sum() < 66_000
    assert 60 <= len(town.areas) <= 100
    assert town.areas["area_code"].is_unique
    assert town.areas["name"].is_unique


def test_no_street_name_stands_in_both_towns(town):
    towns = town.streets.groupby("name")["town"].nunique()
    assert (towns == 1).all()


def test_kinds_of_street_that_later_work_needs_are_there(town):
    kinds = {"primary", "tertiary", "residential", "footway", "service", "motorway"}
    assert set(town.streets["kind"]) == kinds


def test_it_lies_at_sea_far_from_any_district(town, shared):
    import gzip
    import json

    with gzip.open(shared("boundaries/local-authority-districts-2021-ultra-generalised.geojson.gz"), "rt") as file:
        land = [shapely.geometry.shape(feature["geometry"]) for feature in json.load(file)["features"]]
    longitude, latitude = degrees(town.streets["middle_e"].to_numpy(), town.streets["middle_n"].to_numpy())
    here = shapely.MultiPoint(list(zip(longitude, latitude, strict=True))).convex_hull
    a_kilometre_or_more = 0.009
    assert min(here.distance(shape) for shape in land) > 10 * a_kilometre_or_more


def test_it_lies_inside_the_british_grid(town):
    assert town.incidents["x"].between(599_000, 610_000).all()
    assert town.incidents["y"].between(367_000, 373_500).all()


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_points_fall_in_the_area_that_shapely_says(town, seed):
    rng = np.random.default_rng(seed)
    east, north = rng.uniform(599_000, 610_000, 200), rng.uniform(367_000, 374_000, 200)
    codes = ground.areas_of(town.areas, east, north)
    for point_e, point_n, code in zip(east, north, codes, strict=True):
        holders = [
            name
            for name, outline in zip(town.areas["area_code"], town.areas["outline"], strict=True)
            if shapely.Polygon(outline).covers(shapely.Point(point_e, point_n))
        ]
        assert (code in holders) if holders else code == ""
