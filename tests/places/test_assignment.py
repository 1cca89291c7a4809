from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import tables
from abate.errors import OptionError
from abate.places import assignment, specs
from abate.sources import boundaries, streets
from abate.space import projections


def points(*pairs: tuple[float, float]) -> pd.DataFrame:
    east, north = np.array(pairs, dtype=float).T
    return pd.DataFrame({"x": east, "y": north, "crs": "EPSG:27700", "easting": east, "northing": north})


def areas(**outlines: shapely.Geometry) -> pd.DataFrame:
    text = {name: pd.Series(list(outlines), dtype="str") for name in ("place_id", "name", "area_type")}
    frame = pd.DataFrame({**text, "mended": False})
    return tables.AREAS.check(frame.assign(shape=np.array(list(outlines.values()), dtype=object)))


def segments(**lines: list[tuple[float, float]]) -> pd.DataFrame:
    shape = np.array([shapely.LineString(corners) for corners in lines.values()], dtype=object)
    text = {name: pd.Series(list(lines), dtype="str") for name in ("segment_id", "name", "kind")}
    frame = pd.DataFrame({**text, "length_m": shapely.length(shape), "motorway": False, "private": False})
    return tables.SEGMENTS.check(frame.assign(shape=shape))


def fates_add_up(found: assignment.Assignment) -> bool:
    placed = found.points["place_id"].notna().to_numpy()
    return bool(np.all(placed.astype(int) + found.outside + found.excluded + found.beyond_limit == 1))


def ids(found: assignment.Assignment) -> list[str | None]:
    return [None if pd.isna(name) else str(name) for name in found.points["place_id"]]


def test_without_a_region_the_cells_that_hold_a_point() -> None:
    found = assignment.assign(points((10, 10), (20, 20), (-1, 260)), specs.read("square:250"), unit_m=1.0)
    assert ids(found) == ["sq250_0_0", "sq250_0_0", "sq250_-1_1"]
    assert found.places["place_id"].tolist() == ["sq250_0_0", "sq250_-1_1"]
    assert found.places["area_km2"].tolist() == [0.0625, 0.0625]
    assert fates_add_up(found)


def test_with_a_region_every_cell_that_meets_it() -> None:
    region = areas(town=shapely.box(0, 0, 600, 250))
    found = assignment.assign(points((10, 10), (700, 10)), specs.read("square:250"), unit_m=1.0, within=region)
    assert found.places["place_id"].tolist() == ["sq250_0_0", "sq250_1_0", "sq250_2_0"]
    assert found.places["area_km2"].sum() == pytest.approx(0.15)
    assert found.outside.tolist() == [False, True]
    assert ids(found) == ["sq250_0_0", None]


def test_a_point_on_the_regions_edge_whose_cell_has_no_ground_in_it_is_outside() -> None:
    region = areas(town=shapely.box(0, 0, 250, 750))
    found = assignment.assign(points((250, 100)), specs.read("square:250"), unit_m=1.0, within=region)
    assert found.outside.tolist() == [True]


def test_excluded_points_and_places() -> None:
    region, hospital = areas(town=shapely.box(0, 0, 750, 250)), areas(ward=shapely.box(200, 0, 500, 250))
    spec = specs.read("square:250")
    found = assignment.assign(
        points((10, 10), (220, 10), (300, 10), (600, 10), (9000, 9000)),
        spec,
        unit_m=1.0,
        within=region,
        exclude=hospital,
    )
    assert ids(found) == ["sq250_0_0", None, None, "sq250_2_0", None]
    assert found.excluded.tolist() == [False, True, True, False, False]
    assert found.outside.tolist() == [False, False, False, False, True]
    assert found.excluded_places == ("sq250_1_0",)
    assert found.places["place_id"].tolist() == ["sq250_0_0", "sq250_2_0"]
    assert fates_add_up(found)


def test_overlapping_areas_and_shared_edges_go_to_the_smallest_id() -> None:
    three = areas(b=shapely.box(0, 0, 10, 10), a=shapely.box(5, 0, 15, 10), c=shapely.box(15, 0, 20, 10))
    found = assignment.assign(
        points((2, 5), (7, 5), (15, 5), (17, 5), (30, 5)), specs.read("area:f"), unit_m=1.0, areas=three
    )
    assert ids(found) == ["b", "a", "a", "c", None]
    assert found.overlapping.tolist() == [False, True, False, False, False]
    assert found.places["place_id"].tolist() == ["a", "b", "c"]
    assert found.places["name"].tolist() == ["a", "b", "c"]
    assert found.outside.tolist() == [False, False, False, False, True]


def test_streets_take_points_up_to_the_limit_and_keep_the_distance() -> None:
    roads = segments(b=[(0, 0), (100, 0)], a=[(100, 0), (100, 100)])
    found = assignment.assign(
        points((50, 3), (100, 0), (50, 80)), specs.read("street:f"), unit_m=0.3048, segments=roads, limit_m=10
    )
    assert ids(found) == ["b", "a", None]
    assert found.points["distance_m"].tolist()[:2] == pytest.approx([3 * 0.3048, 0.0])
    assert found.beyond_limit.tolist() == [False, False, True]
    assert found.places["length_m"].tolist() == [100.0, 100.0]
    assert fates_add_up(found)


def test_an_excluded_street_leaves_its_points_to_the_next() -> None:
    roads = segments(a=[(0, 0), (100, 0)], b=[(0, 9), (100, 9)])
    yard = areas(yard=shapely.box(-1, -1, 101, 1))
    found = assignment.assign(
        points((50, 2), (50, 0.5)), specs.read("street:f"), unit_m=1.0, segments=roads, exclude=yard
    )
    assert ids(found) == ["b", None]
    assert found.excluded_places == ("a",)


def test_what_the_places_need_must_be_there() -> None:
    with pytest.raises(OptionError, match="places of the kind lsoa need areas, and there are none"):
        assignment.assign(points((0, 0)), specs.read("lsoa"), unit_m=1.0)
    with pytest.raises(OptionError, match="places of the kind street:f need segments"):
        assignment.assign(points((0, 0)), specs.read("street:f"), unit_m=1.0)
    with pytest.raises(OptionError, match="0 metres or more, not -1"):
        assignment.assign(
            points((0, 0)), specs.read("street:f"), unit_m=1.0, segments=segments(a=[(0, 0), (1, 0)]), limit_m=-1
        )


def test_a_spec_that_makes_a_thousand_million_cells_is_refused() -> None:
    town = areas(town=shapely.box(0, 0, 40_000, 25_000))
    with pytest.raises(OptionError, match=r"1,000,000,000 cells, and at most 5,000,000 are made: choose a larger size"):
        assignment.assign(points((0, 0)), specs.read("square:1"), unit_m=1.0, within=town)
    with pytest.raises(OptionError, match=r"--place square:1 would cut .* 1,000,000,000 cells"):
        assignment.assign(points((0, 0), (40_000, 25_000)), specs.read("square:1"), unit_m=1.0)


@pytest.mark.parametrize("text", ["square:250", "hex:150"])
def test_no_points_at_all(text: str) -> None:
    empty = points((0, 0)).iloc[:0]
    assert len(assignment.assign(empty, specs.read(text), unit_m=1.0).places) == 0
    town = areas(town=shapely.box(0, 0, 500, 500))
    assert len(assignment.assign(empty, specs.read(text), unit_m=1.0, within=town).places) > 0
    outside = assignment.assign(points((9e5, 9e5)), specs.read(text), unit_m=1.0, exclude=None, within=town)
    assert outside.outside.tolist() == [True]


@pytest.fixture(scope="module")
def essex(shared):
    read = pd.read_csv(
        shared("police-street/essex-street-2021-03-to-2022-03.csv.gz"), usecols=["Longitude", "Latitude"]
    )
    pairs = read.dropna().drop_duplicates().to_numpy()
    found = projections.convert(pairs[:, 0], pairs[:, 1], source="EPSG:4326", target="EPSG:27700")
    given = {"x": pairs[:, 0], "y": pairs[:, 1], "crs": "EPSG:4326"}
    return pd.DataFrame({**given, "easting": found.easting, "northing": found.northing})


@pytest.fixture(scope="module")
def lsoas(shared):
    return boundaries.read(shared("boundaries/lsoa2011-essex.geojson.gz"), crs="EPSG:27700")


@pytest.mark.slow
@pytest.mark.parametrize("text", ["square:250", "hex:150"])
def test_essex_within_its_boundary(essex: pd.DataFrame, lsoas: pd.DataFrame, text: str) -> None:
    found = assignment.assign(essex, specs.read(text), unit_m=1.0, within=lsoas)
    free = assignment.assign(essex, specs.read(text), unit_m=1.0)
    assert fates_add_up(found)
    inside = ~found.outside
    assert inside.mean() > 0.98
    assert (found.points["place_id"][inside] == free.points["place_id"][inside]).all()
    assert found.places["area_km2"].sum() == pytest.approx(shapely.union_all(lsoas["shape"]).area / 1e6, rel=1e-9)
    assert set(found.points["place_id"].dropna()) <= set(found.places["place_id"])
    held = found.places.set_index("place_id")["shape"].loc[found.points["place_id"][inside]].to_numpy()
    where = shapely.points(essex["easting"][inside], essex["northing"][inside])
    assert shapely.distance(held, where).max() < 1e-6
    again = assignment.assign(essex, specs.read(text), unit_m=1.0, within=lsoas)
    pd.testing.assert_frame_equal(again.places.drop(columns="shape"), found.places.drop(columns="shape"))
    assert (
        shapely.to_wkb(again.places["shape"].to_numpy()).tolist()
        == shapely.to_wkb(found.places["shape"].to_numpy()).tolist()
    )


def test_essex_crimes_lie_in_the_small_area_that_the_police_give(shared, lsoas: pd.DataFrame) -> None:
    """The files of 2021-22 carry 2011 codes: re-joining gives the same for 97% of points, on outlines of 50 corners."""
    path = shared("police-street/essex-street-2021-03-to-2022-03.csv.gz")
    read = pd.read_csv(path, usecols=["Longitude", "Latitude", "LSOA code"]).dropna().drop_duplicates()
    found = projections.convert(read["Longitude"], read["Latitude"], source="EPSG:4326", target="EPSG:27700")
    pairs = pd.DataFrame({"x": read["Longitude"], "y": read["Latitude"], "crs": "EPSG:4326"})
    given = pairs.assign(easting=found.easting, northing=found.northing)
    joined = assignment.assign(given, specs.read("lsoa"), unit_m=1.0, areas=lsoas)
    same = joined.points["place_id"].to_numpy() == read["LSOA code"].to_numpy()
    known = read["LSOA code"].isin(lsoas["place_id"]).to_numpy() & ~joined.outside
    assert not joined.overlapping.any()
    assert same[known].mean() > 0.96


@pytest.mark.slow
def test_camden_crimes_lie_on_camden_streets(shared) -> None:
    """The data's own description: distinct points lie a median of 0.8 m, 95% within 16 m, at most 94 m away."""
    path = shared("police-street-wards/london-10-boroughs-street-crime-by-ward-2016-01-to-2018-06.csv.gz")
    london = pd.read_csv(path, usecols=["borough", "longitude", "latitude"])
    pairs = london[london["borough"] == "Camden"][["longitude", "latitude"]].drop_duplicates().to_numpy()
    found = projections.convert(pairs[:, 0], pairs[:, 1], source="EPSG:4326", target="EPSG:27700")
    given = pd.DataFrame({"x": pairs[:, 0], "y": pairs[:, 1], "crs": "EPSG:4326"})
    given = given.assign(easting=found.easting, northing=found.northing)
    roads = streets.read(shared("streets/osm-camden-highways.geojson.gz"), crs="EPSG:27700")
    joined = assignment.assign(given, specs.read("street:camden"), unit_m=1.0, segments=roads)
    away = joined.points["distance_m"]
    assert len(given) == 1440
    assert not joined.beyond_limit.any()
    assert away.median() == pytest.approx(0.8, abs=0.1)
    assert away.quantile(0.95) == pytest.approx(16, abs=1)
    assert away.max() == pytest.approx(94, abs=1)
