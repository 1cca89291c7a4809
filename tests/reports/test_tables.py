from __future__ import annotations

import csv
import io
import json

import pyogrio
import pytest
import shapely

import report_town
from abate.reports import tables
from abate.tables import HOTSPOTS


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_csv_has_the_columns_of_the_dictionary_first_and_the_marking():
    told = report_town.story()
    read = rows(tables.csv(told))
    assert list(read[0])[: len(HOTSPOTS.columns)] == list(HOTSPOTS.columns)
    assert {row["marking"] for row in read} == {"working copy, not for publication"}
    assert [int(row["incidents"]) for row in read] == told.hotspots["incidents"].tolist()
    assert json.loads(read[0]["by_month"]) == told.hotspots["by_month"][0]
    assert json.loads(read[0]["by_type"]) == told.hotspots["by_type"][0]


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@sum", "\t=1", "\r\n@x"])
def test_a_spreadsheet_runs_nothing(name):
    told = report_town.story()
    read = rows(tables.csv(report_town.story(hotspots=told.hotspots.assign(name=name))))
    assert read[0]["name"] == f"'{name.strip()}"
    assert len(read) == len(told.hotspots)


def test_the_geojson_is_in_longitude_and_latitude_and_runs_against_the_clock():
    told = report_town.story(demonstration="demonstration: points are moved")
    read = json.loads(tables.geojson(told))
    assert read["type"] == "FeatureCollection"
    assert read["marking"] == "working copy, not for publication"
    assert read["demonstration"] == "demonstration: points are moved"
    assert "crs" not in read
    first = read["features"][0]
    shape = shapely.from_geojson(json.dumps(first["geometry"]))
    assert shape.is_valid
    assert shape.exterior.is_ccw
    assert 0.6 < shape.centroid.x < 0.9
    assert 51.4 < shape.centroid.y < 51.7
    assert first["properties"]["by_month"] == told.hotspots["by_month"][0]
    assert first["properties"]["by_type"] == told.hotspots["by_type"][0]
    assert set(HOTSPOTS.columns) <= set(first["properties"])
    numbers = shapely.get_coordinates(shape).ravel().tolist()
    assert max(len(str(number).split(".")[1]) for number in numbers) <= 6


def test_what_is_not_a_number_becomes_null():
    told = report_town.story()
    read = json.loads(tables.geojson(report_town.story(hotspots=told.hotspots.assign(harm=float("nan")))))
    assert read["features"][0]["properties"]["harm"] is None


def test_the_geopackage_holds_shapes_columns_and_marking(tmp_path):
    told = report_town.story()
    path = tmp_path / "hotspots.gpkg"
    path.write_bytes(tables.geopackage(told))
    about = pyogrio.read_info(path, layer="hotspots", force_total_bounds=True)
    assert about["crs"] == "EPSG:27700"
    assert about["features"] == 12
    meta, _, shapes, columns = pyogrio.raw.read(path, layer="hotspots")
    held = dict(zip(meta["fields"], columns, strict=True))
    assert held["incidents"].tolist() == told.hotspots["incidents"].tolist()
    assert held["marking"].tolist() == ["working copy, not for publication"] * 12
    assert set(HOTSPOTS.columns) <= set(held)
    assert shapely.area(shapely.from_wkb(shapes)) == pytest.approx([22_500] * 12)


def test_streets_are_written_as_lines(tmp_path):
    told = report_town.story()
    path = tmp_path / "streets.gpkg"
    path.write_bytes(tables.geopackage(report_town.story(places=report_town.lines(told.places))))
    assert pyogrio.read_info(path)["geometry_type"] == "MultiLineString"


def test_the_same_story_gives_the_same_bytes_and_leaves_no_setting_behind():
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    first, second = tables.geopackage(report_town.story()), tables.geopackage(report_town.story())
    assert first == second
    assert b"2026-11-22T00:00:00" in first
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def test_rows_of_no_hotspot_are_written_as_an_empty_table():
    told = report_town.story()
    empty = report_town.story(hotspots=told.hotspots.head(0))
    assert rows(tables.csv(empty)) == []
    assert json.loads(tables.geojson(empty))["features"] == []
    assert tables.geopackage(empty).startswith(b"SQLite format 3")
