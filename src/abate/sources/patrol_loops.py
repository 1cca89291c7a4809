"""Walking loops as `abate patrols loops` writes them: a line a walk, with what it passes and how it is walked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError
from abate.sources import geojson, small_tables
from abate.space import projections
from abate.tables.patrols import LOOPS

if TYPE_CHECKING:
    from abate.sources.geojson import Features

_PARKING = ("parking_longitude", "parking_latitude")
_TEXTS = ("site_id", "directions")
_WHOLE = "loop"
_MOST = 1e12
_YES_NO = "proven"
_OWN = ("shape", "parking_easting", "parking_northing")


def read(path: str | Path, *, crs: str) -> pd.DataFrame:
    """Read a file of walking loops, `loops.geojson`, carried to the analysis coordinate system `crs`.

    Gives `tables.LOOPS` by `site_id` and `loop`, with the parking point's `parking_longitude` and `parking_latitude`
    beside it. Raises `SourceError` with every fault when the file is missing, no GeoJSON, or not one of walking loops.
    """
    path = Path(path)
    if path.is_dir():
        raise SourceError(f"{path}: a folder, where the file loops.geojson in it would be right")
    return parse(geojson.read_bytes(path), name=path.name, crs=crs)


def parse(text: bytes, *, name: str, crs: str) -> pd.DataFrame:
    """Understand the text of a file of walking loops; `name` is what the file is called in sentences."""
    features = geojson.parse(text, name=name)
    _check(features)
    lines, owner = geojson.lines(features)
    if list(owner) != list(range(len(features.properties))):
        raise SourceError(f"{name}: each walk should be one LineString")
    rows = pd.DataFrame(list(features.properties)).drop(columns=list(_OWN), errors="ignore")
    parked = projections.convert(
        rows[_PARKING[0]], rows[_PARKING[1]], source=projections.LONGITUDE_LATITUDE, target=crs
    )
    found = rows.assign(
        **{column: rows[column].astype("str") for column in _TEXTS},
        loop=rows[_WHOLE].astype("int64"),
        proven=rows[_YES_NO].astype("bool"),
        parking_easting=parked.easting,
        parking_northing=parked.northing,
        shape=geojson.placed(lines, name=name, stated=features.crs, crs=crs),
    )
    return small_tables.checked(found.sort_values(["site_id", "loop"], ignore_index=True), LOOPS, name=name)


def _check(features: Features) -> None:
    wanted = [column for column in LOOPS.columns if column not in _OWN] + list(_PARKING)
    first: dict[str, Any] = features.properties[0]
    if "loop" not in first or "directions" not in first:
        raise SourceError(
            f"{features.name}: not a file of walking loops: loops.geojson, as `abate patrols loops` writes it, would be"
        )
    faults = [
        f"{features.name}, feature {number}: '{column}' is {_said(row.get(column))}; it should be {_right(column)}"
        for number, row in enumerate(features.properties, 1)
        for column in wanted
        if not _fits(column, row.get(column))
    ]
    if faults:
        raise SourceError(*faults)


def _fits(column: str, value: Any) -> bool:
    if column in _TEXTS:
        return isinstance(value, str) and bool(value)
    if column == _YES_NO:
        return isinstance(value, bool)
    if column == _WHOLE:
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MOST
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST


def _right(column: str) -> str:
    return {**dict.fromkeys(_TEXTS, "text"), _YES_NO: "true or false", _WHOLE: "a whole number"}.get(column, "a number")


def _said(value: Any) -> str:
    return "missing" if value is None else f"'{str(value)[:40]}'"
