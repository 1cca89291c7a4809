"""The sites of a rota: where they are, what a visit is worth, in which hours, how often."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.errors import SourceError
from abate.patrols.rotas import DAY, Band, Site
from abate.sources import markup
from abate.sources.rota_values import Row, rows
from abate.space import projections

if TYPE_CHECKING:
    from pathlib import Path

SITE_COLUMNS = (
    "site_id", "name", "longitude", "latitude", "easting", "northing", "priority", "days", "from", "to", "bands",
    "least_visits", "most_visits",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """The sites of a rota, and the coordinate system that they are in."""

    sites: tuple[Site, ...]
    crs: str


def gather(
    told: Row, path: Path | None, hours: Path | None, *, crs: str | None, files: list[tuple[str, str]]
) -> Listed:
    """Read the sites from the rota itself or from a file, with their hours and priorities.

    A priority is what the file says under `priority`, else the expected harm, else the incidents expected, else 1. The
    hours are those of the hours file, else of the list itself (`bands` of a sites.geojson, or days, from and to), else
    those of `site_hours.csv` beside the list, else all day. Within a site a band's weight is its harm an hour beside
    that of its busiest band, where shares are given.
    """
    inline = told.values.get("site") or []
    if not isinstance(inline, list):
        told.fault("site", "one [[site]] section a site")
        inline = []
    if path is None and not inline:
        told.faults.append(
            f"{told.label}: has no site: write [[site]] sections, or name a file with sites = 'sites.csv'"
        )
        return Listed((), crs or projections.BRITISH_NATIONAL_GRID)
    listed, extra, system = _inline(inline, told, crs) if path is None else _file(path, crs, told, files)
    beside = None if path is None else path.parent / "site_hours.csv"
    if (
        hours is None
        and beside is not None
        and beside.is_file()
        and not any(row.has("from") or row.has("bands") for row in extra)
    ):
        hours = beside
    by_site = {} if hours is None else _hours(hours, told.faults, files)
    least, most = told.whole("least_visits", 0, most=48), told.whole("most_visits", 3, least=1, most=48)
    found = []
    for site, row in zip(listed, extra, strict=True):
        bands = by_site.get(site.site_id) or _bands(row)
        kept = replace(
            site,
            bands=bands,
            least=row.whole("least_visits", least, most=48),
            most=row.whole("most_visits", most, most=48),
        )
        if kept.least > kept.most:
            row.fault("least_visits", f"at most its most visits ({kept.most})")
        found.append(kept)
    strangers = sorted(set(by_site) - {site.site_id for site in found})
    told.faults += [f"{hours.name if hours else ''}: site '{name}' is not on the list of sites" for name in strangers]
    return Listed(tuple(found), system)


def _inline(listed: list[Any], told: Row, crs: str | None) -> tuple[list[Site], list[Row], str]:
    given = [Row(each, f"{told.label}, site {place}", told.faults) for place, each in enumerate(listed, start=1)]
    for row in given:
        row.unknown(SITE_COLUMNS)
    metric = any(row.has("easting") for row in given)
    names = ("easting", "northing") if metric else ("longitude", "latitude")
    right = "metres such as 587400" if metric else "degrees such as 51.5007"
    x, y = ([row.number(name, right=right) for row in given] for name in names)
    ids = [row.text("site_id") for row in given]
    told.faults += [
        f"{row.label}: site '{one}' stands there twice"
        for place, (row, one) in enumerate(zip(given, ids, strict=True))
        if one in ids[:place]
    ]
    if told.faults:
        return [], [], crs or projections.BRITISH_NATIONAL_GRID
    system = crs or (
        projections.BRITISH_NATIONAL_GRID if metric else projections.analysis_crs(projections.LONGITUDE_LATITUDE, x, y)
    )
    if not metric:
        placed = projections.convert(x, y, source=projections.LONGITUDE_LATITUDE, target=system)
        x, y = placed.easting.tolist(), placed.northing.tolist()
    sites = [
        Site(
            one, row.text("name", one), east, north, row.number("priority", 1.0, least=0, right="a number of 0 or more")
        )
        for one, row, east, north in zip(ids, given, x, y, strict=True)
    ]
    return sites, given, system


def _file(path: Path, crs: str | None, told: Row, files: list[tuple[str, str]]) -> tuple[list[Site], list[Row], str]:
    """Read a list of sites, and what else it says of each (priority, hours, visits)."""
    from abate.sources import patrol_sites

    try:
        listed = patrol_sites.read(path, crs=crs)
    except SourceError as fault:
        told.faults += fault.faults
        return [], [], crs or projections.BRITISH_NATIONAL_GRID
    files.append((listed.name, listed.sha256))
    if path.suffix.lower() == ".csv":
        extra = rows(path, [], ("site_id",), told.faults)
    else:
        extra = [
            Row(row, f"{path.name}, feature {place}", told.faults)
            for place, row in enumerate(_properties(path, len(listed.sites)), start=1)
        ]
    sites = []
    for record, row in zip(listed.sites.to_dict("records"), extra, strict=True):
        priority = row.number("priority", _worth(record), least=0, right="a number of 0 or more")
        sites.append(
            Site(
                str(record["site_id"]),
                str(record["name"]),
                float(record["easting"]),
                float(record["northing"]),
                priority,
            )
        )
    return sites, extra, listed.crs


def _properties(path: Path, many: int) -> list[dict[str, Any]]:
    try:
        features = markup.load_json(path.read_bytes())["features"]
        return [dict(each.get("properties") or {}) for each in features]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [{} for _ in range(many)]


def _worth(record: dict[Any, Any]) -> float:
    for name in ("expected_harm", "expected"):
        value = record.get(name)
        if value is not None and not pd.isna(value) and math.isfinite(float(value)):
            return float(value)
    return 1.0


def _bands(row: Row) -> tuple[Band, ...]:
    """Read the hours that the list itself gives: bands of a GeoJSON, or days, from and to."""
    bands = row.values.get("bands")
    if isinstance(bands, list) and bands:
        return _weighed(
            [_band(Row(each, f"{row.label}, band {place}", row.faults)) for place, each in enumerate(bands, start=1)]
        )
    if row.has("from") or row.has("to") or row.has("days"):
        begins, ends = row.span("from", "to", (0, DAY))
        return (Band(begins, ends, row.days()),)
    return (Band(0, DAY),)


def _hours(path: Path, faults: list[str], files: list[tuple[str, str]]) -> dict[str, tuple[Band, ...]]:
    found: dict[str, list[tuple[Band, float | None]]] = {}
    for row in rows(path, files, ("site_id",), faults):
        found.setdefault(row.text("site_id"), []).append(_band(row))
    return {site: _weighed(bands) for site, bands in found.items()}


def _band(row: Row) -> tuple[Band, float | None]:
    """Read one band, in hours (`from_hour`, `to_hour`) or clock times (`from`, `to`), and its harm an hour."""
    if row.has("from_hour") or row.has("to_hour"):
        begins, ends = row.whole("from_hour", 0, most=23) * 60, row.whole("to_hour", 24, most=24) * 60
        ends = ends if ends > begins else ends + DAY
    else:
        begins, ends = row.span("from", "to")
    density = None
    if row.has("share") and row.has("hours_a_week"):
        density = row.number("share", 0.0, least=0) / max(row.number("hours_a_week", 1.0, least=1), 1)
    band = Band(begins, ends, row.days(), row.number("weight", 1.0, least=0, right="a number of 0 or more"))
    return band, density


def _weighed(bands: list[tuple[Band, float | None]]) -> tuple[Band, ...]:
    densest = max([density for _, density in bands if density is not None], default=0.0)
    return tuple(
        band if density is None or densest <= 0 else replace(band, weight=band.weight * density / densest)
        for band, density in bands
    )
