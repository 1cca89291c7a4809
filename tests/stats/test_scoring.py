"""Scores agree with the sums that define them, reward the truth, and calibration shows when forecasts are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.stats import scoring

if TYPE_CHECKING:
    from collections.abc import Callable

MEANS = st.floats(1e-4, 60)
SIZES = st.one_of(st.just(float("nan")), st.floats(0.01, 1e5))


def masses(mean: float, size: float, upto: int) -> np.ndarray:
    """Probabilities of 0, 1, ... by their recursion: the plain way."""
    many = [np.exp(-mean) if np.isnan(size) else (size / (size + mean)) ** size]
    for k in range(1, upto):
        step = mean / k if np.isnan(size) else (size + k - 1) / k * mean / (size + mean)
        many.append(many[-1] * step)
    return np.array(many)


@settings(max_examples=60)
@given(MEANS, SIZES, st.integers(0, 40))
def test_scores_are_the_sums_that_define_them(mean: float, size: float, seen: int) -> None:
    spread = mean + (0 if np.isnan(size) else mean**2 / size)
    upto = int(min(mean + 60 * np.sqrt(spread) + 200, 60_000))
    mass = masses(mean, size, upto)
    said = (np.array([seen]), np.array([mean]), np.array([size]))
    assert scoring.log_score(*said)[0] == pytest.approx(np.log(mass[seen]), rel=1e-6, abs=1e-8)
    assert scoring.below(*said)[0] == pytest.approx(mass[: seen + 1].sum(), abs=1e-8)
    left_over = 1 - mass.sum()
    if left_over < 1e-9:
        total = ((np.cumsum(mass) - (np.arange(upto) >= seen)) ** 2).sum()
        assert scoring.crps(*said)[0] == pytest.approx(total, rel=1e-4, abs=1e-7)
    assert scoring.brier(*said)[0] == pytest.approx((1 - mass[0] - (seen > 0)) ** 2, abs=1e-9)


def test_a_huge_size_is_poisson_and_an_impossible_event_costs_everything() -> None:
    seen, mean = np.array([0, 3]), np.array([1.5, 1.5])
    huge, none = np.full(2, 1e9), np.full(2, np.nan)
    for score in (scoring.log_score, scoring.crps, scoring.brier):
        assert score(seen, mean, huge) == pytest.approx(score(seen, mean, none), rel=1e-6)
    nothing = scoring.log_score(np.array([0, 1]), np.zeros(2), np.array([np.nan, 2.0]))
    assert nothing.tolist() == [0.0, -np.inf]
    assert scoring.crps(np.array([0, 2]), np.zeros(2), np.full(2, np.nan)).tolist() == [0.0, 2.0]


@pytest.mark.parametrize("score", [scoring.log_score, scoring.crps, scoring.brier])
def test_nobody_gains_by_saying_other_than_the_truth(score: Callable[..., np.ndarray]) -> None:
    generator = np.random.default_rng(5)
    rates, size = generator.gamma(0.5, 2.0, 60_000), 1.5
    seen = generator.poisson(rates * generator.gamma(size, 1 / size, len(rates)))
    sign = 1 if score is scoring.log_score else -1

    def worth(mean: np.ndarray, stated: float) -> float:
        return sign * float(score(seen, mean, np.full(len(seen), stated)).mean())

    truth = worth(rates, size)
    assert truth > worth(rates * 1.4, size)
    assert truth > worth(rates * 0.7, size)
    assert truth > worth(np.full(len(rates), rates.mean()), size)


def test_right_forecasts_have_an_even_transform_and_cover_and_wrong_ones_have_not() -> None:
    generator = np.random.default_rng(7)
    count, size = 40_000, 0.8
    rates = generator.gamma(1.0, 3.0, count)
    seen = generator.poisson(rates * generator.gamma(size, 1 / size, count))
    right = scoring.pit(seen, rates, np.full(count, size), seed=1)
    shares = np.histogram(right, bins=10, range=(0, 1))[0] / count
    assert np.abs(shares - 0.1).max() < 4 * np.sqrt(0.09 / count)
    too_sure = scoring.pit(seen, rates, np.full(count, np.nan), seed=1)
    outer = np.histogram(too_sure, bins=10, range=(0, 1))[0] / count
    assert outer[0] > 0.15
    assert outer[-1] > 0.15


def test_the_seed_decides_the_random_part() -> None:
    said = (np.zeros(50, dtype=np.int64), np.full(50, 0.1), np.full(50, np.nan))
    assert (scoring.pit(*said, seed=1) == scoring.pit(*said, seed=1)).all()
    assert (scoring.pit(*said, seed=1) != scoring.pit(*said, seed=2)).any()
