"""Long lists turned into rectangles: one row a label, one column another, zeros where nothing is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray


def dense(rows: Any, columns: Any, values: Any, *, row_order: Any, column_order: Any) -> NDArray[np.int64]:
    """Lay whole numbers out as a rectangle, adding up what shares a row and a column.

    `rows`, `columns` and `values` are equally long arrays or columns; `row_order` and `column_order` are the labels,
    each once. Cells that no value names hold 0. Gives integers in the shape (rows, columns). Raises `KeyError` when a
    label is not among those given, so that nothing is lost unseen.

    >>> dense(["a", "b"], [2, 1], [5, 7], row_order=["a", "b"], column_order=[1, 2])
    array([[0, 5],
           [7, 0]])
    """
    down, across = _places(rows, row_order), _places(columns, column_order)
    shape = (len(row_order), len(column_order))
    filled = np.bincount(
        down * shape[1] + across, weights=np.asarray(values, dtype=float), minlength=shape[0] * shape[1]
    )
    return np.rint(filled).astype(np.int64).reshape(shape)


def _places(labels: Any, order: Any) -> NDArray[np.intp]:
    named = pd.Index(labels)
    found: NDArray[np.intp] = pd.Index(order).get_indexer(named)
    if (found < 0).any():
        raise KeyError(f"not among the labels: {named[found < 0][0]!r}")
    return found
