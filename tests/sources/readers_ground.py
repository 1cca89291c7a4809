"""Small files of what lies on the ground, that are right: areas, streets, features, walks and positions."""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sources.readers_made import zipped

BNG = "EPSG:27700"
_SQUARE = [[[-0.45, 52.1], [-0.449, 52.1], [-0.449, 52.101], [-0.45, 52.101], [-0.45, 52.1]]]
_ROADS = [[(0, 0), (100, 0)], [(100, 0), (100, 80)], [(100, 0), (300, 0)]]
_STEP = 1e-5


def _collection(*features: tuple[dict[str, Any], dict[str, Any]], **label: Any) -> bytes:
    every = [{"type": "Feature", "properties": row, "geometry": shape} for row, shape in features]
    return json.dumps({"type": "FeatureCollection", **label, "features": every}).encode()


@cache
def areas(kind: str) -> tuple[bytes, ...]:
    """Give two areas as GeoJSON, GeoPackage or zipped shapefile; `list` is a list of sites that says what it is."""
    import shapely

    row = {"site_id": "a", "name": "High Street", "expected": 3.5}
    square = {"type": "Polygon", "coordinates": _SQUARE}
    moved = [[[x + 0.01, y] for x, y in ring] for ring in _SQUARE]
    several = {"type": "MultiPolygon", "coordinates": [moved, [[[x + 0.1, y] for x, y in ring] for ring in _SQUARE]]}
    if kind == "geojson":
        return (_collection((row, square), ({**row, "site_id": "b"}, several)),)
    if kind == "list":
        said = {"version": 4, "made_from": "ab", "first_month": "2021-03", "last_month": "2022-02", "buffer_m": 150}
        return (_collection((row, square), **said),)
    shapes = [shapely.box(507_000, 221_000, 507_100, 221_100), shapely.box(508_000, 221_000, 508_100, 221_100)]
    return (_layer(kind, shapes, {"site_id": ["a", "b"], "name": ["High Street", "Park"]}, "Polygon"),)


@cache
def streets(kind: str) -> tuple[bytes, ...]:
    """Give three streets in every form in which they come."""
    import shapely

    degrees = [[(-0.12 + x * _STEP, 51.5 + y * _STEP) for x, y in line] for line in _ROADS]
    if kind == "geojson":
        row = {"name": "Mill Lane", "highway": "residential", "osm_id": 7}
        return (_collection(*((row, {"type": "LineString", "coordinates": line}) for line in degrees)),)
    if kind == "graphml":
        return (_graph(degrees),)
    if kind == "osm.pbf":
        return (_extract(degrees),)
    lines = [shapely.LineString([(529_000 + x, 183_000 + y) for x, y in line]) for line in _ROADS]
    told = {"id": ["a", "b", "c"], "function": ["Local Road", "A Road", "Motorway"], "name_1": ["Mill", None, None]}
    return (_layer(kind, lines, told, "LineString"),)


def _graph(lines: list[list[tuple[float, float]]]) -> bytes:
    import networkx as nx
    import shapely

    graph = nx.MultiDiGraph(crs="epsg:4326")
    for place, (start, end) in enumerate(lines):
        for node, (x, y) in ((2 * place, start), (2 * place + 1, end)):
            graph.add_node(node, x=str(x), y=str(y))
        line = shapely.to_wkt(shapely.LineString([start, end]))
        graph.add_edge(2 * place, 2 * place + 1, name="['A1', 'High Street']", highway="primary", geometry=line)
    return "\n".join(nx.generate_graphml(graph)).encode()


def _extract(lines: list[list[tuple[float, float]]]) -> bytes:
    import osmium

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.osm.pbf"
        writer = osmium.SimpleWriter(str(path))
        for place, line in enumerate(lines):
            for end, at in enumerate(line):
                writer.add_node(osmium.osm.mutable.Node(id=2 * place + end + 1, location=at))
        for place, _ in enumerate(lines):
            tags = {"highway": "residential", "name": "Mill Lane"}
            writer.add_way(osmium.osm.mutable.Way(id=place + 1, nodes=[2 * place + 1, 2 * place + 2], tags=tags))
        writer.close()
        return path.read_bytes()


def _layer(kind: str, shapes: list[Any], told: dict[str, list[str | None]], geometry: str) -> bytes:
    """Write a layer as a GeoPackage, or as a shapefile in a zip."""
    import pyogrio
    import shapely

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("layer.gpkg" if kind == "gpkg" else "layer.shp")
        pyogrio.raw.write(
            path,
            geometry=shapely.to_wkb(np.array(shapes, dtype=object)),
            field_data=[np.array(values, dtype=object) for values in told.values()],
            fields=list(told),
            layer="road_link" if kind == "gpkg" else "layer",
            driver="GPKG" if kind == "gpkg" else "ESRI Shapefile",
            geometry_type=geometry,
            crs=BNG,
        )
        if kind == "gpkg":
            return path.read_bytes()
        return zipped({part.name: part.read_bytes() for part in sorted(Path(folder).iterdir())})


def pubs() -> tuple[bytes, ...]:
    """Give features of every shape."""
    shapes = [
        {"type": "Point", "coordinates": [-0.12, 51.5]},
        {"type": "LineString", "coordinates": [[-0.12, 51.5], [-0.13, 51.5]]},
        {"type": "Polygon", "coordinates": _SQUARE},
    ]
    return (_collection(*(({"amenity": "pub"}, shape) for shape in shapes)),)


def loops() -> tuple[bytes, ...]:
    """Give a walking loop."""
    row = {"site_id": "a", "loop": 1, "length_m": 400.0, "minutes": 5.3, "passed": 2.0, "share": 0.5, "bound": 2.5}
    row |= {"gap": 0.2, "proven": False, "parking_easting": 530000.0, "parking_northing": 180000.0}
    row |= {"parking_longitude": -0.128, "parking_latitude": 51.504, "directions": "Start.", "name": "A"}
    line = {"type": "LineString", "coordinates": [[-0.128, 51.504], [-0.127, 51.504], [-0.128, 51.504]]}
    return (_collection((row, line)),)


@cache
def _fixes() -> Any:
    import patrol_tracks
    from abate.sample import tracks

    sites = patrol_tracks.sites(2)
    return tracks.tracks(sites, patrol_tracks.plan(sites, teams=1, visits=1), seed=1, faults=False).fixes.head(12)


@cache
def tracks_of(kind: str) -> tuple[bytes, ...]:
    """Give the positions of a patrol as CSV, GPX or GeoJSON."""
    from abate.sample import tracks

    if kind == "csv":
        return tracks.as_csv(_fixes()).encode(), b"Timestamp,Lat,Lon\n2026-11-02 14:00,51.5,-0.1\n"
    if kind == "gpx":
        return (tracks.as_gpx(_fixes()).encode(),)
    line = {"type": "LineString", "coordinates": [[-0.1, 51.5], [-0.101, 51.5]]}
    times = ["2026-11-02T14:00:00Z", "2026-11-02T14:00:15Z"]
    return (_collection(({"device": "r1", "coordTimes": times}, line)),)
