"""Long lists become rectangles without losing anything."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.stats.crosstabs import dense

entries = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.integers(0, 9)), max_size=30)


@given(entries)
def test_every_value_lands_in_its_cell(listed: list[tuple[str, int, int]]) -> None:
    plain = np.zeros((3, 4), dtype=int)
    for row, column, value in listed:
        plain["abc".index(row), column] += value
    rows, columns, values = ([entry[part] for entry in listed] for part in range(3))
    laid_out = dense(rows, columns, values, row_order=list("abc"), column_order=range(4))
    assert laid_out.tolist() == plain.tolist()


def test_a_label_that_is_not_known_is_named() -> None:
    with pytest.raises(KeyError, match="'z'"):
        dense(["a", "z"], [0, 0], [1, 1], row_order=["a"], column_order=[0])
