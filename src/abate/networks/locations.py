"""Points put on the edges of a street graph: which edge, how far along it, how far away from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Locations:
    """Where points lie on a graph: the edge (-1: none near enough), how far along it, and how far the point is off it.

    `along` runs from the start of the edge's line; it and `apart` are in the unit of the coordinates, and
    not-a-number where there is no edge.
    """

    edge: Whole
    along: Real
    apart: Real


def locate(x: Real, y: Real, lines: Shapes, *, limit: float) -> Locations:
    """Put each point on the nearest line not further away than `limit`; of equally near ones on the first.

    >>> import shapely
    >>> roads = np.array([shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(10, 0), (10, 9)])], dtype=object)
    >>> found = locate(np.array([4.0, 11.0, 50.0]), np.array([1.0, 6.0, 0.0]), roads, limit=5)
    >>> found.edge.tolist(), found.along.tolist()
    ([0, 1, -1], [4.0, 6.0, nan])
    """
    import shapely

    points = shapely.points(x, y)
    pairs, apart = shapely.STRtree(lines).query_nearest(
        points, max_distance=max(limit * (1 + 1e-9), 1e-9), return_distance=True, all_matches=True
    )
    order = np.lexsort((pairs[1], pairs[0]))
    point, line, apart = pairs[0][order], pairs[1][order], apart[order]
    first = np.ones(len(point), dtype=bool)
    first[1:] = point[1:] != point[:-1]
    edge = np.full(len(x), -1, dtype=np.int64)
    away = np.full(len(x), np.nan)
    edge[point[first]], away[point[first]] = line[first], apart[first]
    return Locations(edge, along(x, y, lines, edge), away)


def along(x: Real, y: Real, lines: Shapes, edge: Whole) -> Real:
    """Give how far along its own line the spot nearest to each point lies; not-a-number for the edge -1."""
    import shapely

    on = edge >= 0
    found = np.full(len(x), np.nan)
    found[on] = shapely.line_locate_point(lines[edge[on]], shapely.points(x[on], y[on]))
    return found
