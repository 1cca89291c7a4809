"""Ridge-augmented weights: against plain algebra, and the choice of the penalty against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import augmentation, simplex


def problem(seed: int, *, donors: int = 7, values: int = 10) -> tuple[np.ndarray, np.ndarray]:
    """Give a target and donors, both less the donors' mean."""
    generator = np.random.default_rng(seed)
    pool = generator.normal(size=(donors, values))
    target = generator.normal(1, 1, values)
    return target - pool.mean(axis=0), pool - pool.mean(axis=0)


def plain(target: np.ndarray, donors: np.ndarray, penalty: float) -> np.ndarray:
    """Give the weights by the normal equations, as the paper writes them."""
    mix = simplex.fit(target, np.ascontiguousarray(donors)).weights
    inner = donors.T @ donors + penalty * np.eye(donors.shape[1])
    return mix + donors @ np.linalg.solve(inner, target - mix @ donors)


@given(st.integers(0, 10_000), st.floats(1e-3, 1e3))
def test_weights_are_those_of_the_normal_equations_and_add_up_to_one(seed: int, penalty: float) -> None:
    target, donors = problem(seed)
    found = augmentation.weigh(target, donors, penalties=np.array([penalty]))[0]
    np.testing.assert_allclose(found, plain(target, donors, penalty), atol=1e-9)
    assert found.sum() == pytest.approx(1)


@given(st.integers(0, 10_000))
def test_a_larger_penalty_never_fits_better_and_an_endless_one_is_the_mix(seed: int) -> None:
    target, donors = problem(seed)
    found = augmentation.weigh(target, donors, penalties=np.array([np.inf, 100.0, 1.0, 0.01, 0.0]))
    lengths = np.linalg.norm(target - found @ donors, axis=1)
    assert (np.diff(lengths) <= 1e-9).all()
    np.testing.assert_allclose(found[0], simplex.fit(target, np.ascontiguousarray(donors)).weights, atol=1e-12)
    best = np.linalg.lstsq(donors.T, target, rcond=None)[0]
    assert lengths[-1] == pytest.approx(np.linalg.norm(target - best @ donors), abs=1e-8)


def errors(target: np.ndarray, donors: np.ndarray, penalties: np.ndarray, holdout: int) -> np.ndarray:
    rows = []
    for begin in range(len(target) - holdout):
        stays = [at for at in range(len(target)) if not begin <= at < begin + holdout]
        out = slice(begin, begin + holdout)
        found = [plain(target[stays], donors[:, stays], penalty) for penalty in penalties]
        rows.append([float(((target[out] - weights @ donors[:, out]) ** 2).sum()) for weights in found])
    return np.array(rows)


@pytest.mark.parametrize("holdout", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_the_penalty_is_that_of_a_plain_loop(seed: int, holdout: int) -> None:
    target, donors = problem(seed, donors=12, values=8)
    low = augmentation.choose(target, donors, holdout=holdout, rule="min")
    found = augmentation.choose(target, donors, holdout=holdout)
    assert len(found.penalties) == 21
    top = slice(0, 9)
    rows = errors(target, donors, found.penalties[top], holdout)
    np.testing.assert_allclose(found.errors[top], rows.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.spreads[top], rows.std(axis=0, ddof=1) / np.sqrt(len(rows)), rtol=1e-5)
    assert low.penalty == low.penalties[np.argmin(low.errors)]
    limit = found.errors.min() + found.spreads[np.argmin(found.errors)]
    assert found.penalty == found.penalties[found.errors <= limit].max()
    assert found.penalty >= low.penalty


def test_the_grid_runs_from_the_largest_squared_singular_value() -> None:
    _, donors = problem(1)
    found = augmentation.grid(donors)
    assert found[0] == pytest.approx(np.linalg.svd(donors)[1][0] ** 2)
    assert found[-1] == pytest.approx(found[0] * 1e-8)


def test_about_their_own_mean_the_value_left_out_is_not_given_away() -> None:
    """Values that add up to 0 tell the one left out; about the mean of the others it has to be foreseen."""
    generator = np.random.default_rng(4)
    pool, own = generator.normal(size=(30, 9)), generator.normal(size=9)
    pool -= pool.mean(axis=1, keepdims=True)
    own = own - own.mean() - pool.mean(axis=0)
    pool = pool - pool.mean(axis=0)
    naive = augmentation.choose(own, pool, rule="min")
    fair = augmentation.choose(own, pool, rule="min", level=9)
    assert naive.errors.min() < 1e-6
    assert fair.errors.min() > 0.1
    assert fair.penalty > naive.penalty
