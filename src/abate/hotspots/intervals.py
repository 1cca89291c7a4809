"""How sure a forecast is: the range of counts that a place's next window should fall in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.stats import ranges
from abate.tables import FORECASTS


def interval(forecast: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Give the counts between which each place's incidents should lie with probability `level`.

    `forecast` is `tables.FORECASTS`. Both ends are included. The range is the equal-tailed one, less counts at its
    ends for as long as that brings its probability nearer to `level`: counts are whole, so that no range holds
    exactly `level`, and the equal-tailed one always holds more (a place that expects 0.05 has the range 0 to 0, which
    holds 95%, rather than 0 to 1, which holds 99.9%). Over many places the ranges of a right forecast are then covered
    about `level` of the time. Gives `place_id`, `low`, `high`, in the order of the forecast. Raises `OptionError` when
    the level is not between 0 and 1.

    >>> soon = pd.DataFrame({"place_id": ["a", "b"], "expected": [4.0, 4.0], "size": [np.nan, 1.0]})
    >>> interval(soon)[["low", "high"]].to_numpy().tolist()
    [[1, 8], [0, 12]]
    """
    if not 0 < level < 1:
        raise OptionError(f"the level of an interval lies between 0 and 1, not at {level:g}")
    FORECASTS.check(forecast)
    mean, size = forecast["expected"].to_numpy(np.float64), forecast["size"].to_numpy(np.float64)
    low, high = ranges.middle_part(level, mean, size)
    return pd.DataFrame({"place_id": forecast["place_id"].to_numpy(), "low": low, "high": high})
