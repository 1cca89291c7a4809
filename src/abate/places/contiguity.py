"""Which places a patrol can walk between: those with an edge in common that is open ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abate.tables import PLACES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_LEAST_EDGE = 0.02
_SLACK = 1e-3


def join(places: pd.DataFrame, *, barred: Any | None = None, streets: pd.DataFrame | None = None) -> NDArray[np.int64]:
    """List the pairs of places that a patrol can walk between, as rows of `places`, in the shape (pairs, 2).

    Two places are joined where they share a stretch of edge, at least a fiftieth of the root of the smaller one's area
    (a corner alone does not join them). With `barred` (a shape) some of that stretch must lie outside it, so that
    nothing is joined across excluded ground. With `streets` (a column `shape` of lines) a street must cross the
    stretch or run along it outside `barred`: ground is walked by its streets. Each pair stands once, the lower row
    first.

    >>> import pandas as pd, shapely
    >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 1, 3, 2)]
    >>> row = pd.DataFrame({"place_id": ["a", "b", "c"], "area_km2": 1.0, "easting": 0.0, "northing": 0.0})
    >>> join(row.assign(shape=boxes)).tolist()
    [[0, 1]]
    """
    import shapely

    PLACES.check(places)
    shapes = places["shape"].to_numpy(dtype=object)
    if not len(shapes):
        return np.empty((0, 2), dtype=np.int64)
    width = np.sqrt(shapely.area(shapes))
    slack = _SLACK * float(width.max())
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=slack)
    once = one < other
    one, other = one[once], other[once]
    # edges of neighbours may miss each other by a rounding: the stretch is what lies within a hair of both
    edges = shapely.intersection(shapely.buffer(shapes[one], slack, quad_segs=1), shapely.boundary(shapes[other]))
    least = np.minimum(width[one], width[other]) * _LEAST_EDGE + 2 * slack
    open_edges = edges if barred is None else shapely.difference(edges, barred)
    joined = shapely.length(open_edges) > least
    if streets is not None:
        joined[joined] = _walked(open_edges[joined], streets["shape"].to_numpy(dtype=object), slack)
    pairs = np.column_stack([one[joined], other[joined]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _walked(edges: NDArray[np.object_], lines: NDArray[np.object_], slack: float) -> NDArray[np.bool_]:
    """Tell which edges a street crosses or runs along."""
    import shapely

    crossed = np.zeros(len(edges), dtype=bool)
    if len(lines):
        crossed[shapely.STRtree(lines).query(edges, predicate="dwithin", distance=slack)[0]] = True
    return crossed
