"""Rates behind counts: dispersion, the spread of rates, and draws that leave nothing out."""

from __future__ import annotations

import numpy as np
import pytest

from abate.stats import mixing


def test_poisson_counts_are_not_found_to_bunch() -> None:
    rates = np.random.default_rng(1).gamma(1, 5, 400)
    found = [
        mixing.dispersion(np.random.default_rng([2, i]).poisson(np.repeat(rates[:, None] / 13, 13, axis=1)))
        for i in range(20)
    ]
    assert 1.0 <= np.mean(found) < 1.05


def test_planted_bunching_is_found() -> None:
    generator = np.random.default_rng(3)
    for planted in (1.5, 3.0):
        bunched = mixing.recur(np.full((500, 13), 6.0), dispersion=planted, generator=generator)
        assert mixing.dispersion(bunched) == pytest.approx(planted, rel=0.08)


@pytest.mark.parametrize("planted", [1.0, 2.0])
def test_bunching_is_found_where_most_counts_are_nothing_or_one(planted: float) -> None:
    rates = np.random.default_rng(20).gamma(0.5, 0.1, 40_000)
    counts = mixing.recur(
        np.repeat(rates[:, None], 12, axis=1), dispersion=planted, generator=np.random.default_rng(21)
    )
    assert np.mean(counts <= 1) > 0.95
    assert mixing.dispersion(counts) == pytest.approx(planted, rel=0.06)


def test_weights_shift_what_is_judged() -> None:
    generator = np.random.default_rng(22)
    calm, bunched = (mixing.recur(np.full((400, 12), 5.0), dispersion=d, generator=generator) for d in (1.0, 4.0))
    both = np.vstack([calm, bunched])
    each = np.r_[np.ones(400), np.zeros(400)]
    assert mixing.dispersion(both) == pytest.approx(2.5, rel=0.1)
    assert mixing.dispersion(both, weights=each) < 1.1
    assert mixing.dispersion(both, weights=1 - each) == pytest.approx(4, rel=0.1)


def test_a_season_that_all_units_share_is_not_bunching() -> None:
    season = 5 * (1 + 0.8 * np.sin(np.arange(12)))
    counts = np.random.default_rng(4).poisson(np.outer(np.random.default_rng(5).gamma(2, 1, 500), season))
    assert mixing.dispersion(counts) < 1.06


def test_nothing_to_tell_it_from_is_no_bunching() -> None:
    assert mixing.dispersion(np.array([[3], [5]])) == 1.0
    assert mixing.dispersion(np.zeros((4, 4), dtype=int)) == 1.0


def test_the_shape_of_planted_rates_is_found() -> None:
    generator = np.random.default_rng(6)
    for planted in (0.5, 3.0):
        counts = generator.poisson(generator.gamma(planted, 8 / planted, 20_000))
        assert mixing.prior_shape(counts) == pytest.approx(planted, rel=0.08)


def test_units_left_out_for_having_nothing_are_put_back() -> None:
    counts = np.random.default_rng(17).poisson(np.random.default_rng(18).gamma(2.0, 0.4, 20_000))
    restored = mixing.with_unseen(counts[counts > 0])
    assert len(counts[counts > 0]) < len(restored) <= 1.02 * len(counts)
    assert 2 < mixing.prior_shape(restored) < 6 < mixing.prior_shape(counts[counts > 0])
    assert mixing.with_unseen(counts) is counts
    dense = np.random.default_rng(19).poisson(50, 500)
    assert len(mixing.with_unseen(dense)) == 500


def test_bunching_is_not_taken_for_spread() -> None:
    generator = np.random.default_rng(7)
    counts = mixing.recur(generator.gamma(3.0, 4.0, 20_000), dispersion=2.0, generator=generator)
    assert mixing.prior_shape(counts, dispersion=2.0) == pytest.approx(3.0, rel=0.1)
    assert mixing.prior_shape(counts) < 2.8


def test_draws_are_the_textbook_posterior_when_rates_are_gamma() -> None:
    generator = np.random.default_rng(8)
    counts = generator.poisson(generator.gamma(1.5, 4.0, 30_000))
    known = mixing.posterior(counts)
    for seen in (0, 4, 15):
        unit = np.flatnonzero(counts == seen)[:1]
        drawn = known.draw(unit, draws=4000, generator=np.random.default_rng(9))
        exact = (1.5 + seen) / (1 / 4.0 + 1)
        assert drawn.mean() == pytest.approx(exact, rel=0.08), seen
        assert drawn.std() == pytest.approx(np.sqrt(1.5 + seen) / (1 / 4.0 + 1), rel=0.12), seen


def test_draws_hold_their_rate_as_often_as_they_say_when_counts_bunch() -> None:
    generator = np.random.default_rng(16)
    rates = generator.gamma(0.8, 5.0, 4000)
    counts = mixing.recur(rates, dispersion=2.5, generator=generator)
    drawn = mixing.posterior(counts, dispersion=2.5).draw(np.arange(4000), draws=300, generator=generator)
    low, high = np.quantile(drawn, [0.1, 0.9], axis=1)
    assert ((low <= rates) & (rates <= high)).mean() == pytest.approx(0.8, abs=0.03)


def test_a_larger_count_never_means_a_smaller_rate() -> None:
    counts = np.random.default_rng(10).poisson(np.random.default_rng(11).pareto(1.5, 3000) * 3)
    below = mixing.posterior(counts).below
    assert (np.diff(below, axis=0) <= 1e-12).all()


def test_units_left_out_of_the_draws_change_nothing() -> None:
    counts = np.random.default_rng(12).poisson(np.random.default_rng(13).gamma(0.4, 12, 3000))
    known = mixing.posterior(counts, dispersion=1.3)
    some, drawn = known.foremost(10, draws=400, generator=np.random.default_rng(1))
    every, all_drawn = known.foremost(10, draws=400, generator=np.random.default_rng(1), risk=-1.0)
    assert len(some) < 600
    assert len(every) == 3000
    assert (every[: len(some)] == some).all()
    assert (all_drawn[: len(some)] == drawn).all()
    assert (
        np.sort(np.argsort(-all_drawn, axis=0)[:10], axis=0) == np.sort(np.argsort(-drawn, axis=0)[:10], axis=0)
    ).all()


def test_counts_recur_around_their_rates() -> None:
    drawn = mixing.recur(np.full(40_000, 5.0), dispersion=2.0, generator=np.random.default_rng(14))
    assert drawn.mean() == pytest.approx(5, rel=0.02)
    assert drawn.var() == pytest.approx(10, rel=0.05)
