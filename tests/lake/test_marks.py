from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.lake import marks

if TYPE_CHECKING:
    from pathlib import Path

IDS = st.lists(st.one_of(st.none(), st.text("ab0", min_size=14, max_size=19)), max_size=30)


@given(IDS)
def test_marks_never_prove_what_is_not_so(ids: list[str | None]) -> None:
    column = pa.chunked_array([pa.array(ids, pa.string())])
    twice = any(count > 1 for count in Counter(one for one in ids if one is not None).values())
    assert marks.all_differ(column) is not twice
    if marks.differ(marks.of(column)):
        assert not twice


def test_hashes_are_proven_apart_within_and_between_files(tmp_path: Path) -> None:
    ids = [f"{number:064x}"[::-1] for number in range(2_000)]
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    marks.keep(marks.of(pa.chunked_array([ids[:1_000]])), first)
    marks.keep(marks.of(pa.chunked_array([ids[1_000:]])), second)
    assert marks.apart([first, second])
    marks.keep(marks.of(pa.chunked_array([ids[999:]])), second)
    assert not marks.apart([first, second])


@pytest.mark.parametrize("kept", [None, ["tooshort"]])
def test_a_file_without_marks_proves_nothing(tmp_path: Path, kept: list[str] | None) -> None:
    first, second = tmp_path / "1.parquet", tmp_path / "2.parquet"
    marks.keep(marks.of(pa.chunked_array([["x" * 20]])), first)
    marks.keep(None if kept is None else marks.of(pa.chunked_array([kept])), second)
    assert not marks.apart([first, second])


def test_a_slice_of_a_column_has_its_own_marks() -> None:
    column = pa.array([f"{number:020d}" for number in range(9)])
    found = marks.of(pa.chunked_array([column.slice(3, 4)]))
    assert found is not None
    assert found.tolist() == marks.of(pa.chunked_array([column.take(pa.array([3, 4, 5, 6]))])).tolist()  # type: ignore[union-attr]
