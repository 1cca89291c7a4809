"""The size of negative binomial counts: what was planted comes back, and an obvious likelihood agrees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from abate.stats import scoring
from abate.stats.bunching import POISSON, Bunching, fit


def drawn(seed: int, bunching: Bunching, *, cells: int = 40_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.normal(-1.0, 1.2, cells))
    size = bunching.size(mean)
    return rng.poisson(rng.gamma(size, mean / size)).astype(np.int64), mean


@pytest.mark.parametrize("planted", [Bunching(2.0, 0.0), Bunching(3.0, 0.5), Bunching(1.5, 1.0)])
def test_the_planted_size_comes_back(planted):
    counts, mean = drawn(1, planted)
    found = fit(counts, mean)
    at = np.array([0.3, 1.0, 3.0])
    assert found.power == planted.power
    assert np.abs(np.log(found.size(at) / planted.size(at))).max() < 0.15


def test_the_scale_is_the_one_that_a_plain_likelihood_prefers():
    counts, mean = drawn(2, Bunching(0.8, 0.0), cells=5_000)
    found = fit(counts, mean)

    def height(log_scale: float, power: float) -> float:
        return float(scoring.log_score(counts, mean, Bunching(np.exp(log_scale), power).size(mean)).sum())

    best = max(
        -minimize_scalar(lambda s, p=power: -height(s, p), bounds=(-5, 8), method="bounded").fun
        for power in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    assert height(np.log(found.scale), found.power) > best - 0.01


def test_poisson_counts_are_given_next_to_no_bunching():
    rng = np.random.default_rng(3)
    mean = np.exp(rng.normal(0.0, 1.0, 20_000))
    size = fit(rng.poisson(mean).astype(np.int64), mean).size(mean)
    extra = np.where(np.isnan(size), 0.0, mean / np.where(np.isnan(size), 1.0, size))
    assert extra.mean() < 0.03


def test_too_few_counts_say_nothing():
    assert fit(np.array([0, 0, 3, 0, 1]), np.full(5, 0.5)) == POISSON
    assert np.isnan(POISSON.size(np.array([1.0, 2.0]))).all()
