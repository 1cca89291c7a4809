"""Counts laid out as places by months, for work on all of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import TableError
from abate.periods import first_day
from abate.stats import crosstabs
from abate.tables import COUNTS, PLACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Panel:
    """`incidents` in the shape (places, months); places in order of id, months in order of time, quiet ones as 0."""

    place_ids: list[str]
    months: list[str]
    incidents: NDArray[np.int64]

    @property
    def totals(self) -> NDArray[np.int64]:
        """Incidents of each place over all months."""
        summed: NDArray[np.int64] = self.incidents.sum(axis=1)
        return summed

    def during(self, months: Sequence[str]) -> Panel:
        """The same places in some of the months."""
        columns = [self.months.index(month) for month in months]
        return Panel(self.place_ids, list(months), self.incidents[:, columns])

    def over(self, months: Sequence[str]) -> NDArray[np.int64]:
        """Incidents of each place over some of the months."""
        return self.during(months).totals


def panel(counts: pd.DataFrame, places: pd.DataFrame, *, months: Sequence[str]) -> Panel:
    """Lay counts out as places by months; places and months that saw nothing are there, as 0.

    `places` is the whole of what is looked at, `months` the months held. Raises `TableError` when counts name a
    place or a month that is not among them.

    >>> seen = pd.DataFrame({"place_id": ["b"], "period": pd.to_datetime(["2025-02-01"]), "incidents": [3]})
    >>> import shapely
    >>> middle = {"area_km2": 1.0, "easting": 0.0, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> two = pd.DataFrame({"place_id": ["a", "b"], **middle})
    >>> panel(seen, two, months=["2025-01", "2025-02"]).incidents.tolist()
    [[0, 0], [0, 3]]
    """
    COUNTS.check(counts)
    PLACES.check(places)
    ids, held = sorted(places["place_id"].tolist()), sorted(months)
    if len(strangers := pd.Index(counts["place_id"].unique()).difference(pd.Index(ids))):
        raise TableError(f"counts: {len(strangers):,} places are not in places, the first is '{strangers[0]}'")
    began = pd.DatetimeIndex([first_day(month) for month in held])
    if len(beyond := pd.DatetimeIndex(counts["period"].unique()).difference(began)):
        span = f"{held[0]} to {held[-1]}" if held else "none"
        raise TableError(f"counts: {beyond[0]:%Y-%m} is not among the months held ({span})")
    spread = crosstabs.dense(
        counts["place_id"], counts["period"], counts["incidents"], row_order=ids, column_order=began
    )
    return Panel(ids, held, spread)
