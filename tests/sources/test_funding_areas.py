from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import SourceError
from abate.sources import funding_areas, small_tables
from abate.tables.funding import FUNDED_AREAS

if TYPE_CHECKING:
    from pathlib import Path


def faults(text: str) -> str:
    with pytest.raises(SourceError) as told:
        funding_areas.parse(small_tables.parse(text.encode(), name="a.csv"))
    return str(told.value)


def test_areas_are_read_with_blanks_as_they_are_meant(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('area,population,need,current_grant,cap\nKent,"1,900,000",3.5,,\nEssex,1,2,£5,9\n')
    found = funding_areas.read(tmp_path / "a.csv")
    FUNDED_AREAS.check(found)
    assert found["population"].tolist() == [1_900_000, 1]
    assert found["current_grant"].tolist() == [0, 5]
    assert found["floor"].tolist() == [0, 0]
    assert np.isnan(found["cap"]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("area,population\nKent,1\n", "there is no column 'need'"),
        ("area,population,need,cup\nKent,1,1,1\n", "the column 'cup' is not one of this table. Did you mean 'cap'"),
        ("area,population,need\n", "has headings and no rows"),
        ("area,population,need\n,1,1\n", "row 1: area is blank"),
        ("area,population,need\nKent,,1\n", "row 1: population is blank"),
        ("area,population,need\nKent,1,-1\n", "row 1: need is '-1'; it should be a number, 0 or more"),
        ("area,population,need\nKent,1,inf\n", "row 1: need is 'inf'"),
        ("area,population,need\nKent,1,1\nKent,1,1\n", "Kent stands in two rows"),
        ("area,population,need\nKent,1,0\n", "no area has any need"),
        (
            "area,population,need,prevented_per_pound,prevented_low,prevented_high\nK,1,1,5,6,7\n",
            "row 1: prevented_per_pound should lie between",
        ),
    ],
)
def test_what_is_wrong_is_told(text: str, words: str) -> None:
    assert words in faults(text)


def test_all_faults_come_at_once() -> None:
    assert len(faults("area,population,need\n,x,1\nB,1,y\n").splitlines()) == 3
