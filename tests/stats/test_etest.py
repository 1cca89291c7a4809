"""The exact test of two counts, against scipy, a brute sum over all pairs, and published figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.stats import etest


def brute(first: int, second: int, n: float, m: float) -> float:
    """Add up every pair of counts that is at least as far apart."""
    from scipy.stats import poisson

    rate = (first + second) / (n + m)
    a, b = np.arange(220.0)[:, None], np.arange(220.0)[None, :]
    statistic = np.abs(a / n - b / m) / np.sqrt(np.maximum(a / n**2 + b / m**2, 1e-300))
    seen = abs(first / n - second / m) / np.sqrt(first / n**2 + second / m**2)
    chance = poisson.pmf(a, rate * n) * poisson.pmf(b, rate * m)
    return float(min(1.0, (chance * (statistic >= seen * (1 - 1e-10))).sum()))


@pytest.mark.parametrize(("first", "second", "p"), [(6, 2, 0.1748748), (3, 0, 0.0884), (0, 3, 0.0884)])
def test_published_figures(first: int, second: int, p: float):
    assert etest.equal_rates(first, second) == pytest.approx(p, abs=5e-5)


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.5, 1, 2, 5]), st.sampled_from([1, 3]))
def test_agrees_with_the_sum_over_all_pairs(first: int, second: int, n: float, m: float):
    if first + second == 0 or first / n == second / m:
        assert etest.equal_rates(first, second, first_exposure=n, second_exposure=m) == 1.0
    else:
        found = etest.equal_rates(first, second, first_exposure=n, second_exposure=m)
        assert found == pytest.approx(brute(first, second, n, m), abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "n", "m"), [(7, 20, 1, 2), (110, 207, 1, 1), (40, 9, 3, 1), (900, 1000, 1, 1)]
)
def test_agrees_with_scipy(first: int, second: int, n: float, m: float):
    from scipy.stats import poisson_means_test

    peer = poisson_means_test(first, n, second, m).pvalue
    assert etest.equal_rates(first, second, first_exposure=n, second_exposure=m) == pytest.approx(peer, abs=1e-8)


def test_large_counts_are_no_trouble_and_near_the_normal():
    from statistics import NormalDist

    z = 1500 / np.sqrt(2_000_000 + 1500)
    found = etest.equal_rates(1_000_000, 1_001_500)
    assert found == pytest.approx(2 * NormalDist().cdf(-z), abs=2e-4)


@pytest.mark.parametrize(("first", "second"), [(-1, 2), (2, -1)])
def test_counts_below_zero_are_refused(first: int, second: int):
    with pytest.raises(OptionError, match="at least 0, not -1"):
        etest.equal_rates(first, second)


def test_an_exposure_of_nothing_is_refused():
    with pytest.raises(OptionError, match="above 0, not 0"):
        etest.rate_ratio(1, 2, first_exposure=0.0)


def test_the_interval_of_a_ratio_is_that_of_the_binomial():
    from scipy.stats import binomtest

    share = binomtest(10, 30).proportion_ci(0.95, method="exact")
    value, low, high = etest.rate_ratio(10, 20)
    assert value == 0.5
    assert (low, high) == pytest.approx((share.low / (1 - share.low), share.high / (1 - share.high)))


def test_ratios_of_nothing_have_open_ends():
    assert etest.rate_ratio(0, 5)[:2] == (0.0, 0.0)
    assert etest.rate_ratio(5, 0)[0] == float("inf")
    assert etest.rate_ratio(5, 0)[2] == float("inf")
    assert np.isnan(etest.rate_ratio(0, 0)[0])


def test_an_equal_rate_is_seldom_refused():
    rng = np.random.default_rng(4)
    pairs = rng.poisson(12, size=(1500, 2))
    share = np.mean([etest.equal_rates(int(a), int(b)) <= 0.05 for a, b in pairs])
    assert 0.03 < share < 0.065
