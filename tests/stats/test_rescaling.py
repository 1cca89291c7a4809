"""Residuals in time: even when the rates are right, uneven when they are not, and summed one by one the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.stats import rescaling
from abate.stats.excitation import Rates
from stats.processes import DAYS, LAG, simulated


def test_stretched_time_is_even_under_the_true_rates_and_not_under_others():
    grown, true = simulated(3_000, 4, rates=Rates(1.0, 0.5, 0.3, 2.0, 60.0))
    weight = np.full(len(grown.t), true.followers)
    assert rescaling.uneven(rescaling.rescale(grown.t, weight, rates=true, lag=LAG))[1] > 0.01
    lazy = replace(true, background=len(grown.t) / DAYS)
    assert rescaling.uneven(rescaling.rescale(grown.t, 0 * weight, rates=lazy, lag=LAG))[1] < 1e-6


def test_the_expected_number_agrees_with_a_double_loop():
    generator = np.random.default_rng(1)
    t, weight = np.sort(generator.uniform(0, 300, 200)), generator.uniform(0, 1, 200)
    whole = 1 - np.exp(-0.1 * LAG)
    slow = [
        sum(
            w * (1 - np.exp(-0.1 * min(now - then, LAG))) / whole
            for then, w in zip(t, weight, strict=True)
            if then < now
        )
        for now in t
    ]
    assert rescaling._followed(t, weight, 0.1, LAG) == pytest.approx(np.array(slow), abs=1e-9)


def test_days_expect_the_background_and_the_followers_of_days_before():
    _, true = simulated(100, 1)
    expected = rescaling.daily(np.array([2]), np.array([0.5]), days=80, rates=true, lag=LAG)
    assert expected[:3] == pytest.approx(true.background)
    assert expected[3:63].sum() == pytest.approx(60 * true.background + 0.5)
    assert expected[63:] == pytest.approx(true.background)
    assert len(rescaling.daily(np.array([0]), np.array([0.5]), days=1, rates=true, lag=LAG)) == 1


def test_counts_that_come_as_expected_are_even_and_others_are_not():
    generator = np.random.default_rng(2)
    expected = generator.uniform(0.2, 9, 4_000)
    right = rescaling.randomised(generator.poisson(expected), expected, generator=np.random.default_rng(3))
    wrong = rescaling.randomised(generator.poisson(1.15 * expected), expected, generator=np.random.default_rng(3))
    assert rescaling.uneven(right)[1] > 0.05
    assert rescaling.uneven(wrong)[1] < 1e-6


def test_the_gap_is_that_of_scipy():
    from scipy.stats import kstest

    chances = np.random.default_rng(5).beta(1.1, 1, 500)
    theirs = kstest(chances, "uniform", mode="asymp")
    gap, p = rescaling.uneven(chances)
    assert gap == pytest.approx(theirs.statistic)
    assert p == pytest.approx(theirs.pvalue, rel=1e-6)
