"""A story with sites, for tests of the report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

import report_town
from abate.hotspots import timebands
from abate.reports.sitestories import SiteStory

if TYPE_CHECKING:
    from abate.reports.stories import HotspotStory


def sites(count: int = 4) -> pd.DataFrame:
    """Pairs of squares side by side, some way apart."""
    counted = report_town.places(1)
    rows = []
    for number in range(count):
        cells = counted.iloc[[number * 125, number * 125 + 1]]
        rows.append(
            {
                "site_id": f"site-{cells['place_id'].iloc[0]}",
                "name": "near =Weir & Lock" if number == 1 else f"near Mill {number} Road",
                "rank": number + 1,
                "place_ids": " ".join(cells["place_id"]),
                "area_km2": 0.045,
                "easting": cells["easting"].mean(),
                "northing": cells["northing"].mean(),
                "expected": 20.0 - 3 * number,
                "expected_low": 10.0,
                "expected_high": 31.0,
                "expected_harm": np.nan,
                "incidents": 90 - number,
                "share": 0.02,
                "months_active": 12,
                "largest_month_share": 0.2,
                "harm_top_share": np.nan,
                "nearest_site_m": np.nan if count == 1 else 620.0,
                "stability": 0.9 - 0.1 * number,
                "time_bands": "Fri, Sat 20:00 to 02:00 (40% of incidents, 5.6 times an even week)",
                "reasons": "20.0 incidents expected from 1 April 2022 to 30 June 2022; 90 in the record",
                "shape": shapely.union_all(cells["shape"].to_numpy()),
                "by_month": [7] * len(report_town.MONTHS),
            }
        )
    return pd.DataFrame(rows)


def changes() -> pd.DataFrame:
    """One site that stays, one that left."""
    trend = {"trend_ratio": 0.5, "trend_low": 0.3, "trend_high": 0.8, "incidents": 30}
    kept = sites()["site_id"].iloc[0]
    return pd.DataFrame(
        [
            {"site_id": kept, "was": "old-1", "change": "stays", "moved_m": 0.0, "overlap": 1.0, "noise": 0.9, **trend},
            {
                "site_id": "old-2",
                "was": "old-2",
                "change": "leaves",
                "moved_m": np.nan,
                "overlap": 0.0,
                "noise": 0.03,
                **trend,
            },
        ]
    ).assign(why="its ground is expected to hold 3.0 <b>")


def story(count: int = 4, *, hours: bool = True, refreshed: bool = True, **more: Any) -> HotspotStory:
    """A report with sites."""
    told = sites(count)
    week = np.full((count, 168), 1.0)
    week[:, 116:120] = 40.0
    bands = timebands.find(week if hours else np.ones((count, 168)), np.ones(168), told["site_id"].tolist())
    of = SiteStory(
        sites=told,
        bands=bands,
        hours=week / week.sum(axis=1, keepdims=True) if hours else None,
        window="1 April 2022 to 30 June 2022",
        rules=f"{count} connected sites of at most 0.05 km²",
        proof="No list holds more: gap 0.00%.",
        method="the forecast is by the method 'counts'",
        label={"version": 2, "made_from": "ab", "first_month": "2021-03", "last_month": "2022-03"},
        notes=("the record has no hours",) if not hours else (),
        changes=changes() if refreshed else None,
        refreshed="Against the earlier list 1 stay, 0 move, 1 leave, 0 enter." if refreshed else "",
        kept={"sites-v1.geojson": b"{}"} if refreshed else {},
    )
    return replace(report_town.story(), sites=of, **more)
