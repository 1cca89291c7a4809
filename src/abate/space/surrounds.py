"""Which of several shapes a point outside all of them is nearest to: rings about places, with the places cut out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Surrounded:
    """The position of the shape in whose ring each point lies (-1: none), and which points are near more than one."""

    position: Whole
    several: Flags


def surround(x: Real, y: Real, shapes: Shapes, *, within: float) -> Surrounded:
    """Find the ring that each point lies in: at most `within` from the nearest shape, and inside none.

    A point that is near several shapes goes to the nearest, and of two that are equally near to the first in the order
    given. A point on the edge of a shape is inside it. A pair that is not finite lies in no ring.

    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(4, 0, 5, 1)], dtype=object)
    >>> found = surround(np.array([0.5, 1.0, 1.5, 3.0, 9.0]), np.full(5, 0.5), squares, within=3)
    >>> found.position.tolist(), found.several.tolist()
    ([-1, -1, 0, 1, -1], [False, False, True, True, False])
    """
    import shapely

    position = np.full(len(x), len(shapes), dtype=np.int64)
    near = np.zeros(len(x), dtype=np.int64)
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    tree = shapely.STRtree(shapes)
    points = shapely.points(x[known], y[known])
    (nearest, shape), apart = tree.query_nearest(points, max_distance=within, return_distance=True, all_matches=True)
    np.minimum.at(position, known[nearest], np.where(apart > 0, shape, -1))
    reached, _ = tree.query(points, predicate="dwithin", distance=within)
    np.add.at(near, known[reached], 1)
    position[position == len(shapes)] = -1
    return Surrounded(position, (near > 1) & (position >= 0))
