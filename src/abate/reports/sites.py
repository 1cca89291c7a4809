"""The sites as files for other programs: the list, its hours, what changed, and the outlines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from abate.reports import outlines, tables
from abate.tables.sites import SITES

if TYPE_CHECKING:
    import pandas as pd

    from abate.reports.sitestories import SiteStory
    from abate.reports.stories import HotspotStory

_DECIMALS = {
    "area_km2": 6,
    "easting": 2,
    "northing": 2,
    "expected": 3,
    "expected_harm": 2,
    "share": 6,
    "largest_month_share": 4,
    "harm_top_share": 4,
    "nearest_site_m": 1,
    "stability": 4,
    "trend_ratio": 4,
    "trend_low": 4,
    "trend_high": 4,
    "times_even": 3,
    "moved_m": 1,
    "overlap": 4,
    "noise": 4,
}
_LISTS = ("by_month", "by_type", "shape")


def draw(story: HotspotStory) -> dict[str, bytes]:
    """Draw the files of the list: their names and bytes; none where no sites were chosen.

    `sites.csv`, `sites.geojson`, `site_hours.csv` where hours are known, `site_changes.csv` against an earlier list,
    and the earlier files that are kept.
    """
    told = story.sites
    if told is None:
        return {}
    files = {"sites.csv": _csv(_plain(told.sites), story.marking), "sites.geojson": geojson(story, told)}
    if len(told.bands):
        files["site_hours.csv"] = _csv(told.bands.round(_rounding(told.bands)), story.marking)
    if told.changes is not None:
        files["site_changes.csv"] = _csv(told.changes.round(_rounding(told.changes)), story.marking)
    return {**files, **told.kept}


def geojson(story: HotspotStory, told: SiteStory) -> bytes:
    """Write the sites as GeoJSON (RFC 7946), with the list's version and what it was made from at the top."""
    import shapely

    shapes = outlines.longitude_latitude(told.sites["shape"].to_numpy(dtype=object), crs=story.crs)
    bands: dict[str, list[dict[str, Any]]] = {}
    for band in told.bands.round(_rounding(told.bands)).to_dict("records"):
        plain = {str(name): tables.json_value(value) for name, value in band.items() if name != "site_id"}
        bands.setdefault(str(band["site_id"]), []).append(plain)
    features = [
        {
            "type": "Feature",
            "id": row["site_id"],
            "geometry": json.loads(outline),
            "properties": {
                **{str(name): tables.json_value(value) for name, value in row.items()},
                "bands": bands.get(row["site_id"], []),
                "marking": story.marking,
            },
        }
        for row, outline in zip(_plain(told.sites).to_dict("records"), shapely.to_geojson(shapes), strict=True)
    ]
    document = {"type": "FeatureCollection", "name": "sites", "marking": story.marking, **told.label}
    if story.demonstration:
        document["demonstration"] = story.demonstration
    document["features"] = features
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n").encode()


def records(sites: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the sites as plain values, fit for JSON, without outlines."""
    return [
        {str(name): tables.json_value(value) for name, value in row.items()} for row in _plain(sites).to_dict("records")
    ]


def _plain(sites: pd.DataFrame) -> pd.DataFrame:
    """Put the columns of the data dictionary first, without lists and outlines, and round what is measured."""
    first = [name for name in SITES.columns if name not in _LISTS]
    others = [name for name in sites.columns if name not in SITES.columns and name not in _LISTS]
    chosen = sites[first + others]
    return chosen.round(_rounding(chosen))


def _rounding(frame: pd.DataFrame) -> dict[str, int]:
    return {name: places for name, places in _DECIMALS.items() if name in frame.columns}


def _csv(frame: pd.DataFrame, marking: str) -> bytes:
    return frame.assign(marking=marking).map(tables.harmless).to_csv(index=False, lineterminator="\n").encode()
