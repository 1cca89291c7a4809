"""Roll-outs: units, starts and periods; what is no number is told with its row."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import rollout_panels


def parse(text: str):
    return rollout_panels.parse(text.encode(), name="w.csv", identifier="uid", first_treated="from")


def test_units_keep_their_names_and_periods_their_order(tmp_path):
    file = tmp_path / "w.csv"
    file.write_text("uid,from,p1,p2,rank\n007,2,0,1.5,x\n008,,3,4,y\n")
    found = rollout_panels.read(file, identifier="uid", first_treated="from")
    assert found["uid"].tolist() == ["007", "008"]
    assert list(found.columns) == ["uid", "from", "p1", "p2"]


def test_a_column_that_is_not_there_is_told_with_the_nearest():
    with pytest.raises(SourceError, match=r"no column 'from'\. Did you mean 'form'"):
        parse("uid,form,p1,p2\n1,1,0,0\n")


def test_every_fault_is_told():
    with pytest.raises(SourceError) as fault:
        parse("uid,from,p1,p2\n,soon,0,0\nB,2,many,0\n")
    assert list(fault.value.faults) == [
        "w.csv, row 1: uid is blank; it should be the unit's name",
        "w.csv, row 1: from is 'soon'; it should be a number",
        "w.csv, row 2: p1 is 'many'; it should be a number",
    ]


def test_nothing_is_told():
    with pytest.raises(SourceError, match="is not a CSV"):
        parse("")
