"""Files of features: pubs, stations, schools and other things on the ground, as points with their kind."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError, SourceError
from abate.sources import geojson, small_tables
from abate.space import projections
from abate.tables import FEATURES

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("kind", "amenity", "fclass", "feature", "type", "category", "class")
_EASTINGS = (("easting", "northing"), ("x", "y"))
_DEGREES = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"))
_SHOWN = 5


def read(path: str | Path, *, crs: str, kind: str | None = None) -> pd.DataFrame:
    """Read the features of a file: `tables.FEATURES`, in the coordinate system `crs`, by kind and place.

    Takes GeoJSON (also gzipped; of lines and areas the middle is taken) and CSV with `easting` and `northing`, or
    `longitude` and `latitude`. The kind is the column `kind`, or the first of amenity, fclass, type and their like;
    `kind` names another. Every column is carried along, so that a method may refuse those about people. Raises
    `SourceError` with what is wrong and where.
    """
    path = Path(path)
    content = geojson.read_bytes(path)
    opening = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if not opening:
        raise SourceError(
            f"{path.name}: the file is empty: GeoJSON or CSV with kind, easting and northing would be right"
        )
    return (
        parse_geojson(content, name=path.name, crs=crs, kind=kind)
        if opening in (b"{", b"[")
        else parse_csv(content, name=path.name, crs=crs, kind=kind)
    )


def parse_geojson(content: bytes, *, name: str, crs: str, kind: str | None = None) -> pd.DataFrame:
    """Take features out of GeoJSON text.

    >>> point = '{"type": "Point", "coordinates": [530000, 180000]}'
    >>> crs = '"crs": {"type": "name", "properties": {"name": "EPSG:27700"}}'
    >>> one = f'{{"type": "Feature", "properties": {{"amenity": "pub"}}, "geometry": {point}}}'
    >>> text = f'{{"type": "FeatureCollection", {crs}, "features": [{one}]}}'
    >>> parse_geojson(text.encode(), name="pubs.geojson", crs="EPSG:27700").to_dict("records")
    [{'kind': 'pub', 'easting': 530000.0, 'northing': 180000.0}]
    """
    import shapely

    features = geojson.parse(content, name=name)
    shapes = np.empty(len(features.geometries), dtype=object)
    faults = []
    for place, geometry in enumerate(features.geometries):
        try:
            shapes[place] = shapely.geometry.shape(
                geometry or {"type": "GeometryCollection", "geometries": []}
            ).centroid
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, shapely.errors.ShapelyError):
            shapes[place] = shapely.Point()
        if shapes[place].is_empty:
            faults.append(
                f"{name}: feature {place + 1} is drawn without a point: a pair such as [-0.12, 51.5] is right"
            )
    if faults:
        raise SourceError(*_some(faults, name))
    placed = geojson.placed(shapes, name=name, stated=features.crs, crs=crs)
    return _table(name, list(features.properties), shapely.get_x(placed), shapely.get_y(placed), kind)


def parse_csv(content: bytes, *, name: str, crs: str, kind: str | None = None) -> pd.DataFrame:
    r"""Take features out of CSV text.

    >>> text = b"kind,easting,northing\npub,530000,180000"
    >>> parse_csv(text, name="pubs.csv", crs="EPSG:27700").to_dict("records")
    [{'kind': 'pub', 'easting': 530000.0, 'northing': 180000.0}]
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise SourceError(f"{name}: neither GeoJSON nor a CSV in UTF-8") from None
    if not rows:
        raise SourceError(f"{name}: no rows under the header: one row a feature would be right")
    rows = [{str(key).strip().lower(): value for key, value in row.items() if key is not None} for row in rows]
    pair = next((pair for pair in (*_EASTINGS, *_DEGREES) if set(pair) <= set(rows[0])), None)
    if pair is None:
        raise SourceError(f"{name}: no columns easting and northing, or longitude and latitude: {', '.join(rows[0])}")
    east, north = (_numbers(rows, column, name) for column in pair)
    source = projections.LONGITUDE_LATITUDE if pair in _DEGREES else crs
    try:
        found = projections.convert(east, north, source=source, target=crs)
    except OptionError as fault:
        raise SourceError(*(f"{name}: {sentence}" for sentence in fault.faults)) from None
    if len(lost := np.flatnonzero(~np.isfinite(found.easting))):
        raise SourceError(f"{name}, row {lost[0] + 1}: the coordinates do not exist in {crs} ({len(lost):,} such rows)")
    kept = [{key: value for key, value in row.items() if key not in pair} for row in rows]
    return _table(name, kept, found.easting, found.northing, kind.lower() if kind else None)


def _numbers(rows: Sequence[dict[str, Any]], column: str, name: str) -> Any:
    found, faults = [], []
    for number, row in enumerate(rows, 1):
        try:
            found.append(float(row[column]))
        except (TypeError, ValueError):
            faults.append(f"{name}, row {number}: {column} '{row[column] or ''}' is not a number")
    if faults:
        raise SourceError(*_some(faults, name))
    return np.array(found)


def _table(name: str, rows: list[dict[str, Any]], east: Any, north: Any, kind: str | None) -> pd.DataFrame:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lowered = {column.lower(): column for column in reversed(columns)}
    chosen = kind or next((lowered[known] for known in KINDS if known in lowered), None)
    if chosen is None or chosen not in columns:
        wanted = f"'{kind}'" if kind else f"for the kind ({', '.join(KINDS)})"
        raise SourceError(f"{name}: there is no column {wanted}; there are {', '.join(columns) or 'none'}")
    kinds = [str(row.get(chosen) or "").strip() for row in rows]
    if blank := [number for number, text in enumerate(kinds, 1) if not text]:
        raise SourceError(f"{name}: feature {blank[0]} has no kind in '{chosen}' ({len(blank):,} such in all)")
    frame = pd.DataFrame({"kind": pd.Series(kinds, dtype="str"), "easting": east, "northing": north})
    for column in columns:
        if column not in (chosen, *frame.columns, "name", "id"):
            frame[column] = [row.get(column) for row in rows]
    return small_tables.checked(
        frame.sort_values(["kind", "easting", "northing"], ignore_index=True), FEATURES, name=name
    )


def _some(faults: list[str], name: str) -> list[str]:
    more = [f"{name}: {len(faults) - _SHOWN:,} more like these"] if len(faults) > _SHOWN else []
    return [*faults[:_SHOWN], *more]
