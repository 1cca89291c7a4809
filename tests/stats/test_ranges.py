"""Ranges of counts: an obvious search agrees, and the ranges of many cells hold what they say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from abate.stats import scoring
from abate.stats.ranges import covered, middle_part, quantile


def slow(level: float, mean: float, size: float) -> tuple[int, int]:
    """Count up one by one, then drop counts at the ends while that helps."""
    told = poisson(mean) if np.isnan(size) else nbinom(size, size / (size + mean))
    ends = []
    for part in ((1 - level) / 2, (1 + level) / 2):
        count = 0
        while told.cdf(count) < part:
            count += 1
        ends.append(count)
    low, high = ends

    def off(low: int, high: int) -> float:
        return round(abs(told.cdf(high) - told.cdf(low - 1) - level), 12)

    while low < high:
        best = min([(low, high - 1), (low + 1, high)], key=lambda one: off(*one))
        if off(*best) >= off(low, high):
            break
        low, high = best
    return low, high


@settings(max_examples=60)
@given(st.floats(0.01, 60), st.one_of(st.just(float("nan")), st.floats(0.2, 50)), st.sampled_from([0.5, 0.8, 0.95]))
def test_the_range_is_the_one_that_a_slow_search_finds(mean, size, level):
    low, high = middle_part(level, np.array([mean]), np.array([size]))
    assert (int(low[0]), int(high[0])) == slow(level, mean, size)


def test_quantiles_agree_with_scipy():
    mean, size = np.array([0.0, 0.2, 3.0, 250.0]), np.array([np.nan, 0.5, 2.0, 9.0])
    for part in (0.025, 0.5, 0.975):
        expected = [0, *nbinom.ppf(part, size[1:], size[1:] / (size[1:] + mean[1:]))]
        assert quantile(part, mean, size).tolist() == expected


def test_ranges_over_many_cells_are_covered_as_often_as_they_say():
    rng = np.random.default_rng(1)
    mean = np.exp(rng.normal(1.0, 1.0, 20_000))
    size = np.full(len(mean), 1.5)
    seen = rng.poisson(rng.gamma(size, mean / size))
    low, high = middle_part(0.95, mean, size)
    held = scoring.below(high, mean, size) - scoring.below(low - 1, mean, size)
    assert 0.945 < held.mean() < 0.955
    assert abs(((low <= seen) & (seen <= high)).mean() - held.mean()) < 0.005
    assert (covered(seen, mean, size) == ((low <= seen) & (seen <= high))).all()
    assert covered(seen, mean, np.full(len(mean), np.nan)).mean() < 0.9
