"""Getis-Ord Gi*: where a place and its neighbours together saw more, or less, than chance would deal them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.hotspots.histories import forecasts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.space.neighbours import Neighbours

    Real = NDArray[np.float64]

DRAWS = 99_999
LEVEL = 0.05


def significant(
    totals: pd.DataFrame,
    neighbours: Neighbours,
    *,
    column: str = "incidents",
    star: bool = True,
    draws: int = DRAWS,
    seed: int = 1,
    level: float = LEVEL,
    dependent: bool = False,
) -> pd.DataFrame:
    """Tell for each place whether it and its neighbours together are hot, cold, or what chance would deal.

    `totals` has one row a place, with `place_id` and the numbers in `column`; `neighbours` are in the same order (see
    `neighbourhoods.surround`). With `star` the place itself is added in (Gi*), without it is not (Gi). Gives
    `place_id`, the column, `neighbours` (how many), `z` (from the moments), `p` (both sides, by conditional
    permutation), `p_high`, `p_low`, `p_directed` (one-sided, as esda reports it), `q` (the false-discovery rate at
    which the place would be found; Benjamini and Yekutieli's with `dependent`) and `kind`: `hot`, `cold`, `not clear`,
    or `no neighbours`. Under permutation Gi and Gi* have one p, since the place keeps its own number.

    Raises `OptionError` when all places have the same number or the weights do not fit, `TableError` for blank numbers.

    >>> from abate.space.neighbours import within
    >>> road = within(np.column_stack([np.arange(30.0), np.zeros(30)]), 2.0)
    >>> seen = pd.DataFrame({"place_id": [f"{n:02}" for n in range(30)], "incidents": [9, 8, 9, 8, 9] + 25 * [0]})
    >>> found = significant(seen, road)
    >>> found.loc[found["kind"] == "hot", "place_id"].tolist()
    ['01', '02']
    """
    from abate.space import autocorrelation, conditioning
    from abate.stats.discovery import false_discovery

    values = fitting(totals, neighbours, column)
    z = autocorrelation.gi(values, neighbours, star=star).z
    tails = conditioning.tails(values, neighbours, draws=draws, seed=seed)
    p = both_sides(tails.high, tails.low)
    q = false_discovery(p, dependent=dependent)
    found = np.select(
        [neighbours.degree == 0, (q <= level) & (tails.high < tails.low), (q <= level) & (tails.high > tails.low)],
        ["no neighbours", "hot", "cold"],
        "not clear",
    )
    return pd.DataFrame(
        {
            "place_id": totals["place_id"].to_numpy(),
            column: totals[column].to_numpy(),
            "neighbours": neighbours.degree,
            "z": z,
            "p": p,
            "p_high": tails.high,
            "p_low": tails.low,
            "p_directed": tails.directed,
            "q": q,
            "kind": pd.Series(found, dtype="str"),
        }
    )


def both_sides(high: Real, low: Real) -> Real:
    """Give the p-value of a test that looks both ways: twice the smaller, at most 1."""
    p: Real = np.minimum(2 * np.minimum(high, low), 1.0)
    return p


def fitting(totals: pd.DataFrame, neighbours: Neighbours, column: str) -> Real:
    """Give the numbers of a table that fits its neighbours, or say what is wrong with them."""
    missing = [name for name in ("place_id", column) if name not in totals.columns]
    if missing:
        raise TableError(*(f"totals: column '{name}' is missing" for name in missing))
    values = totals[column].to_numpy(float)
    if blank := int((~np.isfinite(values)).sum()):
        raise TableError(f"totals: column '{column}' is blank or infinite in {blank:,} rows")
    if len(values) != neighbours.count:
        raise OptionError(f"there are {len(values):,} places and neighbours for {neighbours.count:,}: give one list")
    if len(values) < 3:
        raise OptionError(f"to compare neighbourhoods takes at least 3 places, not {len(values)}")
    if np.ptp(values) == 0:
        raise OptionError(
            f"all {len(values):,} places have the same {column} ({values[0]:g}): nothing tells them apart"
        )
    return values


def sentence(found: pd.DataFrame, *, level: float = LEVEL) -> str:
    """Say in words what `significant` or `moran.classify` found.

    >>> sentence(pd.DataFrame({"kind": ["hot", "not clear", "hot"]}))
    'Of 3 places 2 are hot and 0 are cold with their neighbours, with 5% false findings among them at most.'
    """
    hot, cold = (int((found["kind"] == kind).sum()) for kind in ("hot", "cold"))
    alone = int((found["kind"] == "no neighbours").sum())
    told = (
        f"Of {len(found):,} places {hot:,} are hot and {cold:,} are cold with their neighbours, "
        f"with {level:.0%} false findings among them at most"
    )
    return f"{told}; {alone:,} have no neighbours and cannot be told." if alone else f"{told}."


def forecast(past: History, window: Window, *, rule: str = "queen") -> pd.DataFrame:
    """Expect at each place what it and its neighbours saw on average, day for day, over the whole past.

    This is the number that Gi* is made of, as a rate: a z-score ranks places but expects nothing. Gives
    `tables.FORECASTS` with Poisson counts. A place whose whole neighbourhood was quiet expects its share of half an
    incident. `rule` says who is a neighbour, as in `neighbourhoods.surround`.
    """
    from abate.hotspots.neighbourhoods import surround

    neighbours = surround(past.places, rule, unit_m=past.unit_m)
    totals = past.totals().astype(float)
    mean = (neighbours.lag(totals) + totals) / (neighbours.degree + 1)
    floored = np.maximum(mean, 0.5 / len(totals))
    level = max(totals.sum(), 0.5) / floored.sum()
    return forecasts(past, floored * level * window.days / past.span.days)
