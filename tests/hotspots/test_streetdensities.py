"""Forecast along the streets: the network counts, not the straight line."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.hotspots import streetdensities
from abate.hotspots.histories import History, Window, history

FIRST = np.datetime64("2023-01-01")
NEXT = Window(date(2025, 1, 1), date(2025, 3, 31))


def town(side: int = 8, block: float = 80.0) -> pd.DataFrame:
    """A square of streets, `side` blocks each way."""
    lines = [
        shapely.LineString([(x * block, y * block), ((x + east) * block, (y + 1 - east) * block)])
        for x in range(side + 1)
        for y in range(side + 1)
        for east in (0, 1)
        if x + east <= side and y + 1 - east <= side
    ]
    middles = shapely.get_coordinates(shapely.centroid(lines))
    return pd.DataFrame(
        {
            "place_id": [f"s{number:03d}" for number in range(len(lines))],
            "area_km2": 0.0,
            "easting": middles[:, 0],
            "northing": middles[:, 1],
        }
    ).assign(shape=lines)


def past_of(streets: pd.DataFrame, which: np.ndarray, along: np.ndarray, day: np.ndarray) -> History:
    lines = streets["shape"].to_numpy(dtype=object)[which]
    spots = shapely.get_coordinates(shapely.line_interpolate_point(lines, along, normalized=True))
    seen = pd.DataFrame(
        {"place_id": streets["place_id"].to_numpy()[which], "easting": spots[:, 0], "northing": spots[:, 1]}
    )
    seen = seen.assign(incidents=1, period=pd.to_datetime([str(FIRST + int(one)) for one in day]))
    return history(seen, streets, span=Window(date(2023, 1, 1), date(2024, 12, 30)), unit="day")


def test_streets_near_by_foot_expect_more_than_those_behind_the_railway():
    lines = [shapely.LineString(ends) for ends in ([(0, 0), (100, 0)], [(100, 0), (200, 0)], [(0, 20), (100, 20)])]
    road = pd.DataFrame(
        {"place_id": list("abc"), "area_km2": 0.0, "easting": [50.0, 150, 50], "northing": [0.0, 0, 20]}
    )
    past = past_of(road.assign(shape=lines), np.zeros(10, dtype=int), np.full(10, 0.9), np.arange(10) + 600)
    told = streetdensities.forecast(past, NEXT, bandwidth_m=60.0)["expected"].to_numpy()
    assert told[1] > 3 * told[2]
    # the third street is reached by the even part alone: 1/11 of the whole, a third of the length
    assert told[2] == pytest.approx(told.sum() / 11 / 3)


def test_planted_risk_along_streets_is_found_and_adds_up():
    streets = town()
    rng = np.random.default_rng(1)
    hot = streets["shape"].map(lambda line: line.distance(shapely.Point(320, 320)) < 100).to_numpy()
    which = np.where(rng.random(600) < 0.7, rng.choice(np.flatnonzero(hot), 600), rng.integers(0, len(streets), 600))
    past = past_of(streets, which, rng.random(600), rng.integers(0, 730, 600))
    told = streetdensities.forecast(past, NEXT)
    top = told.sort_values("expected", ascending=False).head(int(hot.sum()))
    assert np.isin(top["place_id"], streets["place_id"][hot]).mean() > 0.8
    assert told["expected"].sum() == pytest.approx(past.totals(730 - 365).sum() / 365 * 90)
    assert told["expected"].min() > 0
    chosen = streetdensities.fit(past)
    assert chosen.bandwidth_m in streetdensities.CANDIDATES_M
    assert chosen.likelihood[chosen.candidates.index(chosen.bandwidth_m)] == max(chosen.likelihood)
    assert told.equals(streetdensities.forecast(past, NEXT))


def test_what_cannot_be_done_is_said():
    streets = town(2)
    past = past_of(streets, np.array([0]), np.array([0.5]), np.array([10]))
    with pytest.raises(OptionError, match="at least 20 incidents"):
        streetdensities.forecast(past, NEXT)
    with pytest.raises(OptionError, match="not 0 metres"):
        streetdensities.forecast(past, NEXT, bandwidth_m=0.0)
    past.places["shape"] = shapely.box(0, 0, 1, 1)
    with pytest.raises(OptionError, match="stretches of street"):
        streetdensities.forecast(past, NEXT)
