"""Forecast by kernel density: the planted bandwidth is found, nothing is lost, what comes after is not looked at."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.hotspots import surfaces
from abate.hotspots.histories import History, Window, history
from abate.places import shapes
from abate.space import grids

if TYPE_CHECKING:
    from abate.sample.towns import Town

SIDE = 100.0
FIRST = np.datetime64("2023-01-01")


def ground(columns: int = 24, rows: int = 20) -> pd.DataFrame:
    x, y = (side.ravel() for side in np.meshgrid(np.arange(columns), np.arange(rows)))
    ids = [f"c{row:03d}_{column:03d}" for column, row in zip(x, y, strict=True)]
    return pd.DataFrame(
        {"place_id": ids, "area_km2": 0.01, "easting": x * SIDE + 50, "northing": y * SIDE + 50}
    ).assign(shape=shapely.box(x * SIDE, y * SIDE, x * SIDE + SIDE, y * SIDE + SIDE))


def past_of(x: np.ndarray, y: np.ndarray, day: np.ndarray, *, days: int = 730, unit_m: float = 1.0) -> History:
    ids = [f"c{int(north // SIDE):03d}_{int(east // SIDE):03d}" for east, north in zip(x, y, strict=True)]
    seen = pd.DataFrame({"place_id": ids, "easting": x, "northing": y, "incidents": 1})
    seen = seen.assign(period=pd.to_datetime([str(FIRST + int(one)) for one in day]))
    span = Window(date(2023, 1, 1), (FIRST + days - 1).astype(date))
    return history(seen, ground(), span=span, unit="day", unit_m=unit_m)


def scattered(count: int, wide: float, seed: int) -> History:
    """Incidents round eight fixed spots, `wide` metres apart from them."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform([400, 400], [2000, 1600], (8, 2))
    where = spots[rng.integers(0, 8, count)] + rng.normal(scale=wide, size=(count, 2))
    where = np.clip(where, 1, [2399, 1999])
    return past_of(where[:, 0], where[:, 1], rng.integers(0, 730, count))


NEXT = Window(date(2025, 1, 1), date(2025, 3, 31))


@pytest.mark.parametrize("adaptive", [False, True])
def test_the_expected_add_up_to_the_level_and_no_place_is_impossible(adaptive: bool):
    past = scattered(600, 90, seed=1)
    told = surfaces.forecast(past, NEXT, adaptive=adaptive)
    last_year = past.totals(730 - 365).sum()
    assert told["expected"].sum() == pytest.approx(last_year / 365 * 90)
    assert told["expected"].min() > 0
    assert (told["size"] > 0).all()
    assert told["place_id"].tolist() == past.place_ids


def test_wider_scatter_gets_a_wider_bandwidth():
    narrow = surfaces.fit(scattered(800, 40, seed=2)).bandwidth_m
    wide = surfaces.fit(scattered(800, 350, seed=2)).bandwidth_m
    assert narrow <= 71
    assert wide >= 2 * narrow


def test_the_future_is_likelier_than_by_past_counts_where_risk_is_smooth():
    gains = []
    for seed in range(6):
        whole = scattered(900, 150, seed=10 + seed)
        past, window = whole.until(date(2024, 6, 30)), Window(date(2024, 7, 1), date(2024, 12, 30))
        seen = whole.during(window)
        told = surfaces.forecast(past, window)["expected"].to_numpy()
        counts = past.totals() + 0.5
        by_counts = counts / counts.sum()
        gains.append(float((seen * np.log(told / told.sum() / by_counts)).sum() / seen.sum()))
    assert min(gains) > 0


def test_what_comes_after_the_past_is_never_looked_at():
    whole = scattered(700, 90, seed=3)
    past = whole.until(date(2024, 6, 30))
    early = whole.day <= 546
    alone = past_of(whole.easting[early], whole.northing[early], whole.day[early], days=547)
    assert surfaces.forecast(past, NEXT).equals(surfaces.forecast(alone, NEXT))


def test_a_given_bandwidth_is_the_exact_share_of_each_kernel_in_each_cell():
    past = past_of(np.array([1250.0, 1250.0]), np.array([1030.0, 1030.0]), np.array([700, 700]))
    told = surfaces.forecast(past, NEXT, bandwidth_m=60.0)
    from scipy.special import ndtr

    x, y = past.middles_m.T
    across = ndtr((x + 50 - 1250) / 60) - ndtr((x - 50 - 1250) / 60)
    mass = across * (ndtr((y + 50 - 1030) / 60) - ndtr((y - 50 - 1030) / 60))
    expected = 2 / 365 * 90 * (2 / 3 * mass + 1 / 3 / 480)
    assert np.allclose(told["expected"], expected, atol=1e-7)
    assert told["size"].isna().all()


def test_feet_give_what_metres_give():
    rng = np.random.default_rng(4)
    x, y, day = rng.uniform(300, 2100, 300), rng.uniform(300, 1700, 300), rng.integers(0, 730, 300)
    metres = surfaces.forecast(past_of(x, y, day), NEXT, bandwidth_m=150.0)
    feet = past_of(x, y, day, unit_m=0.3048)
    feet.places["area_km2"] = 0.01 * 0.3048**2
    by_feet = surfaces.forecast(feet, NEXT, bandwidth_m=150.0 * 0.3048)
    assert np.allclose(metres["expected"], by_feet["expected"])


@pytest.mark.slow
@pytest.mark.parametrize("adaptive", [False, True])
def test_the_sample_towns_lasting_hotspots_are_expected_to_stay(town: Town, adaptive: bool):
    seen = town.incidents
    violent = seen[seen["crime_type"].eq("Violence and sexual offences") & seen["x"].notna() & ~seen["default_geocode"]]
    grid = grids.Grid("square", 150.0)
    cells = grids.locate(grid, violent["x"].to_numpy(), violent["y"].to_numpy())
    ids = np.array(shapes.cell_ids(cells, "sq150"))
    points = violent.assign(place_id=ids, easting=violent["x"], northing=violent["y"], incidents=1)
    points = points.assign(period=pd.to_datetime(points["month"] + "-01"))
    places = shapes.cells_with_points(shapes.Net(grid, "sq150", 1.0), cells)
    first, last = date.fromisoformat(f"{town.months[0]}-01"), (points["period"].max() + pd.offsets.MonthEnd()).date()
    whole = history(points, places, span=Window(first, last), unit="month")
    cut = date.fromisoformat(f"{town.months[24]}-01")
    past = whole.until(cut - timedelta(days=1))
    window = Window(cut, last)
    told = surfaces.forecast(past, window, adaptive=adaptive)["expected"].to_numpy()
    came = whole.during(window)
    assert told.sum() == pytest.approx(came.sum(), rel=0.1)
    top = np.argsort(-told)[:40]
    spots = town.truth.hotspots[town.truth.hotspots["lasting"]]
    apart = np.hypot(*(past.middles_m[top][:, None] - spots[["easting", "northing"]].to_numpy()).transpose(2, 0, 1))
    assert (apart.min(axis=0) < 150).sum() >= 9
    assert came[top].sum() > 0.8 * np.sort(came)[-40:].sum()
    assert came[top].sum() == pytest.approx(told[top].sum(), rel=0.12)


def test_what_cannot_be_done_is_said():
    past = scattered(300, 90, seed=5)
    with pytest.raises(OptionError, match="at least 20 incidents"):
        surfaces.forecast(past_of(np.array([50.0]), np.array([50.0]), np.array([3])), NEXT)
    with pytest.raises(OptionError, match="a length above 0, not -5 metres"):
        surfaces.forecast(past, NEXT, bandwidth_m=-5)
    past.places["area_km2"] = 0.0
    with pytest.raises(OptionError, match="kernel-street"):
        surfaces.forecast(past, NEXT)


def test_two_runs_agree_to_the_byte():
    past = scattered(500, 90, seed=6)
    assert surfaces.forecast(past, NEXT, adaptive=True).equals(surfaces.forecast(past, NEXT, adaptive=True))
