"""Rasters of nodes: points put on them, kernels run over them, values read between them.

A point between nodes is shared among the 16 nodes round it in such a way that every polynomial up to the third degree
is kept. The error of a density made from the shared points is of the fourth order in step over bandwidth, where
sharing among four nodes (linear binning) leaves one of the second order that widens every kernel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_MARGIN = 3


@dataclass(frozen=True)
class Lattice:
    """Nodes at `west + column·step` and `south + row·step`, in the unit of the coordinates."""

    west: float
    south: float
    step: float
    columns: int
    rows: int

    def __post_init__(self) -> None:
        if not self.step > 0 or self.columns < 1 or self.rows < 1:
            raise OptionError(
                f"a raster has a step above 0 and at least one node, not {self.columns} x {self.rows} nodes "
                f"{self.step:g} apart"
            )

    @property
    def easting(self) -> Real:
        """Easting of each column of nodes."""
        return self.west + self.step * np.arange(self.columns, dtype=np.float64)

    @property
    def northing(self) -> Real:
        """Northing of each row of nodes."""
        return self.south + self.step * np.arange(self.rows, dtype=np.float64)

    @property
    def frame(self) -> Real:
        """West, south and step, as the compiled loops take them."""
        return np.array([self.west, self.south, self.step])

    def widened(self, nodes: int) -> Lattice:
        """Give the raster with so many more nodes on every side.

        >>> Lattice(0, 0, 10, 5, 3).widened(2)
        Lattice(west=-20, south=-20, step=10, columns=9, rows=7)
        """
        return replace(
            self,
            west=self.west - nodes * self.step,
            south=self.south - nodes * self.step,
            columns=self.columns + 2 * nodes,
            rows=self.rows + 2 * nodes,
        )


def over(x: Real, y: Real, *, step: float) -> Lattice:
    """Lay a raster over points so that each lies inside its margin.

    >>> over(np.array([0.0, 100.0]), np.array([0.0, 40.0]), step=20)
    Lattice(west=-60.0, south=-60.0, step=20, columns=12, rows=9)
    """
    west, south = float(x.min()) - _MARGIN * step, float(y.min()) - _MARGIN * step
    columns, rows = (ceil(float(np.ptp(values)) / step) + 2 * _MARGIN + 1 for values in (x, y))
    return Lattice(west, south, step, columns, rows)


def deposit(x: Real, y: Real, weight: Real, lattice: Lattice) -> Real:
    """Put points on a raster, each shared among the 16 nodes round it; gives the weights by (row, column).

    Points beyond the second node from the edge are left out. Shares may be slightly negative; each point's add up to
    its weight.

    >>> put = deposit(np.array([20.0]), np.array([25.0]), np.array([1.0]), Lattice(0, 0, 10, 5, 5))
    >>> put[:, 2].tolist()
    [0.0, -0.0625, 0.5625, 0.5625, -0.0625]
    """
    from abate.space import loops

    out = np.zeros((lattice.rows, lattice.columns))
    loops.deposit(x, y, weight, lattice.frame, out)
    return out


def read(values: Real, x: Real, y: Real, lattice: Lattice) -> Real:
    """Read the values of nodes at points between them, by cubics; 0 beyond the second node from the edge.

    >>> ground = Lattice(0, 0, 1, 6, 6)
    >>> read(np.add.outer(ground.northing**2, ground.easting), np.array([2.5]), np.array([1.5]), ground).tolist()
    [4.75]
    """
    from abate.space import loops

    out = np.empty(len(x))
    loops.read(values, x, y, lattice.frame, out)
    return out


def refine(values: Real, coarse: Lattice, fine: Lattice) -> Real:
    """Read the values of a coarse raster at every node of a fine one, by cubics.

    The fine raster must lie within the second node from the edge of the coarse one.

    >>> wide, ground = Lattice(-4, -4, 2, 8, 8), Lattice(0, 0, 1, 4, 3)
    >>> refine(np.add.outer(wide.northing, wide.easting**3), wide, ground).round(9).tolist()[1]
    [1.0, 2.0, 9.0, 28.0]
    """
    across = _cubics((fine.easting - coarse.west) / coarse.step, coarse.columns)
    up = _cubics((fine.northing - coarse.south) / coarse.step, coarse.rows)
    refined: Real = up @ values @ across.T
    return refined


def _cubics(where: Real, nodes: int) -> Real:
    """Give the matrix that reads values at `where` (in steps from the first node) from those at the nodes."""
    left = np.floor(where).astype(np.int64)
    t = where - left
    shares = (
        -t * (t - 1) * (t - 2) / 6,
        (t + 1) * (t - 1) * (t - 2) / 2,
        -(t + 1) * t * (t - 2) / 2,
        (t + 1) * t * (t - 1) / 6,
    )
    matrix = np.zeros((len(where), nodes))
    for step, share in zip(range(-1, 3), shares, strict=True):
        matrix[np.arange(len(where)), left + step] = share
    return matrix


def blur(values: Real, stamp: Real) -> Real:
    """Run a kernel over a raster: each node becomes the sum of `stamp` (odd rows and columns) round its neighbours.

    By Fourier transform. What lies beyond the raster counts as its far side, so that the outer half stamp of nodes is
    no good: widen the raster by it first, and cut it off after.

    >>> blur(np.eye(5)[2] * np.eye(5)[:, [2]], np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]]) / 8.0)[2].round(3) + 0.0
    array([0.   , 0.125, 0.5  , 0.125, 0.   ])
    """
    from scipy import fft

    high, wide = (size // 2 for size in stamp.shape)
    shape = [fft.next_fast_len(size, real=True) for size in np.maximum(values.shape, stamp.shape)]
    rolled = np.zeros(shape)
    rolled[: stamp.shape[0], : stamp.shape[1]] = stamp
    rolled = np.roll(rolled, (-high, -wide), axis=(0, 1))
    product = fft.rfft2(values, shape)
    product *= fft.rfft2(rolled)
    blurred: Real = fft.irfft2(product, shape, overwrite_x=True)[: values.shape[0], : values.shape[1]]
    return blurred
