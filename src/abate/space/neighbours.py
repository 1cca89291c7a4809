"""Who is whose neighbour, and with what weight: cells that touch, points near each other, or any matrix given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_ROOK = ((1, 0), (-1, 0), (0, 1), (0, -1))
_QUEEN = (*_ROOK, (1, 1), (1, -1), (-1, 1), (-1, -1))
_SPARE = 8


@dataclass(frozen=True)
class Neighbours:
    """The neighbours of each unit, in order: those of unit i are others[starts[i]:starts[i + 1]], with their weights.

    No unit is its own neighbour. Neighbours need not be mutual, and weights need not be alike.
    """

    starts: Whole
    others: Whole
    weights: Real

    @property
    def count(self) -> int:
        """How many units there are."""
        return len(self.starts) - 1

    @property
    def degree(self) -> Whole:
        """How many neighbours each unit has."""
        return np.diff(self.starts)

    @property
    def unit(self) -> Whole:
        """The unit that each entry of `others` is a neighbour of."""
        return np.repeat(np.arange(self.count), self.degree)

    @property
    def even(self) -> bool:
        """Whether every unit weighs all its neighbours alike."""
        return bool((self.weights == self.weights[np.repeat(self.starts[:-1], self.degree)]).all())

    def sums(self, power: int = 1) -> Real:
        """Add up each unit's weights, or their squares."""
        added: Real = np.bincount(self.unit, weights=self.weights**power, minlength=self.count).astype(np.float64)
        return added

    def lag(self, values: Real) -> Real:
        """Add up the values of each unit's neighbours, times their weights.

        >>> nearest(np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]]), 1).lag(np.array([5.0, 7.0, 9.0])).tolist()
        [7.0, 5.0, 7.0]
        """
        weighed = self.weights * values[self.others]
        added: Real = np.bincount(self.unit, weights=weighed, minlength=self.count).astype(np.float64)
        return added

    def standardised(self) -> Neighbours:
        """Scale the weights so that those of each unit add up to 1."""
        sums = self.sums()
        return Neighbours(self.starts, self.others, self.weights / np.where(sums == 0, 1.0, sums)[self.unit])


def cells(
    column: Whole, row: Whole, *, form: Literal["square", "hexagon"] = "square", corners: bool = True
) -> Neighbours:
    """Find the neighbours of the cells of a grid: squares that share a side or (`corners`) a corner, or hexagons.

    Cells are named by column and row as in `space.grids`; odd rows of hexagons are shifted east.

    >>> cells(np.array([0, 1, 0]), np.array([0, 0, 1]), corners=False).degree.tolist()
    [2, 1, 1]
    """
    wide = int(column.max() - column.min()) + 3 if len(column) else 3
    key = (row - (row.min() if len(row) else 0) + 1) * wide + column - (column.min() if len(column) else 0) + 1
    order = np.argsort(key, kind="stable")
    found = []
    for east, north in _steps(row, form, corners=corners):
        wanted = key + north * wide + east
        place = np.minimum(np.searchsorted(key[order], wanted), max(len(key) - 1, 0))
        there = key[order][place] == wanted if len(key) else np.zeros(0, dtype=bool)
        found.append((np.flatnonzero(there), order[place[there]]))
    return _gathered(
        np.concatenate([one for one, _ in found]), np.concatenate([other for _, other in found]), len(column)
    )


def _steps(row: Whole, form: str, *, corners: bool) -> list[tuple[Any, int]]:
    if form == "square":
        return [*(_QUEEN if corners else _ROOK)]
    shift = row & 1
    return [(1, 0), (-1, 0), *((shift - side, north) for north in (1, -1) for side in (0, 1))]


def touching(shapes: NDArray[np.object_], *, corners: bool = True) -> Neighbours:
    """Find the neighbours of outlines or lines: those that share a point, or (not `corners`) a stretch of border.

    >>> import shapely
    >>> boxes = shapely.box([0, 1, 1], [0, 0, 1], [1, 2, 2], [1, 1, 2])
    >>> touching(boxes).degree.tolist(), touching(boxes, corners=False).degree.tolist()
    ([2, 2, 2], [1, 2, 1])
    """
    import shapely

    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    apart = one != other
    one, other = one[apart], other[apart]
    if not corners:
        shared = shapely.length(shapely.intersection(shapes[one], shapes[other])) > 0
        one, other = one[shared], other[shared]
    return _gathered(one, other, len(shapes))


def within(points: Real, distance: float, *, decay: float = 0.0) -> Neighbours:
    """Find the points at most `distance` apart; with `decay` above 0 a neighbour weighs distance to the power -decay.

    `points` has the shape (points, 2), in the unit of `distance`. With decay, points at one spot would weigh infinitely
    and are refused. Raises `OptionError` for a distance that is not above 0.

    >>> within(np.array([[0.0, 0.0], [3.0, 4.0], [9.0, 9.0]]), 5.0).degree.tolist()
    [1, 1, 0]
    """
    from scipy.spatial import cKDTree

    if not distance > 0:
        raise OptionError(f"neighbours within a distance need one above 0, not {distance:g}")
    pairs = cKDTree(points).query_pairs(distance, output_type="ndarray")
    one, other = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
    if decay == 0:
        return _gathered(one, other, len(points))
    apart = np.hypot(*(points[one] - points[other]).T)
    if (apart == 0).any():
        raise OptionError("neighbours at one spot have no distance to weigh by: leave out --decay, or merge them")
    return _gathered(one, other, len(points), apart**-decay)


def nearest(points: Real, count: int) -> Neighbours:
    """Find the `count` nearest points of each; of those equally far the ones that come first.

    Raises `OptionError` when there are not that many others.

    >>> nearest(np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]]), 1).others.tolist()
    [1, 0, 0]
    """
    from scipy.spatial import cKDTree

    if not 0 < count < len(points):
        raise OptionError(f"of {len(points):,} places each has at most {len(points) - 1:,} neighbours, not {count:,}")
    tree, asked = cKDTree(points), min(count + _SPARE, len(points))
    while True:
        apart, found = tree.query(points, k=asked)
        apart = np.round(apart, 9)
        itself = found == np.arange(len(points))[:, None]
        order = np.lexsort((found, apart, ~itself), axis=1)
        apart, found = np.take_along_axis(apart, order, 1), np.take_along_axis(found, order, 1)
        unclear = itself.any(axis=1) & (apart[:, count] < apart[:, -1])
        if asked == len(points) or unclear.all():
            break
        asked = min(2 * asked, len(points))
    one = np.repeat(np.arange(len(points)), count)
    return _gathered(one, found[:, 1 : count + 1].ravel(), len(points))


def given(matrix: Any) -> Neighbours:
    """Take neighbours from a square matrix of weights, dense or sparse (scipy); 0 is no neighbour.

    The diagonal is left out: no unit is its own neighbour here, and measures that count a unit itself say so. Raises
    `OptionError` with every fault: not square, not finite, no neighbours at all.

    >>> given([[0, 2], [1, 0]]).weights.tolist()
    [2.0, 1.0]
    """
    from scipy.sparse import coo_array

    listed = coo_array(matrix)
    weights = listed.data.astype(float)
    faults = []
    if listed.ndim != 2 or listed.shape[0] != listed.shape[1]:
        faults.append(f"weights are a square matrix, one row and one column a place, not {listed.shape}")
    if not np.isfinite(weights).all():
        faults.append(f"weights are finite numbers: {int((~np.isfinite(weights)).sum()):,} are not")
    if not faults:
        one, other = listed.coords
        kept = (one != other) & (weights != 0)
        if not kept.any():
            faults.append("the weights make nobody anybody's neighbour: every one off the diagonal is 0")
    if faults:
        raise OptionError(*faults)
    return _gathered(one[kept], other[kept], listed.shape[0], weights[kept])


def _gathered(one: NDArray[Any], other: NDArray[Any], count: int, weights: Real | None = None) -> Neighbours:
    order = np.lexsort((other, one))
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(one, minlength=count), out=starts[1:])
    weighed = np.ones(len(one)) if weights is None else weights[order]
    return Neighbours(starts, other[order].astype(np.int64), weighed)
