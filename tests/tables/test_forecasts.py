"""What the tables of forecasts promise."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.tables.forecasts import FORECASTS, OCCURRENCES

TOLD = pd.DataFrame({"place_id": ["a", "b"], "expected": [0.5, 0.0], "size": [2.0, float("nan")]})


def test_a_place_is_forecast_once_and_a_blank_size_is_poisson() -> None:
    assert FORECASTS.check(TOLD) is TOLD
    with pytest.raises(TableError, match="repeat an earlier place_id"):
        FORECASTS.check(TOLD.assign(place_id="a"))


def test_nothing_less_than_nothing_is_expected() -> None:
    with pytest.raises(TableError, match="'expected' should be at least 0"):
        FORECASTS.check(TOLD.assign(expected=[-0.1, 0.0]))
    with pytest.raises(TableError, match="'expected' is blank"):
        FORECASTS.check(TOLD.assign(expected=[0.1, float("nan")]))


def test_an_occurrence_has_at_least_one_incident() -> None:
    seen = pd.DataFrame({"place_id": ["a"], "easting": [1.0], "northing": [1.0], "incidents": [1]})
    seen["period"] = pd.to_datetime(["2025-01-01"])
    assert OCCURRENCES.check(seen) is seen
    with pytest.raises(TableError, match="at least 1"):
        OCCURRENCES.check(seen.assign(incidents=0))
