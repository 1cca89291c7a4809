"""Stepped roll-outs: once patrolled, always patrolled; every order as likely as any other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.stats import staggered
from abate.trials import rollouts, waves
from trials.trial_panels import trial


def test_patrols_stay_and_waves_are_even():
    drawn = waves.draw(90, 20, waves=5, seed=1, draws=50)
    assert (np.diff(drawn.astype(int), axis=1) >= 0).all()
    counts = drawn.sum(axis=2)
    assert np.unique(counts).tolist() == [0, 4, 8, 12, 16, 20]
    assert (counts[:, :15] == 0).all()
    assert (counts[:, 75:] == 20).all()


def test_every_order_is_as_likely():
    first = waves.draw(4, 3, waves=3, seed=2, draws=6_000)
    orders = Counter(tuple(days) for days in first.sum(axis=1).tolist())
    assert len(orders) == 6
    assert max(abs(count / 1000 - 1) for count in orders.values()) < 0.12


def test_too_many_waves_are_refused():
    with pytest.raises(OptionError, match="from 2 to 3 would be right for 3 places"):
        waves.draw(90, 3, waves=4, seed=1)
    with pytest.raises(OptionError, match="--waves 1"):
        waves.draw(90, 3, waves=1, seed=1)


def test_turns_of_any_kind_are_dealt_out_and_read_back():
    begins = np.array([2, 2, 5, 9, 9, 12])
    drawn = waves.deal(begins, 10, seed=4, draws=200)
    for schedule in drawn:
        assert sorted(waves.first_days(schedule)) == [2, 2, 5, 9, 9, 10]
    assert (waves.deal(begins, 10, seed=4, draws=20) == drawn[:20]).all()
    stops = drawn[0].copy()
    stops[9] = False
    assert waves.first_days(stops) is None


def stepped(seed: int, *, ratio: float):
    rng = np.random.default_rng(seed)
    patrol = waves.draw(96, 20, waves=5, seed=seed)[0].T
    return trial(rng, days=96, ratio=ratio, rate=1.0, memory=0.3, patrol=patrol)


def test_the_stretches_are_the_periods_of_the_efficient_estimator():
    panel = stepped(1, ratio=0.5)
    found = waves.estimate(panel)
    table = pd.DataFrame({f"p{1 + at}": panel.incidents[:, 16 * at : 16 * at + 16].mean(axis=1) for at in range(6)})
    first = panel.patrol.argmax(axis=1) // 16 + 1
    table = table.assign(site=list(panel.sites), first=first.astype(float))
    whole = rollouts.estimate(table, identifier="site", first_treated="first", draws=999, seed=1)
    assert (found.value, found.error, found.p) == pytest.approx((whole.estimate, whole.se, whole.p_fisher))
    plain = staggered.estimate(
        table[[f"p{1 + at}" for at in range(6)]].to_numpy(), first - 1, staggered.combine(first - 1, 6)
    )
    assert found.value == pytest.approx(plain.value)
    assert "6 stretches" in found.assumes


@pytest.mark.slow
def test_fishers_p_is_right_where_starts_do_nothing_and_finds_what_is_planted():
    nothing = [waves.estimate(stepped(seed, ratio=1.0)).p for seed in range(60)]
    assert np.mean([p <= 0.1 for p in nothing]) == pytest.approx(0.1, abs=0.1)
    assert np.mean([waves.estimate(stepped(seed, ratio=0.5)).p <= 0.05 for seed in range(10)]) > 0.5


def test_what_is_no_roll_out_keeps_its_redraws():
    panel = stepped(2, ratio=0.5)
    stops = panel.patrol.copy()
    stops[:, -1] = False
    with pytest.raises(OptionError, match="the redraws of the schedule are valid"):
        waves.estimate(trial(np.random.default_rng(1), days=96, patrol=stops))
    alone = np.arange(96)[None, :] >= np.arange(1, 21)[:, None] * 4
    with pytest.raises(OptionError, match="valid for any waves"):
        waves.estimate(trial(np.random.default_rng(1), days=96, patrol=alone))
