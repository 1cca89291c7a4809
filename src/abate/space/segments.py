"""Lines cut into segments where they meet, and the nearest segment to each of many points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Nearest:
    """The position of the line nearest to each point (-1: none within the limit), and how far away it is.

    `distance` is in the unit of the coordinates, and not-a-number where there is no line.
    """

    position: Whole
    distance: Real


@dataclass(frozen=True)
class Pieces:
    """Lines cut where they meet: each piece's shape, the position of the line it was cut from, its number along it."""

    shapes: Shapes
    line: Whole
    number: Whole


def nearest(x: Real, y: Real, lines: Shapes, *, limit: float) -> Nearest:
    """Find the line nearest to each point, not further away than `limit`.

    Among lines that are equally near (at a junction, say) the first in the order given is taken. Points that repeat
    are looked up once. Distances are in the unit of the coordinates; a pair that is not finite is near no line.

    >>> import shapely
    >>> roads = np.array([shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(0, 4), (10, 4)])], dtype=object)
    >>> found = nearest(np.array([1.0, 1.0, 5.0]), np.array([1.0, 2.0, 50.0]), roads, limit=9)
    >>> found.position.tolist(), found.distance.tolist()
    ([0, 0, -1], [1.0, 2.0, nan])
    """
    import shapely

    position = np.full(len(x), -1, dtype=np.int64)
    distance = np.full(len(x), np.nan)
    known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    if not len(known) or not len(lines):
        return Nearest(position, distance)
    pairs, same = np.unique(np.column_stack([x[known], y[known]]), axis=0, return_inverse=True)
    (point, line), apart = shapely.STRtree(lines).query_nearest(
        shapely.points(pairs), max_distance=_just_over(limit), return_distance=True, all_matches=True
    )
    order = np.lexsort((line, point))
    point, line, apart = point[order], line[order], apart[order]
    first = np.r_[True, point[1:] != point[:-1]] if len(point) else np.empty(0, dtype=bool)
    first &= apart <= limit
    found, away = np.full(len(pairs), -1, dtype=np.int64), np.full(len(pairs), np.nan)
    found[point[first]], away[point[first]] = line[first], apart[first]
    position[known], distance[known] = found[same.ravel()], away[same.ravel()]
    return Nearest(position, distance)


def _just_over(limit: float) -> float:
    return max(limit * (1 + 1e-9), 1e-9)


def split(lines: Shapes) -> Pieces:
    """Cut lines at the points where one of their corners is also a corner of another line, or of the same line again.

    Lines that cross without a shared corner (a bridge over a street) are not cut. A closed line is not cut where it
    begins. Pieces come in the order of the lines, and along each line.

    >>> import shapely
    >>> cross = [shapely.LineString([(0, 0), (1, 0), (2, 0)]), shapely.LineString([(1, 0), (1, 5)])]
    >>> found = split(np.array(cross, dtype=object))
    >>> [piece.wkt for piece in found.shapes]
    ['LINESTRING (0 0, 1 0)', 'LINESTRING (1 0, 2 0)', 'LINESTRING (1 0, 1 5)']
    >>> found.line.tolist(), found.number.tolist()
    ([0, 0, 1], [0, 1, 0])
    """
    import shapely

    corners, line = shapely.get_coordinates(lines, return_index=True)
    if not len(line):
        none = np.empty(0, dtype=np.int64)
        return Pieces(np.empty(0, dtype=object), none, none)
    line = line.astype(np.int64)
    node = _nodes(corners)
    begins = np.r_[True, line[1:] != line[:-1]]
    ends = np.r_[begins[1:], True]
    met = np.bincount(node)
    middle = ~begins & ~ends
    cut = middle & (met[node] > 1)
    # a corner at which the line is cut ends one piece and begins the next: it stands twice
    copies = 1 + cut.astype(np.int64)
    where = np.repeat(np.arange(len(line)), copies)
    again = np.r_[False, where[1:] == where[:-1]]
    piece = np.cumsum(begins[where] & ~again | again) - 1
    shapes = shapely.linestrings(corners[where], indices=piece)
    of_line = line[where][np.r_[True, piece[1:] != piece[:-1]]]
    first = np.searchsorted(of_line, of_line, side="left")
    return Pieces(shapes, of_line, np.arange(len(of_line)) - first)


def _nodes(corners: Real) -> Whole:
    across, _ = pd.factorize(corners[:, 0])
    up, values = pd.factorize(corners[:, 1])
    node, _ = pd.factorize(across.astype(np.int64) * len(values) + up)
    return node.astype(np.int64)
