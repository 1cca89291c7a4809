"""Weights of rows and columns, against plain loops, a general optimiser and planted mixes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from abate.stats import blockweights
from abate.stats.blockweights import Rules


def walk(design: np.ndarray, target: np.ndarray, ridge: float, start: np.ndarray, least: float, most: int):
    """Frank-Wolfe as the paper's authors write it down: every step from the design itself, no products kept."""
    rows, weights, values = len(target), start.copy(), []
    eta = rows * ridge**2
    while len(values) < most and (len(values) < 2 or values[-2] - values[-1] > least):
        slopes = (design @ weights - target) @ design + eta * weights
        way = -weights
        way[np.argmin(slopes)] += 1
        if way.any():
            along = design @ way
            share = -slopes @ way / (along @ along + eta * way @ way)
            weights = weights + min(1, max(0, share)) * way
        left = design @ weights - target
        values.append(ridge**2 * weights @ weights + left @ left / rows)
    return weights


def two_rounds(design: np.ndarray, target: np.ndarray, ridge: float, least: float) -> np.ndarray:
    size = design.shape[1]
    weights = walk(design, target, ridge, np.full(size, 1 / size), least, 100)
    weights = np.where(weights <= weights.max() / 4, 0, weights)
    return walk(design, target, ridge, weights / weights.sum(), least, 10_000)


def slow(unchanged: np.ndarray, changed: np.ndarray, start: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    before = unchanged[:, :start]
    noise = np.diff(before, axis=1).std(ddof=1)
    ridge = (number * (unchanged.shape[1] - start)) ** 0.25 * noise
    least = (1e-5 * noise) ** 2
    level = before - before.mean(axis=1, keepdims=True)
    rows = two_rounds(level.T, changed[:start] - changed[:start].mean(), ridge, least)
    after = unchanged[:, start:].mean(axis=1)
    columns = two_rounds(before - before.mean(axis=0), after - after.mean(), 1e-6 * noise, least)
    return rows, columns


@given(seed=st.integers(0, 10_000), rows=st.integers(2, 9), start=st.integers(2, 8), number=st.integers(1, 4))
def test_the_published_descent_step_by_step(seed: int, rows: int, start: int, number: int):
    rng = np.random.default_rng(seed)
    unchanged = rng.normal(size=(rows, start + 3)).cumsum(axis=1)
    changed = rng.normal(size=start + 3).cumsum()
    found = blockweights.weigh(unchanged, changed, start=start, number=number)
    by_row, by_column = slow(unchanged, changed, start, number)
    before = unchanged[:, :start] - unchanged[:, :start].mean(axis=1, keepdims=True)
    assert_allclose(found.rows @ before, by_row @ before, atol=2e-3 * found.noise)
    assert_allclose(found.columns.sum(), 1)
    assert abs(found.columns - by_column).max() < 0.01


@given(seed=st.integers(0, 10_000))
def test_the_exact_weights_are_the_least(seed: int):
    rng = np.random.default_rng(seed)
    rows, start, ridge = 6, 8, 0.7
    unchanged, changed = rng.normal(size=(rows, start + 2)), rng.normal(size=start + 2)
    rules = Rules(row_ridge=ridge, exact=True)
    found = blockweights.weigh(unchanged, changed, start=start, rules=rules).rows
    design = (unchanged[:, :start] - unchanged[:, :start].mean(axis=1, keepdims=True)).T
    target = changed[:start] - changed[:start].mean()

    def loss(weights: np.ndarray) -> float:
        return float(np.sum((design @ weights - target) ** 2) / start + ridge**2 * weights @ weights)

    least = minimize(
        loss,
        np.full(rows, 1 / rows),
        bounds=[(0, 1)] * rows,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"ftol": 1e-13, "maxiter": 500},
    )
    assert loss(found) <= least.fun + 1e-9
    assert_allclose(found, least.x, atol=1e-4)
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)


def test_the_published_stop_is_near_the_least():
    rng = np.random.default_rng(3)
    unchanged, changed = rng.normal(size=(20, 30)).cumsum(axis=1), rng.normal(size=30).cumsum()
    stopped = blockweights.weigh(unchanged, changed, start=25)
    exact = blockweights.weigh(unchanged, changed, start=25, rules=Rules(exact=True))
    assert_allclose(stopped.rows, exact.rows, atol=2e-3)
    assert stopped.row_ridge == exact.row_ridge == pytest.approx(5**0.25 * stopped.noise)


def test_a_planted_mix_is_found():
    rng = np.random.default_rng(5)
    unchanged = rng.normal(size=(12, 40)).cumsum(axis=1)
    mix = np.zeros(12)
    mix[[1, 4, 7]] = 0.5, 0.3, 0.2
    changed = mix @ unchanged + 100
    rules = Rules(columns=blockweights.EVEN_COLUMNS, spread=False, exact=True)
    found = blockweights.weigh(unchanged, changed, start=30, rules=rules)
    assert_allclose(found.rows, mix, atol=1e-6)
    assert_allclose(blockweights.gaps(unchanged, changed, found), 0, atol=1e-6)


def test_even_weights_are_a_difference_of_differences():
    rng = np.random.default_rng(6)
    unchanged, changed = rng.normal(size=(5, 9)), rng.normal(size=9)
    rules = Rules(rows=False, columns=blockweights.EVEN_COLUMNS)
    found = blockweights.gaps(unchanged, changed, blockweights.weigh(unchanged, changed, start=6, rules=rules))
    plain = (changed[6:].mean() - changed[:6].mean()) - (unchanged[:, 6:].mean() - unchanged[:, :6].mean())
    assert found[6:].mean() == pytest.approx(plain)


def test_redraws_are_the_same_work_done_again():
    rng = np.random.default_rng(8)
    outcomes = rng.normal(size=(10, 12)).cumsum(axis=1)
    rows = np.array([[0, 1, 2, 3, 4, 5, 6], [9, 9, 8, 7, 1, 1, 0]])
    first = np.array([[7, 9, 12, 12, 12, 12, 12], [7, 7, 12, 12, 12, 12, 12]])
    found = blockweights.redraw(np.stack([outcomes, outcomes]), rows, first, np.array([7, 9]), rules=Rules())
    for draw, place, start, own in ((0, 0, 7, [0]), (0, 1, 9, [1]), (1, 0, 7, [9, 9])):
        free = outcomes[rows[draw][first[draw] == 12]]
        changed = outcomes[own].mean(axis=0)
        weights = blockweights.weigh(free, changed, start=start, number=len(own))
        assert_allclose(found[draw, place], blockweights.gaps(free, changed, weights), atol=1e-12)
    assert np.isnan(found[1, 1]).all()


def test_one_column_before_the_change_weighs_all_alike():
    rng = np.random.default_rng(9)
    found = blockweights.weigh(rng.normal(size=(4, 5)), rng.normal(size=5), start=1)
    assert found.rows.tolist() == [0.25] * 4
    assert found.columns.tolist() == [1.0]
