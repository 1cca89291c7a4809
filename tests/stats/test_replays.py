"""Many trials tested at once, beside one at a time."""

from __future__ import annotations

import numpy as np
import pytest

from abate.stats import replays, rerandomised


def daily(stream, draws, days, places, k):
    keys = stream.random((draws, days, places))
    return np.argsort(np.argsort(keys, axis=2), axis=2) < k


def one_by_one(real, redraws, left):
    return rerandomised.studentise(rerandomised.project(rerandomised.prepare(real, redraws), left))


@pytest.mark.parametrize(("days", "places", "k"), [(30, 8, 3), (12, 5, 1), (60, 20, 8)])
def test_each_trial_comes_out_as_the_one_test_has_it(days, places, k):
    stream = np.random.default_rng(days)
    real, redraws = daily(stream, 6, days, places, k), daily(stream, 199, days, places, k)
    outcomes = stream.poisson(0.7, (places, 6, days)).astype(float)
    shared = rerandomised.prepare(real[0].T, redraws)
    cells = np.ones((places, days), dtype=bool)
    left = replays.left_over(outcomes, cells, rows=True, across=True)
    found = replays.judge(shared, np.ascontiguousarray(real.transpose(2, 0, 1)), left)
    for trial in range(6):
        single = one_by_one(real[trial].T, redraws, left[:, trial])
        assert found.statistic[trial] == pytest.approx(single[0], abs=1e-3)
        assert found.p[trial] == pytest.approx(rerandomised.share_as_far(single), abs=0.011)


def test_what_is_left_over_sums_to_nothing_either_way():
    stream = np.random.default_rng(3)
    outcomes = stream.poisson(2, (4, 3, 10)).astype(float)
    cells = np.ones((4, 10), dtype=bool)
    cells[:, 7:] = False
    left = replays.left_over(outcomes, cells, rows=True, across=True)
    assert np.abs(left.sum(axis=2)).max() < 1e-12
    assert np.abs(left.sum(axis=0)).max() < 1e-12
    assert not left[:, :, 7:].any()
    by_day = replays.left_over(outcomes, cells, rows=False, across=True)
    assert np.allclose(by_day[:, :, :7], outcomes[:, :, :7] - outcomes[:, :, :7].mean(axis=0))


def test_nothing_happened_tells_nothing():
    stream = np.random.default_rng(1)
    redraws = rerandomised.prepare(daily(stream, 1, 10, 4, 2)[0].T, daily(stream, 99, 10, 4, 2))
    treated = np.ascontiguousarray(daily(stream, 2, 10, 4, 2).transpose(2, 0, 1))
    left = replays.left_over(np.zeros((4, 2, 10)), np.ones((4, 10), dtype=bool), rows=True, across=True)
    found = replays.judge(redraws, treated, left)
    assert found.p.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("most", [90, 2_000, 250_000])
def test_how_the_products_are_cut_makes_no_difference(most, monkeypatch):
    stream = np.random.default_rng(7)
    redraws = rerandomised.prepare(daily(stream, 1, 30, 8, 3)[0].T, daily(stream, 149, 30, 8, 3))
    treated = np.ascontiguousarray(daily(stream, 61, 30, 8, 3).transpose(2, 0, 1))
    left = replays.left_over(stream.poisson(0.5, treated.shape).astype(float), redraws.open, rows=True, across=True)
    monkeypatch.setattr(replays, "_ONE_THREAD", 10**9)
    whole = replays.judge(redraws, treated, left)
    monkeypatch.setattr(replays, "_ONE_THREAD", most)
    parts = replays.judge(redraws, treated, left)
    assert parts.statistic.tolist() == whole.statistic.tolist()
    assert np.abs(parts.p - whole.p).max() <= 1 / 150 + 1e-12
