from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import tables
from abate.errors import SourceError
from abate.sources import streets

if TYPE_CHECKING:
    from pathlib import Path

BNG = "EPSG:27700"


def write(path: Path, *features: tuple[dict[str, Any], list[list[float]]], crs: str | None = BNG) -> Path:
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": p, "geometry": {"type": "LineString", "coordinates": c}}
            for p, c in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.slow
def test_camden_is_as_its_description_says(shared) -> None:
    """762 km; joined at shared corners one component of 48,831 of 50,340 corners and 147 small ones."""
    import networkx as nx

    found = streets.read(shared("streets/osm-camden-highways.geojson.gz"), crs=BNG)
    assert found["length_m"].sum() / 1000 == pytest.approx(762, abs=0.5)
    graph = nx.Graph()
    for shape in found["shape"]:
        nx.add_path(graph, shape.coords)
    components = sorted((len(part) for part in nx.connected_components(graph)), reverse=True)
    assert (components[0], sum(components), len(components) - 1) == (48_831, 50_340, 147)
    assert found["segment_id"].is_unique
    assert found["segment_id"].str.rpartition("_")[0].nunique() == 16_377
    assert (found["kind"] == "footway").sum() >= 7_136
    assert not found["motorway"].any()


def test_a_junction_is_never_inside_a_segment(shared) -> None:
    found = streets.read(shared("streets/osm-central-london-highways.geojson.gz"), crs=BNG)
    corners, owner = shapely.get_coordinates(found["shape"].to_numpy(), return_index=True)
    inner = np.r_[False, owner[1:] == owner[:-1]] & np.r_[owner[1:] == owner[:-1], False]
    uses = pd.DataFrame(corners).groupby([0, 1])[0].transform("size").to_numpy()
    assert (uses[inner] == 1).all()
    assert set(found["kind"]) == {"primary", "non-primary"}


def test_ids_hang_on_the_street_not_on_the_file(tmp_path: Path) -> None:
    high = ({"osm_id": 7, "name": "High Street", "highway": "primary"}, [[0, 0], [90, 0], [200, 0]])
    side = ({"osm_id": 8, "highway": "service", "access": "private"}, [[90, 0], [90, 50]])
    slip = ({"osm_id": 9, "highway": "motorway_link"}, [[500, 0], [600, 0]])
    one = streets.read(write(tmp_path / "a.geojson", high, side, slip), crs=BNG)
    other = streets.read(write(tmp_path / "b.geojson", slip, side, high), crs=BNG)
    pd.testing.assert_frame_equal(one, other)
    assert one["segment_id"].tolist() == ["7_0", "7_1", "8_0", "9_0"]
    assert one["length_m"].tolist() == [90, 110, 50, 100]
    assert one["name"].tolist()[:2] == ["High Street"] * 2
    assert one["name"].isna().tolist() == [False, False, True, True]
    assert one["private"].tolist() == [False, False, True, False]
    assert one["motorway"].tolist() == [False, False, False, True]


def test_one_street_in_several_features_or_without_an_identifier(tmp_path: Path) -> None:
    twice = [({"osm_id": "7"}, [[0, 0], [90, 0]]), ({"osm_id": "7"}, [[200, 0], [300, 0]]), ({}, [[0, 9], [5, 9]])]
    found = streets.read(write(tmp_path / "a.geojson", *twice), crs=BNG)
    assert found["segment_id"].tolist() == ["7_0", "7_1", "line3_0"]


def test_lengths_are_metres_in_feet_too(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", ({}, [[985_000, 200_000], [986_000, 200_000]]), crs="EPSG:2263")
    found = streets.read(path, crs="EPSG:2263")
    assert found["length_m"].iloc[0] == pytest.approx(304.8, abs=0.01)
    assert found["shape"].iloc[0].length == 1000


def test_points_on_lines_of_no_length_are_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "a.geojson", ({"osm_id": 1}, [[5, 5], [5, 5]]), ({"osm_id": 2}, [[0, 0], [1, 0]]))
    assert streets.read(path, crs=BNG)["segment_id"].tolist() == ["2_0"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "f: empty, where GeoJSON or GraphML would be right"),
        (b"\x89PNG", "f: something else, where GeoJSON or GraphML would be right"),
        (b"<html></html>", "f: XML without edges"),
        (b'{"type": "Polygon", "coordinates": []}', "f: no lines, only Polygon: streets are LineString features"),
    ],
)
def test_what_is_no_street_file_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "f").write_bytes(content)
    with pytest.raises(SourceError) as fault:
        streets.read(tmp_path / "f", crs=BNG)
    assert sentence in str(fault.value)
    with pytest.raises(SourceError, match="a folder, where a street file would be right"):
        streets.read(tmp_path, crs=BNG)


def test_a_street_graph_is_read_like_its_lines(tmp_path: Path) -> None:
    graph = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
      <key id="d0" for="graph" attr.name="crs"/><key id="d1" for="node" attr.name="x"/>
      <key id="d2" for="node" attr.name="y"/><key id="d3" for="edge" attr.name="name"/>
      <key id="d4" for="edge" attr.name="highway"/><key id="d5" for="edge" attr.name="geometry"/>
      <graph edgedefault="directed"><data key="d0">epsg:27700</data>
      <node id="10"><data key="d1">0</data><data key="d2">0</data></node>
      <node id="9"><data key="d1">100</data><data key="d2">0</data></node>
      <edge source="10" target="9"><data key="d3">High Street</data><data key="d4">['primary', 'trunk']</data></edge>
      <edge source="9" target="10"><data key="d3">High Street</data><data key="d4">['primary', 'trunk']</data></edge>
      <edge source="9" target="10"><data key="d5">LINESTRING (100 0, 50 40, 0 0)</data></edge>
      </graph></graphml>"""
    (tmp_path / "g.graphml.gz").write_bytes(gzip.compress(graph.encode()))
    found = streets.read(tmp_path / "g.graphml.gz", crs=BNG)
    assert found["segment_id"].tolist() == ["9-10-0", "9-10-1"]
    assert found["name"].iloc[0] == "High Street"
    assert found["kind"].iloc[0] == "primary"
    assert found["length_m"].tolist() == pytest.approx([100.0, 2 * np.hypot(50, 40)])
    assert tables.SEGMENTS.check(found) is found
