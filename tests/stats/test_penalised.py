"""Poisson regression with a ridge, against scikit-learn, known answers and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import penalised


def simulated(seed: int, units: int = 400, columns: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(units, columns)) * rng.uniform(0.2, 3, columns) + rng.normal(size=columns)
    exposure = rng.uniform(0.5, 2.0, units)
    slopes = rng.normal(0, 0.3, columns) / design.std(axis=0)
    counts = rng.poisson(exposure * np.exp(0.4 + (design - design.mean(axis=0)) @ slopes))
    return counts.astype(np.int64), design, exposure


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [1e-6, 1.0, 50.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agrees_with_scikit_learn(seed: int, penalty: float):
    from sklearn.linear_model import PoissonRegressor

    counts, design, exposure = simulated(seed)
    found = penalised.fit(counts, design, exposure=exposure, penalty=penalty, blocks=np.arange(len(counts)))
    standard = (design - design.mean(axis=0)) / design.std(axis=0)
    peer = PoissonRegressor(alpha=penalty / exposure.sum(), tol=1e-12, max_iter=5000)
    peer.fit(standard, counts / exposure, sample_weight=exposure)
    assert_allclose(found.slopes * design.std(axis=0), peer.coef_, atol=2e-5)
    assert_allclose(found.mean, exposure * peer.predict(standard), rtol=1e-4)


def test_the_mean_is_made_of_intercept_and_slopes_and_keeps_the_total():
    counts, design, exposure = simulated(4)
    found = penalised.fit(counts, design, exposure=exposure, penalty=5.0, blocks=np.arange(len(counts)))
    assert_allclose(found.mean, exposure * np.exp(found.intercept + design @ found.slopes), rtol=1e-10)
    assert_allclose(found.mean.sum(), counts.sum(), rtol=1e-9)


def test_a_larger_penalty_pulls_harder_and_a_huge_one_leaves_the_mean_rate():
    counts, design, exposure = simulated(5)
    norms = [
        np.linalg.norm(
            penalised.fit(counts, design, exposure=exposure, penalty=p, blocks=np.arange(len(counts))).slopes
        )
        for p in (0.0, 10.0, 1000.0, 1e9)
    ]
    assert norms == sorted(norms, reverse=True)
    assert norms[-1] < 1e-6


def test_columns_that_say_the_same_share_the_slope_and_one_without_spread_gets_none():
    counts, design, exposure = simulated(6, columns=1)
    thrice = np.column_stack([design, design, np.ones(len(counts))])
    found = penalised.fit(counts, thrice, exposure=exposure, penalty=1.0, blocks=np.arange(len(counts)))
    assert_allclose(found.slopes[0], found.slopes[1], rtol=1e-9)
    assert found.slopes[2] == 0.0
    assert np.isfinite(found.covariance).all()


def test_separated_counts_stay_finite_under_a_penalty():
    column = np.repeat([[0.0], [1.0]], 50, axis=0)
    counts = np.r_[np.zeros(50), np.full(50, 3)].astype(np.int64)
    found = penalised.fit(counts, column, exposure=np.ones(100), penalty=0.5, blocks=np.arange(100))
    assert 2 < found.slopes[0] < 15


def test_no_incident_at_all_gives_a_finite_fit():
    found = penalised.fit(
        np.zeros(20, dtype=np.int64), np.arange(20.0)[:, None], exposure=np.ones(20), penalty=1.0, blocks=np.arange(20)
    )
    assert np.isfinite(found.mean).all()
    assert found.mean.max() < 0.1


def test_errors_of_single_units_agree_with_the_formula_and_blocks_widen_them():
    counts, design, exposure = simulated(7, units=600, columns=2)
    alone = penalised.fit(counts, design, exposure=exposure, penalty=0.0, blocks=np.arange(600))
    whole = np.column_stack([np.ones(600), design])
    information = (whole * alone.mean[:, None]).T @ whole
    assert_allclose(np.diag(alone.covariance), np.diag(np.linalg.inv(information))[1:], rtol=0.25)
    copied = np.tile(np.arange(600), 2)
    doubled = penalised.fit(
        np.tile(counts, 2), np.tile(design, (2, 1)), exposure=np.tile(exposure, 2), penalty=0.0, blocks=copied
    )
    assert_allclose(doubled.covariance, alone.covariance, rtol=1e-6)


def test_intervals_cover_the_truth_where_blocks_hang_together():
    """Ninety-five in a hundred, with rates that rise and fall by whole blocks; single units would claim too much."""
    rng = np.random.default_rng(8)
    blocks = np.repeat(np.arange(60), 10)
    hits = naive = 0
    for _ in range(200):
        column = rng.normal(size=60)[blocks] + 0.3 * rng.normal(size=600)
        shared = rng.gamma(4, 1 / 4, 60)[blocks]
        counts = rng.poisson(2 * shared * np.exp(0.25 * column)).astype(np.int64)
        setting = {"exposure": np.ones(600), "penalty": 0.0}
        for grouping, tally in ((blocks, "hits"), (np.arange(600), "naive")):
            found = penalised.fit(counts, column[:, None], blocks=grouping, **setting)
            inside = abs(found.slopes[0] - 0.25) < 2.0 * np.sqrt(found.covariance[0, 0])
            hits, naive = (hits + inside, naive) if tally == "hits" else (hits, naive + inside)
    assert 0.89 <= hits / 200 <= 0.99
    assert naive < hits


def test_scatter_agrees_with_the_formula_and_grows_as_the_size_falls():
    counts, design, exposure = simulated(11, columns=3)
    found = penalised.fit(counts, design, exposure=exposure, penalty=0.0, blocks=np.arange(len(counts)))
    whole = np.column_stack([np.ones(len(counts)), design])
    plain = np.linalg.inv((whole * found.mean[:, None]).T @ whole)[1:, 1:]
    assert_allclose(penalised.scatter(design, found.mean, penalty=0.0, size=np.inf), plain, rtol=1e-6)
    wide = penalised.scatter(design, found.mean, penalty=0.0, size=0.5)
    assert (np.diag(wide) > 2 * np.diag(plain)).all()


def test_deviance_is_zero_at_the_counts_and_agrees_with_its_formula():
    counts = np.array([1, 4, 0, 2])
    assert penalised.deviance(counts[[0, 1, 3]], counts[[0, 1, 3]].astype(float)) == pytest.approx(0)
    mean = np.array([1.5, 3.0, 0.2, 2.0])
    by_hand = 2 * sum((c * np.log(c / m) if c else 0) - (c - m) for c, m in zip(counts, mean, strict=True))
    assert penalised.deviance(counts, mean) == pytest.approx(by_hand)


def test_the_penalty_is_small_where_columns_tell_and_large_where_they_do_not():
    rng = np.random.default_rng(9)
    design = rng.normal(size=(300, 6))
    folds, blocks = np.arange(300) % 5, np.arange(300)
    told = rng.poisson(np.exp(design @ np.full(6, 0.4))).astype(np.int64)
    blank = rng.poisson(1.0, 300).astype(np.int64)
    setting = {"exposure": np.ones(300), "penalties": (0.1, 10.0, 1e4), "folds": folds, "blocks": blocks}
    assert penalised.choose(told, design, **setting)[0] < 1e4
    assert penalised.choose(blank, design, **setting)[0] == 1e4


def test_the_size_comes_back():
    rng = np.random.default_rng(10)
    mean = rng.uniform(1, 20, 5000)
    counts = rng.poisson(mean * rng.gamma(2.5, 1 / 2.5, 5000)).astype(np.int64)
    assert penalised.size(counts, mean) == pytest.approx(2.5, rel=0.1)
    assert penalised.size(rng.poisson(mean).astype(np.int64), mean) > 100
