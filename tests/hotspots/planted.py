"""Pasts whose truth is known: squares with gamma rates round a smooth neighbourhood, steady or changing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from abate.hotspots.histories import History, Window, history

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE_M = 150.0
WHOLE = Window(date(2020, 1, 1), date(2022, 12, 31))


def squares(rows: int, columns: int) -> pd.DataFrame:
    """A grid of squares as places, `r00c00` at the lower left."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    east, north = (column + 0.5) * SIDE_M, (row + 0.5) * SIDE_M
    half = SIDE_M / 2
    return pd.DataFrame(
        {
            "place_id": [f"r{r:02d}c{c:02d}" for r, c in zip(row, column, strict=True)],
            "area_km2": SIDE_M**2 / 1e6,
            "easting": east,
            "northing": north,
            "shape": shapely.box(east - half, north - half, east + half, north + half),
        }
    )


@dataclass(frozen=True)
class Planted:
    """A past with the rate of each place, in incidents a month."""

    past: History
    rates: NDArray[np.float64]


def occurrences(counts: NDArray[np.int64], starts: list[date], places: pd.DataFrame) -> pd.DataFrame:
    """Lay counts (places, periods) out as `tables.OCCURRENCES`, at the places' middles."""
    place, period = np.nonzero(counts)
    return pd.DataFrame(
        {
            "place_id": places["place_id"].to_numpy()[place],
            "easting": places["easting"].to_numpy()[place],
            "northing": places["northing"].to_numpy()[place],
            "period": pd.to_datetime([starts[at] for at in period]).astype("datetime64[s]"),
            "incidents": counts[place, period],
        }
    )


def months_of(span: Window) -> list[date]:
    return [month.date() for month in pd.date_range(span.first, span.last, freq="MS")]


def steady(seed: int, *, rows: int = 20, columns: int = 20, mean: float = 0.1, shape: float = 0.5) -> Planted:
    """Three years of months in which every place keeps its rate: gamma around a hill in the middle."""
    rng = np.random.default_rng(seed)
    places = squares(rows, columns)
    x, y = places["easting"].to_numpy(), places["northing"].to_numpy()
    hill = 0.3 + np.exp(-((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / (2 * (5 * SIDE_M) ** 2))
    rates = mean * hill / hill.mean() * rng.gamma(shape, 1 / shape, len(places))
    starts = months_of(WHOLE)
    counts = rng.poisson(rates[:, None], (len(places), len(starts)))
    return Planted(history(occurrences(counts, starts, places), places, span=WHOLE, unit="month"), rates)


def moved(seed: int, *, each: int = 30) -> History:
    """Two years of days in which incidents leave one half of ten places for the other after the first year."""
    rng = np.random.default_rng(seed)
    places = squares(2, 5)
    span = Window(date(2021, 1, 1), date(2022, 12, 31))
    day = np.sort(rng.integers(0, span.days, each * 10))
    place = np.where(day < 365, rng.integers(0, 5, len(day)), rng.integers(5, 10, len(day)))
    counts = np.zeros((10, span.days), dtype=np.int64)
    np.add.at(counts, (place, day), 1)
    return history(
        occurrences(counts, [d.date() for d in pd.date_range(span.first, span.last)], places),
        places,
        span=span,
        unit="day",
    )
