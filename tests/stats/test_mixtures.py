"""Mixing patterns: the weights are the likeliest, the prior holds where counts are few, tents share values out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from abate.stats.mixtures import fit, tents


def made(seed: int, *, cells: int = 200, patterns: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    laid = rng.dirichlet(np.full(cells, 0.3), patterns)
    return laid, rng.poisson(400 * np.array([0.6, 0.3, 0.1]) @ laid).astype(np.int64)


def test_the_weights_maximise_the_penalised_likelihood_that_an_optimiser_finds():
    laid, counts = made(1)
    some, total = counts > 0, float(counts.sum())
    prior, strength = np.full(3, 1 / 3), 30.0
    found = fit(laid[:, some], counts[some], exposure=np.full(3, total), prior=prior, strength=strength, steps=4000)

    def height(logs: np.ndarray) -> float:
        weights = np.exp(logs)
        mean = weights @ laid
        gamma = strength * (prior @ np.log(weights) - weights.sum())
        return float(counts[some] @ np.log(mean[some]) - total * mean.sum() + gamma)

    best = minimize(
        lambda logs: -height(logs), np.log(prior), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}
    )
    assert height(np.log(found)) > -best.fun - 1e-3
    assert np.allclose(found, np.exp(best.x), atol=2e-3)


def test_weights_of_equal_exposures_add_up_to_one_and_find_what_was_planted():
    laid, counts = made(2, cells=3000)
    found = fit(
        laid[:, counts > 0],
        counts[counts > 0],
        exposure=np.full(3, float(counts.sum())),
        prior=np.full(3, 1 / 3),
        strength=1.0,
    )
    assert abs(found.sum() - 1) < 1e-9
    assert np.abs(found - [0.6, 0.3, 0.1]).max() < 0.12


def test_every_step_makes_the_whole_likelier():
    laid, counts = made(3)
    some = counts > 0
    given_ = {"exposure": np.full(3, float(counts.sum())), "prior": np.array([0.2, 0.2, 0.6]), "strength": 0.0}
    heights = [
        counts[some] @ np.log(fit(laid[:, some], counts[some], steps=n, **given_) @ laid[:, some]) for n in range(1, 9)
    ]
    assert (np.diff(heights) >= -1e-9).all()


def test_without_counts_the_prior_stands():
    prior = np.array([0.7, 0.3])
    found = fit(np.zeros((2, 0)), np.zeros(0, dtype=np.int64), exposure=np.zeros(2), prior=prior, strength=5.0)
    assert np.allclose(found, prior)


@settings(max_examples=50)
@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=20))
def test_tents_share_each_value_out_between_its_two_knots(values):
    knots = np.array([0.5, 2.0, 8.0, 32.0])
    near = tents(np.array(values), knots)
    assert np.allclose(near.sum(axis=0), 1)
    assert (near >= 0).all()
    assert ((near > 0).sum(axis=0) <= 2).all()
    inside = np.clip(values, knots[0], knots[-1])
    assert np.allclose(np.exp(near.T @ np.log(knots)), inside)
