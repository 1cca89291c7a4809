"""What happened where and on which day: the record reduced to points and moments, for forecasts and their trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS = ("x", "y", "crs", "month", "crime_type", "moment", "zone")
_MORE = ("chosen", "harm", "spread")
_HOME = "Europe/London"


def occur(incidents: Any) -> Any:
    """Count incidents by point, month, kind and moment; those without coordinates stay, with blank `x` and `y`.

    `incidents` is an Ibis expression over the lake's incidents; the answer is one too, in a total order. `moment` is
    when the incident began (was reported, where nothing says when it began), in UTC, and `zone` the time zone of the
    local clock. Columns `chosen` and `spread` (yes or no) and `harm` are kept as further keys where they are there.

    >>> import ibis
    >>> words = dict.fromkeys(["crs", "month", "crime_type", "zone"], "string")
    >>> moments = dict.fromkeys(["began", "reported"], "timestamp('UTC')")
    >>> occur(ibis.table({"x": "float64", "y": "float64", **words, **moments}, name="incidents")).columns[-3:]
    ('moment', 'zone', 'incidents')
    """
    keys = [*_KEYS, *(name for name in _MORE if name in incidents.columns)]
    told = incidents.mutate(moment=incidents.began.fill_null(incidents.reported))
    counted = told.group_by(keys).agg(incidents=lambda rows: rows.count())
    return counted.order_by([counted[key].asc(nulls_first=False) for key in keys])


@dataclass(frozen=True)
class Dated:
    """The record with the local day of each row, or with its month where days are not known.

    `rows` are the rows of `occur` with `period` (midnight of the local day; for monthly data of the month's first day),
    in their order. `unit` says which of the two it is.
    """

    rows: pd.DataFrame
    unit: Literal["day", "month"]


def dated(happened: pd.DataFrame) -> Dated:
    """Put the local day beside what happened; months where the day of any chosen row is unknown.

    `happened` are the rows of `occur`. Rows that are not chosen (column `chosen`, where there is one) and have no day
    are left out of a daily record. A blank zone is taken as Europe/London, as data.police.uk and mappings have it.

    >>> late = pd.Timestamp("2019-07-04 02:30", tz="UTC")
    >>> rows = pd.DataFrame({"month": ["2019-07"], "moment": [late], "zone": ["America/New_York"], "incidents": [1]})
    >>> dated(rows).rows["period"].dt.strftime("%Y-%m-%d").tolist(), dated(rows).unit
    (['2019-07-03'], 'day')
    """
    chosen = happened["chosen"].to_numpy(bool) if "chosen" in happened else np.ones(len(happened), dtype=bool)
    known = happened["moment"].notna().to_numpy(bool)
    if not len(happened) or not known[chosen].all():
        months = pd.to_datetime(happened["month"].astype("str") + "-01").astype("datetime64[s]")
        return Dated(happened.assign(period=months).reset_index(drop=True), "month")
    rows = happened[known].reset_index(drop=True)
    return Dated(rows.assign(period=_days(rows)), "day")


def _days(rows: pd.DataFrame) -> NDArray[np.datetime64]:
    moments = pd.to_datetime(rows["moment"], utc=True)
    zones = rows["zone"].astype("object").where(rows["zone"].notna(), _HOME)
    days = np.empty(len(rows), dtype="datetime64[s]")
    for zone in sorted(zones.unique()):
        there = (zones == zone).to_numpy()
        walls = moments[there].dt.tz_convert(zone).dt.tz_localize(None)
        days[there] = walls.to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    return days
