"""The nested search of importances: inner optimum against a plain solver, outer against scipy's evolution."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import differential_evolution, minimize

from abate.stats import importances


def problem(seed: int, *, predictors: int = 4, donors: int = 9, periods: int = 12) -> tuple[np.ndarray, np.ndarray]:
    """Give predictors and outcomes of donors less those of a target, where the predictors tell of the outcomes."""
    generator = np.random.default_rng(seed)
    traits = generator.normal(size=(predictors, donors + 1))
    paths = generator.normal(size=(periods, predictors)) @ traits + 0.5 * generator.normal(size=(periods, donors + 1))
    return traits[:, 1:] - traits[:, :1], paths[:, 1:] - paths[:, :1]


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_the_inner_mix_is_the_optimum_of_a_general_solver(seed: int) -> None:
    points, _ = problem(seed, predictors=5, donors=4)
    weight = np.random.default_rng(seed).uniform(0.1, 1, 5)
    found = importances.match(points, weight)
    other = minimize(
        lambda mix: float(weight @ (points @ mix) ** 2),
        np.full(4, 0.25),
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda mix: mix.sum() - 1},
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found.min() >= 0
    assert found.sum() == pytest.approx(1)
    assert weight @ (points @ found) ** 2 <= other.fun + 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_outer_search_is_no_worse_than_differential_evolution(seed: int) -> None:
    points, outcomes = problem(seed)
    found = importances.search(points, outcomes)

    def plain(logs: np.ndarray) -> float:
        return float(np.mean((outcomes @ importances.match(points, 10.0 ** (logs - logs.max()))) ** 2))

    other = differential_evolution(plain, [(-8, 0)] * 4, seed=1, maxiter=60, popsize=10, tol=1e-8).fun
    assert found.mean_square <= other * 1.01
    assert found.mean_square == pytest.approx(np.mean((outcomes @ found.weights) ** 2), rel=1e-4)


def test_a_target_that_is_a_mix_of_donors_is_met_without_error() -> None:
    generator = np.random.default_rng(3)
    traits, paths = generator.normal(size=(3, 8)), generator.normal(size=(10, 8))
    true = np.array([0.5, 0.3, 0.2, 0, 0, 0, 0, 0])
    points, outcomes = traits - (traits @ true)[:, None], paths - (paths @ true)[:, None]
    found = importances.search(points, outcomes)
    equal = importances.match(points, np.full(3, 1 / 3))
    assert found.mean_square <= np.mean((outcomes @ equal) ** 2)
    assert found.importances.sum() == pytest.approx(1)


def test_a_predictor_of_noise_hardly_counts_beside_one_that_tells_all() -> None:
    generator = np.random.default_rng(5)
    level = np.append(1.1, np.array([0.0, 1, 2, 3, 4, 5]))
    noise = np.append(20.0, generator.normal(0, 5, 6))
    paths = np.outer(np.ones(15), level) + 0.01 * generator.normal(size=(15, 7))
    points = np.vstack([level, noise])
    found = importances.search(points[:, 1:] - points[:, :1], paths[:, 1:] - paths[:, :1])
    assert found.importances[0] > 0.9
    assert found.mean_square < 0.001


def test_same_problem_same_answer_and_given_starts_never_harm() -> None:
    points, outcomes = problem(11, predictors=3)
    first, second = importances.search(points, outcomes), importances.search(points, outcomes)
    assert first.importances.tobytes() == second.importances.tobytes()
    quick = importances.search(points, outcomes, quick=True)
    warm = importances.search(points, outcomes, starts=first.importances[None], quick=True)
    losses = [warm.mean_square, quick.mean_square * 1.0001]
    assert all(one <= other for one, other in pairwise(losses))
    assert quick.tried < first.tried / 2


def test_regressed_importances_are_the_squared_slopes_of_least_squares() -> None:
    generator = np.random.default_rng(8)
    predictors, outcomes = generator.normal(size=(20, 3)), generator.normal(size=(20, 5))
    columns = np.column_stack([np.ones(20), predictors])
    slopes = np.linalg.solve(columns.T @ columns, columns.T @ outcomes)[1:]
    sums = (slopes**2).sum(axis=1)
    np.testing.assert_allclose(importances.regressed(predictors, outcomes), sums / sums.sum())
    assert importances.regressed(np.zeros((4, 2)), outcomes[:4]).tolist() == [0.5, 0.5]
