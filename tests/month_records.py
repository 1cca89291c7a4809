"""A month of made-up patrol records, small enough to add up by hand, and the same at any size."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.patrols import logbooks, problems
from abate.patrols.sitetotals import ALL_CRIME, Recorded
from abate.tables import ACTIVITY, ATTENDED_VISITS, PATROL_SITES, PROBLEM_PLANS

if TYPE_CHECKING:
    from pathlib import Path

    from abate.patrols.logbooks import Logbook
    from abate.patrols.problems import Standing

MONTH = "2026-10"
TODAY = date(2026, 11, 5)
ROLES = ("officer", "pcso", "special", "warden", "partner")


def sites(count: int = 3, *, areas: bool = False) -> pd.DataFrame:
    """Square sites of 100 m, 300 m apart."""
    import shapely

    east = 530000.0 + 300 * np.arange(count)
    shapes = np.empty(count, dtype=object)
    shapes[:] = [shapely.box(x - 50, 179950, x + 50, 180050) for x in east]
    return PATROL_SITES.check(
        pd.DataFrame(
            {
                "site_id": [f"s{place}" for place in range(count)],
                "name": [f"Site {place} Street" for place in range(count)],
                "easting": east,
                "northing": 180000.0,
                "shape": shapes,
                "area": ["north" if areas and place % 2 else "south" if areas else "" for place in range(count)],
                "expected": np.nan,
                "expected_harm": np.nan,
            }
        )
    )


def visits(*, seed: int = 1, count: int = 40, places: int = 3, source: str = "gps") -> pd.DataFrame:
    """Visits of pairs in the month, of teams P0 to P3 or none."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp("2026-10-01T08:00Z") + pd.to_timedelta(
        np.sort(rng.choice(30 * 800, count, replace=False)), "min"
    )
    minutes = np.round(rng.uniform(6, 20, count), 2)
    officers = rng.integers(1, 4, count)
    return ATTENDED_VISITS.check(
        pd.DataFrame(
            {
                "site_id": [f"s{place}" for place in rng.integers(0, places, count)],
                "start": pd.Series(start).astype("datetime64[us, UTC]"),
                "minutes": minutes,
                "low": minutes - 1,
                "high": minutes + 1,
                "officers": officers,
                "officer_minutes": np.round(minutes * officers, 2),
                "team": [f"P{team}" if team < 4 else None for team in rng.integers(0, 6, count)],
                "planned_start": pd.Series(start).astype("datetime64[us, UTC]"),
                "source": source,
            }
        )
    )


def activity(seen: pd.DataFrame, *, seed: int = 1, funds: int = 3) -> pd.DataFrame:
    """A row of activity for most visits."""
    rng = np.random.default_rng(seed)
    some = seen[rng.random(len(seen)) < 0.7].reset_index(drop=True)
    count = len(some)
    return ACTIVITY.check(
        pd.DataFrame(
            {
                "date": some["start"].dt.tz_localize(None).dt.normalize().astype("datetime64[s]"),
                "site_id": some["site_id"],
                "role": rng.choice(ROLES, count),
                "funding_stream": [f"fund {fund}" if fund else "" for fund in rng.integers(0, funds + 1, count)],
                "officers": some["officers"],
                "minutes": some["minutes"].round(),
                "arrests": rng.poisson(0.2, count),
                "searches": rng.poisson(0.4, count),
                "weapons": rng.poisson(0.1, count),
                "powers": rng.choice(["", "dispersal", "warning x2; dispersal"], count),
                "source": "app",
            }
        )
    )


def plan(seen: pd.DataFrame) -> pd.DataFrame:
    """The planned visits that some visits answer, and one that none did."""
    rows = pd.DataFrame({"team": "P1", "site_id": seen["site_id"], "start": seen["planned_start"], "minutes": 15.0})
    missed = rows.iloc[:1].assign(start=pd.Timestamp("2026-10-20T03:00Z"))
    return pd.concat([rows, missed], ignore_index=True)


def recorded(count: int = 3, *, months: tuple[str, ...] = ("2026-10", "2025-10")) -> Recorded:
    """Incidents in every site and outside them."""
    rows = [
        {"crime": crime, "month": month, "site_id": site, "incidents": times + place}
        for crime, times in ((ALL_CRIME, 10), ("robbery", 2))
        for month in months
        for place, site in enumerate([*(f"s{each}" for each in range(count)), ""])
    ]
    return Recorded(
        "robbery",
        pd.DataFrame(rows),
        ("2026-10", "2025-10"),
        months,
        tuple(f"s{each}" for each in range(count)),
        "crimes",
    )


def standing(listed: pd.DataFrame, *, late: int = 1) -> Standing:
    """Plans of which some are overdue; sites beyond them have none."""
    rows: list[dict[str, Any]] = [
        {
            "site_id": f"s{place}", "problem": "fights at closing", "analysis": "",
            "response": "taxi marshals" * (1 if place < 3 else 20),
            "owner": "licensing officer", "due": pd.Timestamp(2026, 9, 1), "status": "under way", "assessment": "",
        }
        for place in range(late)
    ]  # fmt: skip
    return problems.standing(pd.DataFrame(rows, columns=list(PROBLEM_PLANS.columns)), listed, today=TODAY)


def book(*, seed: int = 1, count: int = 40, places: int = 3, areas: bool = False, funds: int = 3) -> Logbook:
    """Lay a whole month."""
    seen = visits(seed=seed, count=count, places=places)
    teams = pd.DataFrame(
        {
            "team": ["P0", "P0", "P1"],
            "role": ["officer", "pcso", "warden"],
            "funding_stream": ["fund 1", "fund 1", ""],
            "officers": [2, 1, 1],
        }
    )
    done = activity(seen, seed=seed, funds=funds)
    listed = sites(places, areas=areas)
    return logbooks.lay(
        MONTH, listed, {"visits.csv": seen}, planned=plan(seen), activity=done, teams=teams, today=TODAY
    )


def files(folder: Path, *, seed: int = 1, count: int = 40) -> dict[str, Path]:
    """Write a month's records as the commands write them; gives each file by what it is."""
    import json

    import shapely

    from abate.space import projections

    listed, seen = sites(), visits(seed=seed, count=count)
    features = []
    for row in listed.to_dict("records"):
        corners = shapely.get_coordinates(row["shape"])
        placed = projections.convert(corners[:, 0], corners[:, 1], source="EPSG:27700", target="EPSG:4326")
        ring = np.round(np.column_stack([placed.easting, placed.northing]), 7).tolist()
        features.append(
            {
                "type": "Feature",
                "properties": {"site_id": row["site_id"], "name": row["name"]},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    paths = {
        name: folder / name
        for name in ("sites.geojson", "visits.csv", "planned.csv", "activity.csv", "roles.csv", "plans.csv")
    }
    paths["sites.geojson"].write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    seen.to_csv(paths["visits.csv"], index=False)
    plan(seen).assign(start=lambda rows: rows["start"].map(lambda moment: moment.isoformat())).to_csv(
        paths["planned.csv"], index=False
    )
    activity(seen, seed=seed).to_csv(paths["activity.csv"], index=False)
    paths["roles.csv"].write_text("team,role,funding_stream,officers\nP0,officer,fund 1,2\nP1,warden,,1\n")
    paths["plans.csv"].write_text(
        "site_id,problem,response,owner,due,status\ns0,fights,taxi marshals,licensing officer,2026-09-01,planned\n"
    )
    return paths
