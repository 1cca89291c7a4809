from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from abate import lake as lakes
from abate.errors import LakeError, OptionError
from abate.jobs.load import Load
from abate.lake.delta import TABLES

if TYPE_CHECKING:
    from pathlib import Path

Filled = Callable[..., Load]


def damage(lake: Path, how: str) -> Path:
    """Spoil the first file of the incidents."""
    path = min((lake / "incidents").rglob("*.parquet"))
    whole = path.read_bytes()
    if how == "gone":
        path.unlink()
    elif how == "torn":
        path.write_bytes(whole[:-7])
    else:
        path.write_bytes(whole[:300] + bytes([whole[300] ^ 4]) + whole[301:])
    return path


@pytest.mark.parametrize(("how", "words"), [("flipped", "SHA-256 differs"), ("torn", "torn"), ("gone", "is gone")])
def test_a_spoilt_file_is_found_and_named(filled: Filled, tmp_path: Path, how: str, words: str) -> None:
    filled("a", "b")
    filled("c", month="2021-04")
    path = damage(tmp_path / "lake", how)
    held = lakes.open(tmp_path / "lake")
    (fault,) = held.verify()
    assert str(path) in fault
    assert words in fault
    with pytest.raises(LakeError, match=words):
        held.incidents(first="2021-03", last="2021-03")
    assert held.incidents(first="2021-04").count().execute() == 1, "other months can be read"


def test_loading_the_month_again_mends_a_spoilt_file(filled: Filled, tmp_path: Path) -> None:
    version = filled("a", "b").table_version
    damage(tmp_path / "lake", "flipped")
    assert filled("a", "b").table_version == version
    assert lakes.open(tmp_path / "lake").verify() == []


def test_only_the_force_and_months_asked_are_given(filled: Filled, tmp_path: Path) -> None:
    for number, month in enumerate(("2021-03", "2021-04", "2021-05")):
        filled(f"e{number}", month=month)
    filled("k", force="Kent Police", month="2021-04")
    held = lakes.open(tmp_path / "lake")
    some = held.incidents(force="essex", first="2021-04", last="2021-05").execute()
    assert sorted(some["crime_id"]) == ["e1", "e2"]
    assert held.forces() == ["essex", "kent"]
    assert held.months(force="kent") == ["2021-04"]
    assert len(held.parts("incidents", force="kent")) == 1


def test_what_is_not_there_has_the_columns_of_the_dictionary_and_no_rows(filled: Filled, tmp_path: Path) -> None:
    filled("a")
    held = lakes.open(tmp_path / "lake")
    for name, table in TABLES.items():
        frame = held.table(name, force="nowhere").execute()
        assert list(frame.columns) == list(table.columns)
        assert len(frame) == 0
    with pytest.raises(OptionError, match="it has incidents, outcomes, searches"):
        held.table("people")


def test_a_lake_that_was_opened_does_not_change(filled: Filled, tmp_path: Path) -> None:
    filled("a")
    held = lakes.open(tmp_path / "lake")
    filled("b")
    assert held.incidents().execute()["crime_id"].tolist() == ["a"]
    assert lakes.open(tmp_path / "lake").incidents().execute()["crime_id"].tolist() == ["b"]


def test_no_lake_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake here"):
        lakes.open(tmp_path)


def test_the_rows_are_those_of_the_dictionary(filled: Filled, tmp_path: Path) -> None:
    filled("a", "b")
    frame = lakes.open(tmp_path / "lake").incidents().execute()
    for column in ("domestic", "knife", "default_geocode"):
        frame[column] = frame[column].astype("boolean")
    frame["victims"] = frame["victims"].astype("Int64")
    TABLES["incidents"].check(frame)
