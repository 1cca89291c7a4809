"""Small tables kept by hand: headings, rows with their places, and what will not do."""

from __future__ import annotations

import io
from functools import partial

import pandas as pd
import pytest

from abate.errors import SourceError
from abate.sources import small_tables
from abate.tables.patrols import SCHEDULE


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


def test_rows_wider_than_the_headings_are_told() -> None:
    read = partial(pd.read_csv, dtype="str")
    assert not small_tables.too_wide(read(io.StringIO("a,b\n1,2\n")), name="d.csv")
    assert not small_tables.too_wide(read(io.StringIO("a,b\n")), name="d.csv")
    for rows in ("1,2,3\n", "1,2,3,4\n5,6,7,8\n"):
        (fault,) = small_tables.too_wide(read(io.StringIO(f"a,b\n{rows}")), name="d.csv")
        assert fault.startswith("d.csv: its rows have more cells than there are headings")


def test_numbers_that_no_file_means_are_none() -> None:
    told = small_tables.numbers(pd.Series(["1.5", "9" * 400, "9" * 5000, "", "-3"], dtype="str"))
    assert told.dropna().tolist() == [1.5, -3.0]


def test_what_the_dictionary_refuses_names_the_file() -> None:
    frame = pd.DataFrame({"date": pd.to_datetime(["2026-01-01"] * 2), "site_id": ["A", "A"], "arm": ["usual"] * 2})
    with pytest.raises(SourceError, match=r"^s\.csv: "):
        small_tables.checked(frame.astype({"site_id": "str", "arm": "str"}), SCHEDULE, name="s.csv")
