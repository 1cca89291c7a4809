"""Points on streets: the nearest line, how far along, how far off."""

from __future__ import annotations

import numpy as np
import shapely

from abate.networks import locations


def test_every_point_goes_to_its_nearest_line_as_a_slow_search_says():
    rng = np.random.default_rng(1)
    roads = shapely.linestrings(rng.uniform(0, 100, (25, 3, 2)))
    x, y = rng.uniform(0, 100, (2, 60))
    found = locations.locate(x, y, roads, limit=6)
    for one in range(60):
        apart = shapely.distance(roads, shapely.Point(x[one], y[one]))
        if apart.min() > 6:
            assert found.edge[one] == -1
            assert np.isnan(found.along[one])
        else:
            assert found.edge[one] == int(np.argmin(apart))
            spot = shapely.line_interpolate_point(roads[found.edge[one]], found.along[one])
            assert shapely.distance(spot, shapely.Point(x[one], y[one])) - apart.min() < 1e-9
            assert found.apart[one] == apart.min()


def test_of_equally_near_lines_the_first_is_taken():
    roads = np.array([shapely.LineString([(5, 0), (5, 9)]), shapely.LineString([(0, 0), (5, 0)])], dtype=object)
    found = locations.locate(np.array([5.0]), np.array([0.0]), roads, limit=1)
    assert (found.edge.tolist(), found.along.tolist(), found.apart.tolist()) == ([0], [0.0], [0.0])


def test_a_point_on_a_known_line_is_put_on_it_however_far():
    roads = np.array([shapely.LineString([(0, 0), (10, 0)])], dtype=object)
    where = locations.along(np.array([3.0, 99.0]), np.array([50.0, 0.0]), roads, np.array([0, 0]))
    assert where.tolist() == [3.0, 10.0]
