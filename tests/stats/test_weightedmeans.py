from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.stats import weightedmeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]


def world(seed: int) -> tuple[Real, Real, NDArray[np.bool_]]:
    generator = np.random.default_rng(seed)
    own = np.arange(30) < 8
    weights = np.where(own, 1.0, generator.exponential(0.5, 30) * (generator.random(30) < 0.8))
    return generator.poisson(3.0, (3, 30, 4)).astype(float), weights, own


def regression(values: Real, weights: Real, own: NDArray[np.bool_], *, together: bool) -> tuple[Real, Real]:
    """Fit one measure on the group and each period by weighted least squares, with a sandwich of squared scores."""
    rows, periods = values.shape
    design = np.array([[float(own[i]), *np.eye(periods)[t]] for i in range(rows) for t in range(periods)])
    flat, heavy = values.ravel(), np.repeat(weights, periods)
    bread = np.linalg.inv(design.T @ (heavy[:, None] * design))
    slopes = bread @ design.T @ (heavy * flat)
    scores = (heavy * (flat - design @ slopes))[:, None] * design
    if together:
        scores = scores.reshape(rows, periods, -1).sum(axis=1)
    count = len(scores)
    return slopes, bread @ (scores.T @ scores) @ bread * count / (count - 1)


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_errors_are_those_of_a_weighted_regression(seed: int, *, together: bool) -> None:
    values, weights, own = world(seed)
    found = weightedmeans.compare(values, weights, own, draws="together" if together else "apart")
    for place in range(3):
        slopes, covariance = regression(values[place], weights, own, together=together)
        assert found.difference[place] == pytest.approx(slopes[0])
        # the plain form leaves out that sides of unequal weight would share the periods' levels unequally
        if weights[own].sum() == pytest.approx(weights[~own].sum()):
            assert found.covariance[place, place] == pytest.approx(covariance[0, 0])


@pytest.mark.parametrize("together", [False, True])
def test_sides_of_equal_weight_give_the_regressions_error_and_log_ratio(*, together: bool) -> None:
    values, weights, own = world(7)
    weights = np.where(own, 1.0, weights * own.sum() / weights[~own].sum())
    found = weightedmeans.compare(values, weights, own, draws="together" if together else "apart")
    slopes, covariance = regression(values[0], weights, own, together=together)
    level = slopes[1:].mean()
    ways = np.full(5, (1 / (level + slopes[0]) - 1 / level) / 4)
    ways[0] = 1 / (level + slopes[0])
    assert found.scores[0] == pytest.approx(slopes[0] / np.sqrt(covariance[0, 0]))
    assert found.log_ratio[0] == pytest.approx(np.log((level + slopes[0]) / level))
    assert found.log_error[0] == pytest.approx(np.sqrt(ways @ covariance @ ways))


def test_the_lean_of_one_measure_is_its_score_and_empty_measures_are_left_out() -> None:
    assert weightedmeans.lean(np.array([-2.0, 5.0]), np.diag([4.0, 0.0])) == pytest.approx(-1)
    assert np.isnan(weightedmeans.lean(np.zeros(1), np.zeros((1, 1))))


def test_the_distance_is_walds_and_counts_what_says_the_same_once() -> None:
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    difference = np.array([1.0, -1.0])
    far, freedom = weightedmeans.distance(difference, covariance)
    assert (far, freedom) == (pytest.approx(difference @ np.linalg.inv(covariance) @ difference), 2)
    again, same = weightedmeans.distance(np.array([1.0, 2.0]), np.array([[1.0, 2.0], [2.0, 4.0]]))
    assert (again, same) == (pytest.approx(1.0), 1)
    assert weightedmeans.distance(np.zeros(1), np.zeros((1, 1)))[1] == 0


def test_no_events_give_no_ratio() -> None:
    values, weights, own = world(1)
    found = weightedmeans.compare(values * ~own[None, :, None], weights, own)
    assert np.isnan(found.log_ratio).all()
    assert (found.scores < 0).all()
