"""Rings about places: every point beside the plain rule, one shape after the other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from abate.space import surrounds


def slowly(x, y, shapes, within):
    """The rule as it is told: the nearest shape within reach, the first of those equally near, none from inside."""
    told = []
    for point in shapely.points(x, y):
        apart = [float(shapely.distance(point, shape)) for shape in shapes]
        nearest = min(apart)
        told.append(-1 if nearest == 0 or nearest > within else apart.index(nearest))
    return told


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_point_goes_where_the_plain_rule_puts_it(seed):
    generator = np.random.default_rng(seed)
    middles = generator.uniform(0, 1000, (12, 2))
    shapes = shapely.buffer(shapely.points(middles), generator.uniform(20, 120, 12))
    x, y = generator.uniform(-200, 1200, (2, 400))
    found = surrounds.surround(x, y, shapes, within=90.0)
    assert found.position.tolist() == slowly(x, y, shapes, 90.0)
    near = np.array(
        [[float(shapely.distance(point, shape)) <= 90 for shape in shapes] for point in shapely.points(x, y)]
    )
    assert found.several.tolist() == ((near.sum(axis=1) > 1) & (found.position >= 0)).tolist()
    assert (found.position >= 0).sum() > 50


def test_equally_near_goes_to_the_first_and_what_is_no_point_to_none():
    squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(3, 0, 4, 1)], dtype=object)
    x, y = np.array([2.0, 2.0, np.nan, 1.5]), np.array([0.5, 9.0, 0.5, np.inf])
    assert surrounds.surround(x, y, squares, within=2.0).position.tolist() == [0, -1, -1, -1]
    assert surrounds.surround(x, y, squares[::-1], within=2.0).position.tolist() == [0, -1, -1, -1]


def test_nothing_lies_in_the_ring_of_another():
    squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(12, 0, 20, 10)], dtype=object)
    found = surrounds.surround(np.array([13.0, 10.5]), np.array([5.0, 5.0]), squares, within=50.0)
    assert found.position.tolist() == [-1, 0]
    assert surrounds.surround(np.empty(0), np.empty(0), squares, within=5.0).position.tolist() == []
