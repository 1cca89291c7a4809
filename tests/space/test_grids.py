from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space import grids
from abate.space.grids import Cells, Grid

FORMS: list[Literal["square", "hexagon"]] = ["square", "hexagon"]
sizes = st.floats(0.5, 3000, allow_nan=False)
origins = st.floats(-5000, 5000, allow_nan=False)
positions = st.floats(-1e6, 1e6, allow_nan=False)


def block(grid: Grid, columns: range, rows: range) -> Cells:
    across, up = np.meshgrid(np.array(columns, dtype=np.int64), np.array(rows, dtype=np.int64))
    return Cells(across.ravel(), up.ravel())


@pytest.mark.parametrize("form", FORMS)
@given(size=sizes, east=origins, north=origins, x=positions, y=positions)
def test_a_point_lies_in_the_outline_of_its_cell(
    form: Literal["square", "hexagon"], size: float, east: float, north: float, x: float, y: float
) -> None:
    grid = Grid(form, size, east, north)
    outline = grids.outlines(grid, grids.locate(grid, np.array([x]), np.array([y])))[0]
    assert outline.distance(shapely.Point(x, y)) <= (0.0 if form == "square" else 1e-8)


@pytest.mark.parametrize("form", FORMS)
@given(size=sizes, east=origins, north=origins, x=positions, y=positions)
def test_no_other_middle_is_nearer(
    form: Literal["square", "hexagon"], size: float, east: float, north: float, x: float, y: float
) -> None:
    """The plain version of finding a cell: look at every neighbour, take the nearest middle (for squares by the
    larger of the two ways)."""
    grid = Grid(form, size, east, north)
    found = grids.locate(grid, np.array([x]), np.array([y]))
    column, row = int(found.column[0]), int(found.row[0])
    near = block(grid, range(column - 2, column + 3), range(row - 2, row + 3))
    middles = np.stack(grids.centres(grid, near), axis=1) - [x, y]
    ways = np.hypot(*middles.T) if form == "hexagon" else np.abs(middles).max(axis=1)
    own = np.array(grids.centres(grid, found)).ravel() - [x, y]
    own_way = np.hypot(*own) if form == "hexagon" else np.abs(own).max()
    assert own_way <= ways.min() + 1e-8


@pytest.mark.parametrize("form", FORMS)
@given(size=sizes, east=origins, north=origins)
def test_cells_tile_without_gap_or_overlap(
    form: Literal["square", "hexagon"], size: float, east: float, north: float
) -> None:
    grid = Grid(form, size, east, north)
    drawn = grids.outlines(grid, block(grid, range(-3, 3), range(-3, 3)))
    joined = shapely.union_all(drawn)
    assert shapely.coverage_is_valid(drawn)
    assert shapely.get_num_interior_rings(joined) == 0
    assert joined.area == pytest.approx(36 * grid.area, rel=1e-9)
    assert shapely.area(drawn) == pytest.approx(np.full(36, grid.area), rel=1e-6)


def test_a_hexagon_is_as_wide_as_it_says_across_its_flats() -> None:
    west, south, east, north = grids.outlines(Grid("hexagon", 150), Cells(np.array([4]), np.array([7])))[0].bounds
    assert east - west == pytest.approx(150)
    assert north - south == pytest.approx(150 * 2 / np.sqrt(3))


def test_a_hexagon_has_six_neighbours_one_width_away() -> None:
    grid = Grid("hexagon", 150)
    for row in (4, 5):
        near = block(grid, range(2, 9), range(row - 2, row + 3))
        middle = grids.centres(grid, Cells(np.array([5]), np.array([row])))
        east, north = grids.centres(grid, near)
        away = np.hypot(east - middle[0], north - middle[1])
        assert np.sum(np.isclose(away, 150)) == 6


def test_points_on_edges_go_to_one_cell_on_purpose() -> None:
    squares = grids.locate(Grid("square", 250), np.array([250.0, 249.999, 0.0]), np.array([0.0, 250.0, -0.001]))
    assert list(zip(squares.column, squares.row, strict=True)) == [(1, 0), (0, 1), (0, -1)]
    grid = Grid("hexagon", 100)
    hexagons = grids.locate(grid, np.array([50.0, 0.0]), np.array([0.0, grid.rise]))
    assert list(zip(hexagons.column, hexagons.row, strict=True)) == [(0, 0), (-1, 1)]


@given(size=st.floats(0.001, 10), steps=st.integers(-10_000_000, 10_000_000))
def test_the_south_west_corner_of_a_square_belongs_to_it(size: float, steps: int) -> None:
    grid = Grid("square", size)
    corner = np.array([steps * size])
    assert grids.locate(grid, corner, corner).column[0] == steps


SHAPES = {
    "box": shapely.box(103.5, 240.2, 2750.1, 1920.7),
    "ring": shapely.Point(1000, 1000).buffer(900).difference(shapely.Point(1100, 1000).buffer(500)),
    "islands": shapely.MultiPolygon([shapely.box(0, 0, 90, 90), shapely.Point(9_000, 4_000).buffer(400)]),
    "star": shapely.Polygon(
        [(np.cos(a) * r, np.sin(a) * r) for a, r in zip(np.arange(0, 6.2, 0.2), [2000, 300] * 16, strict=False)]
    ),
    "aligned": shapely.box(0, 0, 1000, 1000),
}


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("size", [25.0, 250.0])
def test_a_covering_is_what_cutting_every_cell_one_by_one_gives(
    form: Literal["square", "hexagon"], name: str, size: float
) -> None:
    region, grid = SHAPES[name], Grid(form, size)
    found = grids.covering(grid, region)
    west, south, east, north = region.bounds
    every = block(
        grid,
        range(int(west // size) - 2, int(east // size) + 3),
        range(int(south // grid.rise) - 2, int(north // grid.rise) + 3),
    )
    areas = shapely.area(shapely.intersection(grids.outlines(grid, every), region))
    held = {(int(c), int(r)): a for c, r, a in zip(every.column, every.row, areas, strict=True) if a > 1e-9 * grid.area}
    assert list(zip(found.cells.row.tolist(), found.cells.column.tolist(), strict=True)) == sorted(
        (row, column) for column, row in held
    )
    for column, row, area in zip(found.cells.column.tolist(), found.cells.row.tolist(), found.area, strict=True):
        assert area == pytest.approx(held[column, row], rel=1e-6, abs=1e-6)
    assert found.area.sum() == pytest.approx(region.area, rel=1e-9)
    assert shapely.area(found.shape) == pytest.approx(found.area, rel=1e-9)
    assert np.array_equal(found.whole, np.isclose(found.area, grid.area, rtol=1e-12))


def test_too_many_cells_are_refused_before_they_are_made() -> None:
    with pytest.raises(OptionError, match=r"squares of 0.01 would cut the region into 1,000,000,000 cells"):
        grids.covering(Grid("square", 0.01), shapely.box(0, 0, 1000, 100))
    thread = shapely.LineString([(0, 0), (100_000, 60_000)]).buffer(0.001)
    with pytest.raises(OptionError, match="at most 100 are made"):
        grids.covering(Grid("hexagon", 1000), thread, most=100)


def test_an_empty_region_needs_no_cell() -> None:
    assert len(grids.covering(Grid("square", 10), shapely.Polygon()).shape) == 0
