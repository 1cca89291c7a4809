"""The recommended forecast: closer to planted rates than counts, true in its sums, blind to what comes after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import pastcounts, rolling
from abate.hotspots.histories import Window, history
from abate.hotspots.recommended import KNOTS, forecast, mix
from abate.hotspots.rehearsals import rehearse
from abate.stats import scoring
from hotspots.planted import SIDE_M, moved, squares, steady

if TYPE_CHECKING:
    from collections.abc import Callable

    from abate.hotspots.histories import History
    from abate.sample.towns import Town

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


def expected(past: History, window: Window = SOON) -> np.ndarray:
    return forecast(past, window)["expected"].to_numpy()


def test_it_lies_closer_to_planted_rates_than_counts_and_its_sum_is_true():
    ours = theirs = 0.0
    for seed in range(4):
        planted = steady(seed, mean=0.05, shape=2.0)
        mixed, plain = expected(planted.past), pastcounts.forecast(planted.past, SOON)["expected"].to_numpy()
        ours, theirs = ours + ((mixed - planted.rates) ** 2).sum(), theirs + ((plain - planted.rates) ** 2).sum()
        assert mixed.sum() == pytest.approx(planted.rates.sum(), rel=0.2)
    assert ours < 0.8 * theirs


def test_the_weights_move_to_recent_incidents_where_places_changed():
    past = moved(1).until(date(2022, 6, 30))
    told = expected(past, Window(date(2022, 7, 1), date(2022, 7, 31)))
    assert told[5:].sum() > 1.6 * past.totals()[5:].sum() / past.totals()[:5].sum() * told[:5].sum()


def test_related_crime_at_the_same_places_helps_a_sparse_kind():
    planted = steady(5, mean=0.005, shape=0.3)
    common = np.random.default_rng(6).poisson(planted.rates * 300)
    rows = common > 0
    seen = pd.DataFrame({"place_id": np.array(planted.past.place_ids)[rows], "incidents": common[rows]})
    seen = seen.merge(planted.past.places[["place_id", "easting", "northing"]], on="place_id")
    seen["period"] = pd.Timestamp("2021-06-01").as_unit("s")
    other = history(seen, planted.past.places, span=planted.past.span, unit="month")
    alone, helped = expected(planted.past), expected(replace(planted.past, related=other))
    missed = [1 - np.corrcoef(told, planted.rates)[0, 1] for told in (helped, alone)]
    assert missed[0] < 0.8 * missed[1]


def test_nothing_after_the_past_is_known():
    whole = steady(7).past
    cut = whole.until(date(2022, 6, 30))
    changed = replace(whole, incidents=np.where(whole.day > 912, 99, whole.incidents)).until(date(2022, 6, 30))
    soon = Window(date(2022, 7, 1), date(2022, 7, 31))
    assert forecast(cut, soon).equals(forecast(changed, soon))
    with pytest.raises(OptionError, match="inside the record"):
        forecast(whole, soon)


def test_counts_drawn_from_the_forecast_look_like_those_that_come():
    planted = steady(8, rows=30, columns=30, mean=0.5, shape=1.0)
    told = forecast(planted.past, SOON)
    rng = np.random.default_rng(9)
    seen = rng.poisson(np.tile(planted.rates, 20))
    mean, size = (np.tile(told[name].to_numpy(), 20) for name in ("expected", "size"))
    shares = np.histogram(scoring.pit(seen, mean, size, seed=1), bins=10, range=(0, 1))[0] / len(seen)
    assert np.abs(shares - 0.1).max() < 0.025


def test_weights_are_never_negative_and_shorter_memory_is_trusted_at_busier_places():
    past = steady(10, rows=4, columns=4).past.until(date(2020, 1, 31))
    told = forecast(past, Window(date(2020, 2, 1), date(2020, 2, 29)))
    assert told["expected"].min() > 0
    from abate.hotspots.ingredients import ingredients

    parts = ingredients(past)
    prior = mix([], [], parts, strength=60.0).weights
    short = np.array([part.record == 0 and part.half_life <= 120 for part in parts])
    assert prior.shape == (len(KNOTS), len(parts))
    assert (np.diff(prior[:, short].sum(axis=1)) > 0).all()
    assert prior.sum(axis=1) == pytest.approx(1)


def test_it_holds_on_places_listed_because_they_saw_something():
    planted = steady(11, mean=0.02, shape=0.5)
    seen = rolling.known(planted.past)
    listed = rolling.narrow(planted.past, seen)
    assert np.corrcoef(expected(listed), expected(planted.past)[seen])[0, 1] > 0.97
    assert len(rehearse(listed, SOON)) == 6


def test_no_incident_at_all_and_a_single_place_are_no_fault():
    past = steady(12, rows=2, columns=2).past
    none = replace(
        past, **{name: getattr(past, name)[:0] for name in ("place", "day", "incidents", "easting", "northing")}
    )
    assert expected(none).tolist() == [0.0] * 4
    one = rolling.narrow(past, np.array([True, False, False, False]))
    assert len(expected(one)) == 1


def test_the_lasting_hotspots_planted_in_the_sample_town_come_out_on_top(town: Town):
    violent = town.incidents[town.incidents["crime_type"] == "Violence and sexual offences"].dropna(subset=["x"])
    span = Window(date.fromisoformat(f"{town.months[0]}-01"), pd.Timestamp(f"{town.months[-1]}-01").date())
    ground = violent[["x", "y"]].to_numpy(float)
    corner = np.floor(ground.min(axis=0) / SIDE_M)
    steps = np.floor(ground / SIDE_M).astype(int) - corner.astype(int)
    rows, columns = steps[:, 1].max() + 1, steps[:, 0].max() + 1
    places = squares(rows, columns).assign(
        easting=lambda frame: frame["easting"] + corner[0] * SIDE_M,
        northing=lambda frame: frame["northing"] + corner[1] * SIDE_M,
        place_id=[f"{number:06d}" for number in range(rows * columns)],
    )
    seen = pd.DataFrame(
        {
            "place_id": [f"{number:06d}" for number in steps[:, 1] * columns + steps[:, 0]],
            "easting": ground[:, 0],
            "northing": ground[:, 1],
            "period": pd.to_datetime(violent["month"] + "-01").astype("datetime64[s]").to_numpy(),
            "incidents": 1,
        }
    )
    whole = Window(span.first, (pd.Timestamp(span.last) + pd.offsets.MonthEnd(0)).date())
    past = history(seen, places, span=whole, unit="month").until(
        (pd.Timestamp(whole.last) - pd.offsets.MonthEnd(3)).date()
    )
    later = Window(past.span.last + timedelta(days=1), whole.last)
    told = expected(past, later)
    came = history(seen, places, span=whole, unit="month").during(later)
    assert told.sum() == pytest.approx(came.sum(), rel=0.15)
    top = set(np.argsort(-told)[:60])
    spots = town.truth.hotspots
    lasting = spots[spots["lasting"]]
    found = 0
    for east, north in lasting[["easting", "northing"]].to_numpy(float):
        apart = np.hypot(places["easting"] - east, places["northing"] - north).to_numpy()
        found += bool(set(np.flatnonzero(apart < 1.5 * SIDE_M)) & top)
    assert found == len(lasting)


@pytest.mark.long
def test_forecasts_are_right_on_average_over_many_made_up_records(proof: Callable[[str, str, str], None]):
    inside, ratios = [], []
    for seed in range(60):
        planted = steady(100 + seed, mean=0.4, shape=1.0)
        told = forecast(planted.past, SOON)
        seen = np.random.default_rng(seed).poisson(planted.rates)
        transform = scoring.pit(seen, told["expected"].to_numpy(), told["size"].to_numpy(), seed=seed)
        inside.append(((transform > 0.025) & (transform < 0.975)).mean())
        ratios.append(told["expected"].sum() / planted.rates.sum())
    proof("recommended: places inside their 95% range", f"{np.mean(inside):.3f}", "0.94 to 0.96")
    proof("recommended: expected over true incidents", f"{np.mean(ratios):.3f}", "0.98 to 1.02")
    assert 0.94 <= np.mean(inside) <= 0.96
    assert 0.98 <= np.mean(ratios) <= 1.02
