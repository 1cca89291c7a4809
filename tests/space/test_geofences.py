"""Signed distances to polygons against shapely's, point by point."""

from __future__ import annotations

import numpy as np
import shapely

from abate.space import geofences


def shapes(generator: np.random.Generator) -> np.ndarray:
    """Ten convex hulls that overlap, one with a hole, one of two parts."""
    hulls = [
        shapely.convex_hull(shapely.multipoints(generator.uniform(0, 100, 2) + generator.uniform(0, 60, (8, 2))))
        for _ in range(10)
    ]
    hulls[0] = hulls[0].difference(hulls[0].centroid.buffer(6))
    hulls[1] = shapely.union_all([hulls[1], shapely.box(300, 300, 320, 330)])
    return np.array(hulls, dtype=object)


def test_hits_and_distances_are_shapelys() -> None:
    generator = np.random.default_rng(5)
    areas = shapes(generator)
    x, y = generator.uniform(-60, 380, (2, 3000))
    found = geofences.hits(x, y, geofences.build(areas, margin=12.0, width=9.0))
    points = shapely.points(x, y)
    far = np.array(
        [np.where(shapely.contains(area, points), -1, 1) * shapely.distance(area.boundary, points) for area in areas]
    )
    expected = np.argwhere(far.T <= 12.0)
    assert np.column_stack([found.point, found.fence]).tolist() == expected.tolist()
    assert np.allclose(found.away, far[found.fence, found.point])
    assert (found.away < 0).sum() > 100


def test_plain_and_compiled_agree_and_what_is_no_number_hits_nothing() -> None:
    fences = geofences.build(np.array([shapely.box(0, 0, 10, 20)], dtype=object), margin=5.0)
    for px, py in ((5.0, 5.0), (12.0, 10.0), (-3.0, -4.0)):
        assert geofences.away(px, py, 0, fences.outlines()) == geofences.away_plain(px, py, 0, fences.outlines())
    assert len(geofences.hits(np.array([np.nan, 5.0]), np.array([1.0, np.inf]), fences).point) == 0
    assert fences.count == 1
