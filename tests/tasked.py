"""A small made-up beat for tests of tasking sheets: a grid of named streets, two sites, walks, a timetable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from abate.reports import outlines
from abate.reports.tasking_maps import Ground
from abate.tables.outlines import SEGMENTS
from abate.tables.patrols import ATTENDED_VISITS, LOOPS, PATROL_SITES, PLANNED_VISITS

if TYPE_CHECKING:
    from pathlib import Path

CRS = "EPSG:27700"
EAST, NORTH, BLOCK = 602_000.0, 368_000.0, 70.0
ACROSS = ("Mill Lane", "Chapel Street", "Harbour Road", "Weir Row", "Orchard Way", "Station Road", "Larch Walk")
UP = ("Priory Street", "Lantern Lane", "Granary Row", "Tallow Street", "Copper Road", "Ivory Place", "Plover Avenue")
DIRECTIONS = (
    "From the parking point walk east along Mill Lane; turn left into Granary Row; turn left into Harbour Road; "
    "turn left into Priory Street; back to the parking point."
)


def at(column: float, row: float) -> tuple[float, float]:
    return EAST + BLOCK * column, NORTH + BLOCK * row


def streets() -> pd.DataFrame:
    """Streets of a grid, one segment a block."""
    told = []
    for line, name in enumerate(ACROSS):
        told += [
            (f"a{line}_{step}", name, shapely.LineString([at(step, line), at(step + 1, line)])) for step in range(6)
        ]
    for line, name in enumerate(UP):
        told += [
            (f"u{line}_{step}", name, shapely.LineString([at(line, step), at(line, step + 1)])) for step in range(6)
        ]
    frame = pd.DataFrame(told, columns=["segment_id", "name", "shape"])
    kinds = np.where(
        frame["name"] == "Harbour Road", "secondary", np.where(frame["name"] == "Larch Walk", "footway", "residential")
    )
    frame = frame.assign(kind=kinds, length_m=BLOCK, motorway=False, private=False)
    return SEGMENTS.check(frame[list(SEGMENTS.columns)])


def sites() -> pd.DataFrame:
    """Two sites of two blocks by two."""
    corners = [at(0, 0), at(4, 4)]
    shapes = [shapely.box(x, y, x + 2 * BLOCK, y + 2 * BLOCK) for x, y in corners]
    frame = pd.DataFrame(
        {
            "site_id": ["S1", "S2"],
            "name": ["near Priory Street", "near Plover Avenue"],
            "easting": [x + BLOCK for x, _ in corners],
            "northing": [y + BLOCK for _, y in corners],
            "shape": shapes,
            "area": pd.Series([None, None], dtype="str"),
            "expected": [28.1, 9.4],
            "expected_harm": [np.nan, np.nan],
            "reasons": [
                "28.1 incidents expected from 1 September 2025 to 30 November 2025; 342 in the record; mostly Robbery",
                "9.4 incidents expected",
            ],
            "time_bands": ["Thu to Sat 20:00 to 04:00 (53% of incidents, 3.7 times an even week)", "none stands out"],
        }
    )
    return PATROL_SITES.check(frame)


def loops() -> pd.DataFrame:
    """Two walks at the first site and one at the second, each round a block or two."""
    rings = [
        ("S1", 1, [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]),
        ("S1", 2, [(0, 0), (1, 0), (1, 2), (0, 2), (0, 0)]),
        ("S2", 1, [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]),
    ]
    told = []
    for site, loop, ring in rings:
        line = shapely.LineString([at(*corner) for corner in ring])
        told.append(
            {
                "site_id": site,
                "loop": loop,
                "length_m": line.length,
                "minutes": line.length / 75,
                "passed": 20.0,
                "share": 0.8,
                "bound": 25.0,
                "gap": 0.2,
                "proven": True,
                "parking_easting": at(*ring[0])[0],
                "parking_northing": at(*ring[0])[1],
                "directions": DIRECTIONS,
                "shape": line,
            }
        )
    return LOOPS.check(pd.DataFrame(told))


def visits() -> pd.DataFrame:
    """Two teams over two evenings, one of which runs past midnight."""
    told = [
        ("P1", "S1", "2025-09-01 13:05", 15.0),
        ("P1", "S2", "2025-09-01 14:10", 15.0),
        ("P1", "S1", "2025-09-01 16:45", 15.0),
        ("P2", "S2", "2025-09-01 21:30", 15.0),
        ("P2", "S1", "2025-09-01 23:40", 15.0),
        ("P1", "S2", "2025-09-02 15:00", 15.0),
        ("P1", "S1", "2025-09-12 15:00", 15.0),
    ]
    frame = pd.DataFrame(told, columns=["team", "site_id", "start", "minutes"])
    return PLANNED_VISITS.check(
        frame.assign(start=pd.to_datetime(frame["start"], utc=True).astype("datetime64[us, UTC]"))
    )


def attended() -> pd.DataFrame:
    """What was done in the week before."""
    start = pd.to_datetime(["2025-08-27 13:05", "2025-08-29 14:10", "2025-08-10 10:00"], utc=True).astype(
        "datetime64[us, UTC]"
    )
    frame = pd.DataFrame(
        {
            "site_id": ["S1", "S1", "S2"],
            "start": start,
            "minutes": [15.2, 14.0, 12.0],
            "low": [14.1, 13.0, 11.0],
            "high": [16.3, 15.1, 13.0],
            "officers": [2, 2, 2],
            "officer_minutes": [30.0, 28.0, 24.0],
            "team": ["P1", "P1", "P2"],
            "planned_start": start,
            "source": ["gps", "gps", "gps"],
        }
    )
    return ATTENDED_VISITS.check(frame)


def ground() -> Ground:
    return Ground(CRS, streets())


def written(folder: Path) -> dict[str, Path]:
    """Write the beat as files: sites, loops, streets, timetable, last week, notes, problem plans."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = visits()
    frame.assign(start=[each.isoformat() for each in frame["start"]]).to_csv(folder / "visits.csv", index=False)
    frame = attended()
    times = {name: [each.isoformat() for each in frame[name]] for name in ("start", "planned_start")}
    frame.assign(**times).to_csv(folder / "attended.csv", index=False)
    _geojson(folder / "sites.geojson", sites())
    walks = loops()
    parked = _degrees(shapely.points(walks[["parking_easting", "parking_northing"]].to_numpy()))
    corners = shapely.get_coordinates(parked)
    _geojson(
        folder / "loops.geojson",
        walks.drop(columns=["parking_easting", "parking_northing"]).assign(
            parking_longitude=corners[:, 0], parking_latitude=corners[:, 1]
        ),
    )
    _geojson(folder / "streets.geojson", streets().assign(fclass=lambda rows: rows["kind"]))
    (folder / "notes.csv").write_text("site_id,note\nS1,Street light out by the chapel steps.\n")
    (folder / "problems.csv").write_text(
        "site_id,problem,analysis,response,owner,due,status,assessment\n"
        "S1,Fights at closing time,Two bars empty,Stagger closing times,licensing officer,2025-10-01,under way,\n"
    )
    names = (
        "visits.csv",
        "attended.csv",
        "sites.geojson",
        "loops.geojson",
        "streets.geojson",
        "notes.csv",
        "problems.csv",
    )
    return {name.split(".")[0]: folder / name for name in names}


def _degrees(shapes: Any) -> Any:
    return outlines.longitude_latitude(np.asarray(shapes, dtype=object), crs=CRS)


def _geojson(path: Path, rows: pd.DataFrame) -> None:
    shapes = _degrees(rows["shape"].to_numpy(dtype=object))
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shape),
            "properties": {key: None if pd.isna(value) else value for key, value in row.items() if key != "shape"},
        }
        for row, shape in zip(rows.to_dict("records"), shapely.to_geojson(shapes), strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
