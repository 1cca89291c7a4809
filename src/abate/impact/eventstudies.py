"""The event study of an effect: its average by time since the start, as a table to draw or to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from abate.errors import OptionError

if TYPE_CHECKING:
    from abate.impact.effects import Effect

COLUMNS = ("event_time", "value", "se", "low", "high", "band_low", "band_high")


def tabulate(effect: Effect) -> pd.DataFrame:
    """Give the effect by periods since the start, before it too: below 0 there ought to be no effect.

    Columns: `event_time` (0 is the first period with the programme), `value`, `se`, `low` and `high` (each event time
    by itself), `band_low` and `band_high` (all of them at once; only after a bootstrap). Missing numbers are NaN.
    Raises `OptionError` for a method that has no event times.

    >>> from abate.impact.effects import Aggregate, Effect, Setting
    >>> from abate.impact.panels import Panel
    >>> import numpy as np
    >>> panel = Panel(("a",), ("1",), np.ones((1, 1)), np.array([0]))
    >>> dynamic = Aggregate(-1.0, 0.5, ({"at": 0, "value": -1.0, "se": 0.5, "low": -2.0, "high": 0.0},))
    >>> tabulate(Effect(Setting("cs"), panel, -1.0, aggregations={"dynamic": dynamic}))[["event_time", "value"]]
       event_time  value
    0           0   -1.0
    """
    dynamic = effect.aggregations.get("dynamic")
    if dynamic is None:
        raise OptionError(f"{effect.setting.method} has no effects by time since the start: cs has")
    frame = pd.DataFrame([{"event_time": part["at"], **part} for part in dynamic.by])
    frame = frame.reindex(columns=list(COLUMNS)).sort_values("event_time", ignore_index=True)
    return frame.astype({"event_time": "int64"} | dict.fromkeys(COLUMNS[1:], "float64"))
