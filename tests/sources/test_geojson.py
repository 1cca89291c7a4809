from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import AbateError, SourceError
from abate.sources import geojson

if TYPE_CHECKING:
    from pathlib import Path

RING = [[0.0, 51.0], [0.1, 51.0], [0.1, 51.1], [0.0, 51.0]]
HOLE = [[0.05, 51.01], [0.06, 51.01], [0.06, 51.02], [0.05, 51.01]]


def collection(*geometries: Any, **more: Any) -> bytes:
    features = [{"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_areas_with_holes_and_parts_come_out_as_drawn() -> None:
    two = {"type": "MultiPolygon", "coordinates": [[RING, HOLE], [[[x + 1, y] for x, y in RING]]]}
    found = geojson.polygons(geojson.parse(collection(polygon(RING, HOLE), two), name="f"))
    assert [shape.geom_type for shape in found] == ["Polygon", "MultiPolygon"]
    for drawn, given_one in zip(found, (polygon(RING, HOLE), two), strict=True):
        assert drawn.equals(shapely.geometry.shape(given_one))


@given(seed=st.integers(0, 2**32 - 1))
def test_any_mixture_is_read_as_shapely_reads_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(int(rng.integers(1, 6))):
        parts = [
            shapely.Point(rng.uniform(-50, 50, 2)).buffer(rng.uniform(0.1, 1), quad_segs=int(rng.integers(1, 5)))
            for _ in range(int(rng.integers(1, 4)))
        ]
        drawn.append(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts))
    text = collection(*(json.loads(shapely.to_geojson(shape)) for shape in drawn))
    found = geojson.polygons(geojson.parse(text, name="f"))
    assert [shapely.to_wkb(shape) for shape in found] == [shapely.to_wkb(shape) for shape in drawn]


def test_heights_are_dropped_and_the_features_own_id_is_kept() -> None:
    high = [[x, y, 12.5] for x, y in RING]
    mixed = [[0.0, 51.0, 5], [0.1, 51.0], [0.1, 51.1], [0.0, 51.0]]
    found = geojson.polygons(geojson.parse(collection(polygon(high), polygon(mixed)), name="f"))
    assert not shapely.has_z(found).any()
    document = {"type": "Feature", "id": 7, "properties": None, "geometry": polygon(RING)}
    assert geojson.parse(json.dumps(document).encode(), name="f").properties == ({"id": 7},)


def test_lines_are_taken_and_the_rest_passed_over() -> None:
    line = {"type": "LineString", "coordinates": RING[:2]}
    several = {"type": "MultiLineString", "coordinates": [RING[:2], RING[1:3]]}
    point = {"type": "Point", "coordinates": [0, 51]}
    drawn, owner = geojson.lines(geojson.parse(collection(point, line, several, None), name="f"))
    assert len(drawn) == 3
    assert owner.tolist() == [1, 2, 2]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"<html>", "f.geojson: not JSON, line 1, column 1"),
        (b'{"type": "FeatureCollection", "features": [', "is it cut off, or a page saved by mistake?"),
        (b'{"a": "\xff\xfe"}', "not text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "JSON without a type, not a GeoJSON FeatureCollection"),
        (b'{"type": "Topology"}', "JSON TopoJSON, not a GeoJSON"),
        (b'{"type": ["x"]}', "not a GeoJSON FeatureCollection"),
        (b'{"type": "FeatureCollection", "features": []}', "holds no features"),
        (b'{"type": "FeatureCollection", "features": [1]}', "feature 1 is not GeoJSON"),
        (collection(polygon(RING), crs={"type": "link"}), 'the member "crs" does not name a coordinate system'),
        (
            collection({"type": "LineString", "coordinates": RING}),
            "feature 1 is LineString, where polygons would be right",
        ),
        (collection(polygon(RING), None, None), "features 2, 3 are without a geometry, where polygons would be right"),
        (collection(polygon(RING[:2])), "feature 1 is drawn with fewer than 4 corners in a part"),
        (collection(polygon()), "feature 1 is drawn without an outline"),
        (
            collection(polygon([[0, 51], ["a", 51], [0, 52], [0, 51]])),
            "feature 1 is drawn with corners that are not pairs",
        ),
        (collection(polygon([[0, 51], None, [0, 52], [0, 51]])), "feature 1 is drawn with corners that are not pairs"),
        (collection(polygon([[0], [1], [2], [0]])), "feature 1 is drawn with corners that are not pairs"),
        (collection(polygon([[0, 51], [float("nan"), 51], [0, 52], [0, 51]])), "corners that are not pairs of numbers"),
        (collection(polygon("abcd")), "feature 1 is drawn with"),
        (collection({"type": "MultiPolygon", "coordinates": [5]}), "feature 1 is drawn without an outline"),
    ],
)
def test_what_is_not_areas_is_a_sentence(text: bytes, sentence: str) -> None:
    with pytest.raises(SourceError) as fault:
        geojson.polygons(geojson.parse(text, name="f.geojson"))
    assert sentence in str(fault.value)
    assert str(fault.value).startswith("f.geojson: ")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["Polygon", "Feature", "", "0"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry", "properties", "features"]), inner)
    ),
    max_leaves=25,
)


@given(geometry=anything, kind=st.sampled_from(["Polygon", "MultiPolygon", "LineString", "MultiLineString"]))
def test_nonsense_is_a_sentence_never_a_crash(geometry: Any, kind: str) -> None:
    for text in (
        json.dumps(geometry).encode(),
        collection(geometry),
        collection({"type": kind, "coordinates": geometry}),
        collection({"type": kind, "coordinates": [[geometry]]}),
    ):
        for take in (geojson.polygons, geojson.lines):
            said = "f: "
            try:
                take(geojson.parse(text, name="f"))
            except AbateError as fault:
                said = str(fault)
            assert said.startswith("f: ")


def test_limits_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(geojson, "MOST_CORNERS", 3)
    with pytest.raises(SourceError, match="4 corners, more than 3"):
        geojson.polygons(geojson.parse(collection(polygon(RING)), name="f"))
    monkeypatch.setattr(geojson, "MOST_BYTES", 10_000_000)
    (tmp_path / "bomb.geojson.gz").write_bytes(gzip.compress(b" " * 20_000_000))
    with pytest.raises(SourceError, match=r"bomb\.geojson\.gz: more than 10,000,000 bytes"):
        geojson.read_bytes(tmp_path / "bomb.geojson.gz")


def test_files_that_cannot_be_read_are_a_sentence(tmp_path: Path) -> None:
    whole = gzip.compress(b"0123456789" * 1000)
    (tmp_path / "cut.gz").write_bytes(whole[:-12])
    (tmp_path / "bent.gz").write_bytes(whole[:20] + b"\xff" * 10 + whole[30:])
    for name in ("cut.gz", "bent.gz"):
        with pytest.raises(SourceError, match=f"{name}: the gzip file is cut off or damaged"):
            geojson.read_bytes(tmp_path / name)
    with pytest.raises(SourceError, match="there is no such file"):
        geojson.read_bytes(tmp_path / "none.geojson")
    with pytest.raises(SourceError, match="cannot be read"):
        geojson.read_bytes(tmp_path)


def test_shapes_are_carried_to_the_analysis_system() -> None:
    box = np.array([shapely.box(530_000, 180_000, 530_100, 180_100)], dtype=object)
    same = geojson.placed(box, name="f", stated="urn:ogc:def:crs:EPSG::27700", crs="EPSG:27700")
    assert same[0].equals(box[0])
    degrees = np.array([shapely.box(-0.12, 51.5, -0.11, 51.51)], dtype=object)
    for stated in (None, "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84"):
        moved = geojson.placed(degrees, name="f", stated=stated, crs="EPSG:27700")
        assert moved[0].bounds == pytest.approx((530_565, 179_575, 531_290, 180_706), abs=30)
    assert degrees[0].bounds == (-0.12, 51.5, -0.11, 51.51)


@pytest.mark.parametrize(
    ("box", "stated", "sentence"),
    [
        ((530_000, 180_000, 530_100, 180_100), None, "the file states no coordinate system, so that it should be"),
        ((530_000, 180_000, 530_100, 180_100), "EPSG:4326", "the file states EPSG:4326"),
        ((51.5, -0.12, 51.6, -0.11), None, "longitude and latitude look swapped"),
        ((-74.1, 40.6, -74.0, 40.7), None, "outside Great Britain"),
        ((0, 0, 1, 1), "EPSG:99999999", "'EPSG:99999999' is not a known coordinate system"),
    ],
)
def test_coordinates_in_another_system_than_stated_are_a_sentence(
    box: tuple[float, float, float, float], stated: str | None, sentence: str
) -> None:
    with pytest.raises(SourceError) as fault:
        geojson.placed(np.array([shapely.box(*box)], dtype=object), name="f", stated=stated, crs="EPSG:27700")
    assert sentence in str(fault.value)


def test_numbers_too_large_and_halves_of_characters_are_told() -> None:
    huge = b'{"type": "LineString", "coordinates": [[' + b"9" * 400 + b", 1], [2, 3]]}"
    with pytest.raises(SourceError, match="not pairs of numbers"):
        geojson.lines(geojson.parse(huge, name="g.geojson"))
    for text in (b"9" * 5000, b'{"type": "\\ud800"}'):
        with pytest.raises(SourceError, match=r"g\.geojson: cannot be read as GeoJSON: "):
            geojson.parse(text, name="g.geojson")
