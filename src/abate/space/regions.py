"""Connected groups of neighbouring cells up to a size: every one of them, or the best that a budget allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

BUDGET = 1_000_000
_SLACK = 1 + 1e-9


@dataclass(frozen=True)
class Regions:
    """Connected groups of cells: `members` in the shape (groups, most cells) with -1 after a group's last cell.

    The first member of each is its cell with the highest value. `complete` tells whether these are all the connected
    groups within the limits whose first cell is one of the seeds; otherwise, for each seed, those with the highest
    values were kept at every size.
    """

    members: Whole
    complete: bool


def grow(
    values: Real,
    sizes: Real,
    middles: Real,
    pairs: Whole,
    *,
    most: float,
    reach: float,
    seeds: NDArray[np.bool_] | None = None,
    budget: int = BUDGET,
) -> Regions:
    """List the connected groups of cells whose sizes add up to at most `most` and that are nowhere longer than `reach`.

    `values` and `sizes` have one entry a cell, `middles` the shape (cells, 2), `pairs` (neighbouring cells) the shape
    (pairs, 2), each pair once. A group grows from its highest cell (ties: the cell that comes first) by one neighbour
    at a time, lower ones alone, so that each connected group comes up once. `reach` is the greatest distance between
    two middles of a group, in the unit of `middles`. `seeds` says which cells may be the highest of a group. `budget`
    bounds the number of neighbours looked at for each number of cells: beyond it only the groups of highest value are
    grown further, as many for each seed.

    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]])
    >>> found = grow(np.array([3.0, 1.0, 2.0]), np.ones(3), line, np.array([[0, 1], [1, 2]]), most=2, reach=9)
    >>> found.members.tolist(), found.complete
    ([[0, -1], [2, -1], [1, -1], [0, 1], [2, 1]], True)
    """
    order = np.lexsort((np.arange(len(values)), -values))
    board = _Board(values[order], sizes[order], middles[order], _beside(order, pairs), most, reach)
    first = np.flatnonzero(sizes[order] <= most * _SLACK)
    if seeds is not None:
        first = first[seeds[order][first]]
    layers = [first[:, None]]
    complete = True
    while len(layers[-1]):
        layer, whole = board.larger(layers[-1], budget)
        complete &= whole
        layers.append(layer)
    wide = max(layer.shape[1] for layer in layers)
    padded = [np.pad(layer, ((0, 0), (0, wide - layer.shape[1])), constant_values=-1) for layer in layers]
    members = np.vstack(padded)
    members = members[:, (members >= 0).any(axis=0)] if len(members) else members[:, :1]
    return Regions(np.where(members >= 0, order[members], -1), complete)


@dataclass(frozen=True)
class _Board:
    """Cells in order of value, highest first, and their neighbours (`beside`, padded with -1)."""

    values: Real
    sizes: Real
    middles: Real
    beside: Whole
    most: float
    reach: float

    def larger(self, groups: Whole, budget: int) -> tuple[Whole, bool]:
        """Give the groups with one cell more, each once, and whether these are all of them."""
        kept, whole = self._thinned(groups, budget)
        added = self.beside[kept].reshape(len(kept), -1)
        spare = self.most * _SLACK - self.sizes[kept].sum(axis=1)
        able = (added > kept[:, :1]) & (self.sizes[added] <= spare[:, None])
        for each in kept.T:
            able &= added != each[:, None]
            able &= ((self.middles[added] - self.middles[each][:, None]) ** 2).sum(axis=2) <= self.reach**2 * _SLACK
        group, at = np.nonzero(able)
        cell = added[group, at]
        marks = np.random.default_rng(0).integers(0, 2**63, size=len(self.values), dtype=np.uint64)
        # a sum of random marks tells sets of cells apart; two sets share one with a chance below 1e-6 at a million
        keys = marks[kept].sum(axis=1, dtype=np.uint64)[group] + marks[cell]
        _, once = np.unique(keys, return_index=True)
        once.sort()
        return np.column_stack([kept[group[once]], cell[once]]), whole

    def _thinned(self, groups: Whole, budget: int) -> tuple[Whole, bool]:
        room = max(budget // (groups.shape[1] * self.beside.shape[1]), 1)
        if len(groups) <= room:
            return groups, True
        seeds, seed = np.unique(groups[:, 0], return_inverse=True)
        worth = self.values[groups].sum(axis=1)
        order = np.lexsort((np.arange(len(groups)), -worth, seed))
        starts = np.searchsorted(seed[order], np.arange(len(seeds)))
        place = np.arange(len(groups)) - starts[seed[order]]
        return groups[np.sort(order[place < max(room // len(seeds), 1)])], False


def _beside(order: Whole, pairs: Whole) -> Whole:
    """Lay out the neighbours of each cell, cells numbered by their place in `order`."""
    count = len(order)
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)
    both = place[np.vstack([pairs, pairs[:, ::-1]])] if len(pairs) else np.empty((0, 2), dtype=np.int64)
    both = both[np.lexsort((both[:, 1], both[:, 0]))]
    degree = np.bincount(both[:, 0], minlength=count)
    beside = np.full((count, max(int(degree.max(initial=0)), 1)), -1, dtype=np.int64)
    at = np.arange(len(both)) - np.repeat(np.cumsum(degree) - degree, degree)
    beside[both[:, 0], at] = both[:, 1]
    return beside
