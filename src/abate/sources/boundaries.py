"""Boundary files: areas with their codes and names, from GeoJSON, GeoPackage or shapefile."""

from __future__ import annotations

import re
import warnings
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import MissingPartError, SourceError, nearest
from abate.sources import geojson, small_tables
from abate.space import polygons
from abate.tables.outlines import AREAS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

MOST_RATIO = 100
_RATIO_FROM = 10_000_000
_SHOWN = 3

# Finest first: a file of small areas often carries the codes of the larger ones around them too.
AREA_TYPES: Mapping[str, str] = {
    "oa": "output area",
    "lsoa": "LSOA",
    "msoa": "MSOA",
    "wd": "ward",
    "ward": "ward",
    "ltla": "local authority district",
    "lad": "local authority district",
    "csp": "Community Safety Partnership",
    "icb": "integrated care board",
    "utla": "upper-tier area",
    "ctyua": "upper-tier area",
    "pfa": "police force area",
    "rgn": "region",
}
_CODE = re.compile(rf"(?P<kind>{'|'.join(AREA_TYPES)})(?P<year>\d\d)?_?(cd|code)", re.IGNORECASE)
_PLAIN_CODES = ("place_id", "gss_code", "geo_code", "areacd", "code", "id")
_PLAIN_NAMES = ("name", "area_name", "title")


def read(path: str | Path, *, crs: str, code: str | None = None, source_crs: str | None = None) -> pd.DataFrame:
    """Read the areas of a boundary file.

    Gives `tables.AREAS`, by `place_id`, in the coordinate system `crs`. The id is the column `code`; without one the
    column of the finest official code (`lsoa11_code`, `LSOA21CD`, `pfa20_code` and their like), else a column such as
    `code` or `id` whose values are all there and all differ, else the area's place in the file. Outlines that touch
    or cross themselves are put right and marked `mended`. The file's own coordinate system is taken from it, unless
    `source_crs` says otherwise; GeoJSON that states none is longitude and latitude.

    Reads GeoJSON (also gzipped), GeoPackage, shapefile, and a zip that holds one of the last two. Raises
    `SourceError` with what is wrong and where.
    """
    path = Path(path)
    features, shapes = _open(path)
    stated = source_crs or features.crs
    shapes = geojson.placed(shapes, name=features.name, stated=stated, crs=crs)
    return table(features, shapes, code=code)


def table(features: geojson.Features, shapes: Shapes, *, code: str | None = None) -> pd.DataFrame:
    """Lay out features, and their shapes in the analysis coordinate system, as `tables.AREAS`.

    >>> import shapely
    >>> features = geojson.Features("f.geojson", ({"LSOA21CD": "E01000001", "LSOA21NM": "City 1A"},), (None,), None)
    >>> found = table(features, np.array([shapely.box(0, 0, 1, 1)], dtype=object))
    >>> found[["place_id", "name", "area_type"]].to_numpy().tolist()
    [['E01000001', 'City 1A', '2021 LSOA']]
    """
    import shapely

    found = polygons.mend(shapes)
    if len(empty := np.flatnonzero(~(shapely.area(found.shapes) > 0))):
        raise SourceError(f"{features.name}: feature {empty[0] + 1} has no area ({len(empty):,} such in all)")
    column = _code_column(features, code)
    name_column = _name_column(features, column)
    frame = pd.DataFrame(
        {
            "place_id": pd.Series(_ids(features, column), dtype="str"),
            "name": pd.Series([_text(row.get(name_column)) for row in features.properties], dtype="str"),
            "area_type": pd.Series([_area_type(column)] * len(shapes), dtype="str"),
            "mended": found.mended,
        }
    ).assign(shape=found.shapes)
    return small_tables.checked(frame.sort_values("place_id", ignore_index=True), AREAS, name=features.name)


def _open(path: Path) -> tuple[geojson.Features, Shapes]:
    if path.is_dir():
        raise SourceError(f"{path}: a folder, where a boundary file would be right")
    try:
        with path.open("rb") as file:
            start = file.read(64)
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read ({fault.strerror})") from None
    if start.startswith(b"PK\x03\x04"):
        return _through_gdal(path, _inside_zip(path))
    if start.startswith((b"SQLite format 3\x00", b"\x00\x00\x27\x0a")):
        if (size := path.stat().st_size) > geojson.MOST_BYTES:
            raise SourceError(f"{path.name}: {size:,} bytes, more than {geojson.MOST_BYTES:,}: give a smaller edition")
        return _through_gdal(path, str(path.resolve()))
    if start.startswith((b"\x1f\x8b", b"\xef\xbb\xbf")) or start.lstrip()[:1] in (b"{", b"["):
        features = geojson.parse(geojson.read_bytes(path), name=path.name)
        return features, geojson.polygons(features)
    found = "empty" if not start else "a page or XML" if start.lstrip()[:1] == b"<" else "something else"
    raise SourceError(f"{path.name}: {found}, where GeoJSON, a GeoPackage or a shapefile (zipped) would be right")


def _inside_zip(path: Path) -> str:
    try:
        members = zipfile.ZipFile(path).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise SourceError(f"{path.name}: the zip file is cut off or damaged: fetch it again") from None
    size, packed = sum(member.file_size for member in members), sum(member.compress_size for member in members)
    if size > geojson.MOST_BYTES or (size > _RATIO_FROM and size > MOST_RATIO * packed):
        raise SourceError(f"{path.name}: would unpack to {size:,} bytes from {packed:,}: that is not a boundary file")
    named = [member.filename for member in members if member.filename.lower().endswith((".shp", ".gpkg"))]
    if len(named) != 1:
        held = f"{len(named)} ({', '.join(named[:_SHOWN])})" if named else "none"
        raise SourceError(f"{path.name}: one shapefile or GeoPackage in the zip would be right, there is {held}")
    if named[0].startswith("/") or ".." in Path(named[0]).parts:
        raise SourceError(f"{path.name}: '{named[0]}' points out of the zip")
    return f"/vsizip/{{{path.resolve()}}}/{named[0]}"


def _through_gdal(path: Path, source: str) -> tuple[geojson.Features, Shapes]:
    import shapely

    try:
        import pyogrio
    except ImportError:
        raise MissingPartError.of("pyogrio", extra="geo") from None
    try:
        with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
            layer = _layer(path.name, pyogrio.list_layers(source))
            meta, _, shapes, values = pyogrio.raw.read(source, layer=layer, force_2d=True)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, UnicodeDecodeError) as fault:
        raise SourceError(f"{path.name}: cannot be read: {fault}") from None
    if meta["crs"] is None:
        raise SourceError(f"{path.name}: states no coordinate system; a shapefile needs its .prj beside it in the zip")
    fields = [str(field) for field in meta["fields"]]
    rows = zip(*values, strict=True) if values else iter([()] * len(shapes))
    properties = tuple(dict(zip(fields, row, strict=True)) for row in rows)
    if len(shapes) == 0:
        raise SourceError(f"{path.name}: holds no features")
    try:
        drawn = shapely.from_wkb(shapes)
    except shapely.errors.ShapelyError as fault:
        raise SourceError(f"{path.name}: an outline in it cannot be drawn ({fault}): save it again") from None
    geojson.check_corners(path.name, int(shapely.get_num_coordinates(drawn).sum()))
    if len(wrong := np.flatnonzero(~np.isin(shapely.get_type_id(drawn), (3, 6)))):
        raise SourceError(f"{path.name}: feature {wrong[0] + 1} is not a polygon ({len(wrong):,} such in all)")
    return geojson.Features(path.name, properties, (None,) * len(drawn), str(meta["crs"])), drawn


def _layer(name: str, layers: NDArray[np.object_]) -> str:
    areas = [str(layer) for layer, kind in layers if kind is not None and "Polygon" in str(kind)]
    if len(areas) == 1:
        return areas[0]
    if not areas:
        kinds = ", ".join(sorted({str(kind) for _, kind in layers})) or "none"
        raise SourceError(f"{name}: no layer of polygons, only {kinds}")
    raise SourceError(f"{name}: {len(areas)} layers of polygons ({', '.join(areas)}), where one would be right")


def _code_column(features: geojson.Features, code: str | None) -> str | None:
    columns = list(dict.fromkeys(column for row in features.properties for column in row))
    if code is not None:
        if code not in columns:
            raise SourceError(f"{features.name}: there is no column '{code}'. {nearest(code, columns)}")
        return code
    official = [(list(AREA_TYPES).index(m["kind"].lower()), c) for c in columns if (m := _CODE.fullmatch(c))]
    if official:
        return min(official)[1]
    lowered = {column.lower(): column for column in reversed(columns)}
    plain = [lowered[name] for name in _PLAIN_CODES if name in lowered]
    return next((column for column in plain if _tells_apart(features, column)), None)


def _tells_apart(features: geojson.Features, column: str) -> bool:
    values = [_text(row.get(column)) for row in features.properties]
    return None not in values and len(set(values)) == len(values)


def _ids(features: geojson.Features, column: str | None) -> list[str]:
    if column is None:
        digits = len(str(len(features.properties)))
        return [f"area_{number:0{digits}d}" for number in range(1, len(features.properties) + 1)]
    seen: dict[str, int] = {}
    ids, faults = [], []
    for number, row in enumerate(features.properties, 1):
        value = _text(row.get(column))
        if value is None:
            faults.append(f"{features.name}, feature {number}: '{column}' is blank, where each area's code would be")
        elif value in seen:
            faults.append(
                f"{features.name}, feature {number}: {column} {value} stands at feature {seen[value]} already; "
                "one feature an area would be right"
            )
        else:
            seen[value] = number
            ids.append(value)
    if faults:
        more = [f"{features.name}: {len(faults) - 20:,} more features like these"] if len(faults) > 20 else []
        raise SourceError(*faults[:20], *more)
    return ids


def _text(value: Any) -> str | None:
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    text = f"{value:.15g}" if isinstance(value, float) else str(value).strip()
    return text or None


def _name_column(features: geojson.Features, column: str | None) -> str:
    columns = {name.lower(): name for row in features.properties for name in row}
    stem = re.sub(r"_?(cd|code)$", "", (column or "").lower())
    wanted = [f"{stem}_name", f"{stem}name", f"{stem}nm", f"{stem}_nm", *_PLAIN_NAMES]
    return next((columns[name] for name in wanted if name in columns), "name")


def _area_type(column: str | None) -> str | None:
    found = _CODE.fullmatch(column or "")
    if found is None:
        return None
    kind = AREA_TYPES[found["kind"].lower()]
    return f"20{found['year']} {kind}" if found["year"] else kind
