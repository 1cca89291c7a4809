"""Sites that are to be patrolled: a CSV file of names and coordinates, or any file of outlines."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError, SourceError, nearest
from abate.sources import geojson
from abate.space import projections
from abate.tables.patrols import PATROL_SITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DEGREES = ("longitude", "latitude")
METRES = ("easting", "northing")
MOST_TOLD = 20
_WORDS = ("area", "pair", "reasons", "time_bands")
_FIGURES = ("expected", "expected_harm")
_UNITED_KINGDOM = (-9.0, 49.7, 2.1, 61.1)
_NATIONAL_GRID = (0.0, 0.0, 700_000.0, 1_300_000.0)
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class PatrolSites:
    """The sites of one file, in the coordinate system that the analysis runs in.

    `sites` is `tables.PATROL_SITES`, in the order of the file; it also keeps the columns `pair`, `reasons` and
    `time_bands` where the file has them. `name` is the file's name, `sha256` that of its bytes, `version` the number
    of the list where abate wrote the file, else 0.
    """

    sites: pd.DataFrame
    crs: str
    name: str
    sha256: str
    version: int


def read(path: str | Path, *, crs: str | None = None) -> PatrolSites:
    """Read the sites that are to be patrolled.

    A CSV file needs `site_id`, `name`, and `longitude`, `latitude` or `easting`, `northing` (in `crs`, the British
    National Grid unless given); `area`, `pair`, `expected` and `expected_harm` are taken where they stand. Its sites
    have no shape. A file of outlines or points (`sites.geojson` of `abate hotspots --choose`, any other GeoJSON, a
    GeoPackage, a zipped shapefile) gives each site its middle, and its shape where it has one. Without `crs`
    coordinates must lie in the United Kingdom.

    Raises `SourceError` with every fault at once: columns that are missing, sites that stand there twice, coordinates
    that are no numbers, swapped, or somewhere else.
    """
    path = Path(path)
    if _is_folder(path):
        raise SourceError(f"{path}: a folder, where a file of sites would be right")
    content = geojson.read_bytes(path)
    start = content[:16].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not content.strip():
        raise SourceError(f"{path.name}: is empty; a site a row would be right, with {_needed()}")
    if start[:1] in {b"{", b"["}:
        sites, system = _from_geojson(content, name=path.name, crs=crs)
    elif start.startswith((b"PK\x03\x04", b"SQLite format 3\x00")):
        sites, system = _from_outlines(path, crs=crs)
    else:
        sites, system = parse(_text(content, path.name), name=path.name, crs=crs)
    return PatrolSites(sites, system, path.name, hashlib.sha256(content).hexdigest(), _version(content))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # the name is longer than a name can be
        return False


def parse(text: str, *, name: str, crs: str | None = None) -> tuple[pd.DataFrame, str]:
    r"""Understand the text of a CSV file of sites: the sites, and the coordinate system that they are now in.

    >>> text = "site_id,name,longitude,latitude\nA1,High Street,0.71,51.54\n"
    >>> sites, crs = parse(text, name="SITES.csv")
    >>> sites[["site_id", "name"]].to_numpy().tolist(), crs
    ([['A1', 'High Street']], 'EPSG:27700')
    """
    rows = _rows(text, name)
    axes = _axes(rows[0].keys(), name)
    labels = [f"{name}, row {number}" for number in range(1, len(rows) + 1)]
    faults = [*_name_faults(rows, labels)]
    x, y = (_numbers(rows, axis, labels, faults) for axis in axes)
    faults += _place_faults(x, y, labels, axes=axes, crs=crs)
    figures = {figure: _figures(rows, figure, labels, faults) for figure in _FIGURES}
    _refuse(faults, name)
    east, north, system = _placed(x, y, axes=axes, name=name, crs=crs)
    return _table(rows, east, north, np.full(len(rows), None, dtype=object), figures), system


def _needed() -> str:
    return "the columns site_id, name, longitude and latitude"


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise SourceError(f"{name}: is not UTF-8 text (byte {fault.start + 1}): save it as UTF-8 CSV") from None


def _version(content: bytes) -> int:
    from abate.sources.site_lists import label

    return label(content).version


def _rows(text: str, name: str) -> list[dict[str, str]]:
    """Take CSV text apart into rows of text by column, or say why that cannot be done."""
    try:
        cells = csv.reader(io.StringIO(text), skipinitialspace=True)
        lines = [line for line in cells if any(cell.strip() for cell in line)]
    except csv.Error as fault:
        raise SourceError(f"{name}: is no CSV: {fault}") from None
    if not lines:
        raise SourceError(f"{name}: is empty; a site a row would be right, with {_needed()}")
    header = [cell.strip().lower() for cell in lines[0]]
    faults = [f"{name}: there is no column '{column}'. {nearest(column, header)}" for column in _lacking(header)]
    faults += [f"{name}: the column '{column}' stands there twice" for column in _again(header)]
    if len(lines) == 1:
        faults.append(f"{name}: has a header and no sites")
    faults += [
        f"{name}, row {number}: has {len(line)} values, where the header has {len(header)} columns"
        for number, line in enumerate(lines[1:], 1)
        if len(line) != len(header)
    ]
    _refuse(faults, name)
    return [dict(zip(header, (cell.strip() for cell in line), strict=True)) for line in lines[1:]]


def _lacking(header: Sequence[str]) -> list[str]:
    placed = all(axis in header for axis in DEGREES) or all(axis in header for axis in METRES)
    nearer = METRES if any(axis in header for axis in METRES) and not any(d in header for d in DEGREES) else DEGREES
    return [column for column in ("site_id", "name", *(() if placed else nearer)) if column not in header]


def _again(header: Sequence[str]) -> list[str]:
    return sorted({column for column in header if column and header.count(column) > 1})


def _axes(columns: Any, name: str) -> tuple[str, str]:
    for axes in (DEGREES, METRES):
        if all(axis in columns for axis in axes):
            return axes
    raise SourceError(f"{name}: a site needs longitude and latitude, or easting and northing")


def _name_faults(rows: Sequence[Mapping[str, str]], labels: Sequence[str]) -> Iterator[str]:
    """Say which names will not do: blank ones, repeated ones, those that a spreadsheet would run or break."""
    seen: dict[str, str] = {}
    for row, label in zip(rows, labels, strict=True):
        site, name = row["site_id"], row["name"]
        if not site:
            yield f"{label}: site_id is blank; a name for machines, such as H01, would be right"
        elif site.startswith(_FORMULA) or not site.isprintable():
            yield f"{label}: site_id is {site!r}; one line that begins with a letter or figure is right"
        elif site in seen:
            yield f"{label}: site_id '{site}' stands at {seen[site].split(', ')[-1]} already; one row a site is right"
        else:
            seen[site] = label
        if not name:
            yield f"{label}: name is blank; where the site is, in words, would be right"


def _numbers(
    rows: Sequence[Mapping[str, str]], column: str, labels: Sequence[str], faults: list[str]
) -> list[float | None]:
    found: list[float | None] = []
    for row, label in zip(rows, labels, strict=True):
        value = _number(row[column])
        if value is None:
            said = f"'{row[column]}'" if row[column] else "blank"
            right = "decimal degrees such as 0.7123" if column in DEGREES else "metres such as 587400"
            faults.append(f"{label}: {column} is {said}; a number ({right}) would be right")
        found.append(value)
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _figures(
    rows: Sequence[Mapping[str, str]], column: str, labels: Sequence[str], faults: list[str]
) -> list[float | None]:
    """Read what is expected at each site; blank where nothing is said."""
    found: list[float | None] = []
    for row, label in zip(rows, labels, strict=True):
        text = row.get(column, "")
        value = _number(text)
        if text and (value is None or value < 0):
            faults.append(f"{label}: {column} is '{text}'; blank or a number of at least 0 would be right")
        found.append(value)
    return found


def _place_faults(
    x: Sequence[float | None],
    y: Sequence[float | None],
    labels: Sequence[str],
    *,
    axes: tuple[str, str],
    crs: str | None,
) -> Iterator[str]:
    """Say which coordinates cannot be those of a site."""
    for east, north, label in zip(x, y, labels, strict=True):
        if east is None or north is None:
            continue
        said = _misplaced(east, north, axes=axes, crs=crs)
        if said:
            yield f"{label}: {axes[0]} {east:g}, {axes[1]} {north:g} {said}"


def _misplaced(east: float, north: float, *, axes: tuple[str, str], crs: str | None) -> str:
    if axes == METRES:
        if crs in {None, projections.BRITISH_NATIONAL_GRID} and not _inside(east, north, _NATIONAL_GRID):
            return "lie outside the British National Grid; metres on that grid, or another system by --crs, are right"
        looks_degrees = abs(east) <= 180 and abs(north) <= 90 and not (east == 0 and north == 0)
        fine = not (float(east).is_integer() and float(north).is_integer())
        return "look like degrees; name the columns longitude and latitude" if looks_degrees and fine else ""
    if crs is None and not _inside(east, north, _UNITED_KINGDOM):
        if _inside(north, east, _UNITED_KINGDOM):
            return "look swapped; the United Kingdom lies near longitude -1, latitude 53"
        return "lie outside the United Kingdom; look at the row, or say with --crs in which system to measure"
    if abs(east) > 180 or abs(north) > 90:
        return "are no longitude and latitude; those reach from -180 to 180 and from -90 to 90"
    return ""


def _inside(east: float, north: float, extent: tuple[float, float, float, float]) -> bool:
    west, south, far_east, far_north = extent
    return west <= east <= far_east and south <= north <= far_north


def _refuse(faults: Sequence[str], name: str) -> None:
    if faults:
        more = [f"{name}: {len(faults) - MOST_TOLD:,} more faults like these"] if len(faults) > MOST_TOLD else []
        raise SourceError(*faults[:MOST_TOLD], *more)


def _placed(
    x: Sequence[float | None], y: Sequence[float | None], *, axes: tuple[str, str], name: str, crs: str | None
) -> tuple[Any, Any, str]:
    """Carry coordinates to the analysis coordinate system."""
    xs, ys = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    if axes == METRES:
        system = crs or projections.BRITISH_NATIONAL_GRID
        projections.unit_m(system)
        return xs, ys, system
    try:
        system = crs or projections.analysis_crs(projections.LONGITUDE_LATITUDE, xs, ys)
        projections.unit_m(system)
        found = projections.convert(xs, ys, source=projections.LONGITUDE_LATITUDE, target=system)
    except OptionError as fault:
        raise SourceError(*(f"{name}: {said}" for said in fault.faults)) from None
    if len(lost := np.flatnonzero(~(np.isfinite(found.easting) & np.isfinite(found.northing)))):
        raise SourceError(f"{name}, row {lost[0] + 1}: its coordinates do not exist in {system}: give another --crs")
    return found.easting, found.northing, system


def _table(
    rows: Sequence[Mapping[str, str]], east: Any, north: Any, shapes: Any, figures: Mapping[str, Sequence[float | None]]
) -> pd.DataFrame:
    """Lay out the sites as the table that patrols read."""
    words = {word: pd.Series([row.get(word) or None for row in rows], dtype="str") for word in _WORDS}
    frame = pd.DataFrame(
        {
            "site_id": pd.Series([row["site_id"] for row in rows], dtype="str"),
            "name": pd.Series([row["name"] for row in rows], dtype="str"),
            "easting": np.asarray(east, dtype=np.float64),
            "northing": np.asarray(north, dtype=np.float64),
            "area": words["area"],
            **{figure: pd.array(np.array(values, dtype=np.float64)) for figure, values in figures.items()},
        }
    ).assign(shape=shapes)
    kept = {word: words[word] for word in _WORDS if word != "area" and words[word].notna().any()}
    return PATROL_SITES.check(frame[list(PATROL_SITES.columns)].assign(**kept))


def _from_geojson(content: bytes, *, name: str, crs: str | None) -> tuple[pd.DataFrame, str]:
    features = geojson.parse(content, name=name)
    kinds = {str((shape or {}).get("type")) for shape in features.geometries}
    rows = [_said(row, number) for number, row in enumerate(features.properties, 1)]
    labels = [f"{name}, feature {number}" for number in range(1, len(rows) + 1)]
    faults = [*_name_faults(rows, labels)]
    figures = {figure: _figures(rows, figure, labels, faults) for figure in _FIGURES}
    _refuse(faults, name)
    if kinds == {"Point"}:
        east, north, system = _points(features, labels, crs)
        return _table(rows, east, north, np.full(len(rows), None, dtype=object), figures), system
    outlines = geojson.polygons(features)
    system = _system(features.crs, outlines, name=name, crs=crs)
    shapes = geojson.placed(outlines, name=name, stated=features.crs, crs=system)
    return _shaped(rows, shapes, figures, name=name), system


def _said(properties: Mapping[str, Any], number: int) -> dict[str, str]:
    """Give what a feature says of its site as text; one without a name of its own is called by its number."""
    lowered = {str(key).lower(): "" if value is None else str(value).strip() for key, value in properties.items()}
    site = lowered.get("site_id") or lowered.get("place_id") or lowered.get("id") or f"site_{number}"
    return {**lowered, "site_id": site, "name": lowered.get("name") or site}


def _points(features: geojson.Features, labels: Sequence[str], crs: str | None) -> tuple[Any, Any, str]:
    metric = features.crs is not None and not projections.is_geographic(features.crs)
    axes = METRES if metric else DEGREES
    faults: list[str] = []
    rows = [
        dict(zip(axes, (str(value) for value in ((shape or {}).get("coordinates") or ["", ""])[:2]), strict=True))
        for shape in features.geometries
    ]
    x, y = (_numbers(rows, axis, labels, faults) for axis in axes)
    system = features.crs if metric else crs
    faults += _place_faults(x, y, labels, axes=axes, crs=system)
    _refuse(faults, features.name)
    east, north, placed = _placed(x, y, axes=axes, name=features.name, crs=system)
    if metric and crs and crs != placed:
        moved = projections.convert(east, north, source=placed, target=crs)
        return moved.easting, moved.northing, crs
    return east, north, placed


def _system(stated: str | None, outlines: Any, *, name: str, crs: str | None) -> str:
    import shapely

    if crs is not None:
        projections.unit_m(crs)
        return crs
    corners = shapely.get_coordinates(outlines)
    try:
        return projections.analysis_crs(stated or projections.LONGITUDE_LATITUDE, corners[:, 0], corners[:, 1])
    except OptionError as fault:
        raise SourceError(*(f"{name}: {said}" for said in fault.faults)) from None


def _shaped(
    rows: Sequence[Mapping[str, str]], shapes: Any, figures: Mapping[str, Sequence[float | None]], *, name: str
) -> pd.DataFrame:
    """Give sites their outlines, mended, and their middles: the centroid, or a point inside where that lies out."""
    import shapely

    from abate.space import polygons

    outlines = polygons.mend(shapes).shapes
    if len(empty := np.flatnonzero(~(shapely.area(outlines) > 0))):
        raise SourceError(f"{name}: feature {empty[0] + 1} has no area ({len(empty):,} such in all)")
    middles = shapely.centroid(outlines)
    outside = ~shapely.contains(outlines, middles)
    middles[outside] = shapely.point_on_surface(outlines[outside])
    return _table(rows, shapely.get_x(middles), shapely.get_y(middles), outlines, figures)


def _from_outlines(path: Path, *, crs: str | None) -> tuple[pd.DataFrame, str]:
    """Read a GeoPackage or shapefile, whose areas become the sites."""
    from abate.sources import boundaries

    system = crs or projections.BRITISH_NATIONAL_GRID
    areas = boundaries.read(path, crs=system)
    rows = [
        {"site_id": str(row["place_id"]), "name": str(row["name"] if pd.notna(row["name"]) else row["place_id"])}
        for row in areas.to_dict("records")
    ]
    blank: dict[str, list[float | None]] = {figure: [None] * len(rows) for figure in _FIGURES}
    return _shaped(rows, areas["shape"].to_numpy(dtype=object), blank, name=path.name), system
