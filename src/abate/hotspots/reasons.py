"""Why this place: what it saw, when, of which kind, how it changes, and what lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from abate.hotspots.harm import weigh
from abate.hotspots.panels import Panel, panel
from abate.periods import days_in, first_day
from abate.stats import trends
from abate.tables import PLACED, REASONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

Trend = Literal["rising", "falling", "no clear change", "not known"]

ENOUGH_MONTHS = 6
_DAYS_A_YEAR = 365.25


def explain(
    placed: pd.DataFrame,
    counts: pd.DataFrame,
    places: pd.DataFrame,
    hotspots: pd.DataFrame,
    *,
    months: Sequence[str],
    span: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Say of each hotspot why it is one: `tables.REASONS`, one row a hotspot, in their order.

    `hotspots` needs `place_id` and `rank`. `months` are those held; `span` all months of the period, so that months
    that are missing show as missing (None), not as 0. Beside the columns of the table come lists fit for JSON:
    `by_month` (`month`, `incidents`), `by_type` (`crime_type`, `incidents`, commonest first), `neighbours`
    (`place_id`, `incidents`, `rank` or None; places that touch it and saw incidents, most first), and, where the
    incidents carry harm weights, the columns of `harm.weigh`. The trend is the ratio of the rates a year apart, from
    a quasi-Poisson fit over the days of each month; it needs six months, and in less than two years it cannot be
    told from the season: set it beside `area_trend`.
    """
    PLACED.check(placed)
    laid_out = panel(counts, places, months=months)
    rows = pd.Index(laid_out.place_ids).get_indexer(pd.Index(hotspots["place_id"]))
    seen = laid_out.incidents[rows]
    told = pd.DataFrame({"place_id": list(hotspots["place_id"])})
    told["months_active"] = (seen > 0).sum(axis=1)
    told["largest_month_share"] = seen.max(axis=1, initial=0) / np.maximum(seen.sum(axis=1), 1)
    told = told.join(follow(seen, laid_out.months))
    told["by_month"] = pd.Series(_by_month(seen, laid_out, sorted(span or months)), dtype="object")
    told["by_type"] = pd.Series(_by_type(placed, list(told["place_id"])), dtype="object")
    told["neighbours"] = pd.Series(_neighbours(places, hotspots, laid_out), dtype="object")
    if "harm" in placed.columns:
        told = told.merge(weigh(placed), on="place_id", how="left")
    return REASONS.check(told)


def area_trend(counts: pd.DataFrame, places: pd.DataFrame, *, months: Sequence[str]) -> dict[str, Any]:
    """Give the trend of all places together, to set a single place's beside: `trend_ratio`, its ends and its word."""
    laid_out = panel(counts, places, months=months)
    together = follow(laid_out.incidents.sum(axis=0, keepdims=True), laid_out.months)
    return {str(name): value for name, value in together.to_dict("records")[0].items()}


def follow(seen: NDArray[np.int64], months: Sequence[str]) -> pd.DataFrame:
    """Tell how each row of counts, one column a month, rises or falls: `trend_ratio`, its ends, and the word."""
    if len(months) < ENOUGH_MONTHS:
        unknown = np.full((3, len(seen)), np.nan)
        ratio, low, high = unknown
    else:
        middles = [first_day(month).toordinal() + days_in(month) / 2 for month in months]
        years = (np.array(middles) - middles[0]) / _DAYS_A_YEAR
        days = np.array([days_in(month) for month in months], dtype=np.float64)
        fitted = trends.fit(seen, times=years, exposure=days)
        ratio, low, high = fitted.ratio, fitted.low, fitted.high
    words = [_word(a, b) for a, b in zip(low, high, strict=True)]
    return pd.DataFrame({"trend_ratio": ratio, "trend_low": low, "trend_high": high, "trend": words})


def _word(low: float, high: float) -> Trend:
    if np.isnan(low) or np.isnan(high):
        return "not known"
    if low > 1:
        return "rising"
    return "falling" if high < 1 else "no clear change"


def _by_month(seen: NDArray[np.int64], laid_out: Panel, span: list[str]) -> list[list[dict[str, Any]]]:
    column = {month: place for place, month in enumerate(laid_out.months)}
    return [
        [{"month": month, "incidents": int(row[column[month]]) if month in column else None} for month in span]
        for row in seen
    ]


def _by_type(placed: pd.DataFrame, place_ids: Iterable[str]) -> list[list[dict[str, Any]]]:
    here = placed[placed["place_id"].isin(place_ids)]
    kinds = here.groupby(["place_id", "crime_type"], as_index=False).agg(incidents=("incidents", "sum"))
    ordered = kinds.sort_values(["incidents", "crime_type"], ascending=[False, True])
    lists: dict[str, list[dict[str, Any]]] = {place: [] for place in place_ids}
    for place, kind, incidents in zip(ordered["place_id"], ordered["crime_type"], ordered["incidents"], strict=True):
        lists[place].append({"crime_type": kind, "incidents": int(incidents)})
    return list(lists.values())


def _neighbours(places: pd.DataFrame, hotspots: pd.DataFrame, laid_out: Panel) -> list[list[dict[str, Any]]]:
    import shapely

    ordered = places.sort_values("place_id", ignore_index=True)
    shapes = ordered["shape"].to_numpy()
    tree = shapely.STRtree(shapes)
    ranks = dict(zip(hotspots["place_id"], hotspots["rank"], strict=True))
    own = pd.Index(laid_out.place_ids).get_indexer(pd.Index(hotspots["place_id"]))
    slack = 1e-3 * float(np.sqrt(shapely.area(shapes[own]).max(initial=0.0))) or 1e-3
    which, beside = tree.query(shapes[own], predicate="dwithin", distance=slack)
    lists: list[list[dict[str, Any]]] = [[] for _ in own]
    totals = laid_out.totals
    for hotspot, place in sorted(zip(which.tolist(), beside.tolist(), strict=True), key=lambda pair: -totals[pair[1]]):
        if place != own[hotspot] and totals[place]:
            known = laid_out.place_ids[place]
            rank = ranks.get(known)
            entry = {"place_id": known, "incidents": int(totals[place]), "rank": None if rank is None else int(rank)}
            lists[hotspot].append(entry)
    return lists
