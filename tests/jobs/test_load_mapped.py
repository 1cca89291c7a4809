"""From an extract and its mapping to the lake: three cities, a county, and a force's own CSV file and workbook."""

from __future__ import annotations

import csv
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from abate import lake as lakes
from abate.errors import SourceError
from abate.jobs.load import Load, load
from abate.sources.mapping import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

REAL = {
    "new-york-shootings": ("hotspots/nyc_shootings/shootings_2006_2019.csv.gz", 17_033, 168, 0),
    "chicago-arson": ("hotspots/chicago_near_repeat/arson_2016.csv.gz", 522, 12, 0),
    "portland-street-crimes": ("hotspots/portland_nij/street_crimes.csv.gz", 142_911, 54, 0),
    "bedfordshire-monthly": ("hotspots/bedfordshire_police_uk/crimes_2021-05_2023-04.csv.gz", 120_588, 24, 3_832),
}

OWN = """
[source]
name = "Own extract"
force = "essex"
{more}
[columns]
crime_id = "Réf"
crime_type = "Kind"
began = "When"
x = "E"
y = "N"
domestic = "DA"
[place]
crs = "EPSG:27700"
[filters]
use = "public-place"
missing = "ok"
"""
HEADER = ["Réf", "Kind", "When", "E", "N", "DA"]
ROWS: list[list[Any]] = [
    ["1", "Robbery", "2024-01-05T22:10:00", "588310", "185220", "N"],
    ["2", "Violence", "2024-01-06T01:00:00", "588310.5", "185221", "Y"],
    ["1", "Robbery", "2024-01-05T22:10:00", "588400", "185220", "N"],
    ["3", 'Weapon; "knife"\nfound', "2024-02-01", "", "", ""],
    ["1", "Robbery", "2024-02-05T22:10:00", "588310", "185220", "N"],
    ["4", "Robbery", "soon", "588310", "185220", "N"],
    ["", "Robbery", "2024-02-05T22:10:00", "588310", "185220", "N"],
    ["", "Robbery", "2024-02-05T22:10:00", "588310", "185220", "N"],
]


def run(file: Path, mapping: Path, folder: Path) -> Load:
    return load([file], lake=folder, mapping=mapping, today=date(2026, 11, 22), by="tester")


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_a_real_extract_is_loaded_whole_through_its_example(
    name: str, shared: Callable[[str], Path], tmp_path: Path
) -> None:
    file, rows, months, nowhere = REAL[name]
    answer = run(shared(file), EXAMPLES / f"{name}.toml", tmp_path / "lake")
    assert (answer.rows_read, answer.rows_loaded, answer.without_coordinates) == (rows, rows, nowhere)
    assert len(answer.months) == months
    held = lakes.open(tmp_path / "lake").incidents().count().execute()
    assert held == rows


def own(folder: Path, kind: str) -> tuple[Path, Path]:
    """Write the same rows as one kind of file, and the mapping that reads it."""
    more = {"utf-8": "", "cp1252": 'delimiter = ";"\nencoding = "cp1252"', "xlsx": 'sheet = "Data"\nheader_row = 2'}[
        kind
    ]
    (folder / "own.toml").write_text(OWN.format(more=more), encoding="utf-8")
    if kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.title = "Data"
        for row in (["Crimes"], HEADER, *ROWS):
            book.active.append(row)
        book.create_sheet("Notes")["A1"] = "note"
        book.save(folder / "own.xlsx")
        return folder / "own.xlsx", folder / "own.toml"
    with (folder / "own.csv").open("w", encoding=kind, newline="") as file:
        csv.writer(file, delimiter=";" if more else ",").writerows([HEADER, *ROWS])
    return folder / "own.csv", folder / "own.toml"


@pytest.mark.parametrize("kind", ["utf-8", "cp1252", "xlsx"])
def test_the_fates_of_a_forces_own_extract_add_up_in_every_kind_of_file(kind: str, tmp_path: Path) -> None:
    file, mapping = own(tmp_path, kind)
    answer = run(file, mapping, tmp_path / "lake")
    assert (answer.rows_read, answer.rows_loaded, answer.rows_rejected) == (8, 5, 1)
    assert (answer.rows_repeated, answer.rows_dropped, answer.repeats_elsewhere) == (1, 1, 1)
    assert answer.rejected_by_rule["began-unreadable"] == 1
    assert any("not-street-visible cannot be applied: no column for premises" in note for note in answer.notes)
    kept = lakes.open(tmp_path / "lake").incidents().order_by("source_row").execute()
    assert list(kept["source_row"]) == [1, 4, 5, 7, 8]
    assert list(kept["month"]) == ["2024-01", "2024-02", "2024-02", "2024-02", "2024-02"]
    assert list(kept["crime_type"])[1] == 'Weapon; "knife"\nfound'
    assert set(kept["crs"]) == {"EPSG:27700"}
    rejects = next((tmp_path / "lake" / "loads").glob("*/rejects.csv"))
    with rejects.open(encoding="utf-8", newline="") as told:
        assert {(row["row"], row["rule"], row["value"]) for row in csv.DictReader(told)} == {
            ("6", "began-unreadable", "soon"),
            ("2", "domestic", "Y"),
        }


def test_loading_an_extract_again_changes_nothing(tmp_path: Path) -> None:
    file, mapping = own(tmp_path, "utf-8")
    first = run(file, mapping, tmp_path / "lake")
    again = run(file, mapping, tmp_path / "lake")
    assert (again.table_version, again.load_id) == (first.table_version, first.load_id)
    assert again.rows_loaded == first.rows_loaded


def test_a_file_without_the_columns_of_the_mapping_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    file, mapping = own(tmp_path, "utf-8")
    file.write_text("Ref,Kind,When\n1,Robbery,2024-01-01\n", encoding="utf-8")
    with pytest.raises(SourceError) as fault:
        run(file, mapping, tmp_path / "lake")
    told = str(fault.value)
    assert all(word in told for word in ("[columns] crime_id", "'Réf'", "Did you mean 'Ref'?", "[columns] x", "'DA'"))
    assert not list((tmp_path / "lake").rglob("*.parquet"))


def test_the_mapping_is_part_of_what_is_kept_of_a_load(tmp_path: Path) -> None:
    file, mapping = own(tmp_path, "utf-8")
    run(file, mapping, tmp_path / "lake")
    kept = next((tmp_path / "lake" / "loads").glob("*/provenance.json"))
    assert json.loads(kept.read_text(encoding="utf-8"))["parameters"]["mapping"]
