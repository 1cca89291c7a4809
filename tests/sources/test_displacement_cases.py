"""Before-and-after counts: read with weights filled in, every fault with its row."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import displacement_cases

HEAD = "case,area,pre,post,pre_time,post_time,area_weight,harm_weight\n"


def test_what_is_blank_is_one(tmp_path):
    file = tmp_path / "cases.csv"
    file.write_text(HEAD + "A,treated,20,10,2,,0.5,\nA,Control,20,20,,,,3\n")
    found = displacement_cases.read(file)
    assert found["pre_time"].tolist() == [2.0, 1.0]
    assert found["area_weight"].tolist() == [0.5, 1.0]
    assert found["harm_weight"].tolist() == [1.0, 3.0]
    assert found["area"].tolist() == ["treated", "control"]


def test_every_fault_is_told():
    rows = "A,treted,20,10,,,,\n,control,-1,2.5,0,x,,-2\n"
    with pytest.raises(SourceError) as fault:
        displacement_cases.parse((HEAD + rows).encode(), name="c.csv")
    told = str(fault.value)
    assert "c.csv, row 1: area 'treted' is not known. Known are: treated, control" in told
    for part in ("the case is blank", "pre is '-1'", "post is '2.5'", "pre_time is '0'", "post_time is 'x'"):
        assert f"c.csv, row 2: {part}" in told
    assert "harm_weight is '-2'; it should be a number, 0 or more" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case,area,pre\n", "no column 'post'"),
        (HEAD, "no row under the headings"),
        (HEAD + "A,treated,1,2,,,,\n", "case 'A' has no row with area 'control'"),
    ],
)
def test_what_is_missing_is_told(text, said):
    with pytest.raises(SourceError, match=said):
        displacement_cases.parse(text.encode(), name="c.csv")
