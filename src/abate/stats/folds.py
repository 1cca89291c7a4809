"""Cells held out in turn, to see how well the rest tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]


def cells(known: Truth, *, count: int, seed: int) -> Truth:
    """Deal known cells (rows, columns) out to folds (count, rows, columns): each is held out once, at random.

    >>> cells(np.ones((5, 6), dtype=bool), count=3, seed=1).sum(axis=(1, 2)).tolist()
    [10, 10, 10]
    """
    places = np.flatnonzero(known)
    order = np.random.default_rng(seed).permutation(len(places))
    folds = np.zeros((count, known.size), dtype=bool)
    folds[np.arange(len(places)) % count, places[order]] = True
    return _left(known, folds.reshape(count, *known.shape))


def ends(known: Truth, *, first: Whole, free: Truth, count: int, seed: int) -> Truth:
    """Hold out what comes after a start, in rows that are free: the shape of what is to be foretold.

    The rows in `free` are dealt out to folds at random, and the starts in `first` that lie within the columns are
    dealt out to them in turn. Folds without any row are left out.

    >>> known = np.ones((3, 4), dtype=bool)
    >>> ends(known, first=np.array([2, 4, 4]), free=np.array([False, True, True]), count=5, seed=1).sum(axis=(1, 2))
    array([2, 2])
    """
    columns = known.shape[1]
    rows = np.random.default_rng(seed).permutation(np.flatnonzero(free))
    starts = np.sort(first[first < columns])
    number = min(count, len(rows))
    folds = np.zeros((number, *known.shape), dtype=bool)
    for place, row in enumerate(rows):
        folds[place % number, row] = known[row] & (np.arange(columns) >= starts[place % len(starts)])
    return _left(known, folds)


def _left(known: Truth, folds: Truth) -> Truth:
    """Give cells back to rows and columns that a fold would leave without any."""
    rest = known & ~folds
    bare = ~rest.any(axis=2, keepdims=True) | ~rest.any(axis=1, keepdims=True)
    return np.asarray(folds & ~bare)
