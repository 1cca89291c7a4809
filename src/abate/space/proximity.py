"""How near the things of a kind are to each of many points, and how many of them are near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]


def distances(points: Real, things: Real) -> Real:
    """Give the distance from each point to the nearest thing, in the unit of the coordinates; infinite without any.

    `points` and `things` have the shape (number, 2).

    >>> distances(np.array([[0.0, 0.0], [3.0, 4.0]]), np.array([[0.0, 0.0]])).tolist()
    [0.0, 5.0]
    """
    from scipy.spatial import cKDTree

    if not len(things):
        return np.full(len(points), np.inf)
    nearest: Real = cKDTree(things).query(points)[0]
    return nearest


def closeness(points: Real, things: Real, *, reach: float) -> Real:
    """Give 1 at a thing, falling evenly to 0 at `reach` from the nearest one, and 0 beyond.

    >>> closeness(np.array([[0.0, 0.0], [30.0, 0.0], [500.0, 0.0]]), np.array([[0.0, 0.0]]), reach=120).tolist()
    [1.0, 0.75, 0.0]
    """
    return np.maximum(0.0, 1.0 - distances(points, things) / reach)


def density(points: Real, things: Real, *, reach: float) -> Real:
    """Count the things within `reach` of each point, each weighing 1 at the point and falling smoothly to 0 there.

    The weight is (1 - (distance / reach)²)², the quartic kernel scaled to 1 at its middle.

    >>> density(np.array([[0.0, 0.0]]), np.array([[0.0, 0.0], [0.0, 0.0], [60.0, 80.0]]), reach=200).tolist()
    [2.5625]
    """
    from scipy.spatial import cKDTree

    if not len(things):
        return np.zeros(len(points))
    pairs = cKDTree(points).sparse_distance_matrix(cKDTree(things), reach, output_type="ndarray")
    ordered = pairs[np.lexsort((pairs["v"], pairs["i"]))]
    weights = np.maximum(0.0, 1.0 - (ordered["v"] / reach) ** 2) ** 2
    summed: Real = np.bincount(ordered["i"], weights=weights, minlength=len(points)).astype(np.float64)
    return summed
