"""When incidents can have happened, as spans of local hours: for the busy hours of a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_KEYS = ("x", "y", "crs", "began", "ended", "zone")
_HOME = "Europe/London"
_WEEK_H = 168.0
_PILED = 0.05


def span(incidents: Any) -> Any:
    """Count the incidents that have coordinates and a beginning, by point, beginning and end.

    `incidents` is an Ibis expression over the lake's incidents; the answer is one too, with the columns `x`, `y`,
    `crs`, `began`, `ended`, `zone` and `incidents`, in a total order.

    >>> import ibis
    >>> moments = dict.fromkeys(["began", "ended"], "timestamp('UTC')")
    >>> span(ibis.table({"x": "float64", "y": "float64", "crs": "string", **moments, "zone": "string"})).columns[-2:]
    ('zone', 'incidents')
    """
    known = incidents.filter(incidents.x.notnull() & incidents.y.notnull() & incidents.began.notnull())
    counted = known.group_by(list(_KEYS)).agg(incidents=lambda rows: rows.count())
    return counted.order_by([counted[key].asc(nulls_first=False) for key in _KEYS])


@dataclass(frozen=True)
class Clocked:
    """Spans on the local clock: `rows` of `span` with `hour` of the week (0 is Monday's first) and `hours` it lasts.

    `left_out` counts incidents whose hours say nothing: spans of more than a week, and moments at midnight exactly
    where these pile up, as they do where a system writes 00:00 for a time that nobody knows.
    """

    rows: pd.DataFrame
    left_out: int


def clock(spans: pd.DataFrame) -> Clocked:
    """Put spans on the local clock; a blank zone is taken as Europe/London.

    Clocks are those of the beginning: a span across the night on which they change is an hour out after it. An end
    before the beginning, or none, is a moment without a span. Where more than a twentieth of the moments lie at
    midnight to the second, those are left out.

    >>> late = pd.Timestamp("2025-07-04 22:30", tz="UTC")
    >>> one = pd.DataFrame({"began": [late], "ended": [late + pd.Timedelta(hours=2)], "zone": [None], "incidents": [1]})
    >>> clock(one).rows[["hour", "hours"]].values.tolist()
    [[119.5, 2.0]]
    """
    began = pd.to_datetime(spans["began"], utc=True)
    ended = pd.to_datetime(spans["ended"], utc=True)
    lasting = ((ended - began).dt.total_seconds() / 3600).to_numpy(dtype=np.float64)
    hours = np.where(np.isnan(lasting), 0.0, np.maximum(lasting, 0.0))
    hour = _hour_of_week(spans)
    incidents = spans["incidents"].to_numpy(dtype=np.int64)
    midnight = (hours == 0) & (hour % 24 == 0)
    piled = incidents[midnight].sum() > _PILED * max(int(incidents.sum()), 1)
    kept = (hours <= _WEEK_H) & ~(midnight & piled)
    rows = spans.assign(hour=hour, hours=hours)[kept].reset_index(drop=True)
    return Clocked(rows, int(incidents[~kept].sum()))


def _hour_of_week(spans: pd.DataFrame) -> NDArray[np.float64]:
    began = pd.to_datetime(spans["began"], utc=True)
    zones = spans["zone"].astype("object").where(spans["zone"].notna(), _HOME)
    hour = np.zeros(len(began))
    for name in sorted(zones.unique()):
        there = (zones == name).to_numpy()
        local = began[there].dt.tz_convert(name)
        hour[there] = local.dt.day_of_week * 24 + local.dt.hour + local.dt.minute / 60 + local.dt.second / 3600
    return hour
