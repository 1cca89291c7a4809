"""Everything that a print hands over: sheets, calendars, walks, a table for force systems, and its record."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from abate.patrols.tasking import MARKING
from abate.reports import deliveries, gpx, outlines, tasking_calendars, tasking_sheets
from abate.reports.tables import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from abate.patrols.tasking import Sheet
    from abate.reports.tasking_maps import Ground

TABLE = "tasking.csv"
RECORD = "provenance.json"


@dataclass(frozen=True)
class Print:
    """What is printed from: the sheets, the ground under the maps, the sites, and the walks (None: none are drawn).

    `sites` is `tables.PATROL_SITES`, `loops` `tables.LOOPS`, both in the coordinate system of `ground`. `stamp` is the
    moment that the calendars carry as that of the timetable.
    """

    sheets: tuple[Sheet, ...]
    ground: Ground
    sites: pd.DataFrame
    loops: pd.DataFrame | None
    stamp: datetime

    @property
    def expires(self) -> datetime:
        """When the last of the sheets is to be destroyed."""
        return max(sheet.expires for sheet in self.sheets)


@dataclass(frozen=True)
class Printed:
    """What was written: of each sheet `team`, `shift`, `sites`, `pages`, `file` and `expires`; and all files."""

    sheets: tuple[dict[str, Any], ...]
    files: tuple[Path, ...]


def write(told: Print, into: Path, *, made: Mapping[str, Any]) -> Printed:
    """Write a PDF, a calendar and a GPX file for each sheet, one CSV file for all, and provenance.json: all or none.

    Raises `OptionError` when the folder cannot be written, `MissingPartError` where the extra `report` is missing.
    """
    spots = _spots(told)
    files: dict[str, bytes] = {}
    records = []
    for sheet, name in zip(told.sheets, names(told.sheets), strict=True):
        paper = tasking_sheets.draw(sheet, told.ground, told.sites, told.loops)
        files[f"{name}.pdf"] = paper
        files[f"{name}.ics"] = tasking_calendars.draw(sheet, spots=spots, stamp=told.stamp)
        if told.loops is not None:
            files[f"{name}.gpx"] = walks(sheet, told.loops, crs=told.ground.crs)
        records.append(
            {
                "team": sheet.team,
                "shift": sheet.shift,
                "sites": len(sheet.pages),
                "pages": tasking_sheets.pages(paper),
                "file": str(into / f"{name}.pdf"),
                "expires": sheet.expires.isoformat(),
            }
        )
    files[TABLE] = table(told.sheets, spots).to_csv(index=False, lineterminator="\n").encode()
    files[RECORD] = _record(told, files, made)
    return Printed(tuple(records), deliveries.deliver(files, into))


def names(sheets: Sequence[Sheet]) -> tuple[str, ...]:
    """Name the files of each sheet by day, beginning and team; a second sheet of that name gets a number."""
    told: list[str] = []
    for sheet in sheets:
        team = re.sub(r"[^A-Za-z0-9]+", "-", sheet.team).strip("-") or "team"
        name = f"{sheet.starts:%Y-%m-%d-%H%M}-{team}"
        again = sum(each == name or re.fullmatch(rf"{re.escape(name)}-\d+", each) is not None for each in told)
        told.append(f"{name}-{again + 1}" if again else name)
    return tuple(told)


def table(sheets: Sequence[Sheet], spots: Mapping[str, tuple[float, float]]) -> pd.DataFrame:
    """Lay out all visits for a force's own systems, a row a visit; texts are made harmless to spreadsheets.

    `spots` gives each site's longitude and latitude. Times carry their offset from UTC.
    """
    rows = [
        {
            "team": sheet.team,
            "site_id": visit.site_id,
            "name": visit.name,
            "start": visit.start.isoformat(timespec="minutes"),
            "minutes": f"{visit.minutes:g}",
            "longitude": round(spots[visit.site_id][0], 6),
            "latitude": round(spots[visit.site_id][1], 6),
            "loop": str(visit.loop) if visit.loop else "",
            "shift": sheet.shift,
            "expires": sheet.expires.isoformat(timespec="minutes"),
            "marking": MARKING,
        }
        for sheet in sheets
        for visit in sheet.visits
    ]
    return pd.DataFrame(rows).map(harmless)


def walks(sheet: Sheet, loops: pd.DataFrame, *, crs: str) -> bytes:
    """Write the walks of a shift as GPX: each visited walk once, and where to park for it."""
    wanted = dict.fromkeys((page.site_id, page.name, loop) for page in sheet.pages for loop in page.loops)
    tracks, parked = [], {}
    for site, name, number in wanted:
        row = loops[(loops["site_id"] == site) & (loops["loop"] == number)].iloc[0]
        tracks.append(gpx.Track(f"{name}, walk {number}", str(row["directions"]), _corners(row["shape"], crs)))
        ((east, north),) = _degrees([(row["parking_easting"], row["parking_northing"])], crs)
        parked[site, east, north] = gpx.Waypoint(f"Park: {name}", east, north)
    return gpx.draw(
        tracks,
        title=f"Team {sheet.team}: {sheet.shift}",
        told=sheet.marking,
        moment=sheet.starts,
        waypoints=parked.values(),
    )


def _corners(line: Any, crs: str) -> list[tuple[float, float]]:
    import shapely

    return _degrees(shapely.get_coordinates(line).tolist(), crs)


def _degrees(pairs: Sequence[Any], crs: str) -> list[tuple[float, float]]:
    import shapely

    found = outlines.longitude_latitude(shapely.points([tuple(pair) for pair in pairs]), crs=crs)
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(found)]


def _spots(told: Print) -> dict[str, tuple[float, float]]:
    pairs = told.sites[["easting", "northing"]].to_numpy(dtype=float).tolist()
    return dict(zip(told.sites["site_id"].astype("str"), _degrees(pairs, told.ground.crs), strict=True))


def _record(told: Print, files: Mapping[str, bytes], made: Mapping[str, Any]) -> bytes:
    record = {
        "title": "Tasking sheets",
        "marking": f"{MARKING}; working copy, not for publication",
        "expires": told.expires.isoformat(),
        **made,
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
