"""The sites chosen, each with its outline, its numbers and the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.hotspots.harm import weigh
from abate.hotspots.intervals import interval
from abate.hotspots.names import name
from abate.hotspots.reasons import explain
from abate.tables import COUNTS
from abate.tables.sites import SITES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from abate.hotspots.choosing import Choice
    from abate.hotspots.histories import Window

    Real = NDArray[np.float64]

LEVEL = 0.9


@dataclass(frozen=True)
class Known:
    """What is known of the places when sites are described.

    `placed` is `tables.PLACED`, `forecast` is `tables.FORECASTS` for `window`, both of the places that the choice was
    made among; `months` are those held, in order; `barred` is the excluded ground, or None. `bands` says for each site,
    in the order of the choice, when it is busy; `stability` is the share of redraws in which it is chosen again.
    """

    placed: pd.DataFrame
    forecast: pd.DataFrame
    window: Window
    months: Sequence[str]
    stability: Real
    bands: Sequence[str]
    barred: Any | None = None


def describe(choice: Choice, known: Known) -> pd.DataFrame:
    """Lay out the sites chosen (`tables.SITES`), most expected first.

    Beside the columns of the table come `trend`, `trend_ratio`, `trend_low`, `trend_high`, `by_month`, `by_type` and
    `harm_one_event`, as in `reasons.explain`. The interval of what is expected takes the places of a site as
    independent, given what is expected of each.
    """
    outlines = _outlines(choice, known.barred)
    names = _ids(choice)
    own = _own(choice, known.placed, names)
    middles = _middles(outlines)
    frame = pd.DataFrame({"place_id": names, "area_km2": _areas(outlines, choice)} | middles).assign(shape=outlines)
    told = explain(
        own,
        _counts(own),
        frame,
        pd.DataFrame({"place_id": names, "rank": np.arange(len(names)) + 1}),
        months=known.months,
    )
    called = name(own, frame, place_ids=names, unit_m=choice.board.unit_m)
    seen = choice.members.T @ choice.board.seen.sum(axis=1)
    sites = frame.merge(called, on="place_id").merge(told.drop(columns="neighbours"), on="place_id")
    whole = sites.rename(columns={"place_id": "site_id"}).assign(
        rank=np.arange(1, len(sites) + 1),
        place_ids=[" ".join(choice.board.places["place_id"].iloc[list(places)]) for places in choice.sites],
        **_expected(choice, known.forecast),
        incidents=np.rint(seen).astype(np.int64),
        share=seen / max(int(choice.board.seen.sum()), 1),
        nearest_site_m=_apart(outlines, choice.board.unit_m),
        stability=known.stability,
        time_bands=list(known.bands),
        harm_top_share=_top_share(own, names),
    )
    whole = whole.assign(reasons=[_reasons(row, choice, known) for row in whole.to_dict("records")])
    beyond = [column for column in whole.columns if column not in SITES.columns]
    return SITES.check(whole[[*SITES.columns, *beyond]])


def _ids(choice: Choice) -> list[str]:
    """Name each site after its place with most expected."""
    values, ids = choice.board.values, choice.board.places["place_id"]
    return [f"site-{ids.iloc[max(places, key=lambda place: (values[place], -place))]}" for places in choice.sites]


def _outlines(choice: Choice, barred: Any | None) -> NDArray[np.object_]:
    import shapely

    shapes = choice.board.places["shape"].to_numpy(dtype=object)
    joined = [shapely.union_all(shapes[list(places)]) for places in choice.sites]
    outlines = np.array(joined, dtype=object)
    cut: NDArray[np.object_] = outlines if barred is None else shapely.difference(outlines, barred)
    return cut


def _areas(outlines: NDArray[np.object_], choice: Choice) -> Real:
    import shapely

    areas: Real = shapely.area(outlines) * choice.board.unit_m**2 / 1e6
    return areas


def _middles(outlines: NDArray[np.object_]) -> dict[str, Any]:
    import shapely

    middles = shapely.centroid(outlines)
    return {"easting": shapely.get_x(middles), "northing": shapely.get_y(middles)}


def _apart(outlines: NDArray[np.object_], unit_m: float) -> Real:
    """Give the metres of ground between each site and the nearest other; not a number where it is the only one."""
    import shapely

    apart = shapely.distance(outlines[:, None], outlines[None, :]) * unit_m
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    known: Real = np.where(np.isinf(nearest), np.nan, nearest)
    return known


def _own(choice: Choice, placed: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Give what lies in a site, under the site's id."""
    ids = choice.board.places["place_id"].to_numpy()
    site = {ids[place]: name for name, places in zip(names, choice.sites, strict=True) for place in places}
    within = placed["place_id"].map(site)
    return placed.assign(place_id=within)[within.notna()].reset_index(drop=True)


def _counts(own: pd.DataFrame) -> pd.DataFrame:
    summed = own.groupby(["place_id", "month"], as_index=False).agg(incidents=("incidents", "sum"))
    began = pd.to_datetime(summed["month"].astype("str") + "-01").astype("datetime64[s]")
    return COUNTS.check(summed.assign(period=began)[["place_id", "period", "incidents"]])


def _expected(choice: Choice, forecast: pd.DataFrame) -> dict[str, Any]:
    """Add up what is expected of the places of each site, and give the range of what will be recorded."""
    mean, size = forecast["expected"].to_numpy(float), forecast["size"].to_numpy(float)
    excess = np.where(np.isnan(size), 0.0, mean**2 / np.where(np.isnan(size), 1.0, np.maximum(size, 1e-12)))
    total, over = choice.members.T @ mean, choice.members.T @ excess
    bunched = np.where(over > 1e-12, total**2 / np.maximum(over, 1e-12), np.nan)
    together = pd.DataFrame({"place_id": [str(n) for n in range(len(total))], "expected": total, "size": bunched})
    ends = interval(together, level=LEVEL)
    harm = choice.members.T @ choice.board.values if choice.rules.aim == "harm" else np.full(len(total), np.nan)
    return {
        "expected": total,
        "expected_low": ends["low"].to_numpy(float),
        "expected_high": ends["high"].to_numpy(float),
        "expected_harm": harm,
    }


def _top_share(own: pd.DataFrame, names: list[str]) -> Real:
    if "harm" not in own.columns:
        return np.full(len(names), np.nan)
    return weigh(own).set_index("place_id")["harm_top_share"].reindex(names).to_numpy(float)


def _reasons(row: dict[Any, Any], choice: Choice, known: Known) -> str:
    """Say why the site is on the list."""
    span = f"{known.window.first:%-d %B %Y} to {known.window.last:%-d %B %Y}"
    told = [
        (
            f"{row['expected']:.1f} incidents expected from {span} "
            f"(90% interval: {row['expected_low']:.0f} to {row['expected_high']:.0f})"
        ),
        (
            f"{row['incidents']:,} in the record ({row['share']:.1%} of all), "
            f"in {row['months_active']} of {len(known.months)} months"
        ),
        f"mostly {row['by_type'][0]['crime_type']}" if row["by_type"] else "",
        _trend(row),
        f"{row['expected_harm']:,.0f} harm expected" if choice.rules.aim == "harm" else "",
        "one event makes more than half of its recorded harm" if row["harm_top_share"] > 0.5 else "",
        f"chosen again in {row['stability']:.0%} of redraws of the months",
    ]
    return "; ".join(each for each in told if each)


def _trend(row: dict[Any, Any]) -> str:
    if row["trend"] == "not known":
        return ""
    ratio, low, high = (row[f"trend_{part}"] for part in ("ratio", "low", "high"))
    return f"{row['trend']} ({ratio:.2f} times a year, 95% interval {low:.2f} to {high:.2f})"
