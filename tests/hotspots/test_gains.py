"""Gains over plain counts: the figure is the difference, the interval knows luck, patches hold equal parts."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.hotspots import accuracy, gains, rolling
from abate.hotspots.accuracy import Trial
from abate.hotspots.gains import Ahead, Pair
from abate.hotspots.histories import Window, forecasts
from hotspots import test_accuracy as made


def square(side: int) -> pd.DataFrame:
    middles = [(100.0 * east, 100.0 * north) for north in range(side) for east in range(side)]
    east, north = zip(*middles, strict=True)
    ids = [f"p{at:05d}" for at in range(side * side)]
    frame = pd.DataFrame({"place_id": ids, "area_km2": 0.01, "easting": east, "northing": north})
    return frame.assign(shape=shapely.points(east, north))


def pair(mine: list[float], theirs: list[float], seen: list[int], beyond: int = 0) -> Pair:
    trial, counts = made.trial(mine, seen, beyond=beyond), made.trial(theirs, seen, beyond=beyond)
    patch = gains.patches(trial.past.places, trial.past.totals())
    return Pair(trial, accuracy.judge(trial, seed=1), counts, accuracy.judge(counts, seed=1), patch)


def test_patches_hold_about_as_many_incidents_each_even_with_a_place_far_out():
    places = square(40)
    busy = np.random.default_rng(1).poisson(2.0, 1600)
    places.loc[0, ["easting", "northing"]] = -1e6
    patch = gains.patches(places, busy)
    held = np.bincount(patch, weights=busy, minlength=gains.PATCHES)
    assert len(held) == 64
    assert held.min() > 0.7 * held.mean()
    assert held.max() < 1.3 * held.mean()
    assert np.ptp(places["easting"].to_numpy()[patch == patch[800]]) <= 800, "a patch lies together"


def test_a_handful_of_places_makes_a_handful_of_patches():
    assert len(set(gains.patches(square(2), np.array([1, 0, 5, 1])).tolist())) == 4


def test_the_gain_is_the_difference_of_the_hit_rates_with_misses_beyond_the_places():
    both = pair([9, 1, 1, 1], [1, 9, 1, 1], [5, 2, 1, 0], beyond=2)
    told = gains.in_hits(both, 0.01)
    assert told.ahead.sum() / told.weight.sum() == pytest.approx((5 - 2) / 10)


def test_log_scores_are_compared_place_by_place_and_not_at_all_where_one_is_infinite():
    both = pair([2.0, 1.0], [1.0, 1.0], [2, 1])
    told = gains.in_log_scores(both)
    assert told is not None
    expected = (both.truth.log_scores - both.counts_truth.log_scores).mean()
    assert told.ahead.sum() / told.weight.sum() == pytest.approx(expected)
    assert gains.in_log_scores(pair([2.0, 0.0], [1.0, 1.0], [2, 1])) is None


def units(generator: np.random.Generator, origins: int, truth: float) -> list[Ahead]:
    weight = generator.poisson(3.0, (origins, 64)).astype(float)
    return [Ahead(row * truth + generator.normal(0, 0.3, 64) * np.sqrt(row), row) for row in weight]


def test_many_origins_are_redrawn_and_few_are_not():
    generator = np.random.default_rng(2)
    rolled = gains.gain(units(generator, 12, 0.1), overlap=1, seed=1)
    overlapping = gains.gain(units(generator, 12, 0.1), overlap=2, seed=1)
    single = gains.gain(units(generator, 1, 0.1), overlap=1, seed=1)
    few = gains.gain(units(generator, 4, 0.1), overlap=1, seed=1)
    told = [one.basis for one in (rolled, overlapping, single, few) if one is not None]
    assert told[:2] == [
        "paired bootstrap over 12 origins, one by one",
        "paired bootstrap over 12 origins, blocks of 2 in a row",
    ]
    assert "patches of ground in 1 window" in told[2]
    assert "patches of ground in 4 windows" in told[3]


def test_a_true_gain_is_found_and_none_is_not_claimed():
    generator = np.random.default_rng(4)
    found = [gains.gain(units(generator, 10, 0.2), overlap=1, seed=at) for at in range(20)]
    assert all(one is not None and one.low > 0 for one in found)
    luck = [gains.gain(units(generator, 10, 0.0), overlap=1, seed=at) for at in range(100)]
    claimed = sum(one is not None and one.low > 0 for one in luck)
    assert claimed <= 8


def test_too_little_ground_gives_no_interval():
    few = Ahead(np.r_[1.0, np.zeros(63)], np.r_[np.ones(3), np.zeros(61)])
    assert gains.gain([few], overlap=1, seed=1) is None


def test_equal_forecasts_gain_nothing():
    both = pair([3.0, 1.0], [3.0, 1.0], [2, 1])
    same = Trial(both.trial.past, made.WEEK, forecasts(both.trial.past, np.array([3.0, 1.0])), both.trial.seen)
    assert accuracy.flag(same, 0.01).tolist() == accuracy.flag(both.counts, 0.01).tolist()
    assert gains.in_hits(both, 0.01).ahead.sum() == 0


def test_months_one_after_another_do_not_overlap_whatever_their_lengths():
    span = Window(date(2024, 1, 1), date(2024, 12, 31))
    month, quarter = rolling.read("1m,3m", unit="day")
    ends = rolling.origins(span, [month], unit="day")
    assert gains.overlap([rolling.window(day, month) for day in ends]) == 1
    assert gains.overlap([rolling.window(day, quarter) for day in ends]) == 3
