"""Squares with planted pubs and schools, for tests of what stands near a place."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import shapely

from abate.hotspots.histories import History, Window
from abate.space import proximity

WINDOW = Window(date(2025, 1, 1), date(2025, 1, 31))


def squares(side: int) -> pd.DataFrame:
    """A field of squares of 150 m, as `tables.PLACES`."""
    along = np.arange(side) * 150.0 + 75
    east, north = (grid.ravel() for grid in np.meshgrid(along, along))
    ids = [f"c{number:05d}" for number in range(side * side)]
    shapes = shapely.box(east - 75, north - 75, east + 75, north + 75)
    frame = pd.DataFrame({"place_id": ids, "area_km2": 0.0225, "easting": east, "northing": north})
    return frame.assign(shape=shapes)


def past_of(places: pd.DataFrame, counts: np.ndarray) -> History:
    """A year's record in which each place saw so many, all in its first month."""
    seen = np.flatnonzero(counts).astype(np.int64)
    east, north = (places[name].to_numpy(float)[seen] for name in ("easting", "northing"))
    span = Window(date(2024, 1, 1), date(2024, 12, 31))
    day = np.zeros(len(seen), dtype=np.int64)
    return History(places, span, "month", seen, day, counts[seen].astype(np.int64), east, north)


def planted(
    seed: int, *, side: int = 40, pubs: int = 40, near: float = 0.8, many: float = 0.3, scatter: float = 3.0
) -> tuple[History, pd.DataFrame, np.ndarray, float]:
    """A record in which pubs multiply the rate and schools do not.

    Gives the past, the features, the true means of a year, and how many times the rate is within 300 m of a pub.
    """
    rng = np.random.default_rng(seed)
    places = squares(side)
    middles = places[["easting", "northing"]].to_numpy(float)
    bars, schools = rng.uniform(0, side * 150, (pubs, 2)), rng.uniform(0, side * 150, (25, 2))
    raised = near * proximity.closeness(middles, bars, reach=300) + many * proximity.density(middles, bars, reach=300)
    mean = 3.0 * np.exp(raised) * rng.gamma(scatter, 1 / scatter, len(middles))
    points = np.vstack([bars, schools])
    kinds = ["public house"] * pubs + ["school"] * 25
    features = pd.DataFrame({"kind": kinds, "easting": points[:, 0], "northing": points[:, 1]})
    times = float(np.exp(raised[raised > 0]).mean())
    return past_of(places, rng.poisson(mean)), features, mean, times
