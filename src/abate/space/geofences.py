"""How far points are inside or outside of polygons, for millions of points and hundreds of polygons.

The idea: a raster of square cells is laid over the polygons, and each cell lists the polygons that come within the
margin of it. Most points fall in a cell that lists none and are done. The others are measured against the polygons of
their cell only.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Shapes = NDArray[np.object_]

_PARTS = 8
_THREADS = 2
_MOST_CELLS = 4_000_000


@dataclass(frozen=True)
class Geofences:
    """Polygons made ready to be asked.

    `x` and `y` are the corners of all rings, one ring after the other, the first corner repeated at the end; ring `r`
    is `ring[r]:ring[r + 1]` of them, polygon `f` has the rings `first[f]:first[f + 1]`. `margin` is how far outside a
    point still counts as a hit. The raster has its south-west corner at `west`, `south`; cell `c` lists
    `listed[begins[c]:begins[c + 1]]`.
    """

    x: Real
    y: Real
    ring: Whole
    first: Whole
    margin: float
    west: float
    south: float
    width: float
    columns: int
    rows: int
    begins: Whole
    listed: Whole

    @property
    def count(self) -> int:
        """How many polygons there are."""
        return len(self.first) - 1

    def outlines(self) -> tuple[Real, Real, Whole, Whole]:
        """Give the arrays that describe the outlines."""
        return self.x, self.y, self.ring, self.first


@dataclass(frozen=True)
class Hits:
    """Points within the margin of a polygon: the point's position, the polygon's, and how far outside it lies.

    `away` is in metres and negative inside. Hits are in the order of the points; a point near two polygons has two.
    """

    point: Whole
    fence: Whole
    away: Real


def build(shapes: Shapes, *, margin: float, width: float = 25.0) -> Geofences:
    """Make polygons ready to be asked which points lie in them or within `margin` of them.

    Shapes are valid polygons or multipolygons in a unit of length; `width` is the side of a raster cell.

    >>> import shapely
    >>> fences = build(np.array([shapely.box(0, 0, 10, 10)], dtype=object), margin=2.0)
    >>> hits(np.array([5.0, 11.5, 13.0]), np.array([5.0, 5.0, 5.0]), fences).away.tolist()
    [-5.0, 1.5]
    """
    import shapely

    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, place = shapely.get_rings(parts, return_index=True)
    of_shape = of_part[place]
    corners, of_ring = shapely.get_coordinates(rings, return_index=True)
    ring = np.searchsorted(of_ring, np.arange(len(rings) + 1)).astype(np.int64)
    first = np.searchsorted(of_shape, np.arange(len(shapes) + 1)).astype(np.int64)
    west, south, east, north = shapely.total_bounds(shapes) + np.array([-margin, -margin, margin, margin])
    width = max(width, float(np.sqrt((east - west) * (north - south) / _MOST_CELLS)))
    columns, rows = int((east - west) / width) + 1, int((north - south) / width) + 1
    cell, fence = _listed(shapes, margin, (west, south, width, columns))
    order = np.lexsort((fence, cell))
    begins = np.searchsorted(cell[order], np.arange(columns * rows + 1)).astype(np.int64)
    x, y = np.ascontiguousarray(corners[:, 0]), np.ascontiguousarray(corners[:, 1])
    return Geofences(x, y, ring, first, margin, west, south, width, columns, rows, begins, fence[order])


def _listed(shapes: Shapes, margin: float, raster: tuple[float, float, float, int]) -> tuple[Whole, Whole]:
    """Give the pairs of a raster cell and a polygon that comes within the margin of it."""
    import shapely

    west, south, width, columns = raster
    cells, fences = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for place, shape in enumerate(shapes):
        least_x, least_y, most_x, most_y = shapely.bounds(shape)
        across = np.arange(int((least_x - margin - west) / width), int((most_x + margin - west) / width) + 1)
        up = np.arange(int((least_y - margin - south) / width), int((most_y + margin - south) / width) + 1)
        column, row = (each.ravel() for each in np.meshgrid(across, up))
        left, low = west + column * width, south + row * width
        near = shapely.dwithin(shapely.box(left, low, left + width, low + width), shape, margin * (1 + 1e-9) + 1e-9)
        cells.append((row * columns + column)[near].astype(np.int64))
        fences.append(np.full(int(near.sum()), place, dtype=np.int64))
    return np.concatenate(cells), np.concatenate(fences)


def hits(x: Real, y: Real, fences: Geofences) -> Hits:
    """Find which points lie in which polygons or within their margin, and how far from the outline.

    A pair that is not finite hits nothing.
    """
    raster = (fences.west, fences.south, fences.width, fences.columns, fences.rows)
    edges = np.linspace(0, len(x), _PARTS + 1).astype(np.int64)

    def part(place: int) -> tuple[Whole, Whole, Real]:
        ends = (edges[place], edges[place + 1])
        outlines = (*fences.outlines(), fences.margin)
        found: tuple[Whole, Whole, Real] = _hits(x, y, ends, (*raster, fences.begins, fences.listed), outlines)
        return found

    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(part, range(_PARTS)))
    point, fence, away = (np.concatenate(each) for each in zip(*parts, strict=True))
    return Hits(point, fence, away)


@no_type_check
def away_plain(px: float, py: float, fence: int, outlines: tuple[Real, Real, Whole, Whole]) -> float:
    """Give how far a point lies outside a polygon; negative inside."""
    x, y, ring, first = outlines
    inside = False
    least = np.inf
    for r in range(first[fence], first[fence + 1]):
        for k in range(ring[r], ring[r + 1] - 1):
            ax, ay, bx, by = x[k], y[k], x[k + 1], y[k + 1]
            if (ay > py) != (by > py) and px < ax + (py - ay) / (by - ay) * (bx - ax):
                inside = not inside
            dx, dy = bx - ax, by - ay
            length = dx * dx + dy * dy
            part = 0.0 if length == 0.0 else min(max(((px - ax) * dx + (py - ay) * dy) / length, 0.0), 1.0)
            ex, ey = px - ax - part * dx, py - ay - part * dy
            least = min(least, ex * ex + ey * ey)
    far = np.sqrt(least)
    return -far if inside else far


away: Any = numba.njit(cache=True, nogil=True)(away_plain)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _hits(x, y, ends, raster, fences):
    west, south, width, columns, rows, begins, listed = raster
    outlines, margin = fences[:4], fences[4]
    room = max(16, (ends[1] - ends[0]) // 4)
    point, fence, far = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.float64)
    found = 0
    for i in range(ends[0], ends[1]):
        if not (np.isfinite(x[i]) and np.isfinite(y[i])):
            continue
        column, row = np.floor((x[i] - west) / width), np.floor((y[i] - south) / width)
        if column < 0 or row < 0 or column >= columns or row >= rows:
            continue
        cell = np.int64(row) * columns + np.int64(column)
        for k in range(begins[cell], begins[cell + 1]):
            apart = away(x[i], y[i], listed[k], outlines)
            if apart <= margin:
                if found == room:
                    room *= 2
                    point = np.append(point, np.empty(room - found, np.int64))
                    fence = np.append(fence, np.empty(room - found, np.int64))
                    far = np.append(far, np.empty(room - found, np.float64))
                point[found], fence[found], far[found] = i, listed[k], apart
                found += 1
    return point[:found], fence[:found], far[:found]
