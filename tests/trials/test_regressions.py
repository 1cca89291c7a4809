"""Intention to treat by regression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.errors import OptionError
from abate.trials import regressions
from trials.trial_panels import trial


def test_a_planted_fall_is_found_by_every_model():
    panel = trial(np.random.default_rng(1), days=365, rate=0.6, ratio=0.56)
    for effect in (regressions.rate_ratio(panel), *regressions.beside(panel)):
        assert effect.low < 0.56 < effect.high, effect.method
        assert effect.p is not None
        assert effect.p < 1e-6
        assert effect.assumes.endswith((".", "counts."))


def test_the_ratio_of_two_places_and_two_days_by_hand():
    panel = trial(np.random.default_rng(2), sites=2, days=2, treat=1, patrol=np.array([[True, False], [False, True]]))
    by_hand = replace(panel, incidents=np.array([[2.0, 8.0], [6.0, 6.0]]))
    assert regressions.difference(by_hand).value == pytest.approx((2 + 6 - 8 - 6) / 2)
    found = regressions.rate_ratio(by_hand)
    assert found.value == pytest.approx(np.sqrt(2 * 6 / (8 * 6)))
    assert found.p is None
    assert str(found) == "50% fewer, 95% interval 100% fewer to no bound"


def test_a_side_without_incidents_has_no_ratio_but_a_difference():
    panel = trial(np.random.default_rng(3), rate=0.5)
    empty = replace(panel, incidents=np.where(panel.patrol, 0.0, panel.incidents))
    found = regressions.rate_ratio(empty)
    assert np.isnan(found.value)
    assert found.p is None
    assert str(found) == "cannot be reckoned from these data"
    assert regressions.difference(empty).high < 0
    assert regressions.risk_difference(empty).high < 0


def test_risk_is_that_of_any_incident():
    panel = trial(np.random.default_rng(4), rate=0.5)
    doubled = replace(panel, incidents=panel.incidents * 2)
    assert regressions.risk_difference(panel).value == pytest.approx(regressions.risk_difference(doubled).value)
    assert regressions.difference(doubled).value == pytest.approx(2 * regressions.difference(panel).value)


def test_equal_chances_change_nothing_and_unequal_ones_undo_the_favour():
    panel = trial(np.random.default_rng(5), ratio=0.6)
    same = regressions.rate_ratio(panel, chance=np.full(panel.patrol.shape, 0.5))
    assert_allclose(same.value, regressions.rate_ratio(panel).value, rtol=1e-9)
    rng, values = np.random.default_rng(6), []
    for _ in range(60):
        chance = np.where(np.arange(20) < 10, 0.7, 0.3)[:, None] * np.ones((1, 60))
        own = np.where(np.arange(20) < 10, 0.4, 0.8)[:, None] * np.ones((1, 60))
        patrol = rng.random(chance.shape) < chance
        one = trial(rng, days=60, rate=1.0, ratio=1.0, patrol=patrol)
        one = replace(one, incidents=np.where(patrol, rng.binomial(one.incidents.astype(int), own), one.incidents))
        drawn_for = np.where(patrol, chance, 1 - chance)
        values.append(regressions.difference(one, chance=drawn_for).value + 0.4 * one.incidents[~patrol].mean())
    assert abs(np.mean(values)) < 0.05


def test_place_days_left_out_before_the_draw_do_not_count():
    panel = trial(np.random.default_rng(7), ratio=0.6)
    drawn = panel.drawn.copy()
    drawn[:, 80:] = False
    cut = {name: getattr(panel, name)[:, :80] for name in ("incidents", "patrol", "drawn", "harm")}
    shorter = replace(panel, **cut, days=panel.days[:80])
    assert_allclose(regressions.rate_ratio(replace(panel, drawn=drawn)).value, regressions.rate_ratio(shorter).value)


def test_a_parallel_trial_compares_places():
    rng, logs, held = np.random.default_rng(8), [], []
    for _ in range(60):
        patrol = np.zeros((20, 60), dtype=bool)
        patrol[rng.permutation(20)[:10]] = True
        found = regressions.rate_ratio(trial(rng, days=60, rate=1.0, ratio=0.3, patrol=patrol))
        logs.append(np.log(found.value / 0.3))
        held.append(found.low < 0.3 < found.high)
    assert abs(np.mean(logs)) < 0.12
    assert np.mean(held) > 0.85


def test_a_schedule_that_drew_all_alike_is_refused():
    panel = trial(np.random.default_rng(9), patrol=np.ones((20, 90), dtype=bool))
    with pytest.raises(OptionError, match="every place-day alike"):
        regressions.rate_ratio(panel)


def test_intervals_of_fractional_freedom_lie_between_those_of_whole():
    ends = [regressions.interval(0.0, 1.0, freedom, 0.95)[1] for freedom in (10, 10.5, 11)]
    assert ends[0] > ends[1] > ends[2]
