"""Counts by period: put in order, whole, and every fault at once."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import period_counts


def parsed(*rows: str):
    return period_counts.parse("\n".join(("period,treated,control", *rows)).encode(), name="c.csv")


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        (("10,1,2", "9,3,4", "11,5,6"), ["9", "10", "11"]),
        (("2025-02,1,2", "2024-12,3,4", "2025-01,5,6"), ["2024-12", "2025-01", "2025-02"]),
        (("2025-01-08,1,2", "2025-01-15,3,4", "2025-01-01,5,6"), ["2025-01-01", "2025-01-08", "2025-01-15"]),
        (("spring,1,2", "autumn,3,4"), ["spring", "autumn"]),
    ],
)
def test_periods_stand_in_order_of_time(rows, order):
    found = parsed(*rows)
    assert found["period"].tolist() == order
    assert found["treated"].sum() == sum(int(row.split(",")[1]) for row in rows)


def test_every_fault_is_told_at_once():
    with pytest.raises(SourceError) as told:
        parsed("1,2,3", "1,a,3", ",2,-1", "2024-13,1.5,1")
    assert told.value.faults == (
        "c.csv, row 2: period '1' stands in row 1 already; each period is one row",
        "c.csv, row 2: treated is 'a'; it should be a number of incidents, whole and 0 or more",
        "c.csv, row 3: the period is blank; its number, month (YYYY-MM) or day (YYYY-MM-DD) would be right",
        "c.csv, row 3: control is '-1'; it should be a number of incidents, whole and 0 or more",
        "c.csv, row 4: period '2024-13' is in no calendar; a month as YYYY-MM or a day as YYYY-MM-DD is right",
        "c.csv, row 4: treated is '1.5'; it should be a number of incidents, whole and 0 or more",
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (("1,2,3", "2,1,3", "4,1,1"), "between period '2' and '4' a row is missing"),
        (("2025-01,2,3", "2025-02,1,3", "2025-05,1,1"), "between period '2025-02' and '2025-05'"),
        (("1,0,0", "2,0,0"), "every count is 0"),
        ((), "there is no row under the headings"),
    ],
)
def test_what_cannot_be_scanned_is_said(rows, said):
    with pytest.raises(SourceError, match=said):
        parsed(*rows)


def test_a_column_that_is_missing_is_named():
    with pytest.raises(SourceError, match="there is no column 'control'"):
        period_counts.parse(b"period,treated,contol\n1,2,3\n", name="c.csv")
