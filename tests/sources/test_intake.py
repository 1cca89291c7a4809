from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.sources import files, intake, police_uk
from street_files import street

if TYPE_CHECKING:
    from pathlib import Path

    from abate.sources.intake import Intake

TODAY = date(2026, 11, 22)
SEARCHES = ",".join(police_uk.SEARCHES_HEADER)


def recognise(tmp_path: Path, *paths: Path, force: str | None = None) -> Intake:
    return intake.recognise(files.find(paths), today=TODAY, force=force, mapping=None, folder=tmp_path)


def test_each_file_gets_its_format_and_searches_get_a_force(tmp_path: Path) -> None:
    one = street(tmp_path / "kent.csv")
    two = street(tmp_path / "2023-01-kent-stop-and-search.csv", header=SEARCHES)
    taken = recognise(tmp_path, one, two)
    assert [(known.format.name, known.force) for known in taken.known] == [
        ("street", None),
        ("stop-and-search", "kent"),
    ]
    assert "taken to be from kent" in taken.notes[0]


def test_the_option_outranks_the_file_name(tmp_path: Path) -> None:
    file = street(tmp_path / "2023-01-kent-stop-and-search.csv", header=SEARCHES)
    taken = recognise(tmp_path, file, force="essex")
    assert (taken.known[0].force, taken.notes) == ("essex", ())


def test_faults_are_gathered_and_the_sound_files_are_kept(tmp_path: Path) -> None:
    paths = [
        street(tmp_path / "good.csv"),
        street(tmp_path / "searches.csv", header=SEARCHES),
        street(tmp_path / "other.csv", header="a,b"),
    ]
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    taken = recognise(tmp_path, *paths, tmp_path / "book.xlsx")
    assert [known.piece.name for known in taken.known] == ["good.csv"]
    for name, words in (("searches.csv", "--force"), ("other.csv", "no known kind"), ("book.xlsx", "--mapping")):
        assert any(name in fault and words in fault for fault in taken.faults)


def test_a_force_that_is_none_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="Did you mean 'kent'"):
        recognise(tmp_path, street(tmp_path / "a.csv"), force="kemt")
