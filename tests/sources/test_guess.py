"""A first draft of a mapping: right on the real extracts but for what nobody could know, and it reads back."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import SourceError
from abate.sources import guess, mapped, mapping
from abate.sources.guess import Extract

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REAL = {
    "new-york-shootings": "hotspots/nyc_shootings/shootings_2006_2019.csv.gz",
    "chicago-arson": "hotspots/chicago_near_repeat/arson_2016.csv.gz",
    "portland-street-crimes": "hotspots/portland_nij/street_crimes.csv.gz",
    "bedfordshire-monthly": "hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04.csv.gz",
}


def filled(draft: str, **answers: str) -> str:
    """Fill in what the draft leaves open, as a person would."""
    for name, answer in answers.items():
        draft, count = re.subn(rf'^{name} = "" # fill in.*$', f'{name} = "{answer}"', draft, flags=re.MULTILINE)
        assert count == 1, f"{name} was not left open"
    return draft


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_the_draft_for_a_real_extract_is_its_example_but_for_what_nobody_could_know(
    name: str, shared: Callable[[str], Path]
) -> None:
    example = mapping.example(name)
    draft = guess.draft(shared(REAL[name]))
    left_open = {"force": example.force, "crime_type": example.crime_type, "crs": example.crs}
    if name == "bedfordshire-monthly":
        left_open = {"force": example.force}
    found = mapping.parse(filled(draft, **{key: str(answer) for key, answer in left_open.items()}), file="draft.toml")
    assert found.columns == example.columns
    assert (found.crs, found.force, found.crime_type) == (example.crs, example.force, example.crime_type)
    assert set(example.formats) <= set(found.formats)
    assert draft == guess.draft(shared(REAL[name]))


@pytest.mark.parametrize("name", REAL)
def test_a_draft_that_is_not_filled_in_is_refused_with_what_is_missing(
    name: str, shared: Callable[[str], Path]
) -> None:
    draft = guess.draft(shared(REAL[name]))
    with pytest.raises(SourceError) as fault:
        mapping.parse(draft, file="draft.toml")
    assert len(fault.value.faults) == draft.count('= "" # fill in') == (1 if name == "bedfordshire-monthly" else 3)
    assert all("is still to be filled in" in each for each in fault.value.faults)


BRITISH = """URN;Offence Type;HO Code;Committed From;Committed To;Date Reported;Easting;Northing;DA Flag;Premises;Force
1;Robbery;34B;31/01/2024 23:05;01/02/2024;02/02/2024 10:00;588000;185000;Ja;Street;Essex Police
2;Violence;8N;01/02/2024 10:00;01/02/2024 10:30;;0;0;Nein;Dwelling;Kent Police
"""


def test_a_forces_own_extract_is_recognised(tmp_path: Path) -> None:
    file = tmp_path / "own_extract.csv"
    file.write_bytes(BRITISH.encode("cp1252"))
    draft = guess.draft(file)
    found = mapping.parse(draft, file="draft.toml")
    assert found.columns == {
        "crime_id": "URN",
        "crime_type": "Offence Type",
        "ho_offence_code": "HO Code",
        "began": "Committed From",
        "ended": "Committed To",
        "reported": "Date Reported",
        "x": "Easting",
        "y": "Northing",
        "domestic": "DA Flag",
        "premises": "Premises",
    }
    assert (found.delimiter, found.crs, found.no_place) == (";", "EPSG:27700", ("0", "0.0"))
    assert found.formats == ("%d/%m/%Y %H:%M", "%d/%m/%Y")
    assert found.force_names == {"Essex Police": "essex", "Kent Police": "kent"}
    assert "ja, nein" in draft
    assert '# use = ["public-place"]' in draft
    assert mapped.format_of(found, tuple(BRITISH.split("\n", maxsplit=1)[0].split(";"))).header


def test_a_workbook_is_drafted_with_its_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Data"
    book.active.append(["Crime Type", "Date", "Time"])
    book.active.append(["Robbery", "2024-01-31", "10:00"])
    book.create_sheet("Notes")["A1"] = "note"
    book.save(tmp_path / "made.xlsx")
    draft = guess.draft(tmp_path / "made.xlsx")
    found = mapping.parse(filled(draft, force="essex"), file="draft.toml")
    assert (found.sheet, found.columns) == (
        "Data",
        {"crime_type": "Crime Type", "began_date": "Date", "began_time": "Time"},
    )


def test_nothing_recognised_is_said() -> None:
    draft = guess.write(Extract("a.csv", ("foo", "bar"), (("1", "2"),)))
    assert "# Columns that are not used: foo, bar" in draft
    for name in ("force", "crime_type", "began"):
        assert re.search(rf'^{name} = "" # fill in', draft, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"<!DOCTYPE html><html></html>", "is not a CSV file"),
        (b"a,b\n\0,1\n", "is not a CSV file"),
        (b"a\x81,b\n1,2\n", "is neither UTF-8 nor Windows text"),
    ],
)
def test_what_is_no_extract_is_told(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        guess.draft(file)


def test_damaged_files_are_told(tmp_path: Path) -> None:
    cut = tmp_path / "x.csv.gz"
    cut.write_bytes(gzip.compress(b"a,b\n" * 1000)[:-12])
    with pytest.raises(SourceError, match="is cut short"):
        guess.draft(cut)
    plain = tmp_path / "y.csv.gz"
    plain.write_bytes(b"a,b\n1,2\n")
    with pytest.raises(SourceError, match="cannot be read"):
        guess.draft(plain)
    with pytest.raises(SourceError, match="cannot be read"):
        guess.draft(tmp_path / "gone.csv")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=6, unique=True),
    st.lists(st.lists(st.text(max_size=20), min_size=6, max_size=6), max_size=5),
    st.text(min_size=1, max_size=20),
)
def test_whatever_stands_in_a_file_the_draft_is_toml(header: list[str], rows: list[list[str]], name: str) -> None:
    cut = tuple(tuple(row[: len(header)]) for row in rows)
    plain = guess.write(Extract(name, tuple(header), cut))
    known = guess.write(
        Extract(name, ("crime type", "force", *header), tuple((row[4], row[5], *row[: len(header)]) for row in rows))
    )
    for draft in (plain, known):
        with pytest.raises(SourceError) as fault:
            mapping.parse(draft, file="draft.toml")
        assert "is not TOML" not in str(fault.value)
