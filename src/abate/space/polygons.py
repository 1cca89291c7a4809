"""Which polygon a point lies in, exactly and for millions of points; and polygons mended before they are used.

The idea: lay a fine raster over the polygons. A raster cell that no outline passes through lies wholly inside or
wholly outside each polygon, so that all its points share one answer, found once. Only points in the other cells are
tested against the few polygons whose outlines pass there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]
    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_MOST_RASTER = 16_000_000
_RASTER_PER_POINT = 8
_MARGIN = 1e-9


@dataclass(frozen=True)
class Mended:
    """Polygons that are all valid, and which of them were not before."""

    shapes: Shapes
    mended: Flags


@dataclass(frozen=True)
class Located:
    """The position of the polygon that each point is in (-1: none), and which points lie inside more than one."""

    position: Whole
    overlapping: Flags


def mend(shapes: Shapes) -> Mended:
    """Make every polygon valid: self-touching outlines are taken apart, what is not an area is dropped.

    >>> import shapely
    >>> bow = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    >>> found = mend(np.array([bow], dtype=object))
    >>> found.mended.tolist(), float(found.shapes[0].area)
    ([True], 2.0)
    """
    import shapely

    wrong = ~shapely.is_valid(shapes)
    mended = shapes.copy()
    if wrong.any():
        mended[wrong] = polygonal(shapely.make_valid(shapes[wrong]))
    return Mended(mended, wrong)


def polygonal(shapes: Shapes) -> Shapes:
    """Keep the areas of mixed collections, dropping stray lines and points; nothing left is an empty polygon.

    >>> import shapely
    >>> mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)), POINT (5 5))")
    >>> polygonal(np.array([mixed], dtype=object))[0].wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    import shapely

    types = shapely.get_type_id(shapes)
    kept = shapes.copy()
    for position in np.flatnonzero((types != 3) & (types != 6)):
        areas = [part for part in _flat(shapes[position]) if part.geom_type == "Polygon"]
        kept[position] = areas[0] if len(areas) == 1 else shapely.union_all(areas) if areas else shapely.Polygon()
    return kept


def _flat(shape: Any) -> list[Any]:
    if not hasattr(shape, "geoms"):
        return [shape]
    return [part for member in shape.geoms for part in _flat(member)]


def locate(x: Real, y: Real, shapes: Shapes) -> Located:
    """Find the polygon that each point lies in.

    A point on an edge, or inside several polygons that overlap, goes to the first of them in the order given; the
    second case is told by `overlapping`. A pair that is not finite lies in none. Polygons must be valid (see `mend`).

    >>> import shapely
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    >>> locate(np.array([0.5, 1.0, 1.5, 9.0]), np.array([0.5, 0.5, 0.5, 0.5]), squares).position.tolist()
    [0, 0, 1, -1]
    """
    import shapely

    position = np.full(len(x), len(shapes), dtype=np.int64)
    overlapping = np.zeros(len(x), dtype=bool)
    bounds = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    near = np.flatnonzero((x >= bounds[0]) & (y >= bounds[1]) & (x <= bounds[2]) & (y <= bounds[3]))
    if len(near):
        same, distinct = _distinct(x[near], y[near])
        found, several = _locate(x[near][distinct], y[near][distinct], shapes, _raster(bounds, len(distinct)))
        position[near], overlapping[near] = found[same], several[same]
    position[position == len(shapes)] = -1
    return Located(position, overlapping)


def _locate(x: Real, y: Real, shapes: Shapes, raster: _Raster) -> tuple[Whole, Flags]:
    answers = _answers(shapes, raster)
    cell = raster.cell(x, y)
    position, overlapping = answers.first[cell].astype(np.int64), answers.several[cell]
    unsure = np.flatnonzero(answers.crossed[cell] >= 0)
    position[unsure], overlapping[unsure] = _test(x[unsure], y[unsure], raster, answers, shapes)
    return position, overlapping


@dataclass(frozen=True)
class _Raster:
    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    def column(self, x: Real) -> Whole:
        return np.clip(((x - self.west) / self.width).astype(np.int64), 0, self.columns - 1)

    def row(self, y: Real) -> Whole:
        return np.clip(((y - self.south) / self.height).astype(np.int64), 0, self.rows - 1)

    def cell(self, x: Real, y: Real) -> Whole:
        return self.row(y) * self.columns + self.column(x)


@dataclass(frozen=True)
class _Answers:
    """What is known of each raster cell before any point is looked at.

    `first` is the first polygon all round it (the number of polygons if there is none), `several` whether there are
    more, `crossed` its number among the cells that an outline passes (-1: none does). `polygon[start[k]:start[k + 1]]`
    are the polygons to test in the k-th of these.
    """

    first: NDArray[np.int32]
    several: Flags
    crossed: NDArray[np.int32]
    start: Whole
    polygon: Whole


def _raster(bounds: Real, points: int) -> _Raster:
    west, south, east, north = (float(value) for value in bounds)
    wide, high = max(east - west, _MARGIN), max(north - south, _MARGIN)
    cells = min(_MOST_RASTER, max(1024, _RASTER_PER_POINT * points))
    columns = int(np.clip(round((cells * wide / high) ** 0.5), 1, cells))
    rows = max(1, cells // columns)
    return _Raster(west, south, wide / columns, high / rows, columns, rows)


def _answers(shapes: Shapes, raster: _Raster) -> _Answers:
    polygon, cell = _crossings(shapes, raster)
    inner_polygon, inner_cell = _interiors(polygon, cell, shapes, raster)
    cells = raster.columns * raster.rows
    crossed = np.full(cells, -1, dtype=np.int32)
    crossed[cell] = 0
    passed = np.flatnonzero(crossed == 0)
    crossed[passed] = np.arange(len(passed))
    first = np.full(cells, len(shapes), dtype=np.int32)
    first[inner_cell[::-1]] = inner_polygon[::-1]
    several = np.zeros(cells, dtype=bool)
    several[inner_cell[first[inner_cell] != inner_polygon]] = True
    also = crossed[inner_cell] >= 0
    number = crossed[np.concatenate([cell, inner_cell[also]])].astype(np.int64)
    start = np.concatenate([[0], np.cumsum(np.bincount(number, minlength=len(passed)))])
    by_number = np.sort(number * len(shapes) + np.concatenate([polygon, inner_polygon[also]]))
    return _Answers(first, several, crossed, start, by_number % len(shapes))


def _crossings(shapes: Shapes, raster: _Raster) -> tuple[Whole, Whole]:
    """List the (polygon, cell) pairs where an outline may pass, sorted: every cell it passes, and a few more."""
    from_x, from_y, to_x, to_y, owner = _edges(shapes)
    wide, high = raster.width, raster.height
    pieces = np.ceil(np.maximum(np.abs(to_x - from_x) / wide, np.abs(to_y - from_y) / high)).astype(np.int64)
    pieces = np.maximum(pieces, 1)
    edge = np.repeat(np.arange(len(owner)), pieces)
    step = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start, end = step / pieces[edge], (step + 1) / pieces[edge]
    along_x, along_y = (to_x - from_x)[edge], (to_y - from_y)[edge]
    ends_x = np.stack([from_x[edge] + start * along_x, from_x[edge] + end * along_x])
    ends_y = np.stack([from_y[edge] + start * along_y, from_y[edge] + end * along_y])
    slack_x, slack_y = _slack(wide, ends_x), _slack(high, ends_y)
    left, right = raster.column(ends_x.min(axis=0) - slack_x), raster.column(ends_x.max(axis=0) + slack_x)
    bottom, top = raster.row(ends_y.min(axis=0) - slack_y), raster.row(ends_y.max(axis=0) + slack_y)
    cells = np.int64(raster.columns) * raster.rows
    base = owner[edge] * cells
    keys = []
    # a piece spans two columns and two rows, with the slack sometimes three
    for up in range(int((top - bottom).max()) + 1):
        for across in range(int((right - left).max()) + 1):
            touched = (left + across <= right) & (bottom + up <= top)
            keys.append((base + (bottom + up) * raster.columns + left + across)[touched])
    found = np.sort(np.concatenate(keys))
    distinct = found[np.r_[True, found[1:] != found[:-1]]]
    return distinct // cells, distinct % cells


def _slack(width: float, coordinates: Real) -> float:
    """More than rounding can move a point, and little beside a raster cell."""
    return float(width * 1e-6 + 8 * np.spacing(np.abs(coordinates).max()))


def _edges(shapes: Shapes) -> tuple[Real, Real, Real, Real, Whole]:
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    start, end = corners[:-1][same], corners[1:][same]
    return start[:, 0], start[:, 1], end[:, 0], end[:, 1], owner[part[ring[:-1][same]]].astype(np.int64)


def _interiors(polygon: Whole, cell: Whole, shapes: Shapes, raster: _Raster) -> tuple[Whole, Whole]:
    """List the (polygon, cell) pairs where a cell lies wholly inside, sorted.

    Along a raster row, the gap between two cells that a polygon's outline passes is wholly inside or wholly outside
    that polygon; its first cell's middle tells which.
    """
    import shapely

    row = cell // raster.columns
    gap = (polygon[1:] == polygon[:-1]) & (row[1:] == row[:-1]) & (cell[1:] - cell[:-1] > 1)
    starts, ends, owner = cell[:-1][gap] + 1, cell[1:][gap], polygon[:-1][gap]
    middle_x = raster.west + (starts % raster.columns + 0.5) * raster.width
    middle_y = raster.south + (starts // raster.columns + 0.5) * raster.height
    shapely.prepare(shapes)
    inside = shapely.contains_xy(shapes[owner], middle_x, middle_y)
    starts, lengths, owner = starts[inside], (ends - starts)[inside], owner[inside]
    step = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(owner, lengths), np.repeat(starts, lengths) + step


def _test(x: Real, y: Real, raster: _Raster, answers: _Answers, shapes: Shapes) -> tuple[Whole, Flags]:
    """Test each point against the polygons of its raster cell."""
    import shapely

    number = answers.crossed[raster.cell(x, y)]
    start = answers.start[number]
    tests = answers.start[number + 1] - start
    point = np.repeat(np.arange(len(x)), tests)
    pair = np.arange(len(point)) - np.repeat(np.cumsum(tests) - tests, tests) + np.repeat(start, tests)
    candidate = answers.polygon[pair]
    order = np.argsort(candidate)
    point, candidate = point[order], candidate[order]
    hit = shapely.intersects_xy(shapes[candidate], x[point], y[point])
    point, candidate = point[hit], candidate[hit]
    position = np.full(len(x), len(shapes), dtype=np.int64)
    position[point[::-1]] = candidate[::-1]
    return position, _overlaps(x, y, point, candidate, shapes)


def _overlaps(x: Real, y: Real, point: Whole, candidate: Whole, shapes: Shapes) -> Flags:
    """Tell the points that lie inside, not on the edge of, more than one polygon."""
    import shapely

    shared = np.bincount(point, minlength=len(x))[point] > 1
    point, candidate = point[shared], candidate[shared]
    inside = shapely.contains_xy(shapes[candidate], x[point], y[point])
    return np.bincount(point[inside], minlength=len(x)) > 1


def _distinct(x: Real, y: Real) -> tuple[Whole, Whole]:
    """Give each point's number among the distinct points, and where each distinct point first stands.

    Where fewer than half repeat, finding them costs more than it saves: then every point counts as distinct. So it
    does in the very rare case that two different points share a key.
    """
    apart = np.arange(len(x), dtype=np.int64)
    mixed = x.view(np.uint64)
    # whole metres differ in the upper bits only: fold these down before they are spread
    mixed = (mixed ^ (mixed >> np.uint64(32))) * np.uint64(0x9E3779B97F4A7C15)
    key = mixed ^ (mixed >> np.uint64(29)) ^ y.view(np.uint64)
    ordered = np.sort(key)
    if 2 * np.count_nonzero(ordered[1:] != ordered[:-1]) > len(x):
        return apart, apart
    same, keys = pd.factorize(key)
    first = np.empty(len(keys), dtype=np.int64)
    first[same[::-1]] = apart[::-1]
    if not (np.array_equal(x[first][same], x) and np.array_equal(y[first][same], y)):
        return apart, apart
    return same.astype(np.int64), first
