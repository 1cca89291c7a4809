"""Street files: segments between junctions, from OpenStreetMap lines, a street graph, or OS Open Roads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import SourceError
from abate.sources import geojson, graphml, open_roads, osm_pbf
from abate.space import projections, segments
from abate.tables.outlines import SEGMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

_KINDS = ("fclass", "highway", "highway_group", "class", "kind")
_IDS = ("osm_id", "osmid", "@id", "id")
_MOTORWAYS = ("motorway", "motorway_link")
_CLOSED = ("private", "no")


def read(path: str | Path, *, crs: str, source_crs: str | None = None) -> pd.DataFrame:
    """Read the street segments of a file.

    Gives `tables.SEGMENTS`, by `segment_id`, in the projected coordinate system `crs`. Lines of GeoJSON are cut where
    a corner of one is also a corner of another; a bridge that crosses a street without a shared corner does not cut
    it. The segment's id is the street's identifier and a running number (`100009526_0`), so that it is the same as
    long as the street and its junctions are. The edges of a GraphML graph (as OSMnx writes it) are segments already;
    an edge that is listed in both directions is taken once. Ways of an OpenStreetMap extract in PBF (`.osm.pbf`) are
    cut like lines of GeoJSON, and so are the road links of OS Open Roads (GeoPackage, shapefile, or either zipped).

    Reads GeoJSON and GraphML also gzipped. Raises `SourceError` with what is wrong and where.
    """
    path = Path(path)
    if path.is_dir():
        raise SourceError(f"{path}: a folder, where a street file would be right")
    start = _start(path)
    if osm_pbf.is_pbf(start):
        ways = osm_pbf.read(path)
        lines = geojson.placed(ways.lines, name=path.name, stated=None, crs=crs)
        return table(lines, ways.properties, unit_m=projections.unit_m(crs))
    if open_roads.is_layer(start):
        links = open_roads.read(path)
        lines = geojson.placed(links.lines, name=path.name, stated=source_crs or links.crs, crs=crs)
        return table(lines, links.properties, unit_m=projections.unit_m(crs))
    text = geojson.read_bytes(path)
    start = text[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        features = geojson.parse(text, name=path.name)
        lines, owner = geojson.lines(features)
        lines = geojson.placed(lines, name=path.name, stated=source_crs or features.crs, crs=crs)
        return table(lines, [features.properties[position] for position in owner], unit_m=projections.unit_m(crs))
    if start.startswith(b"<"):
        graph = graphml.parse(text, name=path.name)
        lines = geojson.placed(graph.lines, name=path.name, stated=source_crs or graph.crs, crs=crs)
        return _laid_out(lines, list(graph.ids), list(graph.properties), unit_m=projections.unit_m(crs))
    found = "empty" if not text else "something else"
    raise SourceError(
        f"{path.name}: {found}, where GeoJSON or GraphML would be right (or .osm.pbf, a GeoPackage, a shapefile)"
    )


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read ({fault.strerror})") from None


def table(lines: Shapes, properties: list[dict[str, Any]], *, unit_m: float) -> pd.DataFrame:
    """Cut lines at their junctions and lay them out as `tables.SEGMENTS`; `properties` stand beside the lines.

    >>> import shapely
    >>> lines = np.array([shapely.LineString([(0, 0), (90, 0), (200, 0)]), shapely.LineString([(90, 0), (90, 50)])])
    >>> found = table(lines, [{"osm_id": "7", "name": "High Street"}, {"osm_id": "8", "name": None}], unit_m=1.0)
    >>> found[["segment_id", "length_m"]].to_numpy().tolist()
    [['7_0', 90.0], ['7_1', 110.0], ['8_0', 50.0]]
    """
    pieces = segments.split(lines)
    names = [_identifier(row, number) for number, row in enumerate(properties, 1)]
    rows = [properties[position] for position in pieces.line]
    of_piece = pd.Series([names[position] for position in pieces.line], dtype="str")
    number = of_piece.groupby(of_piece).cumcount()
    ids = [f"{name}_{count}" for name, count in zip(of_piece, number, strict=True)]
    return _laid_out(pieces.shapes, ids, rows, unit_m=unit_m)


def _identifier(properties: dict[str, Any], number: int) -> str:
    found = next((properties[name] for name in _IDS if properties.get(name) is not None), None)
    return f"line{number}" if found is None else str(found).strip()


def _laid_out(shapes: Shapes, ids: list[str], rows: list[dict[str, Any]], *, unit_m: float) -> pd.DataFrame:
    import shapely

    kinds = [_first(row, _KINDS) for row in rows]
    frame = pd.DataFrame(
        {
            "segment_id": pd.Series(ids, dtype="str"),
            "name": pd.Series([_first(row, ("name",)) for row in rows], dtype="str"),
            "kind": pd.Series(kinds, dtype="str"),
            "length_m": shapely.length(shapes) * unit_m,
            "motorway": np.array([kind in _MOTORWAYS for kind in kinds], dtype=bool),
            "private": np.array([_closed(row) for row in rows], dtype=bool),
        }
    ).assign(shape=shapes)
    whole = frame[frame["length_m"] > 0]
    return SEGMENTS.check(whole.sort_values("segment_id", ignore_index=True))


def _closed(properties: dict[str, Any]) -> bool:
    """Tell whether one may not walk there: what is said of walkers counts before what is said of all."""
    walkers = properties.get("foot")
    return (properties.get("access") if walkers is None else walkers) in _CLOSED


def _first(properties: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """Give the first of some properties that says something; of a list that OSMnx has joined, the first entry."""
    for name in names:
        value = properties.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is not None and (text := str(value).strip()):
            return text
    return None
