"""Made-up ground for tests of hotspots: places in a row, and counts with rates that are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from abate.periods import following
from abate.stats import mixing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def row_of_places(ids: Sequence[str], *, area_km2: float = 0.01) -> pd.DataFrame:
    """Squares of 100 m in a row from west to east, each touching the next."""
    easting = 100.0 * np.arange(len(ids)) + 50
    shapes = shapely.box(easting - 50, 0, easting + 50, 100)
    return pd.DataFrame(
        {"place_id": list(ids), "area_km2": area_km2, "easting": easting, "northing": 50.0, "shape": shapes}
    )


def month_list(count: int, first: str = "2023-01") -> list[str]:
    """So many months in a row."""
    return [following(first, step) for step in range(count)]


def counts_of(incidents: NDArray[np.int64], ids: Sequence[str], months: Sequence[str]) -> pd.DataFrame:
    """The table of counts of a rectangle of places by months, without rows for 0."""
    place, month = np.nonzero(incidents)
    period = pd.to_datetime([f"{held}-01" for held in months]).as_unit("s")
    frame = {"place_id": np.array(list(ids))[place], "period": period[month], "incidents": incidents[place, month]}
    return pd.DataFrame(frame).astype({"place_id": "str"})


def placed_of(rows: Sequence[tuple[str, str | None, int]]) -> pd.DataFrame:
    """Placed tallies of (place, location, incidents), each at the middle of its place in `row_of_places("abc...")`."""
    spots = [
        {
            "x": 100.0 * "abcdefgh".index(place) + 50,
            "y": 50.0,
            "crs": "EPSG:27700",
            "month": "2023-01",
            "crime_type": "Robbery",
            "location": location,
            "incidents": incidents,
            "place_id": place,
        }
        for place, location, incidents in rows
    ]
    return pd.DataFrame(spots).assign(easting=lambda spot: spot["x"], northing=50.0)


def planted_rates(kind: str, places: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """Rates of places, adding up to 1: several ways in which risk may be spread."""
    match kind:
        case "gamma":
            rates = generator.gamma(0.4, size=places)
        case "long tail":
            rates = generator.pareto(1.5, size=places)
        case "log-normal":
            rates = np.exp(generator.normal(size=places))
        case _:
            rates = generator.gamma(1.0, size=places)
            rates[generator.choice(places, 30, replace=False)] += generator.uniform(4, 12, 30)
    return rates / rates.sum()


def scattered(
    rates: NDArray[np.float64], *, incidents: int, months: int, burst: float, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Counts in the shape (places, months) around rates, `burst` times as variable as chance alone."""
    mean = np.repeat((rates * incidents / months)[:, None], months, axis=1)
    return mixing.recur(mean, dispersion=burst, generator=generator)
