"""What each place saw on each day, quiet days included: the rows that a trial is planned and analysed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import TableError
from abate.tables import PLACE_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


def lay(rows: pd.DataFrame, place: Whole, *, site_ids: Sequence[str], days: pd.DatetimeIndex) -> pd.DataFrame:
    """Count incidents at each place on each day; a day on which nothing happened is a row with 0.

    `rows` has `period` (the day), `incidents` and, where harm is known, `harm` (that of one incident; blank where the
    scale has no weight, which adds nothing). `place` is the position of each row's place among `site_ids`, -1 for
    none. `days` are those that the record covers: no other day gets a row, so that a day that is missing is never 0.
    Gives `tables.PLACE_DAYS`, with `harm` where the rows have it, by date and then in the order of `site_ids`. Raises
    `TableError` when a place is named twice or there is none.

    >>> seen = pd.DataFrame({"period": pd.to_datetime(["2026-01-02", "2026-01-02"]), "incidents": [2, 1]})
    >>> days = pd.date_range("2026-01-01", "2026-01-02")
    >>> lay(seen, np.array([0, -1]), site_ids=["a"], days=days)["incidents"].tolist()
    [0, 2]
    """
    if len(set(site_ids)) < max(len(site_ids), 1):
        raise TableError("place_days: each place is named once, and there is at least one")
    day = days.get_indexer(pd.DatetimeIndex(rows["period"]))
    kept = (place >= 0) & (day >= 0)
    cell = day[kept] * len(site_ids) + place[kept]
    incidents = rows["incidents"].to_numpy(dtype=np.int64)[kept]
    counts = np.zeros(len(days) * len(site_ids), dtype=np.int64)
    np.add.at(counts, cell, incidents)
    frame = pd.DataFrame(
        {
            "date": np.repeat(days.to_numpy().astype("datetime64[s]"), len(site_ids)),
            "site_id": pd.Series(list(site_ids) * len(days), dtype="str"),
            "incidents": counts,
        }
    )
    if "harm" in rows.columns:
        weights = incidents * rows["harm"].fillna(0.0).to_numpy(dtype=np.float64)[kept]
        frame["harm"] = np.bincount(cell, weights=weights, minlength=len(counts))
    return PLACE_DAYS.check(frame)
