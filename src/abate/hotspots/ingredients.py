"""What a forecast is made of: remembered counts, each over a half-life, spread over a neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History
    from abate.space.plates import Plate

    Real = NDArray[np.float64]

HALF_LIVES = (30.0, 120.0, 365.0, 1460.0, np.inf)
WIDTHS_M = (0.0, 80.0, 200.0, 500.0, 1500.0)
RELATED_WIDTHS_M = (0.0, 150.0)


@dataclass(frozen=True)
class Ingredient:
    """One remembered count: of which record, how fast it fades (days), how far it is spread (metres).

    `record` 0 is the kind of crime that is forecast, 1 the first related kind, and so on. An infinite width is the
    same everywhere.
    """

    record: int
    half_life: float
    width_m: float


def ingredients(past: History) -> list[Ingredient]:
    """List what a forecast from this past is made of: its own record, related ones, and the same everywhere."""
    own = [Ingredient(0, half_life, width) for half_life in HALF_LIVES for width in WIDTHS_M]
    others = [Ingredient(record, np.inf, width) for record in range(1, len(chain(past))) for width in RELATED_WIDTHS_M]
    return [*own, Ingredient(0, np.inf, np.inf), *others]


def chain(past: History) -> list[History]:
    """List a past and those related to it, each of which may have one of its own."""
    found = [past]
    while found[-1].related is not None:
        found.append(found[-1].related)
    return found


def remember(past: History, half_life: float) -> Real:
    """Count each place's incidents, those `half_life` days before the end of the span as one half.

    Monthly records are taken to lie in the middle of their month.

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> spot = pd.DataFrame({"place_id": ["a"], "area_km2": 1.0, "easting": 0.0, "northing": 0.0})
    >>> seen = pd.DataFrame({"place_id": ["a"], "easting": 0.0, "northing": 0.0, "incidents": [8]})
    >>> seen = seen.assign(period=pd.to_datetime(["2025-01-01"]))
    >>> spot = spot.assign(shape=[shapely.Point(0, 0)])
    >>> past = history(seen, spot, span=Window(date(2025, 1, 1), date(2025, 1, 31)), unit="day")
    >>> remember(past, 31.0).tolist(), remember(past, np.inf).tolist()
    ([4.0], [8.0])
    """
    if np.isinf(half_life):
        return past.totals().astype(np.float64)
    middle = 15 if past.unit == "month" else 0
    weight = past.incidents * 0.5 ** (np.maximum(past.span.days - past.day - middle, 0) / half_life)
    return np.bincount(past.place, weights=weight, minlength=len(past.places)).astype(np.float64)


def share(past: History, parts: list[Ingredient], plate: Plate) -> NDArray[np.float32]:
    """Give each ingredient's share of the places, adding up to 1, in the shape (ingredients, places).

    An ingredient of which nothing is remembered is the same everywhere.
    """
    records = chain(past)
    even = 1.0 / max(1, len(past.places))
    shares = np.empty((len(parts), len(past.places)), dtype=np.float32)
    kept: dict[tuple[int, float], Real] = {}
    for row, part in enumerate(parts):
        if np.isinf(part.width_m):
            shares[row] = even
            continue
        key = (part.record, part.half_life)
        if key not in kept:
            kept[key] = remember(records[part.record], part.half_life)
        spread = plate.blur(kept[key], part.width_m)
        total = spread.sum()
        shares[row] = spread / total if total > 0 else even
    return shares
