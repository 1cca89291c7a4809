"""Small tables kept by hand: headings, rows with their places, and what will not do."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import small_tables


def test_blank_rows_and_prompts_are_left_out_and_places_kept():
    found = small_tables.parse(b"\xef\xbb\xbfSite ID , Role\n\n# prompt,\nA, officer\nB\n", name="day.csv")
    assert found.headings == ("site_id", "role")
    assert found.rows == ({"site_id": "A", "role": "officer"}, {"site_id": "B", "role": ""})
    assert found.places == (3, 4)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no row of headings"),
        (b"a,a\n1,2\n", "two columns are called 'a'"),
        (b"a,b\n1,2,3\n", "row 1: 3 cells, and the headings are 2"),
        ("a\nn\xe9\n".encode("latin-1"), "not text in UTF-8"),
    ],
)
def test_what_will_not_do_is_said(content: bytes, said: str):
    with pytest.raises(SourceError, match=said):
        small_tables.parse(content, name="day.csv")


def test_many_faults_are_cut():
    with pytest.raises(SourceError) as told:
        small_tables.tell([f"row {place}" for place in range(30)], "day.csv")
    assert len(told.value.faults) == 21
    assert told.value.faults[-1] == "day.csv: 10 more faults like these"
    small_tables.tell([], "day.csv")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="no such file"):
        small_tables.read(tmp_path / "no.csv")
