"""Files of features: points, lines and areas, GeoJSON and CSV, with what is wrong said."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from abate.errors import SourceError
from abate.sources import features
from abate.space import projections

if TYPE_CHECKING:
    from pathlib import Path

    from abate.sample.towns import Town

GRID = {"type": "name", "properties": {"name": "EPSG:27700"}}


def collection(*parts: tuple[str, Any, dict[str, Any]], crs: Any = GRID) -> bytes:
    listed = [
        {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": where}}
        for kind, where, told in parts
    ]
    document = {"type": "FeatureCollection", "features": listed}
    return json.dumps(document | ({"crs": crs} if crs else {})).encode()


def test_points_lines_and_areas_become_points_sorted_by_kind():
    square = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]
    text = collection(
        ("Point", [530000, 180000], {"amenity": "pub"}),
        ("LineString", [[0, 0], [10, 0]], {"amenity": "bus lane"}),
        ("Polygon", square, {"amenity": "school"}),
    )
    found = features.parse_geojson(text, name="f.geojson", crs="EPSG:27700")
    assert found.to_numpy().tolist() == [["bus lane", 5.0, 0.0], ["pub", 530000.0, 180000.0], ["school", 5.0, 5.0]]


def test_the_sample_town_s_landmarks_come_back_to_the_metre(town: Town, tmp_path: Path):
    from abate.sample import geographies

    path = tmp_path / "landmarks.geojson.gz"
    path.write_bytes(gzip.compress(geographies.landmarks(town).encode()))
    found = features.read(path, crs="EPSG:27700")
    known = town.landmarks.sort_values(["kind", "easting", "northing"])
    assert found["kind"].tolist() == known["kind"].tolist()
    assert abs(found["easting"].to_numpy() - known["easting"].to_numpy()).max() < 5
    assert set(found.columns) == {"kind", "easting", "northing"}


def test_csv_in_degrees_is_converted_and_another_column_may_be_the_kind():
    text = b"Name,What,Longitude,Latitude\nThe Bell,pub,-0.1246,51.5007\n"
    found = features.parse_csv(text, name="f.csv", crs="EPSG:27700", kind="What")
    there = projections.convert([-0.1246], [51.5007], source="EPSG:4326", target="EPSG:27700")
    assert found["kind"].tolist() == ["pub"]
    assert found["easting"].tolist() == there.easting.tolist()


def test_further_columns_are_carried_so_that_a_method_may_refuse_them():
    text = b"kind,easting,northing,ethnicity\npub,1,2,x\n"
    assert "ethnicity" in features.parse_csv(text, name="f.csv", crs="EPSG:27700").columns


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"kind,easting,northing\n", "no rows under the header"),
        (b"kind,place\npub,here\n", "no columns easting and northing, or longitude and latitude: kind, place"),
        (b"kind,easting,northing\npub,five,2\n", "row 1: easting 'five' is not a number"),
        (b"kind,easting,northing\n,5,2\n", "feature 1 has no kind in 'kind'"),
        (b"what,easting,northing\npub,5,2\n", "there is no column for the kind"),
        (b"\xff\xfe", "neither GeoJSON nor a CSV in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_csv_is_said(text: bytes, told: str):
    with pytest.raises(SourceError, match=told):
        features.parse_csv(text, name="f.csv", crs="EPSG:27700")


def test_what_is_wrong_with_geojson_is_said(tmp_path: Path):
    empty = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {"kind": "pub"}, "geometry": None}],
        }
    ).encode()
    with pytest.raises(SourceError, match="feature 1 is drawn without a point"):
        features.parse_geojson(empty, name="f.geojson", crs="EPSG:27700")
    odd = collection(("Point", ["a", "b"], {"kind": "pub"}))
    with pytest.raises(SourceError, match="feature 1 is drawn without a point"):
        features.parse_geojson(odd, name="f.geojson", crs="EPSG:27700")
    metres = collection(("Point", [530000, 180000], {"kind": "pub"}), crs=None)
    with pytest.raises(SourceError, match="is not a longitude and latitude"):
        features.parse_geojson(metres, name="f.geojson", crs="EPSG:27700")
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(SourceError, match="the file is empty"):
        features.read(tmp_path / "empty.csv", crs="EPSG:27700")
    with pytest.raises(SourceError, match="there is no column 'sort'"):
        features.parse_geojson(
            collection(("Point", [1, 2], {"kind": "pub"})), name="f.geojson", crs="EPSG:27700", kind="sort"
        )
