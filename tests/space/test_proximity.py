"""How near things are, against every pair looked at."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from abate.space import proximity


def pairs(points: np.ndarray, things: np.ndarray) -> np.ndarray:
    return np.hypot(points[:, None, 0] - things[None, :, 0], points[:, None, 1] - things[None, :, 1])


@given(st.integers(0, 10_000), st.integers(1, 40), st.floats(1.0, 500.0))
def test_against_every_pair(seed: int, number: int, reach: float):
    rng = np.random.default_rng(seed)
    points, things = rng.uniform(0, 1000, (30, 2)), rng.uniform(0, 1000, (number, 2))
    apart = pairs(points, things)
    assert_allclose(proximity.distances(points, things), apart.min(axis=1))
    assert_allclose(
        proximity.closeness(points, things, reach=reach), np.maximum(0, 1 - apart.min(axis=1) / reach), atol=1e-12
    )
    weights = np.where(apart <= reach, (1 - (apart / reach) ** 2) ** 2, 0.0).sum(axis=1)
    assert_allclose(proximity.density(points, things, reach=reach), weights, atol=1e-9)


def test_without_things_nothing_is_near():
    points, none = np.zeros((2, 2)), np.empty((0, 2))
    assert proximity.closeness(points, none, reach=100).tolist() == [0.0, 0.0]
    assert proximity.density(points, none, reach=100).tolist() == [0.0, 0.0]
    assert np.isinf(proximity.distances(points, none)).all()


def test_the_same_in_another_order_of_the_things():
    rng = np.random.default_rng(3)
    points, things = rng.uniform(0, 300, (200, 2)), rng.uniform(0, 300, (90, 2))
    one = proximity.density(points, things, reach=150)
    assert_allclose(one, proximity.density(points, things[::-1], reach=150), rtol=1e-13)
    assert (one == proximity.density(points, things, reach=150)).all()
