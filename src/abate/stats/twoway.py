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
            return rows + columns - _parts(used)
        return rows if self.rows else columns if self.columns else 1


def residuals(values: Real, layout: Layout) -> Real:
    """Take the weighted effects of rows and columns out of `values`, in the shape (..., rows, columns).

    Cells of weight 0 get 0. Without effects of rows and of columns the overall weighted mean is taken out.

    >>> residuals(np.array([[1.0, 2.0], [3.0, 8.0]]), Layout(np.ones((2, 2)))).round(6).tolist()
    [[1.0, -1.0], [-1.0, 1.0]]
    """
    weights = layout.weights
    if layout.rows and layout.columns:
        flipped = weights.shape[0] > weights.shape[1]
        left = _both(values.swapaxes(-1, -2), weights.T) if flipped else _both(values, weights)
        left = left.swapaxes(-1, -2) if flipped else left
    elif layout.rows:
        left = values - ((values * weights).sum(axis=-1) / _safe(weights.sum(axis=1)))[..., :, None]
    elif layout.columns:
        left = values - ((values * weights).sum(axis=-2) / _safe(weights.sum(axis=0)))[..., None, :]
    else:
        left = values - ((values * weights).sum(axis=(-1, -2)) / _safe(weights.sum()))[..., None, None]
    found: Real = np.where(weights > 0, left, 0.0)
    return found


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


def _parts(used: Truth) -> int:
    """Count the connected parts of the rectangle: rows that share a column in use belong together."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if used.all():
        return 1
    rows, columns = np.nonzero(used)
    size = used.shape[0] + used.shape[1]
    joined = csr_array((np.ones(len(rows)), (rows, used.shape[0] + columns)), shape=(size, size))
    _, labels = connected_components(joined, directed=False)
    return len(np.unique(labels[rows]))
