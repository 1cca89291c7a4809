"""What the tables of a load promise: the fates of rows add up, and a missing month is not a zero."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables.loads import COVERAGE, FATES, REJECTS, REPEATS
from conftest import table


def test_every_row_has_one_of_four_fates() -> None:
    fates = [name for name in FATES.columns if name.startswith("rows_")]
    assert fates == ["rows_read", "rows_loaded", "rows_rejected", "rows_repeated", "rows_dropped"]


def test_a_rejected_row_says_what_would_be_right_and_how_it_stood() -> None:
    assert {"file", "row", "rule", "would_be_right", "line"} <= set(REJECTS.columns)
    assert not REJECTS.columns["would_be_right"].blank


def test_a_repeat_names_the_row_that_was_loaded() -> None:
    assert {"first_file", "first_row", "differs"} <= set(REPEATS.columns)


def test_a_month_is_present_suspicious_or_missing() -> None:
    months = table("""
        kind       force  month    rows  without_coordinates  status
        incidents  essex  2021-03  120   3                    present
        incidents  essex  2021-04  0     0                    missing
    """)
    assert len(COVERAGE.check(months)) == 2
    with pytest.raises(TableError, match="one of present, suspicious, missing, not 'zero'"):
        COVERAGE.check(months.assign(status=["present", "zero"]))
