"""Shrinkage: closer to planted rates than counts are, by as much as chance has moved them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from abate.hotspots import pastcounts
from abate.hotspots.histories import Window
from abate.hotspots.rehearsals import rehearse
from abate.hotspots.shrinkage import Fit, fit, forecast, shape_of, shares
from abate.space import plates
from hotspots.planted import moved, steady

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_shrunk_forecasts_lie_closer_to_planted_rates_than_counts(seed):
    planted = steady(seed, mean=0.05, shape=2.0)
    shrunk, plain = (method(planted.past, SOON)["expected"].to_numpy() for method in (forecast, pastcounts.forecast))
    assert ((shrunk - planted.rates) ** 2).mean() < 0.8 * ((plain - planted.rates) ** 2).mean()


def test_the_planted_shape_comes_back_round_the_overall_mean():
    planted = steady(4, rows=60, columns=60, mean=0.3, shape=1e9)
    spread = planted.rates.mean() ** 2 / planted.rates.var()
    past = planted.past
    assert shape_of(past, np.inf, np.inf, plates.lay(past.middles_m)) == pytest.approx(spread, rel=0.15)


def test_shares_follow_the_gamma_poisson_rule():
    past = steady(5, rows=6, columns=6, mean=0.2).past
    plate, counts = plates.lay(past.middles_m), past.totals().astype(float)
    laid = shares(past, Fit(np.inf, np.inf, 2.0), plate)
    expected = (2.0 + counts) / (2.0 + counts.mean())
    assert laid == pytest.approx(expected / expected.sum())
    alike = shares(past, Fit(np.inf, np.inf, np.inf), plate)
    assert alike == pytest.approx(1 / 36)


def test_memory_is_short_where_places_moved():
    past = moved(1).until(date(2022, 4, 30))
    held = rehearse(past, Window(date(2022, 5, 1), date(2022, 5, 31)))
    plate = plates.lay(past.middles_m)
    assert fit(past, plate, held, [plate.only(one.kept) for one in held]).half_life <= 180


def test_a_record_of_one_month_is_shrunk_without_a_rehearsal():
    past = steady(6, rows=5, columns=5, mean=1.0).past.until(date(2020, 1, 31))
    told = forecast(past, Window(date(2020, 2, 1), date(2020, 2, 29)))
    assert told["size"].isna().all()
    assert told["expected"].sum() == pytest.approx(past.incidents.sum() / 31 * 29)
