"""Travel times come as pairs or as a square; what is missing is named."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import travel_tables


def test_pairs_and_squares() -> None:
    pairs = travel_tables.parse(
        "from,to,minutes\na,T,3.2\nb,T,4\na,b,7\nb,a,8\n", name="t.csv", stops=["a", "b", "T"], sites=2
    )
    assert pairs.tolist() == [[0, 7, 4], [8, 0, 4], [4, 4, 0]]
    square = travel_tables.parse(",a,b,T\na,0,7,4\nb,8,0,4\nT,4,4,0\n", name="t.csv", stops=["a", "b", "T"], sites=2)
    assert (square == pairs).all()


def test_ways_between_bases_are_not_asked_for() -> None:
    assert travel_tables.parse("from,to,minutes\na,T,1\na,U,2\n", name="t", stops=["a", "T", "U"], sites=1)[1, 2] == 0


def test_what_is_missing_and_what_is_no_number_are_told_together() -> None:
    with pytest.raises(SourceError) as fault:
        travel_tables.parse("from,to,minutes\na,b,x\na\n", name="t.csv", stops=["a", "b", "c"], sites=3)
    assert len(fault.value.faults) == 6
    assert "t.csv, row 1: 'x' is no number" in str(fault.value)
    assert "from 'b' to 'c'" in str(fault.value)
    with pytest.raises(SourceError, match="is empty"):
        travel_tables.parse("", name="t.csv", stops=["a"], sites=1)


def test_a_torn_line_is_told():
    with pytest.raises(SourceError, match=r"t\.csv: is no CSV: field larger"):
        travel_tables.parse("from,to,minutes\na,b," + "x" * 200_000, name="t.csv", stops=["a", "b"], sites=2)
