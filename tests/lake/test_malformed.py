from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.lake.csvs import File
from abate.lake.malformed import mended
from abate.lake.staging import opened, workshop
from street_files import HEADER, row

if TYPE_CHECKING:
    from pathlib import Path


def mend(tmp_path: Path, text: str) -> File:
    with workshop(tmp_path / "lake") as folder, opened(folder) as engine:
        path = folder / "a.csv"
        path.write_text(text, encoding="utf-8", newline="")
        found = mended(engine, File("a.csv", path, "", tuple(HEADER.split(","))), folder)
        count = engine.execute(f"SELECT count(*) FROM read_csv('{found.path}', all_varchar = true)").fetchall()[0][0]
        assert count == text.replace("\r\n", "\n").strip("\n").count("\n") - text.count("\n\n")
        return found


def test_a_sound_file_is_given_back_as_it_is(tmp_path: Path) -> None:
    found = mend(tmp_path, "\n".join((HEADER, row("1"), row("2"))) + "\n")
    assert (found.path.name, dict(found.malformed)) == ("a.csv", {})


def test_bad_lines_are_kept_with_their_row_and_the_others_stay_in_place(tmp_path: Path) -> None:
    found = mend(tmp_path, "\n".join((HEADER, "one,two", row("2"), "", '1,"x"y,3', row("4") + ",", row("5"))) + "\n")
    assert dict(found.malformed) == {1: "one,two", 3: '1,"x"y,3'}


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    found = mend(tmp_path, f"{HEADER}\n{row('1')}\r\n{row('2')}\n")
    assert dict(found.malformed) == {}


@pytest.mark.parametrize("text", ['a,"b', 'a,"b,c\nd,"e",f'])
def test_quotation_marks_that_do_not_pair_up_are_told_with_their_row(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"a\.csv, row 2: quotation marks do not pair up"):
        mend(tmp_path, "\n".join((HEADER, row("1"), text, row("3"), row("4"))) + "\n")


def test_a_file_of_which_nearly_nothing_is_a_row_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("abate.lake.malformed._MOST", 5)
    with pytest.raises(SourceError, match="is this file what its header says"):
        mend(tmp_path, HEADER + "\n" + "x,y\n" * 9)
