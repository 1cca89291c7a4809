"""Grids of squares and hexagons that never move: which cell a point is in, and which cells a region needs.

A cell is a pair of whole numbers (column, row), counted from the grid's origin. The corners of neighbouring cells are
made from the same whole numbers, so that they agree to the last bit and the outlines leave no gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from abate.errors import OptionError
from abate.space.polygons import polygonal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

MOST_CELLS = 5_000_000
_LEAF = 32
_SLIVER = 1e-9


@dataclass(frozen=True)
class Grid:
    """A regular grid: the form of its cells, their size, and where it is fixed; all in the unit of the coordinates.

    `size` is the side of a square or the width of a hexagon across its flats. Square (0, 0) has its south-west
    corner at the origin; hexagon (0, 0) has its middle there. Hexagons stand on a corner: flats face west and east,
    and odd rows are shifted east by half a width.
    """

    form: Literal["square", "hexagon"]
    size: float
    east: float = 0.0
    north: float = 0.0

    @property
    def area(self) -> float:
        """The area of one cell, in square units.

        >>> Grid("square", 250).area, round(Grid("hexagon", 150).area, 1)
        (62500, 19485.6)
        """
        return self.size**2 if self.form == "square" else sqrt(3) / 2 * self.size**2

    @property
    def rise(self) -> float:
        """How far one row's middles lie north of those of the row before."""
        return self.size if self.form == "square" else sqrt(3) / 2 * self.size


class Cells(NamedTuple):
    """Cells of a grid, by column and row."""

    column: Whole
    row: Whole


@dataclass(frozen=True)
class Covering:
    """The cells that share some area with a region, by row and column, each with the part that lies in the region."""

    cells: Cells
    shape: NDArray[np.object_]
    area: Real
    whole: NDArray[np.bool_]


def locate(grid: Grid, x: Real, y: Real) -> Cells:
    """Find the cell of each point.

    A point on an edge belongs to the square east or north of it, and to the hexagon south or else west of it. Points
    must be finite.

    >>> cells = locate(Grid("square", 250), np.array([530300.0, 530500.0]), np.array([179600.0, 179600.0]))
    >>> cells.column.tolist(), cells.row.tolist()
    ([2121, 2122], [718, 718])
    """
    if grid.form == "square":
        return Cells(_strip(x, grid.east, grid.size), _strip(y, grid.north, grid.size))
    below = np.floor((y - grid.north) / grid.rise).astype(np.int64)
    lower, upper = _nearest_in_row(grid, x, below), _nearest_in_row(grid, x, below + 1)
    take_upper = _apart(grid, lower, x, y) > _apart(grid, upper, x, y)
    return Cells(np.where(take_upper, upper.column, lower.column), np.where(take_upper, upper.row, lower.row))


def _strip(values: Real, origin: float, size: float) -> Whole:
    found = np.floor((values - origin) / size).astype(np.int64)
    found -= values < origin + found * size
    found += values >= origin + (found + 1) * size
    return found


def _nearest_in_row(grid: Grid, x: Real, row: Whole) -> Cells:
    along = (x - grid.east) / grid.size - (row & 1) / 2
    return Cells(np.ceil(along - 0.5).astype(np.int64), row)


def _apart(grid: Grid, cells: Cells, x: Real, y: Real) -> Real:
    east, north = centres(grid, cells)
    return (x - east) ** 2 + (y - north) ** 2


def centres(grid: Grid, cells: Cells) -> tuple[Real, Real]:
    """Give the easting and northing of the middle of each cell.

    >>> east, north = centres(Grid("square", 250), Cells(np.array([2121]), np.array([718])))
    >>> float(east[0]), float(north[0])
    (530375.0, 179625.0)
    """
    squares = grid.form == "square"
    shift = np.full(len(cells.row), 0.5) if squares else (cells.row & 1) / 2
    east = grid.east + (cells.column + shift) * grid.size
    north = grid.north + (cells.row + (0.5 if squares else 0.0)) * grid.rise
    return east.astype(np.float64, copy=False), north.astype(np.float64, copy=False)


def outlines(grid: Grid, cells: Cells) -> NDArray[np.object_]:
    """Draw each cell as a polygon.

    >>> outlines(Grid("square", 250), Cells(np.array([0]), np.array([1])))[0].wkt
    'POLYGON ((0 250, 250 250, 250 500, 0 500, 0 250))'
    """
    import shapely

    if grid.form == "square":
        steps_x, steps_y = np.array([0, 1, 1, 0, 0]), np.array([0, 0, 1, 1, 0])
        east = grid.east + (cells.column[:, None] + steps_x) * grid.size
        north = grid.north + (cells.row[:, None] + steps_y) * grid.size
    else:
        steps_x, steps_y = np.array([0, 1, 1, 0, -1, -1, 0]), np.array([-2, -1, 1, 2, 1, -1, -2])
        east = grid.east + (2 * cells.column[:, None] + (cells.row & 1)[:, None] + steps_x) * (grid.size / 2)
        north = grid.north + (3 * cells.row[:, None] + steps_y) * (grid.rise / 3)
    drawn: NDArray[np.object_] = shapely.polygons(np.stack([east, north], axis=-1))
    return drawn


def covering(grid: Grid, region: Any, *, most: int = MOST_CELLS) -> Covering:
    """List every cell that shares some area with a region (a valid polygon), cut to the region.

    The region is quartered until a part lies wholly inside, wholly outside, or is a few cells across; only the last
    need cutting. Cells that merely touch the region are left out.

    Raises `OptionError`, before any cell is made, when more than `most` cells would be needed.

    >>> import shapely
    >>> found = covering(Grid("square", 100), shapely.box(50, 0, 200, 100))
    >>> found.cells.column.tolist(), found.area.tolist()
    ([0, 1], [5000.0, 10000.0])
    """
    import shapely

    if (needed := region.area / grid.area) > most:
        raise _too_many(grid, needed, most)
    parts = [*_quarters(grid, region, _around(grid, shapely.bounds(region)))] if not region.is_empty else []
    if (found := sum(len(cells.row) for cells, _ in parts)) > most:
        raise _too_many(grid, found, most)
    cut = [_cut(grid, cells, local) for cells, local in parts]
    if not cut:
        none = np.empty(0, dtype=np.int64)
        return Covering(Cells(none, none), np.empty(0, dtype=object), np.empty(0), np.empty(0, dtype=bool))
    column, row, shape, area, whole = (np.concatenate(values) for values in zip(*cut, strict=True))
    order = np.lexsort((column, row))
    return Covering(Cells(column[order], row[order]), shape[order], area[order], whole[order])


def spread(grid: Grid, bounds: tuple[float, float, float, float]) -> float:
    """Count the cells that it takes to cover a box (west, south, east, north).

    >>> spread(Grid("square", 100), (0, 0, 1000, 500))
    50.0
    """
    west, south, east, north = bounds
    return max(1.0, (east - west) / grid.size) * max(1.0, (north - south) / grid.rise)


def _too_many(grid: Grid, needed: float, most: int) -> OptionError:
    return OptionError(
        f"{grid.form}s of {grid.size:g} would cut the region into {needed:,.0f} cells, "
        f"and at most {most:,} are made: choose a larger size"
    )


_Block = tuple[int, int, int, int]


def _around(grid: Grid, bounds: Real) -> _Block:
    west, south, east, north = (float(value) for value in bounds)
    return (
        floor((west - grid.east) / grid.size) - 1,
        floor((south - grid.north) / grid.rise) - 1,
        ceil((east - grid.east) / grid.size) + 1,
        ceil((north - grid.north) / grid.rise) + 1,
    )


def _quarters(grid: Grid, region: Any, block: _Block) -> Iterator[tuple[Cells, Any | None]]:
    """Give the cells of a block in parts: with None where they lie wholly inside, else with the region nearby."""
    import shapely

    box = _box(grid, block)
    if not shapely.intersects(region, box):
        return
    west, south, east, north = block
    if shapely.contains(region, box):
        yield _all_in(block), None
    elif max(east - west, north - south) < _LEAF:
        yield _all_in(block), _clip(region, box)
    else:
        local = _clip(region, box)
        across, up = (west + east) // 2, (south + north) // 2
        halves_x = [(west, across), (across + 1, east)] if east > west else [(west, east)]
        halves_y = [(south, up), (up + 1, north)] if north > south else [(south, north)]
        for left, right in halves_x:
            for bottom, top in halves_y:
                yield from _quarters(grid, local, (left, bottom, right, top))


def _clip(region: Any, box: Any) -> Any:
    import shapely

    return polygonal(np.array([shapely.intersection(region, box)], dtype=object))[0]


def _box(grid: Grid, block: _Block) -> Any:
    import shapely

    west, south, east, north = block
    return shapely.box(
        grid.east + (west - 1) * grid.size,
        grid.north + (south - 1) * grid.rise,
        grid.east + (east + 2) * grid.size,
        grid.north + (north + 2) * grid.rise,
    )


def _all_in(block: _Block) -> Cells:
    west, south, east, north = block
    columns, rows = np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1))
    return Cells(columns.ravel().astype(np.int64), rows.ravel().astype(np.int64))


def _cut(grid: Grid, cells: Cells, local: Any | None) -> tuple[Whole, Whole, NDArray[np.object_], Real, Any]:
    import shapely

    shape = outlines(grid, cells)
    whole = np.ones(len(shape), dtype=bool)
    if local is not None:
        shapely.prepare(local)
        whole = shapely.contains(local, shape)
        edge = shapely.intersects(local, shape) & ~whole
        shape[edge] = polygonal(shapely.intersection(shape[edge], local))
        kept = whole | edge
        cells, shape, whole = Cells(cells.column[kept], cells.row[kept]), shape[kept], whole[kept]
    area = np.where(whole, grid.area, shapely.area(shape))
    kept = area > _SLIVER * grid.area
    return cells.column[kept], cells.row[kept], shape[kept], area[kept], whole[kept]
