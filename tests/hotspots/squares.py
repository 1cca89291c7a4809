"""A square of cells with incidents by the day, whose history tests of scans and of self-excitement begin from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from abate.hotspots.histories import History, Window, history

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

FIRST = date(2023, 1, 1)


def laid(x: Real, y: Real, day: NDArray[np.int64], *, days: int, side: int = 20, cell_m: float = 150.0) -> History:
    """The history of points on `side` by `side` cells; points outside are left out."""
    column, row = np.floor(x / cell_m).astype(int), np.floor(y / cell_m).astype(int)
    inside = (column >= 0) & (column < side) & (row >= 0) & (row < side)
    east, north = np.divmod(np.arange(side * side), side)
    ids = np.array([f"c{a:02d}_{b:02d}" for a, b in zip(east, north, strict=True)])
    places = pd.DataFrame(
        {
            "place_id": ids,
            "area_km2": cell_m**2 / 1e6,
            "easting": (east + 0.5) * cell_m,
            "northing": (north + 0.5) * cell_m,
            "shape": shapely.box(east * cell_m, north * cell_m, (east + 1) * cell_m, (north + 1) * cell_m),
        }
    )
    seen = pd.DataFrame(
        {
            "place_id": ids[column[inside] * side + row[inside]],
            "easting": x[inside],
            "northing": y[inside],
            "period": pd.Timestamp(FIRST) + pd.to_timedelta(day[inside], unit="D"),
            "incidents": 1,
        }
    )
    return history(seen, places, span=Window(FIRST, FIRST + timedelta(days=days - 1)), unit="day")


def even(incidents: int, seed: int, *, days: int = 300, side: int = 20, extra: int = 0) -> History:
    """Incidents that have nothing to do with each other, and `extra` within 250 m and the last ten days."""
    generator = np.random.default_rng(seed)
    x, y = generator.uniform(0, side * 150.0, (2, incidents))
    day = generator.integers(0, days, incidents)
    apart, angle = 250 * np.sqrt(generator.random(extra)), generator.uniform(0, 2 * np.pi, extra)
    return laid(
        np.concatenate([x, 1200 + apart * np.cos(angle)]),
        np.concatenate([y, 1800 + apart * np.sin(angle)]),
        np.concatenate([day, generator.integers(days - 10, days, extra)]),
        days=days,
        side=side,
    )
