"""Shrinkage: a place's remembered rate, drawn towards its neighbourhood's by as much as chance could have moved it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.hotspots import rehearsals, volumes
from abate.hotspots.histories import forecasts
from abate.hotspots.ingredients import remember

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.hotspots.rehearsals import Rehearsal
    from abate.space.plates import Plate

    Real = NDArray[np.float64]

HALF_LIVES = (60.0, 180.0, 540.0, 1620.0, np.inf)
WIDTHS_M = (150.0, 400.0, 1200.0, np.inf)
EVENLY = 0.02
_PASSES = 2


@dataclass(frozen=True)
class Fit:
    """How fast the past fades (days), how far a neighbourhood reaches (metres), and how alike its places are.

    `shape` is that of the gamma distribution of the places' rates around their neighbourhood's: the larger, the more
    alike. Infinite: a place says nothing of its own.
    """

    half_life: float
    width_m: float
    shape: float


def forecast(past: History, window: Window) -> pd.DataFrame:
    """Forecast each place by its remembered count, drawn towards its neighbourhood (empirical Bayes, gamma-Poisson).

    A place's rate is taken as gamma distributed around the mean of its neighbourhood. Given n remembered incidents
    where the neighbourhood would have led to m, it is expected to go on at (shape + n) / (shape + m) times the
    neighbourhood's rate: few incidents say little, many say all. The half-life, the reach of the neighbourhood and the
    shape are those that make the record itself likeliest (`fit`); the level and the time of year are the area's. One
    row a place (`tables.FORECASTS`); the sizes of the negative binomial come from the rehearsals. Raises `OptionError`
    when the window begins inside the record. Sources: Clayton and Kaldor 1987, Biometrics 43, 671-681; Marshall 1991,
    Applied Statistics 40, 283-294 (neighbourhoods).

    >>> import pandas as pd, shapely
    >>> from datetime import date
    >>> from abate.hotspots.histories import Window, history
    >>> middle = {"area_km2": 0.01, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> three = pd.DataFrame({"place_id": list("abc"), "easting": [0.0, 100.0, 5000.0], **middle})
    >>> seen = pd.DataFrame({"place_id": ["a"], "period": pd.to_datetime(["2025-01-01"]), "incidents": [9]})
    >>> past = history(
    ...     seen.assign(easting=0.0, northing=0.0), three, span=Window(date(2025, 1, 1), date(2025, 3, 31)), unit="day"
    ... )
    >>> soon = forecast(past, Window(date(2025, 4, 1), date(2025, 4, 30)))["expected"]
    >>> soon.round(2).tolist()
    [2.67, 0.17, 0.17]
    """
    from abate.space import plates

    plate = plates.lay(past.middles_m)
    held = rehearsals.rehearse(past, window)
    grounds = [plate.only(one.kept) for one in held]
    found = fit(past, plate, held, grounds)
    expected = volumes.foresee(past, window) * shares(past, found, plate)
    means = [
        volumes.foresee(one.past, one.window) * shares(one.past, found, ground)
        for one, ground in zip(held, grounds, strict=True)
    ]
    return forecasts(past, expected, rehearsals.bunch(held, means, expected))


def fit(past: History, plate: Plate, held: list[Rehearsal], grounds: list[Plate]) -> Fit:
    """Find the half-life, the reach and the shape under which the rehearsed windows would have been likeliest.

    Each reach is tried with its own best shape, by the moments of the counts around the neighbourhood's; half-life and
    reach are chosen in turn, twice over. Without rehearsals nothing is forgotten, and the reach is 400 metres.
    """
    chosen = Fit(np.inf, 400.0, shape_of(past, np.inf, 400.0, plate))
    for _ in range(_PASSES if held else 0):
        tried = [Fit(half_life, chosen.width_m, 0.0) for half_life in HALF_LIVES]
        chosen = _likeliest(past, plate, tried, held, grounds)
        tried = [Fit(chosen.half_life, width, 0.0) for width in WIDTHS_M]
        chosen = _likeliest(past, plate, tried, held, grounds)
    return chosen


def _likeliest(past: History, plate: Plate, tried: list[Fit], held: list[Rehearsal], grounds: list[Plate]) -> Fit:
    best, height = tried[-1], -np.inf
    for one in reversed(tried):
        shaped = Fit(one.half_life, one.width_m, shape_of(past, one.half_life, one.width_m, plate))
        likely = 0.0
        for rehearsal, ground in zip(held, grounds, strict=True):
            some = rehearsal.seen > 0
            laid = shares(rehearsal.past, shaped, ground)[some]
            likely += float(rehearsal.seen[some] @ np.log(laid))
        if likely > height:
            best, height = shaped, likely
    return best


def neighbourhood(remembered: Real, width_m: float, plate: Plate) -> Real:
    """Give what each place would be expected to have seen if it were like its neighbourhood.

    The counts around it by a Gaussian kernel, with one part in fifty spread evenly so that nothing is impossible.
    """
    even = np.full(len(remembered), remembered.mean() if len(remembered) else 0.0)
    if np.isinf(width_m):
        return even
    around = plate.blur(remembered, width_m)
    total = around.sum()
    scaled = around * (remembered.sum() / total) if total > 0 else even
    return (1 - EVENLY) * scaled + EVENLY * even


def shape_of(past: History, half_life: float, width_m: float, plate: Plate) -> float:
    """Give the shape of the gamma distribution of rates around the neighbourhood's, by moments.

    Σ (count - m)² is Σ m + Σ m² / shape on average, where m is the neighbourhood's; remembered counts, whose parts are
    below 1, vary by the sum of their squares instead. Infinite where the counts vary no more than chance would.
    """
    remembered = remember(past, half_life)
    mean = neighbourhood(remembered, width_m, plate)
    chance = float(remember(past, half_life / 2).sum()) if np.isfinite(half_life) else float(remembered.sum())
    beyond = float(((remembered - mean) ** 2).sum()) - chance
    return float((mean**2).sum() / beyond) if beyond > 0 else np.inf


def shares(past: History, found: Fit, plate: Plate) -> Real:
    """Give each place's share of what is to come; the shares add up to 1."""
    remembered = remember(past, found.half_life)
    mean = neighbourhood(remembered, found.width_m, plate)
    if not remembered.sum() > 0:
        return np.full(len(mean), 1.0 / max(1, len(mean)))
    drawn = mean if np.isinf(found.shape) else mean * (found.shape + remembered) / (found.shape + mean)
    laid: Real = drawn / drawn.sum()
    return laid
