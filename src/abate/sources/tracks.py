"""Positions of patrols from files: CSV, GPX or GeoJSON, from many devices, on one clock and in metres.

Nothing is kept: the rows go to the reader's caller and nowhere else. Every row of a file is kept or rejected with a
reason, and both are counted.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError, SourceError
from abate.sources import small_tables, tracks_gpx
from abate.tables.patrols import FIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    Values = pd.Series[Any]

NAMES = {
    "device": ("device", "device_id", "deviceid", "unit", "unit_id", "radio", "radio_id", "issi", "tracker", "id"),
    "time": ("time", "timestamp", "datetime", "date_time", "moment", "recorded_at", "gps_time", "utc", "fix_time"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "latitude": ("latitude", "lat"),
    "easting": ("easting", "east", "x"),
    "northing": ("northing", "north", "y"),
}
_OFFICERS = {"officer", "officers", "name", "collar", "collar_number", "warrant", "warrant_number"}
_ROWS = 1_000_000
_MOST_FUTURE = 0.1
_MOST_WRONG = 0.5
_AHEAD = pd.Timedelta(seconds=120)
_LEAST_YEAR = 2000
_ZONED = r"(?:[zZ]|[+-]\d\d:?\d\d)$"
_BRITISH = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d-%m-%Y %H:%M:%S")


@dataclass(frozen=True)
class TrackFile:
    """What became of one file's rows: `rows` = `kept` + those `rejected` for each reason."""

    name: str
    sha256: str
    rows: int
    kept: int
    rejected: dict[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Give it as plain values."""
        told = {"file": self.name, "sha256": self.sha256, "rows": self.rows, "kept": self.kept}
        return {**told, "rejected": sum(self.rejected.values()), "reasons": self.rejected}


@dataclass(frozen=True)
class TrackFiles:
    """The positions of several files (FIXES, in `crs`), and what became of each file's rows."""

    fixes: pd.DataFrame
    files: tuple[TrackFile, ...]


def read(paths: Sequence[Path], *, crs: str, zone: str, now: datetime, source_crs: str | None = None) -> TrackFiles:
    """Read the positions of all files.

    `crs` is the coordinate system in metres to carry them to; `zone` that of times which do not say theirs; `now` the
    moment after which no position can be; `source_crs` the system of eastings and northings in CSV (None: `crs`).

    Raises `SourceError` with a sentence a file that will not do: no such file, broken, without the columns needed, most
    rows wrong, more than a tenth of the times in the future.
    """
    rows, files, faults = [FIXES.empty()], list[TrackFile](), list[str]()
    for path in paths:
        try:
            fixes, told = _read(path, crs=crs, zone=zone, now=now, source_crs=source_crs or crs)
        except SourceError as fault:
            faults += fault.faults
            continue
        rows.append(fixes)
        files.append(told)
    if faults:
        raise SourceError(*faults)
    return TrackFiles(pd.concat([each for each in rows if len(each)] or rows[:1], ignore_index=True), tuple(files))


def _read(path: Path, *, crs: str, zone: str, now: datetime, source_crs: str) -> tuple[pd.DataFrame, TrackFile]:
    reasons: Counter[str] = Counter()
    parts: list[pd.DataFrame] = []
    total = 0
    for raw, degrees in _raw(path):
        total += len(raw)
        system = "EPSG:4326" if degrees else source_crs
        parts.append(_fixes(raw, reasons, clock=(zone, now), systems=(system, crs)))
    kept = sum(map(len, parts))
    _refuse(path.name, total, kept, reasons)
    frame = pd.concat(parts, ignore_index=True) if parts else FIXES.empty()
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return frame, TrackFile(path.name, digest, total, kept, dict(sorted(reasons.items())))


def _raw(path: Path) -> Iterator[tuple[pd.DataFrame, bool]]:
    """Give the rows of a file in portions: device, time (text), x and y; and whether these are degrees."""
    with _opened(path) as source:
        head = source.read(256)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise SourceError(f"{path.name}: is empty: a GPX, CSV or GeoJSON file of positions would be right")
    with _opened(path) as source:
        if start.startswith(b"<"):
            yield tracks_gpx.parse(source, name=path.name, stem=path.name.split(".", 1)[0]), True
        elif start[:1] in {b"{", b"["}:
            yield _geojson(source.read(), path.name), True
        else:
            yield from _csv(source, path.name)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == b"\x1f\x8b"
        with gzip.open(path) if packed else path.open("rb") as source:
            yield source  # type: ignore[misc]  # a GzipFile reads as any stream of bytes
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except (OSError, EOFError) as fault:
        raise SourceError(f"{path.name}: cannot be read ({getattr(fault, 'strerror', None) or fault})") from None


def _csv(source: IO[bytes], name: str) -> Iterator[tuple[pd.DataFrame, bool]]:
    try:
        portions = pd.read_csv(
            source, dtype="str", keep_default_na=False, chunksize=_ROWS, encoding="utf-8-sig", on_bad_lines="error"
        )
        for portion in portions:
            small_tables.tell(small_tables.too_wide(portion, name=name), name)
            columns = {re.sub(r"\W+", "_", str(column).strip().lower()): column for column in portion.columns}
            found = {kind: next((columns[n] for n in known if n in columns), None) for kind, known in NAMES.items()}
            degrees = bool(found["longitude"] and found["latitude"])
            axes = ("longitude", "latitude") if degrees else ("easting", "northing")
            if lacking := [kind for kind in ("time", *axes) if found[kind] is None]:
                raise SourceError(*(f"{name}: {_wanted(kind, list(portion.columns))}" for kind in lacking))
            device = (
                portion[found["device"]] if found["device"] else pd.Series(name.split(".", 1)[0], index=portion.index)
            )
            x, y = (small_tables.numbers(portion[found[axis]]) for axis in axes)
            yield pd.DataFrame({"device": device, "time": portion[found["time"]], "x": x, "y": y}), degrees
    except UnicodeDecodeError as fault:
        raise SourceError(f"{name}: is not text in UTF-8 (byte {fault.start + 1}): save it as CSV in UTF-8") from None
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise SourceError(f"{name}: is no CSV of positions ({str(fault).strip()})") from None


def _wanted(kind: str, columns: Sequence[str]) -> str:
    axes = "longitude and latitude, or easting and northing" if kind in NAMES and kind != "time" else "the time"
    return (
        f"no column is the {kind} (known names: {', '.join(NAMES[kind])}); a file of positions has device, time, and "
        f"{axes if kind != 'time' else 'longitude and latitude, or easting and northing'}. "
        f"Its columns are: {', '.join(map(str, columns[:12]))}"
    )


def _geojson(content: bytes, name: str) -> pd.DataFrame:
    """Take points with a time, and lines with a time for each corner, as positions."""
    from abate.sources import geojson

    features = geojson.parse(content, name=name)
    told: list[tuple[str, str, float, float]] = []
    for number, (shape, said) in enumerate(zip(features.geometries, features.properties, strict=True), 1):
        given = {str(key).lower(): value for key, value in (said or {}).items()}
        device = next((str(given[key]) for key in NAMES["device"] if given.get(key)), name.split(".", 1)[0])
        kind, corners = (shape or {}).get("type"), (shape or {}).get("coordinates") or []
        if kind == "Point":
            corners, times = [corners], [next((given[key] for key in NAMES["time"] if key in given), "")]
        elif kind == "LineString":
            times = given.get("coordtimes") or given.get("times") or []
        else:
            raise SourceError(f"{name}, feature {number}: is a {kind}, where Point or LineString would be right")
        if len(times) != len(corners):
            raise SourceError(
                f"{name}, feature {number}: has {len(corners):,} corners and {len(times):,} times; a LineString needs "
                "a list `coordTimes` with one time a corner"
            )
        told += [(device, str(at), _figure(each, 0), _figure(each, 1)) for each, at in zip(corners, times, strict=True)]
    return pd.DataFrame(told, columns=["device", "time", "x", "y"]).astype(
        {"device": "str", "time": "str", "x": float, "y": float}
    )


def _figure(corner: Any, axis: int) -> float:
    try:
        return float(corner[axis])
    except (TypeError, ValueError, IndexError):
        return np.nan


def _fixes(
    raw: pd.DataFrame, reasons: Counter[str], *, clock: tuple[str, datetime], systems: tuple[str, str]
) -> pd.DataFrame:
    """Turn raw rows to FIXES; what cannot be one is counted by its reason."""
    from abate.space import projections

    moment = moments(raw["time"], zone=clock[0])
    x, y = raw["x"].to_numpy(dtype=float), raw["y"].to_numpy(dtype=float)
    degrees = systems[0] == projections.LONGITUDE_LATITUDE
    why = np.full(len(raw), "", dtype=object)
    why[~((np.abs(x) <= 180) & (np.abs(y) <= 90)) if degrees else (np.abs(x) <= 180) & (np.abs(y) <= 90)] = (
        "longitude or latitude beyond 180 or 90: metres in a column of degrees?"
        if degrees
        else "easting and northing look like degrees: name the columns longitude and latitude"
    )
    why[~(np.isfinite(x) & np.isfinite(y)) | ((x == 0) & (y == 0))] = (
        "no position (coordinates blank, no numbers, or 0, 0)"
    )
    why[(moment.dt.year < _LEAST_YEAR).to_numpy()] = "time before 2000: the device's clock was not set"
    why[(moment > pd.Timestamp(clock[1]) + _AHEAD).to_numpy()] = "time in the future"
    why[moment.isna().to_numpy()] = "time not understood"
    good = np.flatnonzero(why == "")
    placed = projections.convert(x[good], y[good], source=systems[0], target=systems[1])
    known = np.isfinite(placed.easting) & np.isfinite(placed.northing)
    why[good[~known]] = "outside the coordinate system"
    reasons.update(Counter(each for each in why.tolist() if each))
    kept = good[known]
    rows = pd.DataFrame({"device": raw["device"].astype("str").iloc[kept], "moment": moment.iloc[kept]})
    rows = rows.assign(easting=placed.easting[known], northing=placed.northing[known])
    return FIXES.check(rows.reset_index(drop=True))


def moments(texts: Values, *, zone: str) -> Values:
    """Understand texts as moments in UTC: ISO 8601, day/month/year, or seconds since 1970; blank where none fits.

    A time without zone is one on the clock of `zone`; the first of an hour that comes twice is taken.

    >>> said = pd.Series(["2026-11-02T14:00:00Z", "02/07/2026 15:00:00", "soon"])
    >>> [str(each) for each in moments(said, zone="Europe/London")]
    ['2026-11-02 14:00:00+00:00', '2026-07-02 14:00:00+00:00', 'NaT']
    """
    texts = texts.str.strip()
    zoned = texts.str.contains(_ZONED, regex=True)
    told = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us, UTC]")
    if zoned.any():
        told[zoned] = pd.to_datetime(texts[zoned], utc=True, errors="coerce", format="ISO8601").astype(told.dtype)
    epoch = ~zoned & texts.str.fullmatch(r"\d{9,10}(?:\.\d+)?")
    if epoch.any():
        told[epoch] = pd.to_datetime(texts[epoch].astype(float), unit="s", utc=True).astype(told.dtype)
    for form in ("ISO8601", *_BRITISH):
        left = told.isna() & ~zoned & ~epoch
        if not left.any():
            break
        local = pd.to_datetime(texts[left], errors="coerce", format=form).dropna()
        if len(local):
            first = np.ones(len(local), dtype=bool)
            placed = local.dt.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")
            told[placed.index] = placed.dt.tz_convert("UTC").astype(told.dtype)
    return told


def _refuse(name: str, total: int, kept: int, reasons: Counter[str]) -> None:
    """Refuse a file of which too much is wrong."""
    if not total:
        raise SourceError(f"{name}: holds no position")
    future = reasons["time in the future"]
    if future > _MOST_FUTURE * total:
        raise SourceError(
            f"{name}: {future:,} of {total:,} positions lie in the future: the device's clock or the time zone is "
            "wrong; put it right in the file, or give `clock_seconds` in --devices"
        )
    if total - kept > _MOST_WRONG * total:
        listed = "; ".join(f"{count:,}: {why}" for why, count in reasons.most_common(4))
        raise SourceError(f"{name}: {total - kept:,} of {total:,} rows will not do ({listed})")


def reach(path: Path, *, zone: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Say from when to when the positions of a file run.

    Raises `SourceError` when it is no file of positions.
    """
    ends: list[pd.Timestamp] = []
    for raw, _ in _raw(path):
        known = moments(raw["time"], zone=zone).dropna()
        ends += [known.min(), known.max()] if len(known) else []
    if not ends:
        raise SourceError(f"{path.name}: holds no time that can be understood")
    return min(ends), max(ends)


def read_devices(path: Path) -> tuple[dict[str, str], dict[str, float]]:
    """Read which team carried each device: `device`, `team`, and `clock_seconds` that its clock runs ahead, if known.

    Raises `SourceError` with every fault; a column that names officers is one.
    """
    table = small_tables.read(path)
    faults = small_tables.lacking(table, ("device", "team"))
    named = [
        heading for heading in table.headings if heading in {"officer", "name", "collar", "collar_number", "warrant"}
    ]
    faults += [
        f"{table.name}: column '{each}' names officers: the dose is told by team; leave it out" for each in named
    ]
    small_tables.tell(faults, table.name)
    teams, clocks = dict[str, str](), dict[str, float]()
    for place, row in zip(table.places, table.rows, strict=True):
        if row["device"] in teams:
            faults.append(f"{table.name}, row {place}: device '{row['device']}' stands there twice")
        teams[row["device"]] = row["team"]
        try:
            clocks[row["device"]] = float(row.get("clock_seconds") or 0.0)
        except ValueError:
            faults.append(f"{table.name}, row {place}: clock_seconds '{row['clock_seconds']}' should be seconds")
    small_tables.tell(faults, table.name)
    return {device: team for device, team in teams.items() if team}, clocks


def check_reach(fixes: pd.DataFrame, bounds: tuple[float, float, float, float], *, within_m: float = 50_000.0) -> None:
    """Refuse positions of which none lies anywhere near the sites, which `bounds` (west, south, east, north) hold."""
    west, south, east, north = bounds
    x, y = fixes["easting"].to_numpy(), fixes["northing"].to_numpy()
    far = np.hypot(np.maximum(np.maximum(west - x, x - east), 0), np.maximum(np.maximum(south - y, y - north), 0))
    if len(far) and far.min() > within_m:
        raise OptionError(
            f"no position lies within {within_m / 1000:g} km of a site; the nearest is {far.min() / 1000:,.0f} km off: "
            "are the tracks of another area, or in another coordinate system (--tracks-crs)?"
        )
