"""Harm beside counts: its sum, the typical event, and whether one event makes most of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abate.tables import PLACED

ONE_EVENT = 0.5


def weigh(placed: pd.DataFrame) -> pd.DataFrame:
    """Sum up harm by place; places stay ranked by the number of incidents.

    `placed` has the column `harm`: the weight of each single incident of the row, blank where the offence has none.
    Gives `place_id`, `harm` (sum of weights), `harm_median` (of single incidents), `harm_top_share` (the largest
    event's share of the sum), `harm_one_event` (true when that is more than half) and `harm_unknown` (incidents
    without a weight). A place whose incidents all lack a weight has blank harm, not 0. The one-event flag matters
    because harm has a heavy tail: one murder weighs as much as thousands of common assaults and may never recur there.

    >>> spot = {"x": 0.0, "y": 0.0, "crs": "EPSG:27700", "month": "2025-01", "crime_type": "-", "location": None}
    >>> rows = [{**spot, "harm": 1.0, "incidents": 9}, {**spot, "harm": 5475.0, "incidents": 1}]
    >>> here = pd.DataFrame(rows).assign(place_id="a", easting=0.0, northing=0.0)
    >>> weigh(here)[["harm", "harm_median", "harm_one_event"]].values.tolist()
    [[5484.0, 1.0, True]]
    """
    PLACED.check(placed)
    known = placed[placed["harm"].notna()].sort_values(["place_id", "harm"])
    single = known.loc[known.index.repeat(known["incidents"]), ["place_id", "harm"]].astype({"harm": "float64"})
    summed = single.groupby("place_id")["harm"].agg(["sum", "median", "max"])
    every = placed.groupby("place_id")["incidents"].sum()
    listed = summed.reindex(every.index)
    share = listed["max"] / listed["sum"].where(listed["sum"] > 0)
    unknown = every - single.groupby("place_id").size().reindex(every.index, fill_value=0)
    columns = {
        "harm": listed["sum"],
        "harm_median": listed["median"],
        "harm_top_share": share,
        "harm_one_event": np.asarray(share > ONE_EVENT),
        "harm_unknown": unknown,
    }
    return pd.DataFrame(columns).rename_axis("place_id").reset_index()
