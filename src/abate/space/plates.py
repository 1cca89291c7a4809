"""Values of scattered places blurred over their neighbourhood, on a raster as fine as the places are dense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_MOST_PIXELS = 4_000_000
_NARROWEST = 0.25
_REACH = 4.0
_BLOCKS_A_WIDTH = 4.0
_SAMPLED = 4_000


@dataclass(frozen=True)
class Plate:
    """Places put on a raster of square pixels of side `pitch`: `pixel` is each place's own, in the given `shape`.

    Places on a grid have a pixel each; of scattered places several may share one.
    """

    pitch: float
    shape: tuple[int, int]
    pixel: Whole

    def only(self, kept: NDArray[np.bool_]) -> Plate:
        """Give the same raster with some of its places; `kept` has one entry a place."""
        return self if kept.all() else replace(self, pixel=self.pixel[kept])

    def blur(self, values: Real, width: float) -> Real:
        """Spread each place's value over the places around it by a Gaussian kernel of standard deviation `width`.

        `width` is in the unit of the coordinates. Gives each place the sum of the values around it, weighted by a
        kernel that adds up to 1 over the pixels, cut off at four widths. Ground that holds no place counts as empty.
        Below a quarter of the pitch a width changes nothing; above four pitches the raster is gathered into blocks of
        at most a quarter of the width, for speed.

        >>> row = lay(np.column_stack([np.arange(5.0), np.zeros(5)]))
        >>> (row.blur(np.array([0.0, 0.0, 1.0, 0.0, 0.0]), 1.0) / row.blur(np.ones(5), 1.0)[2]).round(2).tolist()
        [0.05, 0.24, 0.4, 0.24, 0.05]
        """
        if width < _NARROWEST * self.pitch:
            return values
        from scipy.ndimage import gaussian_filter

        summed = np.bincount(self.pixel, weights=values, minlength=self.shape[0] * self.shape[1])
        raster = summed.astype(np.float64).reshape(self.shape)
        block = max(1, int(width / (_BLOCKS_A_WIDTH * self.pitch)))
        if block == 1:
            fine: Real = gaussian_filter(raster, width / self.pitch, mode="constant", truncate=_REACH)
            return fine.ravel()[self.pixel]
        # summing in blocks and reading between their middles widen the kernel by a quarter of a squared block
        left = np.sqrt((width / (self.pitch * block)) ** 2 - 0.25)
        rough = gaussian_filter(_gather(raster, block), left, mode="constant", truncate=_REACH)
        return self._read(rough / block**2, block)

    def _read(self, rough: Real, block: int) -> Real:
        """Read a raster of blocks at the middles of the pixels, linearly between the middles of the blocks."""
        steps = [np.arange(length) for length in self.shape]
        at = [(step + 0.5) / block + 0.5 for step in steps]  # the blocks have a margin of one
        low = [np.floor(where).astype(np.int64) for where in at]
        part = [where - first for where, first in zip(at, low, strict=True)]
        down = rough[low[0]] * (1 - part[0])[:, None] + rough[low[0] + 1] * part[0][:, None]
        across = down[:, low[1]] * (1 - part[1]) + down[:, low[1] + 1] * part[1]
        read: Real = across.ravel()[self.pixel]
        return read


def _gather(raster: Real, block: int) -> Real:
    """Add up a raster in square blocks, with a margin of one empty block all round."""
    rows, columns = (-(-length // block) for length in raster.shape)
    padded = np.zeros((rows * block, columns * block))
    padded[: raster.shape[0], : raster.shape[1]] = raster
    return np.pad(padded.reshape(rows, block, columns, block).sum(axis=(1, 3)), 1)


def lay(middles: Real, *, reach: float = np.inf) -> Plate:
    """Put places, given by their middles in the shape (places, 2), on a raster as fine as they are dense.

    The pitch is the middle distance from a place to its nearest neighbour; where that would need more than four
    million pixels it is the finest that does not. The raster is placed so that most middles lie in the middle of a
    pixel, which for a grid cut at a border all but the cut cells do. `reach` is how far apart places have nothing to
    do with one another, in the unit of the coordinates: islands of places further apart than that are moved together,
    no nearer than that, so that a few far points cost no pixels. Widths to blur by are then at most `reach` / 4.

    >>> lay(np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])).shape
    (2, 2)
    >>> lay(np.array([[0.0, 0.0], [10.0, 0.0], [9000.0, 0.0]]), reach=100.0).shape
    (2, 23)
    """
    if not len(middles):
        return Plate(1.0, (1, 1), np.zeros(0, dtype=np.int64))
    pitch = _spacing(middles)
    island = _islands(middles, reach)
    while True:
        at = np.column_stack([_steps(middles[:, axis], pitch) for axis in (0, 1)])
        at = _moved_together(at, island, _apart(reach, pitch))
        rows, columns = int(at[:, 0].max()) + 1, int(at[:, 1].max()) + 1
        if rows * columns <= _MOST_PIXELS:
            return Plate(pitch, (rows, columns), at[:, 0] * columns + at[:, 1])
        pitch *= max(1.01, float(np.sqrt(rows * columns / _MOST_PIXELS)))


def _apart(reach: float, pitch: float) -> int:
    """Give the pixels to leave clear between islands; blocks of a blur reach a little further than the blur."""
    return int(np.ceil(1.25 * reach / pitch)) + 8 if np.isfinite(reach) else 0


def _islands(middles: Real, reach: float) -> Whole:
    """Number the groups of places of which no two are within `reach`, by squares of that side and those around them."""
    if not np.isfinite(reach):
        return np.zeros(len(middles), dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    squares, square = np.unique(np.floor(middles / reach).astype(np.int64), axis=0, return_inverse=True)
    pairs = cKDTree(squares).query_pairs(1.5, output_type="ndarray")
    joined = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(squares), len(squares)))
    numbers: Whole = connected_components(joined, directed=False)[1].astype(np.int64)[square.ravel()]
    return numbers


def _moved_together(at: Whole, island: Whole, apart: int) -> Whole:
    """Put islands on shelves, the tallest first, with `apart` clear pixels between any two."""
    count = int(island.max()) + 1
    if count == 1:
        return at
    least, most = np.full((count, 2), np.iinfo(np.int64).max), np.full((count, 2), -1)
    np.minimum.at(least, island, at)
    np.maximum.at(most, island, at)
    sizes = most - least + 1
    length = max(int(sizes[:, 1].max()), int(np.sqrt(np.prod(sizes + apart, axis=1, dtype=float).sum())))
    corner = np.zeros((count, 2), dtype=np.int64)
    row = column = shelf = 0
    for number in np.lexsort((np.arange(count), -sizes[:, 0])):
        if column and column + sizes[number, 1] > length:
            row, column, shelf = row + shelf + apart, 0, 0
        corner[number] = row, column
        column += int(sizes[number, 1]) + apart
        shelf = max(shelf, int(sizes[number, 0]))
    moved: Whole = at - least[island] + corner[island]
    return moved


def _spacing(middles: Real) -> float:
    """Give the middle distance to the nearest other place, over at most some thousands of places evenly chosen."""
    from scipy.spatial import cKDTree

    some = middles[:: max(1, len(middles) // _SAMPLED)]
    apart = cKDTree(middles).query(some, k=min(2, len(middles)))[0].reshape(len(some), -1)
    other = apart[:, 1:][apart[:, 1:] > 0]
    return float(np.median(other)) if len(other) else 1.0


def _steps(along: Real, pitch: float) -> Whole:
    """Give the pixel of each coordinate, counted from the first, with most coordinates in the middle of theirs."""
    turn = np.exp(2j * np.pi * (along - along[0]) / pitch).sum()
    phase = float(np.angle(turn)) / (2 * np.pi) * pitch
    step = np.rint((along - along[0] - phase) / pitch).astype(np.int64)
    whole: Whole = step - step.min()
    return whole
