from itertools import combinations

import numpy as np
import pytest

from abate.stats import descents


def every_support(points: np.ndarray, linear: np.ndarray, ridge: float) -> float:
    """Find the least sum over all sets of donors, each solved by itself: slow, and without any search."""
    donors = points.shape[1]
    least = np.inf
    for number in range(1, donors + 1):
        for chosen in map(list, combinations(range(donors), number)):
            part = points[:, chosen]
            system = np.block(
                [
                    [2 * part.T @ part + 2 * ridge * np.eye(number), np.ones((number, 1))],
                    [np.ones((1, number)), np.zeros((1, 1))],
                ]
            )
            weights = np.linalg.lstsq(system, np.append(-linear[chosen], 1.0), rcond=None)[0][:number]
            if weights.min() >= -1e-12 and abs(weights.sum() - 1) < 1e-9:
                least = min(least, sums(part, linear[chosen], ridge, weights))
    return least


def sums(points: np.ndarray, linear: np.ndarray, ridge: float, weights: np.ndarray) -> float:
    return float(np.sum((points @ weights) ** 2) + linear @ weights + ridge * weights @ weights)


@pytest.mark.parametrize("kind", ["plain", "whole numbers", "two factors", "twins", "inside", "far"])
def test_the_least_of_all_supports_is_found(kind: str) -> None:
    generator = np.random.default_rng(len(kind))
    for _ in range(40):
        periods, donors = int(generator.integers(1, 8)), int(generator.integers(1, 7))
        points = generator.normal(size=(periods, donors)) + 1
        if kind == "whole numbers":
            points = np.round(2 * points)
        elif kind == "two factors":
            points = generator.normal(size=(periods, 2)) @ generator.normal(size=(2, donors))
        elif kind == "twins":
            points[:, donors // 2 :] = points[:, : donors - donors // 2]
        elif kind == "inside":
            points -= points.mean(axis=1, keepdims=True)
        elif kind == "far":
            points *= 10.0 ** generator.integers(0, 5, size=donors)
        ridge = float(generator.choice([0.0, 0.5]))
        linear = float(generator.choice([0.0, 0.0, 0.3])) * np.sum(points**2, axis=0)
        weights, shortfall, _ = descents.descend(np.ascontiguousarray(points), linear, ridge, -1)
        scale = float(np.min(np.sum(points**2, axis=0)))
        least = every_support(points, linear, ridge)
        assert weights.min() >= 0
        assert weights.sum() == pytest.approx(1, abs=1e-12)
        assert sums(points, linear, ridge, weights) <= least + 1e-9 * (abs(least) + scale) + 1e-12
        assert 0 <= shortfall <= 1e-9 * (scale + float(np.max(np.abs(points))) ** 2)


def test_one_donor_takes_all_and_a_barred_one_nothing() -> None:
    points = np.array([[1.0, 0.0], [1.0, 0.0]])
    alone, _, _ = descents.descend(points[:, :1].copy(), np.zeros(1), 0.0, -1)
    barred, _, _ = descents.descend(points, np.zeros(2), 0.0, 1)
    assert alone.tolist() == [1.0]
    assert barred.tolist() == [1.0, 0.0]


def test_of_twins_the_first_is_taken() -> None:
    points = np.array([[2.0, 1.0, 1.0], [2.0, -1.0, -1.0]])
    weights, _, _ = descents.descend(points, np.zeros(3), 0.0, -1)
    assert weights[1] > 0
    assert weights[2] == 0
