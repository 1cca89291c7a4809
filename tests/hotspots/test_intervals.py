"""Intervals of forecasts: covered as often as they say, on the truth and on real areas and months."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError, TableError
from abate.hotspots import recommended
from abate.hotspots.histories import Window, history
from abate.hotspots.intervals import interval
from abate.sources import boundaries

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DATA = "police-street/cleveland-street-2023-01-to-2024-12.csv.gz"


def test_a_place_has_its_own_interval_in_the_order_of_the_forecast():
    soon = pd.DataFrame({"place_id": ["z", "a"], "expected": [100.0, 0.0], "size": [np.nan, np.nan]})
    found = interval(soon, level=0.9)
    assert found["place_id"].tolist() == ["z", "a"]
    assert found["low"].tolist() == [85, 0]
    assert found["high"].tolist() == [117, 0]


def test_a_level_out_of_range_and_a_table_that_is_no_forecast_are_refused():
    soon = pd.DataFrame({"place_id": ["a"], "expected": [1.0], "size": [1.0]})
    with pytest.raises(OptionError, match="between 0 and 1, not at 95"):
        interval(soon, level=95)
    with pytest.raises(TableError, match="'size' is missing"):
        interval(soon.drop(columns="size"))


@pytest.mark.slow
def test_intervals_of_real_areas_and_months_are_covered_as_often_as_they_say(shared: Callable[[str], Path]):
    record = pd.read_csv(shared(DATA), usecols=["Month", "Crime type", "LSOA code"]).dropna()
    ground = boundaries.read(shared("boundaries/lsoa2011-cleveland.geojson.gz"), crs="EPSG:27700")
    violent = record[record["Crime type"] == "Violence and sexual offences"]
    places = middles(ground)
    counted = violent.groupby(["LSOA code", "Month"]).size().rename("incidents").reset_index()
    counted = counted.merge(places[["place_id", "easting", "northing"]], left_on="LSOA code", right_on="place_id")
    counted["period"] = pd.to_datetime(counted["Month"]).astype("datetime64[s]")
    whole = Window(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2024-12-31").date())
    past = history(counted, places, span=whole, unit="month")
    inside = []
    for month in pd.date_range("2024-01-01", "2024-06-01", freq="MS"):
        soon = Window(month.date(), (month + pd.offsets.MonthEnd(0)).date())
        told = interval(recommended.forecast(past.until((month - pd.Timedelta(days=1)).date()), soon))
        seen = past.during(soon)
        inside.append(((told["low"] <= seen) & (seen <= told["high"])).mean())
    assert 0.94 < np.mean(inside) < 0.96


def middles(ground: pd.DataFrame) -> pd.DataFrame:
    import shapely

    centres = shapely.centroid(ground["shape"].to_numpy(dtype=object))
    return pd.DataFrame(
        {
            "place_id": ground["place_id"].to_numpy(),
            "area_km2": shapely.area(ground["shape"].to_numpy(dtype=object)) / 1e6,
            "easting": shapely.get_x(centres),
            "northing": shapely.get_y(centres),
            "shape": ground["shape"].to_numpy(dtype=object),
        }
    )
