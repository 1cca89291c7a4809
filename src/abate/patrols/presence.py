"""What the doses add up to: how long stays are, when a site was last visited, and presence on days without patrol.

Also the minutes by square of ground, of which only those are told that many stays share, so that nobody's way shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.estimate import Estimate

if TYPE_CHECKING:
    from datetime import datetime

    from abate.patrols.dosage import Dosage

    Values = pd.Series[Any]

KOPER = (10.0, 16.0)
EDGES = (2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 25.0, 30.0, 60.0, 1440.0)
CELL_M = 50.0
LEAST_STAYS, LEAST_DEVICES = 10, 3
_NORMAL = 1.959964


@dataclass(frozen=True)
class Background:
    """Presence on place-days drawn for patrol and on the others: place-days and mean minutes with their interval."""

    patrol_days: int
    usual_days: int
    patrol: Estimate
    usual: Estimate
    usual_vehicle: float


@dataclass(frozen=True)
class Heat:
    """Minutes of devices by square of ground inside sites.

    `cells` has `easting`, `northing` (the south-west corner, in metres), `site_id` and `minutes`, only squares that at
    least 10 stays and 3 devices share; `hidden` is the minutes of all the others together.
    """

    cells: pd.DataFrame
    hidden: float
    side_m: float = CELL_M


def dwell(presences: pd.DataFrame) -> pd.DataFrame:
    """Count stays on foot of two minutes or more by how long they were, beside the band of 10 to 16 minutes.

    Gives `low`, `high` (minutes, from low up to before high), `stays`, `koper`.

    Source: Koper 1995, Justice Quarterly 12, 649-672.
    """
    foot = presences.loc[presences["kind"] == "foot", "minutes"].to_numpy()
    counts, _ = np.histogram(foot, bins=np.array(EDGES))
    low, high = np.array(EDGES[:-1]), np.array(EDGES[1:])
    return pd.DataFrame(
        {"low": low, "high": high, "stays": counts.astype(np.int64), "koper": (low >= KOPER[0]) & (high <= KOPER[1])}
    )


def since(visits: pd.DataFrame, site_ids: Values, until: datetime) -> pd.DataFrame:
    """Say for each site how long ago the last visit ended, and how far apart visits usually are.

    Gives `site_id`, `visits`, `last` (when the last one ended; blank without), `hours` from then until `until`, and
    `usual_hours`, the middle of the times from one visit's start to the next.
    """
    ends = visits.assign(ends=visits["start"] + pd.to_timedelta(visits["minutes"], unit="min"))
    rows = []
    for site in site_ids:
        own = ends[ends["site_id"] == site].sort_values("start")
        last = pd.Timestamp(own["ends"].max()) if len(own) else None
        between = own["start"].diff().dt.total_seconds().dropna() / 3600
        hours = (pd.Timestamp(until) - last).total_seconds() / 3600 if last is not None else np.nan
        usual = float(between.median()) if len(between) else np.nan
        rows.append({"site_id": site, "visits": len(own), "last": last, "hours": hours, "usual_hours": usual})
    return pd.DataFrame(rows).astype({"last": "datetime64[us, UTC]"})


def background(schedule: pd.DataFrame, doses: pd.DataFrame) -> Background:
    """Compare presence on place-days drawn for patrol with presence on the others (SCHEDULE and DOSES).

    The interval of each mean comes from the spread between place-days (normal approximation).
    """
    both = doses.merge(schedule, on=["date", "site_id"])
    patrol, usual = both[both["arm"] == "patrol"], both[both["arm"] == "usual"]
    vehicle = float(usual["vehicle_minutes"].mean()) if len(usual) else 0.0
    return Background(len(patrol), len(usual), _mean(patrol["minutes"]), _mean(usual["minutes"]), vehicle)


def _mean(minutes: Values) -> Estimate:
    if not len(minutes):
        return Estimate(0.0, 0.0, 0.0, 0.95, "no place-day")
    middle = float(minutes.mean())
    half = _NORMAL * float(minutes.std(ddof=1)) / np.sqrt(len(minutes)) if len(minutes) > 1 else 0.0
    return Estimate(middle, max(middle - half, 0.0), middle + half, 0.95, f"{len(minutes):,} place-days")


def heat(found: Dosage, site_ids: Values) -> Heat:
    """Add up the minutes of all devices by square of 50 m inside sites, and hide squares that few stays share."""
    tracks, stays = found.moved.tracks, found.stays
    kept = np.flatnonzero(stays.last - stays.first >= 1)
    sizes = (stays.last - stays.first)[kept]
    stay = np.repeat(kept, sizes)
    point = np.arange(len(stay)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + stays.first[stay]
    minutes = np.minimum(tracks.seconds[point + 1] - tracks.seconds[point], found.rule.gap_seconds) / 60
    rows = pd.DataFrame(
        {
            "easting": np.floor(tracks.x[point] / CELL_M) * CELL_M,
            "northing": np.floor(tracks.y[point] / CELL_M) * CELL_M,
            "fence": stays.fence[stay],
            "stay": stay,
            "device": stays.track[stay],
            "minutes": minutes,
        }
    )
    cells = rows.groupby(["fence", "northing", "easting"], as_index=False).agg(
        minutes=("minutes", "sum"), stays=("stay", "nunique"), devices=("device", "nunique")
    )
    shared = (cells["stays"] >= LEAST_STAYS) & (cells["devices"] >= LEAST_DEVICES)
    names = pd.Series(site_ids.to_numpy()[cells["fence"].to_numpy(dtype=np.int64)], dtype="str")
    shown = cells.assign(site_id=names)[shared][["site_id", "easting", "northing", "minutes"]].reset_index(drop=True)
    return Heat(shown, float(cells.loc[~shared, "minutes"].sum()))
