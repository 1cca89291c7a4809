from __future__ import annotations

import warnings

import numpy as np
import pytest
import shapely
from hypothesis import given as for_all
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space import grids, neighbours


def listed(found: neighbours.Neighbours) -> list[set[int]]:
    return [set(found.others[found.starts[i] : found.starts[i + 1]].tolist()) for i in range(found.count)]


@pytest.mark.parametrize("form", ["square", "hexagon"])
@for_all(seed=st.integers(0, 1000))
def test_cells_are_neighbours_as_their_outlines_are(form: str, seed: int) -> None:
    generator = np.random.default_rng(seed)
    spots = np.unique(generator.integers(-4, 4, (20, 2)), axis=0)
    column, row = spots[:, 0].astype(np.int64), spots[:, 1].astype(np.int64)
    drawn = grids.outlines(grids.Grid(form, 10.0), grids.Cells(column, row))
    for corners in (True, False):
        expected = neighbours.touching(drawn, corners=corners)
        assert listed(neighbours.cells(column, row, form=form, corners=corners)) == listed(expected)


@pytest.mark.slow
def test_rook_and_queen_as_libpysal_has_them() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import libpysal

    column, row = (index.ravel() for index in np.meshgrid(np.arange(5), np.arange(4)))
    for rook in (True, False):
        peer = libpysal.weights.lat2W(4, 5, rook=rook)
        assert listed(neighbours.cells(column, row, corners=not rook)) == [set(peer.neighbors[i]) for i in range(20)]


def test_outlines_that_share_a_corner_or_a_border() -> None:
    boxes = shapely.box([0, 1, 1, 5], [0, 1, 0, 5], [1, 2, 2, 6], [1, 2, 1, 6])
    assert listed(neighbours.touching(boxes)) == [{1, 2}, {0, 2}, {0, 1}, set()]
    assert listed(neighbours.touching(boxes, corners=False)) == [{2}, {2}, {0, 1}, set()]


@for_all(seed=st.integers(0, 1000))
def test_points_within_a_distance_and_the_nearest_as_by_looking_at_all(seed: int) -> None:
    generator = np.random.default_rng(seed)
    points = generator.integers(0, 6, (25, 2)).astype(float)
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    assert listed(neighbours.within(points, 2.0)) == [set(np.flatnonzero(row <= 2.0)) for row in apart]
    nearest = [set(np.lexsort((np.arange(25), row))[:4]) for row in np.round(apart, 9)]
    assert listed(neighbours.nearest(points, 4)) == nearest


def test_weights_fall_with_distance() -> None:
    found = neighbours.within(np.array([[0.0, 0.0], [2.0, 0.0], [4.0, 0.0]]), 4.0, decay=1.0)
    assert found.weights.tolist() == [0.5, 0.25, 0.5, 0.5, 0.25, 0.5]
    assert not found.even
    assert found.standardised().sums().tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(OptionError, match="at one spot"):
        neighbours.within(np.zeros((2, 2)), 1.0, decay=1.0)


def test_any_matrix_gives_its_neighbours_without_the_diagonal() -> None:
    matrix = np.array([[9.0, 2.0, 0.0], [1.0, 0.0, 3.0], [0.0, 0.0, 5.0]])
    found = neighbours.given(matrix)
    assert (found.degree.tolist(), found.weights.tolist()) == ([1, 2, 0], [2.0, 1.0, 3.0])
    assert found.lag(np.array([1.0, 10.0, 100.0])).tolist() == [20.0, 301.0, 0.0]
    assert found.standardised().sums().tolist() == [1.0, 1.0, 0.0]
    assert not found.even


@pytest.mark.parametrize(
    ("matrix", "said"),
    [
        ([[0.0, 1.0]], "square matrix"),
        ([[0.0, np.nan], [1.0, 0.0]], "1 are not"),
        ([[1.0, 0.0], [0.0, 1.0]], "nobody anybody's neighbour"),
    ],
)
def test_a_matrix_that_says_nothing_is_refused(matrix: list[list[float]], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        neighbours.given(matrix)


def test_what_cannot_be_near_is_refused() -> None:
    with pytest.raises(OptionError, match="above 0"):
        neighbours.within(np.zeros((3, 2)), 0.0)
    with pytest.raises(OptionError, match="at most 2"):
        neighbours.nearest(np.zeros((3, 2)), 3)
