"""Made-up boards of square places for tests of sites."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from abate.hotspots.choosing import Board, Rules
from abate.periods import following
from abate.places import contiguity

SIDE = 150.0


def board(
    seen: np.ndarray, *, across: int, expected: np.ndarray | None = None, severity: np.ndarray | None = None
) -> Board:
    """A square of places of 150 m with incidents in the shape (places, months)."""
    column, row = (each.ravel() for each in np.meshgrid(np.arange(across), np.arange(across)))
    west, south = column * SIDE, row * SIDE
    places = pd.DataFrame(
        {
            "place_id": [f"c{x:02d}r{y:02d}" for x, y in zip(column, row, strict=True)],
            "area_km2": SIDE**2 / 1e6,
            "easting": west + SIDE / 2,
            "northing": south + SIDE / 2,
            "shape": shapely.box(west, south, west + SIDE, south + SIDE),
        }
    )
    return Board(
        places=places,
        expected=seen.sum(axis=1) / seen.shape[1] if expected is None else expected,
        severity=np.ones(len(places)) if severity is None else severity,
        seen=seen.astype(np.int64),
        pairs=contiguity.join(places),
    )


def town(seed: int, *, across: int, months: int = 12, mean: float = 0.8) -> Board:
    """Places whose rates differ, and their incidents."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.5, mean / 0.5, across**2)
    return board(rng.poisson(rates[:, None], (across**2, months)), across=across)


def loose(**more: float) -> Rules:
    """Rules that ask for little."""
    told: dict[str, float] = {"separation_m": 0, "buffer_m": 0, "least_incidents": 1, "least_months": 1, **more}
    return Rules(**told)  # type: ignore[arg-type]


def months_of(count: int) -> list[str]:
    """So many months in a row."""
    return [following("2023-01", step) for step in range(count)]


def placed_on(made: Board) -> pd.DataFrame:
    """The incidents of a board as placed tallies."""
    place, month = np.nonzero(made.seen)
    held = months_of(made.seen.shape[1])
    return pd.DataFrame(
        {
            "x": made.places["easting"].to_numpy()[place],
            "y": made.places["northing"].to_numpy()[place],
            "crs": "EPSG:27700",
            "month": [held[each] for each in month],
            "crime_type": "Robbery",
            "location": "On or near High Street",
            "incidents": made.seen[place, month],
            "place_id": made.places["place_id"].to_numpy()[place],
            "easting": made.places["easting"].to_numpy()[place],
            "northing": made.places["northing"].to_numpy()[place],
        }
    )
