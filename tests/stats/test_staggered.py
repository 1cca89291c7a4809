"""The efficient roll-out estimator: published answers, enumeration of tiny deals, and unbiasedness."""

from __future__ import annotations

import json
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.stats import staggered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Training = tuple[np.ndarray, np.ndarray, dict]


@pytest.fixture(scope="module")
def training(shared: Callable[[str], Path]) -> Training:
    wide = pd.read_csv(shared("evaluation/police-training-rollout/complaints_wide.csv"))
    expected = json.loads(shared("evaluation/police-training-rollout/expected.json").read_text())
    return wide.filter(regex=r"^p\d+$").to_numpy(float), wide["first_trained"].to_numpy() - 1, expected


@pytest.mark.parametrize("estimand", ["simple", "cohort", "calendar"])
def test_efficient_estimates_as_published(training: Training, estimand: staggered.Estimand):
    outcomes, first, expected = training
    found = staggered.estimate(outcomes, first, staggered.combine(first, 72, estimand=estimand))
    assert (found.value, found.error) == pytest.approx(tuple(expected["efficient"][estimand]), abs=1e-8)
    assert found.error_neyman == pytest.approx(expected["se_neyman"][estimand], abs=1e-8)


def test_event_study_as_published(training: Training):
    outcomes, first, expected = training
    for after, value, error in expected["event_study_first6"]:
        found = staggered.estimate(outcomes, first, staggered.combine(first, 72, estimand=after))
        assert (found.value, found.error) == pytest.approx((value, error), abs=1e-8)


def test_other_estimators_as_published(training: Training):
    outcomes, first, expected = training
    callaway = staggered.estimate(outcomes, first, staggered.combine(first, 72), coefficient=1.0)
    assert (callaway.value, callaway.error) == pytest.approx(tuple(expected["callaway_santanna_simple"]), abs=1e-8)
    sun = staggered.estimate(outcomes, first, staggered.combine(first, 72, controls="last"), coefficient=1.0)
    assert (sun.value, sun.error) == pytest.approx(tuple(expected["sun_abraham_simple"]), abs=1e-8)


@pytest.mark.slow
def test_the_p_value_by_redealing_is_near_the_published_one(training: Training):
    outcomes, first, expected = training
    p = staggered.permuted(outcomes, first, staggered.combine(first, 72), draws=500, seed=1)
    assert p == pytest.approx(expected["fisher_p_simple_500_draws"], abs=0.065)


def test_by_hand_with_two_cohorts():
    outcomes = np.array([[1.0, 4.0], [3.0, 8.0], [2.0, 1.0], [2.0, 3.0]])
    first = np.array([1, 1, 2, 2])
    found = staggered.estimate(outcomes, first, staggered.combine(first, 2))
    covariance, variance = np.cov(outcomes[:2].T)[0, 1] + 0.0, np.var(outcomes[:2, 0], ddof=1)
    slope = covariance / variance
    assert found.coefficient == pytest.approx(slope)
    assert found.plain == pytest.approx(6 - 2)
    assert found.value == pytest.approx(4 - slope * (2 - 2))


def test_redeals_are_those_of_the_enumeration():
    rng = np.random.default_rng(3)
    outcomes, first = rng.normal(size=(6, 3)), np.array([1, 1, 2, 2, 3, 3])
    combination = staggered.combine(first, 3)
    sizes = []
    for deal in set(permutations(first.tolist())):
        found = staggered.estimate(outcomes, np.array(deal), combination)
        sizes.append(abs(found.value) / found.error_neyman)
    real = staggered.estimate(outcomes, first, combination)
    exact = np.mean(np.array(sizes) >= abs(real.value) / real.error_neyman - 1e-9)
    assert staggered.permuted(outcomes, first, combination, draws=4000, seed=1) == pytest.approx(exact, abs=0.025)


@pytest.mark.slow
def test_a_planted_effect_is_found_without_bias_and_covered():
    rng = np.random.default_rng(5)
    starts = np.repeat([3, 5, 7, 9], 25)
    values, held = [], []
    for _ in range(400):
        first = rng.permutation(starts)
        places = rng.gamma(2, 0.5, (100, 1)) + rng.normal(0, 0.1, (1, 8))
        treated = np.arange(8)[None, :] >= first[:, None]
        outcomes = places + rng.normal(0, 0.4, (100, 8)) - 0.2 * treated
        found = staggered.estimate(outcomes, first, staggered.combine(first, 8))
        values.append(found.value)
        held.append(abs(found.value + 0.2) <= 1.96 * found.error_neyman)
    assert np.mean(values) == pytest.approx(-0.2, abs=0.008)
    assert 0.92 < np.mean(held) < 0.98


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(OptionError, match="some have started and others have not"):
        staggered.combine(np.array([2, 2, 2]), 4)
    first = np.array([1, 2, 2])
    with pytest.raises(OptionError, match="one unit has no variance"):
        staggered.estimate(np.zeros((3, 3)), first, staggered.combine(first, 3))
