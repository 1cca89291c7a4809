"""Rectangles with a common part: plain loops judge the fast fit, and what was planted is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from abate.stats import factors
from abate.stats.factors import Rectangles


def made(seed: int, *, rank: int = 2, rows: int = 14, columns: int = 10, gaps: int = 0, noise: float = 0.3):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(1, rows, columns))
    seen = rng.normal(size=(rows, rank)) @ rng.normal(size=(rank, columns)) * 2 + 1.5 * x[0]
    seen += rng.normal(size=(rows, 1)) + rng.normal(size=columns) + rng.normal(0, noise, (rows, columns))
    seen.flat[rng.choice(seen.size, gaps, replace=False)] = np.nan
    return seen, x


def dummies(rows: int, columns: int, x: np.ndarray) -> np.ndarray:
    both = [np.kron(np.eye(rows), np.ones((columns, 1))), np.kron(np.ones((rows, 1)), np.eye(columns))]
    return np.hstack([*both, x.reshape(len(x), -1).T])


def plain(seen: np.ndarray, x: np.ndarray, cut, rounds: int) -> np.ndarray:
    """Regression on dummies, then a cut of what is left by numpy's own SVD, over and over."""
    design, known = dummies(*seen.shape, x), np.isfinite(seen).ravel()
    common = np.zeros(seen.shape)
    for _ in range(rounds):
        rest = (np.where(np.isfinite(seen), seen, 0.0) - common).ravel()
        fitted = design @ np.linalg.lstsq(design[known], rest[known], rcond=None)[0]
        left, sizes, right = np.linalg.svd(common + np.where(known, rest - fitted, 0.0).reshape(seen.shape))
        kept = cut(sizes)
        common = (left[:, : len(kept)] * kept) @ right[: len(kept)]
    rest = (np.where(np.isfinite(seen), seen, 0.0) - common).ravel()
    return common + (design @ np.linalg.lstsq(design[known], rest[known], rcond=None)[0]).reshape(seen.shape)


@pytest.mark.parametrize("gaps", [0, 9])
def test_a_rank_is_fitted_as_by_plain_least_squares_in_turn(gaps: int):
    seen, x = made(3, gaps=gaps)
    found = factors.fit(Rectangles.of(seen, x), rank=2)
    slow = plain(seen, x, lambda sizes: sizes[:2], 1_500)
    assert found.settled.all()
    assert_allclose(found.expected(x[None])[0], slow, atol=2e-5)
    assert np.isnan(seen).sum() == (found.residual == 0).sum() == gaps


@pytest.mark.parametrize("gaps", [0, 9])
def test_a_threshold_is_fitted_as_by_plain_soft_imputing(gaps: int):
    seen, x = made(4, gaps=gaps)
    strength = 0.3 * factors.largest(Rectangles.of(seen, x))
    found = factors.fit(Rectangles.of(seen, x), threshold=strength)
    slow = plain(seen, x, lambda sizes: np.maximum(sizes - strength[0], 0), 600)
    assert_allclose(found.expected(x[None])[0], slow, atol=1e-5)


def test_the_least_sum_is_not_lessened_by_any_small_change():
    seen, x = made(5, gaps=6)
    given = Rectangles.of(seen, x)
    strength = 0.2 * factors.largest(given)
    found = factors.fit(given, threshold=strength)

    def total(common: np.ndarray) -> float:
        left = given.left(given.outcomes - common)
        return float((left**2).sum() / 2 + strength[0] * np.linalg.svd(common[0], compute_uv=False).sum())

    rng = np.random.default_rng(1)
    least = total(found.common)
    assert all(total(found.common + rng.normal(0, 0.01, found.common.shape)) >= least for _ in range(50))


def test_what_was_planted_without_noise_is_found_whole():
    seen, x = made(6, noise=0.0)
    found = factors.fit(Rectangles.of(seen, x), rank=2)
    assert found.slopes[0, 0] == pytest.approx(1.5, abs=1e-6)
    assert np.abs(found.residual).max() < 1e-6
    basis = found.factors(2)[0]
    assert_allclose(basis.T @ basis / len(basis), np.eye(2), atol=1e-8)
    assert_allclose(found.common[0] @ basis @ basis.T / len(basis), found.common[0], atol=1e-8)


def test_many_rectangles_at_once_are_each_as_by_itself():
    several = [made(seed, gaps=seed) for seed in range(4)]
    seen, x = np.stack([one[0] for one in several]), np.stack([one[1] for one in several])
    together = factors.fit(Rectangles.of(seen, x), rank=1)
    for place, (one, column) in enumerate(several):
        alone = factors.fit(Rectangles.of(one, column), rank=1)
        assert_allclose(together.common[place], alone.common[0], atol=1e-6)
        assert_allclose(together.slopes[place], alone.slopes[0], atol=1e-6)


@pytest.mark.parametrize(("rows", "across"), [(True, False), (False, True), (False, False)])
@pytest.mark.parametrize("gaps", [0, 12])
def test_fewer_effects_leave_what_a_regression_leaves(rows: bool, across: bool, gaps: int):
    seen, x = made(8, gaps=gaps)
    found = factors.fit(Rectangles.of(seen, x, rows=rows, across=across), rank=0)
    number, periods = seen.shape
    parts = [np.kron(np.eye(number), np.ones((periods, 1)))] if rows else []
    parts += [np.kron(np.ones((number, 1)), np.eye(periods))] if across else []
    design = np.hstack([*(parts or [np.ones((seen.size, 1))]), x.reshape(1, -1).T])
    known = np.isfinite(seen).ravel()
    solved = np.linalg.lstsq(design[known], seen.ravel()[known], rcond=None)[0]
    assert found.slopes[0, 0] == pytest.approx(solved[-1])
    assert_allclose(found.expected(x[None])[0].ravel(), design @ solved, atol=1e-8)


@given(st.integers(0, 200), st.integers(0, 3), st.booleans())
@settings(max_examples=25)
def test_a_row_is_carried_as_by_its_own_regression(seed: int, rank: int, level: bool):
    rng = np.random.default_rng(seed)
    basis, seen, used = rng.normal(size=(1, 12, rank)), rng.normal(size=(1, 2, 12)), rng.random((1, 2, 12)) < 0.8
    used[:, :, :6] = True
    found = factors.carry(basis, seen, used, level=level)
    design = np.hstack([basis[0], np.ones((12, 1))])[:, : rank + int(level)]
    for row in range(2):
        mine = used[0, row]
        loads = np.linalg.lstsq(design[mine], seen[0, row, mine], rcond=None)[0]
        assert_allclose(found.expected[0, row], design @ loads, atol=1e-8)
        for at in np.flatnonzero(mine):
            rest = mine & (np.arange(12) != at)
            without = design[at] @ np.linalg.lstsq(design[rest], seen[0, row, rest], rcond=None)[0]
            assert found.left_out[0, row, at] == pytest.approx(seen[0, row, at] - without, abs=1e-7)
        assert np.isnan(found.left_out[0, row, ~mine]).all()
