"""Rectangles with an effect of each row and of each column taken out, exactly and in one step.

A rectangle (rows, columns) may have gaps, which are cells of weight 0. The smaller side is solved as a dense system
and the larger one follows from it, so that a million cells of 10,000 rows and 100 columns cost a few products.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """Which cells count how much (`weights`, in the shape (rows, columns)), and which effects are taken out."""

    weights: Real
    rows: bool = True
    columns: bool = True

    def parameters(self) -> int:
        """Count the free effects: rows and columns in use, less one for each connected part of the rectangle."""
        used = self.weights > 0
        rows, columns = int(used.any(axis=1).sum()), int(used.any(axis=0).sum())
        if self.rows and self.columns:
            return rows + columns - parts(used)[2]
        return rows if self.rows else columns if self.columns else 1


def residuals(values: Real, layout: Layout) -> Real:
    """Take the weighted effects of rows and columns out of `values`, in the shape (..., rows, columns).

    Cells of weight 0 get 0. Without effects of rows and of columns the overall weighted mean is taken out.

    >>> residuals(np.array([[1.0, 2.0], [3.0, 8.0]]), Layout(np.ones((2, 2)))).round(6).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    found: Real = np.where(layout.weights > 0, departures(values, layout), 0.0)
    return found


def departures(values: Real, layout: Layout) -> Real:
    """Take the effects out as `residuals` does, and tell of cells of weight 0 how far they stand from the effects.

    >>> departures(np.array([[1.0, 2.0], [3.0, 8.0]]), Layout(np.array([[1.0, 1.0], [1.0, 0.0]]))).round(6)[1, 1].item()
    4.0
    """
    weights = layout.weights
    if layout.rows and layout.columns:
        flipped = weights.shape[0] > weights.shape[1]
        turned = (np.ascontiguousarray(one.swapaxes(-1, -2) if flipped else one) for one in (values, weights))
        left = _both(*turned)
        left = left.swapaxes(-1, -2) if flipped else left
    elif layout.rows:
        left = values - ((values * weights).sum(axis=-1) / _safe(weights.sum(axis=1)))[..., :, None]
    elif layout.columns:
        left = values - ((values * weights).sum(axis=-2) / _safe(weights.sum(axis=0)))[..., None, :]
    else:
        left = values - ((values * weights).sum(axis=(-1, -2)) / _safe(weights.sum()))[..., None, None]
    return np.asarray(left, dtype=np.float64)


def own_part(values: Real, layout: Layout) -> Real:
    """Project values that stand in one row alone onto the effects, and give what falls into that row again.

    `values` has the shape (rows, columns, anything): each row is projected as if all others were 0, on values scaled
    by the square roots of the weights. It is what a fit takes out of a row's own residuals.

    >>> own_part(np.ones((2, 2, 1)), Layout(np.ones((2, 2)), rows=False))[:, :, 0].tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    weights = layout.weights
    roots = np.sqrt(weights)[:, :, None]
    inner = roots * values
    total = inner.sum(axis=1, keepdims=True)
    if layout.rows and layout.columns:
        found = _own_both(inner, total, weights)
    elif layout.rows:
        found = total / _safe(weights.sum(axis=1))[:, None, None]
    elif layout.columns:
        found = inner / _safe(weights.sum(axis=0))[None, :, None]
    else:
        found = total / _safe(weights.sum())
    return np.asarray(roots * found, dtype=np.float64)


def _both(values: Real, weights: Real) -> Real:
    """Solve for the rows (the smaller side), then for the columns."""
    across = _safe(weights.sum(axis=0))
    share = weights / across
    system = np.diag(weights.sum(axis=1)) - share @ weights.T
    weighted = values * weights
    down = weighted.sum(axis=-2)
    right = weighted.sum(axis=-1) - down @ share.T
    rows = right @ np.linalg.pinv(system, rcond=1e-12, hermitian=True)
    columns = (down - rows @ weights) / across
    found: Real = values - rows[..., :, None] - columns[..., None, :]
    return found


def _own_both(inner: Real, total: Real, weights: Real) -> Real:
    """Give the row's own part of the normal equations' inverse, times `inner`; the smaller side is solved."""
    down, across = _safe(weights.sum(axis=1)), _safe(weights.sum(axis=0))
    if weights.shape[0] <= weights.shape[1]:
        share = weights / across
        inverse = np.linalg.pinv(np.diag(weights.sum(axis=1)) - share @ weights.T, rcond=1e-12, hermitian=True)
        mixed = inverse @ share
        own = np.diag(inverse)
        late = inner / across[:, None] + share.T @ (mixed @ inner)
    else:
        share = weights / down[:, None]
        inverse = np.linalg.pinv(np.diag(weights.sum(axis=0)) - weights.T @ share, rcond=1e-12, hermitian=True)
        mixed = share @ inverse
        own = 1 / down + (mixed * share).sum(axis=1)
        late = inverse @ inner
    along = (mixed[:, :, None] * inner).sum(axis=1, keepdims=True)
    return np.asarray(own[:, None, None] * total - mixed[:, :, None] * total - along + late, dtype=np.float64)


def _safe(sums: Real) -> Real:
    return np.where(sums > 0, sums, 1.0)


def parts(used: Truth) -> tuple[Whole, Whole, int]:
    """Number the connected parts of a rectangle: rows that share a column in use belong together.

    Gives the part of each row and of each column, from 0, and how many there are; a row or a column without any cell
    in use is given part 0.

    >>> parts(np.array([[True, False], [False, True], [False, True]]))[0].tolist()
    [0, 1, 1]
    """
    if used.shape[0] < used.shape[1]:
        across, down, count = parts(used.T)
        return down, across, count
    values = used.astype(np.float32)
    tied = np.asarray(values.T @ values > 0)
    places, count = np.zeros(used.shape[1], dtype=np.int64), 0
    waiting = used.any(axis=0)
    while waiting.any():
        reached = np.zeros(used.shape[1], dtype=bool)
        new = np.arange(used.shape[1]) == waiting.argmax()
        while new.any():
            reached |= new
            new = tied[new].any(axis=0) & ~reached
        places[reached] = count
        waiting &= ~reached
        count += 1
    return places[used.argmax(axis=1)], places, count
