from __future__ import annotations

import json
from typing import Any

import pytest

from abate.errors import SourceError
from abate.sources import patrol_loops

ROW: dict[str, Any] = {
    "site_id": "a",
    "loop": 1,
    "length_m": 400.0,
    "minutes": 5.3,
    "passed": 2.0,
    "share": 0.5,
    "bound": 2.5,
    "gap": 0.2,
    "proven": False,
    "parking_easting": 530000.0,
    "parking_northing": 180000.0,
    "parking_longitude": -0.128,
    "parking_latitude": 51.504,
    "directions": "Start.",
    "name": "A",
}


def text(*rows: dict[str, Any]) -> bytes:
    line = {"type": "LineString", "coordinates": [[-0.128, 51.504], [-0.127, 51.504], [-0.128, 51.504]]}
    features = [{"type": "Feature", "properties": row, "geometry": line} for row in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_loops_come_back_in_the_system_asked_for() -> None:
    found = patrol_loops.parse(text({**ROW, "loop": 2}, ROW), name="l.geojson", crs="EPSG:27700")
    assert found["loop"].tolist() == [1, 2]
    line = found["shape"].iloc[0]
    assert line.length == pytest.approx(139, abs=1)
    assert line.coords[0] == pytest.approx((found["parking_easting"].iloc[0], found["parking_northing"].iloc[0]))
    assert found["name"].tolist() == ["A", "A"]


def test_every_fault_is_named() -> None:
    with pytest.raises(SourceError) as told:
        patrol_loops.parse(
            text({**ROW, "minutes": "long"}, {**ROW, "proven": None}), name="l.geojson", crs="EPSG:27700"
        )
    assert told.value.faults == (
        "l.geojson, feature 1: 'minutes' is 'long'; it should be a number",
        "l.geojson, feature 2: 'proven' is missing; it should be true or false",
    )


def test_another_geojson_is_no_file_of_loops(tmp_path) -> None:
    with pytest.raises(SourceError, match="not a file of walking loops"):
        patrol_loops.parse(text({"site_id": "a"}), name="sites.geojson", crs="EPSG:27700")
    with pytest.raises(SourceError, match="a folder"):
        patrol_loops.read(tmp_path, crs="EPSG:27700")
    with pytest.raises(SourceError, match="no such file"):
        patrol_loops.read(tmp_path / "none.geojson", crs="EPSG:27700")
