"""Places in order of how many incidents they saw, and where the list is cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError, TableError
from abate.tables import COUNTS, HOTSPOTS, PLACES

if TYPE_CHECKING:
    import pandas as pd

TOP = 20


@dataclass(frozen=True)
class Ranking:
    """The places chosen, and how: `hotspots` is `tables.HOTSPOTS` without `name` and `probability_top`.

    `places` and `incidents` are the numbers chosen from, `rule` says in words how the list was cut, and `left_out`
    is a sentence on the first place that was not chosen: one that tied with the last, or whose area did not fit.
    """

    hotspots: pd.DataFrame
    places: int
    incidents: int
    rule: str
    left_out: str | None


def rank(
    counts: pd.DataFrame, places: pd.DataFrame, *, top: int | None = None, area_km2: float | None = None
) -> Ranking:
    """Order places by how many incidents they saw, hottest first, and keep the first `top` or `area_km2` of them.

    Equal numbers go to the place that saw incidents in more months, then to the place whose id comes first. A place
    that saw none is never a hotspot. With `area_km2`, places are taken in order until the next would go over that
    area. Without either, the first 20 are kept. `share` is of all incidents in `counts`, which lie inside the area
    looked at. Raises `OptionError` for a limit that cannot be, `TableError` when counts name an unknown place.

    >>> import pandas as pd, shapely
    >>> seen = pd.DataFrame({"place_id": ["b", "a"], "period": pd.Timestamp("2025-01-01"), "incidents": [3, 1]})
    >>> middle = {"easting": 0.0, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> two = rank(seen, pd.DataFrame({"place_id": ["a", "b"], "area_km2": 0.5, **middle}), top=1)
    >>> two.hotspots[["place_id", "rank", "share"]].values.tolist()
    [['b', 1, 0.75]]
    """
    _refuse(top, area_km2)
    ordered = order(counts, places)
    kept = _within_area(ordered, area_km2) if area_km2 is not None else min(top or TOP, len(ordered))
    total = int(ordered["incidents"].sum())
    hottest = ordered.head(kept)
    chosen = hottest.assign(
        rank=np.arange(1, kept + 1),
        share=hottest["incidents"] / max(total, 1),
        cumulative_share=hottest["incidents"].cumsum() / max(total, 1),
    )
    columns = [name for name in HOTSPOTS.columns if name in chosen.columns and name != "name"]
    return Ranking(
        hotspots=chosen[[*columns, "months_active"]],
        places=len(places),
        incidents=total,
        rule=f"at most {area_km2:g} km² in all" if area_km2 is not None else f"the first {top or TOP}",
        left_out=_left_out(ordered, kept, area_km2),
    )


def order(counts: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Give every place that saw an incident, hottest first, ties broken as `rank` says.

    The columns are those of `places` with `incidents` and `months_active` (months with at least one incident).
    """
    COUNTS.check(counts)
    PLACES.check(places)
    seen = counts[counts["incidents"] > 0].groupby("place_id", as_index=False, observed=True)
    totals = seen.agg(incidents=("incidents", "sum"), months_active=("incidents", "size"))
    if strangers := sorted(set(totals["place_id"]) - set(places["place_id"])):
        raise TableError(f"counts: {len(strangers):,} places are not in places, the first is '{strangers[0]}'")
    ranked = totals.merge(places, on="place_id", how="left", validate="one_to_one")
    return ranked.sort_values(
        ["incidents", "months_active", "place_id"], ascending=[False, False, True], ignore_index=True
    )


def complete(ranking: Ranking, names: pd.DataFrame, probabilities: pd.DataFrame) -> pd.DataFrame:
    """Put name and probability to the places chosen: the whole of `tables.HOTSPOTS`, hottest first.

    `names` has `place_id` and `name`, `probabilities` has `place_id` and `probability_top`.
    """
    named = ranking.hotspots.merge(names[["place_id", "name"]], on="place_id", how="left", validate="one_to_one")
    whole = named.merge(
        probabilities[["place_id", "probability_top"]], on="place_id", how="left", validate="one_to_one"
    )
    beyond = [name for name in whole.columns if name not in HOTSPOTS.columns]
    return HOTSPOTS.check(whole[[*HOTSPOTS.columns, *beyond]])


def _refuse(top: int | None, area_km2: float | None) -> None:
    faults = []
    if top is not None and area_km2 is not None:
        faults.append("give either a number of places or an area in km², not both")
    if top is not None and top < 1:
        faults.append(f"the number of places to choose is at least 1, not {top}")
    if area_km2 is not None and not 0 < area_km2 < float("inf"):
        faults.append(f"the area to fill is more than 0 km², not {area_km2:g}")
    if faults:
        raise OptionError(*faults)


def _within_area(ordered: pd.DataFrame, area_km2: float) -> int:
    filled = ordered["area_km2"].cumsum().to_numpy()
    kept = int(np.searchsorted(filled, area_km2 * (1 + 1e-9), side="right"))
    if not kept and len(ordered):
        first = ordered.iloc[0]
        raise OptionError(
            f"the hottest place alone ({first['place_id']}, {first['area_km2']:.3g} km²) is larger than "
            f"{area_km2:g} km²: allow more area or make the places smaller"
        )
    return kept


def _left_out(ordered: pd.DataFrame, kept: int, area_km2: float | None) -> str | None:
    if not 0 < kept < len(ordered):
        return None
    last, following = ordered.iloc[kept - 1], ordered.iloc[kept]
    if area_km2 is not None:
        over = ordered["area_km2"].head(kept + 1).sum() - area_km2
        return (
            f"{following['place_id']} (rank {kept + 1}) did not fit: it would go {over:.3g} km² over {area_km2:g} km²"
        )
    tied = int((ordered["incidents"].iloc[kept:] == last["incidents"]).sum())
    if not tied:
        return None
    places = "1 place" if tied == 1 else f"{tied:,} places"
    return f"{places} with as many incidents as the last on the list ({last['incidents']}) came after it in the order"
