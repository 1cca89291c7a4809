"""Tables by small area as they are published: notes above and below, codes found, faults named."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import area_tables

if TYPE_CHECKING:
    from pathlib import Path

NOMIS = """\
"TS021 - Ethnic group"
"ONS Crown Copyright Reserved"

"area type","LSOAs of 2021"

"2021 super output area - lower layer","mnemonic","Total","White"
"Hartlepool 001A","E01011949","1,500","1,400"
"Hartlepool 001B","E01011950","900","850"

"In order to protect against disclosure, records have been swapped."
"""


def test_notes_around_the_table_are_passed_over_and_thousands_read():
    found = area_tables.parse(NOMIS.encode(), name="ts021.csv")
    assert found.codes == ("E01011949", "E01011950")
    assert found.whole("Total") == [1500, 900]
    assert found.columns["2021 super output area - lower layer"][0] == "Hartlepool 001A"


def test_the_first_column_of_codes_counts_where_there_are_several():
    text = "LSOA code (2021),LA code,Rank\nE01000001,E09000001,5\nE01000002,E09000001,6\n"
    assert area_tables.parse(text.encode(), name="f.csv").codes == ("E01000001", "E01000002")


def test_a_gzipped_file_with_a_byte_order_mark_is_read(tmp_path: Path):
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbfcode,n\nE01000001,5\n"))
    assert area_tables.read(path).whole("n") == [5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("place,n\nHere,5\n", "no column has codes of areas such as E01000001"),
        ("E01000001,5\n", "no row of headings stands above"),
        ("code,n\nE01000001,5\nE01000001,6\n", "E01000001 stands in 2 rows"),
        ("code,n,n\nE01000001,5,6\n", "2 columns are called 'n'"),
        ("code,n\nE01000001,5,6\n", "the row of E01000001 has 3 cells, the headings are 2"),
    ],
)
def test_what_is_wrong_is_said(text: str, told: str):
    with pytest.raises(SourceError, match=told):
        area_tables.parse(text.encode(), name="bad.csv")


def test_every_count_that_is_not_whole_is_named_up_to_five():
    lines = [f"E0100000{n},{n}.5" for n in range(1, 8)]
    found = area_tables.parse(("code,n\n" + "\n".join(lines)).encode(), name="bad.csv")
    with pytest.raises(SourceError) as fault:
        found.whole("n")
    assert fault.value.faults[0] == "bad.csv, area E01000001: 'n' is '1.5', where a whole number would be right"
    assert fault.value.faults[-1] == "bad.csv: 2 more like these"


def test_other_encodings_and_missing_files_are_sentences(tmp_path: Path):
    with pytest.raises(SourceError, match="not text in UTF-8"):
        area_tables.parse("code,é\nE01000001,1".encode("latin-1"), name="f.csv")
    with pytest.raises(SourceError, match="there is no such file"):
        area_tables.read(tmp_path / "none.csv")
