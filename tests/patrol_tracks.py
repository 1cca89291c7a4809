"""Sites in a lattice and plans for them, for the tests of the dose."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely


def sites(number: int, *, seed: int = 1, side: float = 150.0, apart: float = 900.0) -> pd.DataFrame:
    """Square sites (PATROL_SITES), far enough apart not to touch."""
    generator = np.random.default_rng(seed)
    across = int(np.ceil(np.sqrt(number)))
    east = np.arange(number) % across * apart + generator.uniform(0, 200, number) + 530_000
    north = np.arange(number) // across * apart + generator.uniform(0, 200, number) + 180_000
    half = side / 2
    shapes = [shapely.box(x - half, y - half, x + half, y + half) for x, y in zip(east, north, strict=True)]
    names = [f"s{place}" for place in range(number)]
    return pd.DataFrame(
        {
            "site_id": names,
            "name": names,
            "easting": east,
            "northing": north,
            "shape": shapes,
            "area": None,
            "expected": np.nan,
            "expected_harm": np.nan,
        }
    )


def plan(
    where: pd.DataFrame, *, teams: int, visits: int, seed: int = 1, least: float = 15, most: float = 15
) -> pd.DataFrame:
    """Visits of teams to sites drawn at random, 40 minutes apart (PLANNED_VISITS)."""
    generator = np.random.default_rng(seed)
    start = pd.Timestamp("2026-11-02T14:00Z")
    rows = [
        (
            f"T{team:02d}",
            where["site_id"].iloc[int(generator.integers(len(where)))],
            start + pd.Timedelta(minutes=40 * visit),
            float(generator.uniform(least, most)),
        )
        for team in range(teams)
        for visit in range(visits)
    ]
    table = pd.DataFrame(rows, columns=["team", "site_id", "start", "minutes"])
    return table.astype({"start": "datetime64[us, UTC]", "team": "str", "site_id": "str"})


def stand(device: str, start: str, minutes: float, at: tuple[float, float], *, every: float = 15) -> pd.DataFrame:
    """Positions (FIXES) of a device that comes from 2 km away, stands somewhere and leaves."""
    seconds = np.arange(-600, minutes * 60 + 600, every)
    inside = (seconds >= 0) & (seconds < minutes * 60)
    return pd.DataFrame(
        {
            "device": pd.Series([device] * len(seconds), dtype="str"),
            "moment": (pd.Timestamp(start) + pd.to_timedelta(seconds, unit="s")).astype("datetime64[us, UTC]"),
            "easting": np.where(inside, at[0], at[0] - 2000.0 + seconds / 100),
            "northing": at[1] + np.sin(seconds * 0.7 + len(device)),
        }
    )


def matched(truth: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Each true visit with the measured one of the same team and site nearest in time, within seven minutes."""
    both = truth.merge(visits, on=["team", "site_id"], suffixes=("_true", ""))
    apart = (both["start"] - both["start_true"]).dt.total_seconds().abs()
    return both.assign(apart=apart)[apart < 420].sort_values("apart").drop_duplicates(["team", "start_true"])
