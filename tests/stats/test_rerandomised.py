"""Tests by redraws, against the enumeration of every possible draw and against loops by the book."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.errors import OptionError
from abate.stats import rerandomised
from trials.trial_panels import rotations


def every_draw(sites: int, days: int, treat: int) -> np.ndarray:
    """All equally likely rotations, in the shape (draws, days, sites)."""
    one_day = [[place in chosen for place in range(sites)] for chosen in combinations(range(sites), treat)]
    return np.array(list(product(one_day, repeat=days)), dtype=bool)


def by_the_book(treated: np.ndarray, left: np.ndarray, chance: float) -> float:
    """The studentised statistic of one draw, in a loop."""
    sums = [
        sum((float(z) - chance) / (chance * (1 - chance)) * r for z, r in zip(zs, rs, strict=True))
        for zs, rs in zip(treated, left, strict=True)
    ]
    scatter = np.var(sums, ddof=1) * len(sums)
    return float(np.sum(sums) / np.sqrt(scatter)) if scatter > 0 else 0.0


@pytest.mark.parametrize("seed", range(5))
def test_the_p_value_is_that_of_all_possible_draws(seed: int):
    rng = np.random.default_rng(seed)
    everything = every_draw(4, 3, 2)
    real = everything[rng.integers(len(everything))]
    left = rng.normal(size=(4, 3))
    redraws = rerandomised.prepare(real.T, everything)
    found = rerandomised.studentise(rerandomised.project(redraws, left))
    slow = np.array([by_the_book(draw.T, left, 0.5) for draw in everything])
    assert_allclose(found[1:], slow, atol=2e-5)
    exact = (np.abs(slow) >= abs(by_the_book(real.T, left, 0.5)) - 1e-6).sum()
    assert rerandomised.share_as_far(found) == pytest.approx((exact + 1) / (len(everything) + 1))


def test_over_all_draws_small_p_values_are_as_rare_as_they_say():
    everything = every_draw(4, 3, 2)
    left = np.random.default_rng(3).gamma(0.5, 1, size=(4, 3))
    sizes = np.abs([by_the_book(draw.T, left, 0.5) for draw in everything])
    p = (sizes[None, :] >= sizes[:, None] - 1e-9).mean(axis=1)
    for level in (0.05, 0.1, 0.2):
        assert (p <= level).mean() <= level + 1e-12


def test_chances_are_shared_where_they_are_even_and_kept_where_not():
    rng = np.random.default_rng(1)
    draws = rotations(rng, 400, sites=6, days=5, treat=2)
    even = rerandomised.prepare(draws[0].T, draws[1:])
    assert even.even
    assert_allclose(even.chance, 1 / 3, atol=1e-12)
    draws[:, :, 0] = rng.random((400, 5)) < 0.9
    uneven = rerandomised.prepare(draws[0].T, draws[1:])
    assert not uneven.even
    assert uneven.chance[0].mean() > 0.8


def test_cells_that_can_only_come_out_one_way_tell_nothing():
    draws = rotations(np.random.default_rng(1), 50, sites=4, days=3, treat=2)
    draws[:, 1, 2] = False
    redraws = rerandomised.prepare(draws[0].T, draws[1:])
    assert not redraws.open[2, 1]
    assert not redraws.centred[2, :, 1].any()


def test_weighting_by_the_chances_makes_the_difference_unbiased():
    rng = np.random.default_rng(5)
    chance = rng.uniform(0.2, 0.8, (5, 4))
    draws = rng.random((20_000, 4, 5)) < chance.T
    redraws = rerandomised.prepare(draws[0].T, draws[1:])
    outcomes = 3 * chance + rng.normal(size=(5, 4)) * 0.1
    sums = rerandomised.project(redraws, outcomes + 0.0)
    assert abs(sums.sum(axis=0)[1:].mean() / 20) < 0.01


def test_redraws_of_another_shape_are_refused():
    with pytest.raises(OptionError, match=r"\(draws, 3, 4\)"):
        rerandomised.prepare(np.zeros((4, 3), dtype=bool), np.zeros((9, 4, 3), dtype=bool))


def test_the_interval_holds_exactly_what_is_not_refused():
    rng = np.random.default_rng(6)
    draws = rotations(rng, 999, sites=8, days=20, treat=3)
    treated = draws[0].T
    values = rng.normal(size=(8, 20)) + 0.8 * treated
    redraws = rerandomised.prepare(treated, draws[1:])
    whole = rerandomised.project(redraws, np.stack([values, treated.astype(float)]))

    def p(effect: float) -> float:
        return rerandomised.share_as_far(rerandomised.studentise(whole[0] - effect * whole[1]))

    found = rerandomised.invert(lambda effect: whole[0] - effect * whole[1], start=0.5, step=0.2, level=0.9)
    assert p(found.value) > 0.97
    width = found.high - found.low
    for inside, outside in ((found.low, -0.01), (found.high, 0.01)):
        assert p(inside - outside * width) > 0.1
        assert p(inside + outside * width) <= 0.1
    assert found.p == p(0.0)


def test_an_effect_that_nothing_moves_has_no_ends():
    redraws = rerandomised.prepare(
        np.eye(4, dtype=bool), rotations(np.random.default_rng(1), 99, sites=4, days=4, treat=1)
    )
    still = rerandomised.project(redraws, np.random.default_rng(2).normal(size=(4, 4)))
    found = rerandomised.invert(lambda _effect: still, start=0.0, step=1.0, level=0.95)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (-np.inf, np.inf)
