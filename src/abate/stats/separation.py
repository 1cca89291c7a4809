"""Which cells of a rectangle of counts tell something about slopes, when each row and each column has its own rate.

A row or a column without any incident, a row or a column of one cell, and cells of 0 that the model can send to a rate
of 0 (they are separated) say nothing about the slopes, and a fit that keeps them may run off without end.

Source: Correia, Guimarães and Zylkin 2019, Verifying the existence of maximum likelihood estimates for generalized
linear models, https://doi.org/10.48550/arXiv.1903.01633. Cells are separated when some sum of effects and columns is 0
wherever there are incidents, and at least 0, and somewhere above it, where there are none. What can be 0 wherever there
are incidents is found first; that is hardly ever more than a few directions, and a linear program over those is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.stats import twoway

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_NOTHING = 1e-9
_CLEAR = 1e-3
_SLACK = 1e-6
_FARTHEST = 1e4


@dataclass(frozen=True)
class Telling:
    """Which cells tell something (`used`, in the shape (rows, columns)), and why the others do not.

    `quiet_rows` and `quiet_columns` have no incident at all; `single_rows` and `single_columns` are left with one cell,
    which their own effect fits exactly; `separated` are further cells of 0 that the model fits exactly.
    """

    used: Truth
    quiet_rows: Truth
    quiet_columns: Truth
    single_rows: Truth
    single_columns: Truth
    separated: Truth


def tell(outcomes: Real, columns: Real, present: Truth) -> Telling:
    """Find the cells that tell something about slopes of `columns`, which has the shape (slopes, rows, columns).

    `present` are the cells that may count at all; outcomes of the others are not looked at.

    >>> counts = np.array([[0.0, 0.0, 0.0], [2.0, 1.0, 3.0], [4.0, 1.0, 1.0]])
    >>> found = tell(counts, np.zeros((0, 3, 3)), np.ones((3, 3), dtype=bool))
    >>> found.quiet_rows.tolist(), int(found.used.sum())
    ([True, False, False], 6)
    """
    seen = np.asarray(present & (np.where(present, outcomes, 0.0) > 0))
    quiet_rows, quiet_columns = (np.asarray(present.any(axis=axis) & ~seen.any(axis=axis)) for axis in (1, 0))
    used = np.asarray(present & ~quiet_rows[:, None] & ~quiet_columns[None, :])
    separated = used & _separated(seen, columns, used)
    used &= ~separated
    several = _several(used)
    single = [np.asarray(used.any(axis=axis) & ~several.any(axis=axis)) for axis in (1, 0)]
    return Telling(several, quiet_rows, quiet_columns, single[0], single[1], separated)


def independent(columns: Real, used: Truth) -> Truth:
    """Tell which columns are no sum of effects and of columns before them, in the cells that are used.

    >>> steady = np.array([[[1.0, 1.0], [2.0, 2.0]], [[0.0, 1.0], [0.0, 0.0]]])
    >>> independent(steady, np.ones((2, 2), dtype=bool)).tolist()
    [False, True]
    """
    left = twoway.residuals(columns, twoway.Layout(used.astype(np.float64)))
    left = left[:, used]
    kept = np.zeros(len(columns), dtype=bool)
    for place, column in enumerate(left):
        spread = np.where(used, columns[place], 0.0)
        rest = column
        if kept.any():
            rest = column - np.linalg.lstsq(left[kept].T, column, rcond=None)[0] @ left[kept]
        kept[place] = np.linalg.norm(rest) > 10 * _NOTHING * max(float(np.linalg.norm(spread)), 1e-300)
    return kept


def _several(used: Truth) -> Truth:
    """Leave out rows and columns of one cell, until none is left."""
    while True:
        kept = used & (used.sum(axis=1) > 1)[:, None]
        kept &= (kept.sum(axis=0) > 1)[None, :]
        if (kept == used).all():
            return used
        used = kept


def _separated(seen: Truth, columns: Real, used: Truth) -> Truth:
    """Find the cells of 0 that can be sent to a rate of 0 while all cells with incidents keep theirs."""
    parts_of_rows, parts_of_columns, parts = twoway.parts(seen)
    free = _free(seen, columns, used)
    if parts == 1 and not len(free):
        return np.zeros(seen.shape, dtype=bool)
    zeros = used & ~seen
    row, column = np.nonzero(zeros)
    ends = np.column_stack([parts_of_rows[row], parts_of_columns[column]])
    lines = np.column_stack([ends, free[:, row, column].T]).astype(np.float64)
    _, first, kind = np.unique(np.round(lines, 9), axis=0, return_index=True, return_inverse=True)
    found = np.zeros(seen.shape, dtype=bool)
    found[row, column] = _above(lines[first], parts)[kind.ravel()]
    return found


def _free(seen: Truth, columns: Real, used: Truth) -> Real:
    """Give sums of columns that the effects fit exactly wherever there are incidents: how far other cells stand off."""
    if not len(columns):
        return columns
    middle = columns[:, seen].mean(axis=1)[:, None, None] if seen.any() else 0.0
    apart = twoway.departures(columns - middle, twoway.Layout(seen.astype(np.float64)))
    given = np.abs(columns).max(axis=(1, 2))
    large = np.where(used, np.abs(apart), 0.0).max(axis=(1, 2))
    apart = np.where(large > _NOTHING * given, 1 / np.where(large > 0, large, 1.0), 0.0)[:, None, None] * apart
    inside = apart[:, seen]
    values, vectors = np.linalg.eigh(inside @ inside.T)
    loose = vectors[:, values <= _NOTHING].T
    return np.asarray(np.einsum("dk,krc->drc", loose, apart), dtype=np.float64)


def _above(kinds: Real, parts: int) -> Truth:
    """Tell which kinds of cells some direction lifts above 0, when none may be put below and each counts once.

    Directions are bounded, and a lift of less than a millionth is none: else rounding would be lifted as well.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, eye_array, hstack

    number, slopes = len(kinds), kinds.shape[1] - 2
    place = np.arange(number)
    entries = np.concatenate([np.ones(number), -np.ones(number), kinds[:, 2:].T.ravel()])
    across = np.concatenate([*kinds[:, :2].T.astype(np.int64), np.repeat(parts + np.arange(slopes), number)])
    lift = coo_array((entries, (np.tile(place, 2 + slopes), across)), shape=(number, parts + slopes)).tocsr()
    solved = linprog(
        np.concatenate([np.zeros(parts + slopes), -np.ones(number)]),
        A_ub=hstack([-lift, eye_array(number)]).tocsr(),
        b_ub=np.full(number, _SLACK),
        bounds=[(-_FARTHEST, _FARTHEST)] * (parts + slopes) + [(0.0, 1.0)] * number,
        method="highs",
    )
    return np.asarray(solved.x[parts + slopes :] > _CLEAR)
