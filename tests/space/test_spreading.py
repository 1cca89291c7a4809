"""Points spread over squares: the masses are the Gaussian integrals, none is lost, both routes agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from abate.space import spreading
from abate.space.spreading import Squares

X, Y = (side.ravel() for side in np.meshgrid(np.arange(40) * 100.0 + 50, np.arange(30) * 100.0 + 50))
GRID = Squares(X, Y, np.full(1200, 100.0))


def integrals(x: np.ndarray, y: np.ndarray, width: np.ndarray) -> np.ndarray:
    """The Gaussian mass of each point in each square, each point's adding up to 1."""
    east, north = GRID.x - x[:, None], GRID.y - y[:, None]
    scale = width[:, None]
    across = ndtr((east + 50) / scale) - ndtr((east - 50) / scale)
    mass: np.ndarray = across * (ndtr((north + 50) / scale) - ndtr((north - 50) / scale))
    return mass / mass.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("width", [5.0, 40.0, 99.0, 101.0, 250.0, 299.0, 301.0, 700.0, 4000.0])
def test_each_square_takes_the_integral_over_it(width: float):
    rng = np.random.default_rng(1)
    x, y, weight = rng.uniform(0, 4000, 200), rng.uniform(0, 3000, 200), rng.uniform(0.5, 3, 200)
    home = np.zeros(200, dtype=np.int64)
    found = spreading.spread(x, y, GRID, weight=weight, home=home, bandwidth=width)
    slow = (weight[:, None] * integrals(x, y, np.full(200, width))).sum(axis=0)
    assert found.sum() == pytest.approx(weight.sum())
    assert np.abs(found - slow).max() < 2e-3 * slow.max()


def test_bandwidths_that_differ_take_both_routes_and_agree():
    rng = np.random.default_rng(2)
    x, y, weight = rng.uniform(0, 4000, 300), rng.uniform(0, 3000, 300), np.ones(300)
    width = 150 * np.exp(rng.normal(0, 0.8, 300))
    assert (width < 300).any()
    assert (width > 300).any()
    found = spreading.spread(x, y, GRID, weight=weight, home=np.zeros(300, dtype=np.int64), bandwidth=width)
    slow = integrals(x, y, width).sum(axis=0)
    assert np.abs(found - slow).max() < 2e-3 * slow.max()


def test_a_point_that_reaches_no_square_stays_at_home():
    far = np.array([1e6])
    for width in (1.0, 500.0):
        found = spreading.spread(far, far, GRID, weight=np.array([7.0]), home=np.array([3]), bandwidth=width)
        assert found[3] == pytest.approx(7.0)
        assert found.sum() == pytest.approx(7.0)


def test_scattered_places_of_unequal_size_lose_nothing():
    rng = np.random.default_rng(3)
    places = Squares(rng.uniform(0, 5000, 60), rng.uniform(0, 5000, 60), rng.uniform(50, 900, 60))
    x, y = rng.uniform(0, 5000, 100), rng.uniform(0, 5000, 100)
    for width in (10.0, 200.0, 2500.0):
        found = spreading.spread(x, y, places, weight=np.ones(100), home=rng.integers(0, 60, 100), bandwidth=width)
        assert found.sum() == pytest.approx(100)
        assert found.min() >= 0
