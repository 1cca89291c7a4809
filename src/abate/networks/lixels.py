"""Lixels: the edges of a graph cut into short pieces of equal length, as a raster cuts the plane into pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

MOST = 20_000_000


@dataclass(frozen=True)
class Lixels:
    """Pieces of edges in order: `edge` and `length` have one entry a piece.

    The pieces of edge e stand from `first[e]` to before `first[e + 1]`, from its start to its end, all equally long.
    """

    edge: Whole
    length: Real
    first: Whole

    def at(self, edge: Whole, along: Real) -> Whole:
        """Give the piece in which each place on an edge lies; the far end of an edge belongs to its last piece."""
        many = np.diff(self.first)[edge]
        step = np.floor(along / self.length[self.first[edge]]).astype(np.int64)
        return self.first[edge] + np.clip(step, 0, many - 1)


def cut(streets: Graph, *, step: float) -> Lixels:
    """Cut every edge into as few equally long pieces as keep each at most `step` long.

    Raises `OptionError` when `step` is not above 0 or that would be more than twenty million pieces.

    >>> from abate.networks.graphs import Graph
    >>> line = Graph(np.arange(3.0), np.zeros(3), np.array([0, 1]), np.array([1, 2]), np.array([25.0, 8.0]))
    >>> pieces = cut(line, step=10)
    >>> pieces.length.round(2).tolist(), pieces.at(np.array([0, 1]), np.array([25.0, 0.0])).tolist()
    ([8.33, 8.33, 8.33, 8.0], [2, 3])
    """
    if not step > 0:
        raise OptionError(f"pieces of street have a length above 0, not {step:g}")
    if (needed := float((streets.length / step).sum())) > MOST:
        raise OptionError(f"pieces of {step:g} would be {needed:,.0f}, and at most {MOST:,} are made: cut longer ones")
    many = np.maximum(1, np.ceil(streets.length / step - 1e-9)).astype(np.int64)
    edge = np.repeat(np.arange(len(many)), many)
    return Lixels(edge, (streets.length / many)[edge], np.concatenate([[0], np.cumsum(many)]).astype(np.int64))
