"""Street files that GDAL reads: OS Open Roads as GeoPackage or shapefile, and any other layer of lines with names.

Ordnance Survey's road links run from junction to junction. `road_classification` (shapefile: `class`) tells motorways,
`road_function` (`function`) the kind of street, `name_1` (`name1`) its name, `form_of_way` (`formOfWay`) slip roads and
guided busways. The product has no footpaths: walks along it keep to roads.
"""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError, SourceError
from abate.sources import geojson

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

_SQLITE, _SHAPEFILE, _ZIP = b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"PK\x03\x04"
_CLASS = ("road_classification", "class", "roadclassification")
_FUNCTION = ("road_function", "function", "roadfunction")
_FORM = ("form_of_way", "formofway")
_NAME = ("name_1", "name1", "name")
_ID = ("id", "identifier", "osm_id", "toid")
_TAGS = ("highway", "fclass", "access", "foot", "kind")
_SHOWN = 5


@dataclass(frozen=True)
class Links:
    """Lines as they stand in the file, the properties that streets are made from, and the coordinate system stated."""

    lines: Shapes
    properties: list[dict[str, Any]]
    crs: str | None


def is_layer(start: bytes) -> bool:
    r"""Tell by its first bytes whether a file is a GeoPackage, a shapefile or a zip that may hold one.

    >>> is_layer(b"SQLite format 3\x00"), is_layer(b"{")
    (True, False)
    """
    return start.startswith((_SQLITE, _SHAPEFILE, _ZIP))


def read(path: Path) -> Links:
    """Read the road links of a file: of a GeoPackage the layer `road_link`, else the only layer of lines.

    Raises `SourceError` with what is wrong, `MissingPartError` without the extra `geo`.
    """
    try:
        import pyogrio
    except ImportError:
        raise MissingPartError.of("pyogrio", extra="geo") from None
    import shapely

    if (size := path.stat().st_size) > 2 * geojson.MOST_BYTES:
        raise SourceError(f"{path.name}: {size:,} bytes, too large: give the tile of your area")
    source = _inside_zip(path) if _is_zip(path) else str(path.resolve())
    try:
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
            layer = _layer(path.name, pyogrio.list_layers(source).tolist())
            meta, _, shapes, values = pyogrio.raw.read(source, layer=layer, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as fault:
        raise SourceError(f"{path.name}: cannot be read: {fault}") from None
    fields = [str(name) for name in meta["fields"]]
    try:
        drawn = shapely.from_wkb(shapes)
    except shapely.errors.ShapelyError as fault:
        raise SourceError(f"{path.name}: a line in it cannot be drawn ({fault}): save it again") from None
    rows = [dict(zip(fields, row, strict=True)) for row in zip(*values, strict=True)] if fields else [{}] * len(drawn)
    parts, owner = shapely.get_parts(drawn, return_index=True)
    lines = shapely.get_type_id(parts) == 1
    if not lines.any():
        raise SourceError(f"{path.name}: the layer '{layer}' holds no lines: streets are lines")
    told = [_told(row) for row in rows]
    return Links(parts[lines], [told[place] for place in owner[lines]], meta["crs"])


def _layer(name: str, layers: Sequence[Sequence[Any]]) -> str:
    """Choose the layer of road links: by its name, else the only one of lines."""
    named = [str(layer) for layer, kind in layers if str(layer).lower().replace("_", "").endswith("roadlink")]
    drawn = [str(layer) for layer, kind in layers if kind is not None and "LineString" in str(kind)]
    if len(named or drawn) == 1:
        return (named or drawn)[0]
    held = ", ".join(str(layer) for layer, _ in layers[:_SHOWN]) or "none"
    raise SourceError(f"{name}: one layer of road links would be right (`road_link`); its layers are {held}")


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_ZIP)) == _ZIP


def _inside_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise SourceError(f"{path.name}: the zip file is cut off or damaged: fetch it again") from None
    if (size := sum(member.file_size for member in members)) > 4 * geojson.MOST_BYTES:
        raise SourceError(f"{path.name}: would unpack to {size:,} bytes: give the tile of your area")
    found = [member.filename for member in members if member.filename.lower().endswith((".gpkg", "roadlink.shp"))]
    found = found or [member.filename for member in members if member.filename.lower().endswith(".shp")]
    if len(found) != 1:
        held = f"{len(found)} ({', '.join(found[:_SHOWN])})" if found else "none"
        raise SourceError(f"{path.name}: one GeoPackage or shapefile of road links in the zip would be right: {held}")
    return f"/vsizip/{path.resolve()}/{found[0]}"


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """Put a road link's columns into the words in which streets are told.

    >>> _told({"id": "a", "road_classification": "Motorway", "road_function": "Motorway", "name_1": None})["highway"]
    'motorway'
    >>> _told({"class": "Unclassified", "function": "Local Road", "name1": "Mill Lane"})["name"]
    'Mill Lane'
    """
    low = {name.lower(): value for name, value in row.items()}
    grade, form = _first(low, _CLASS), _first(low, _FORM)
    told: dict[str, Any] = {"id": _first(low, _ID), "name": _first(low, _NAME)}
    told |= {tag: low[tag] for tag in _TAGS if low.get(tag) is not None}
    if (grade or "").lower() == "motorway" or (_first(low, _FUNCTION) or "").lower() == "motorway":
        return told | {"highway": "motorway_link" if (form or "").lower() == "slip road" else "motorway"}
    if (form or "").lower() == "guided busway":
        return told | {"highway": "guided busway"}
    kind = _first(low, _FUNCTION) or grade
    return told if kind is None or "highway" in told else told | {"highway": kind}


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = row.get(name)
        if value is not None and value == value and (text := str(value).strip()):  # noqa: PLR0124 - not a number
            return text
    return None
