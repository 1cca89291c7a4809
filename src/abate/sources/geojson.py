"""GeoJSON as found in the world: read with limits, told what is wrong with it, and its areas or lines taken out."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError, SourceError
from abate.sources import markup
from abate.space import projections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

MOST_BYTES = 1_000_000_000
MOST_CORNERS = 20_000_000
_CHUNK = 1 << 20
_SHOWN = 5

_DEPTH = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_OTHERS = {"Point", "MultiPoint", "GeometryCollection"}


@dataclass(frozen=True)
class Features:
    """The features of one file, as they stand there: properties, geometries, and the coordinate system it states."""

    name: str
    properties: tuple[dict[str, Any], ...]
    geometries: tuple[dict[str, Any] | None, ...]
    crs: str | None


def read_bytes(path: Path) -> bytes:
    """Read a file, unpacking gzip, up to `MOST_BYTES`.

    Raises `SourceError` when it is missing, cut off, damaged or too large.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            chunks, size = [], 0
            while chunk := file.read(_CHUNK):
                size += len(chunk)
                if size > MOST_BYTES:
                    raise SourceError(f"{path.name}: more than {MOST_BYTES:,} bytes: give a generalised edition of it")
                chunks.append(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SourceError(f"{path.name}: the gzip file is cut off or damaged: fetch it again") from None
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read ({fault.strerror})") from None
    return b"".join(chunks)


def parse(text: bytes, *, name: str) -> Features:
    """Take GeoJSON text apart into features; `name` is what the file is called in sentences.

    Raises `SourceError` when it is not JSON, not GeoJSON, or has no features.

    >>> text = b'{"type": "Polygon", "coordinates": [[[0, 51], [1, 51], [1, 52], [0, 51]]]}'
    >>> found = parse(text, name="one.geojson")
    >>> len(found.geometries), found.crs
    (1, None)
    """
    document = _json(text, name)
    kind = str(document.get("type", "")) if isinstance(document, dict) else ""
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        features = document["features"]
    elif kind == "Feature":
        features = [document]
    elif kind in _DEPTH or kind in _OTHERS:
        features = [{"type": "Feature", "properties": {}, "geometry": document}]
    else:
        found = "TopoJSON" if kind == "Topology" else f"of type '{kind[:40]}'" if kind else "without a type"
        raise SourceError(f"{name}: JSON {found}, not a GeoJSON FeatureCollection")
    if not features:
        raise SourceError(f"{name}: the FeatureCollection holds no features")
    if wrong := [number for number, feature in enumerate(features, 1) if not _is_feature(feature)]:
        raise SourceError(f"{name}: {_numbers(wrong)} not GeoJSON: an object with `properties` and `geometry` would be")
    properties = tuple(_properties(feature) for feature in features)
    return Features(name, properties, tuple(feature.get("geometry") for feature in features), _crs(document, name))


def _json(text: bytes, name: str) -> Any:
    try:
        return markup.load_json(text)
    except UnicodeDecodeError:
        raise SourceError(f"{name}: not text in UTF-8: GeoJSON is") from None
    except json.JSONDecodeError as fault:
        raise SourceError(
            f"{name}: not JSON, line {fault.lineno}, column {fault.colno}: {fault.msg.lower()}; "
            "is it cut off, or a page saved by mistake?"
        ) from None
    except ValueError as fault:
        raise SourceError(f"{name}: cannot be read as GeoJSON: {fault}") from None


def _is_feature(feature: Any) -> bool:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return False
    return isinstance(feature.get("properties"), dict | None) and isinstance(feature.get("geometry"), dict | None)


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    own = feature.get("properties") or {}
    return {**own, "id": feature["id"]} if feature.get("id") is not None and "id" not in own else own


def _crs(document: dict[str, Any], name: str) -> str | None:
    stated = document.get("crs")
    if stated is None:
        return None
    try:
        return str(stated["properties"]["name"])
    except (KeyError, TypeError):
        raise SourceError(
            f'{name}: the member "crs" does not name a coordinate system; '
            '{"type": "name", "properties": {"name": "EPSG:27700"}} would'
        ) from None


def _numbers(wrong: Sequence[int]) -> str:
    shown = ", ".join(str(number) for number in wrong[:_SHOWN])
    more = f" and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
    return f"feature {shown} is" if len(wrong) == 1 else f"features {shown}{more} are"


def polygons(features: Features) -> Shapes:
    """Draw the area of each feature, in the coordinates of the file. Outlines may be invalid still.

    Raises `SourceError` naming the features that have none.
    """
    import shapely

    wanted = ("Polygon", "MultiPolygon")
    wrong = [number for number, _ in enumerate(features.geometries, 1) if _kind(features, number) not in wanted]
    if wrong:
        kinds = sorted({_kind(features, number) for number in wrong})
        raise SourceError(f"{features.name}: {_numbers(wrong)} {', '.join(kinds)}, where polygons would be right")
    parts = [(position, part) for position, shape in enumerate(features.geometries) for part in _members(shape, 2)]
    if hollow := sorted({position + 1 for position, part in parts if not isinstance(part, list) or not part}):
        raise SourceError(f"{features.name}: {_numbers(hollow)} drawn without an outline")
    rings = [(position, ring) for position, (_, part) in enumerate(parts) for ring in part]
    holders = [parts[part][0] for part, _ in rings]
    corners, ring_of = _corners(features, [ring for _, ring in rings], holders, least=4)
    drawn = shapely.polygons(
        shapely.linearrings(corners, indices=ring_of), indices=np.array([part for part, _ in rings])
    )
    return _gathered(drawn, [position for position, _ in parts], len(features.geometries), shapely.multipolygons)


def lines(features: Features) -> tuple[Shapes, NDArray[np.int64]]:
    """Draw every line, in the coordinates of the file, with the position of the feature that it belongs to.

    Features that are not lines are passed over: street extracts hold crossings and squares too. Raises `SourceError`
    when there is no line at all.
    """
    import shapely

    chosen = [n for n in range(len(features.geometries)) if _kind(features, n + 1) in ("LineString", "MultiLineString")]
    parts = [(position, part) for position in chosen for part in _members(features.geometries[position], 1)]
    if not parts:
        kinds = sorted({_kind(features, number + 1) for number in range(len(features.geometries))})
        raise SourceError(f"{features.name}: no lines, only {', '.join(kinds)}: streets are LineString features")
    holders = [position for position, _ in parts]
    corners, line_of = _corners(features, [part for _, part in parts], holders, least=2)
    drawn: Shapes = shapely.linestrings(corners, indices=line_of)
    return drawn, np.array(holders, dtype=np.int64)


def _kind(features: Features, number: int) -> str:
    geometry = features.geometries[number - 1]
    return "without a geometry" if geometry is None else str(geometry.get("type"))


def _members(geometry: dict[str, Any] | None, depth: int) -> Iterator[Any]:
    """Give the coordinates of each part of a geometry; None where there are none."""
    coordinates = None if geometry is None else geometry.get("coordinates")
    if geometry is None or not isinstance(coordinates, list) or not coordinates:
        yield None
    elif _DEPTH[geometry["type"]] == depth:
        yield coordinates
    else:
        yield from coordinates


def _corners(
    features: Features, paths: list[Any], holders: list[int], *, least: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Put the corners of all paths into one array, with the position of each corner's path; or name what is wrong."""
    short = [holders[n] + 1 for n, path in enumerate(paths) if not isinstance(path, list) or len(path) < least]
    if short:
        raise SourceError(
            f"{features.name}: {_numbers(sorted(set(short)))} drawn with fewer than {least} corners in a part"
        )
    lengths = np.array([len(path) for path in paths], dtype=np.int64)
    check_corners(features.name, int(lengths.sum()))
    try:
        corners = np.array(list(chain.from_iterable(paths)), dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        corners = _flattened(features, paths, holders)
    owner = np.repeat(np.arange(len(paths)), lengths)
    if corners.ndim != 2 or corners.shape[1] < 2 or not np.isfinite(corners[:, :2]).all():
        corners = _flattened(features, paths, holders)
    return corners[:, :2], owner


def check_corners(name: str, corners: int) -> None:
    """Raise `SourceError` when shapes have more than `MOST_CORNERS` corners."""
    if corners > MOST_CORNERS:
        raise SourceError(f"{name}: {corners:,} corners, more than {MOST_CORNERS:,}: give a generalised edition of it")


def _flattened(features: Features, paths: list[Any], holders: list[int]) -> NDArray[np.float64]:
    """Take the first two numbers of every corner, one by one (heights go); name the features where that fails."""
    wrong = {holders[n] + 1 for n, path in enumerate(paths) if not all(_is_corner(corner) for corner in path)}
    if wrong:
        raise SourceError(
            f"{features.name}: {_numbers(sorted(wrong))} drawn with corners that are not pairs of numbers such as "
            "[-0.12, 51.5]"
        )
    return np.array([corner[:2] for path in paths for corner in path], dtype=np.float64)


def _is_corner(corner: Any) -> bool:
    if not isinstance(corner, list) or len(corner) < 2:
        return False
    return all(type(value) in (int, float) and abs(value) < 1e12 for value in corner[:2])


def _gathered(parts: Shapes, holders: list[int], count: int, join: Callable[..., Shapes]) -> Shapes:
    of = np.array(holders, dtype=np.int64)
    starts, ends = np.searchsorted(of, np.arange(count), "left"), np.searchsorted(of, np.arange(count), "right")
    shapes = np.empty(count, dtype=object)
    single = ends - starts == 1
    shapes[single] = parts[starts[single]]
    for position in np.flatnonzero(ends - starts > 1):
        shapes[position] = join(parts[starts[position] : ends[position]])
    return shapes


def placed(shapes: Shapes, *, name: str, stated: str | None, crs: str) -> Shapes:
    """Carry shapes to the coordinate system `crs`; `stated` is their own, longitude and latitude if None.

    Raises `SourceError` when the coordinates cannot be in the system that is stated, or supposed.
    """
    import shapely

    corners = shapely.get_coordinates(shapes)
    try:
        source = stated or projections.LONGITUDE_LATITUDE
        if projections.is_geographic(source):
            _check_degrees(corners, name, stated)
            if crs == projections.BRITISH_NATIONAL_GRID:
                projections.analysis_crs(source, corners[:, 0], corners[:, 1])
        found = projections.convert(corners[:, 0], corners[:, 1], source=source, target=crs)
    except OptionError as fault:
        raise SourceError(*(f"{name}: {sentence}" for sentence in fault.faults)) from None
    if not (np.isfinite(found.easting).all() and np.isfinite(found.northing).all()):
        raise SourceError(f"{name}: some coordinates do not exist in {crs}: give the coordinate system they are in")
    moved: Shapes = shapely.set_coordinates(shapes.copy(), np.column_stack([found.easting, found.northing]))
    return moved


def _check_degrees(corners: NDArray[np.float64], name: str, stated: str | None) -> None:
    far = np.flatnonzero((np.abs(corners[:, 0]) > 180) | (np.abs(corners[:, 1]) > 90))
    if len(far):
        x, y = corners[far[0]]
        supposed = f"states {stated}" if stated else "states no coordinate system, so that it should be"
        raise SourceError(
            f"{name}: ({x:g}, {y:g}) is not a longitude and latitude, and the file {supposed} longitude and latitude; "
            'a member "crs" that names the system (EPSG:27700 for the British National Grid) would be right'
        )
