"""The record laid out for forecasts: the chosen crimes, and behind them a chain of the other kinds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from abate.hotspots.histories import History, Unit, Window


def link(rows: pd.DataFrame, places: pd.DataFrame, *, span: Window, unit: Unit, unit_m: float) -> History:
    """Lay out the chosen incidents, and behind them the other kinds at the same places, commonest first.

    `rows` are `tables.OCCURRENCES` with `crime_type` and `chosen`. Kinds that patrols find by searching tell where
    patrols were, and are left out unless they are themselves chosen.
    """
    from abate.hotspots.histories import history
    from abate.incidents import groups

    chosen = rows["chosen"].to_numpy(dtype=bool)
    own, others = rows[chosen], rows[~chosen]
    kinds = others.groupby("crime_type")["incidents"].sum()
    kinds = kinds[[not groups.is_found(str(kind)) for kind in kinds.index]]
    chain: History | None = None
    for kind in sorted(kinds.index, key=lambda name: (kinds[name], name)):
        laid = history(_summed(others[others["crime_type"] == kind]), places, span=span, unit=unit, unit_m=unit_m)
        chain = replace(laid, related=chain)
    return replace(history(_summed(own), places, span=span, unit=unit, unit_m=unit_m), related=chain)


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    keys = ["place_id", "easting", "northing", "period"]
    return rows.groupby(keys, as_index=False, sort=True).agg(incidents=("incidents", "sum"))
