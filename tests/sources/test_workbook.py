"""Workbooks that nobody vouches for: passwords, damage, bombs, formulas without results."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import SourceError
from abate.sources import excel, workbook
from workbooks import cells, fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Maker = Callable[..., Path]

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2_000)


def test_a_formula_gives_its_stored_result_and_is_told_where_there_is_none(make: Maker, tmp_path: Path) -> None:
    path = make(Data=[["a", "b"], [1, "=A2+1"], [2, '=""']], Other=[["c"], ["=1"]])
    assert "sheet 'Data': B2 is a formula without a stored result" in fault(path, "Data")
    stored = tmp_path / "stored.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = re.sub(rb"<f>A2[+]1</f><v ?(/>|></v>)", b"<f>A2+1</f><v>2</v>", text)
                text = text.replace(b'<c r="B3">', b'<c r="B3" t="str">')
            new.writestr(name, text)
    assert cells(stored, "Data") == [["a", "b"], ["1", "2"], ["2", ""]]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"not a workbook", "is not an Excel workbook"),
        ("a.xlsx", b"<html><table></table></html>", "is not an Excel workbook"),
        ("a.xls", b"<html><table></table></html>", "is damaged, or not a workbook"),
        ("a.xlsx", b"", "is not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04 and no more", "is damaged"),
        ("a.xlsx", OLE, "needs a password"),
        ("a.xls", OLE, "is damaged, or not a workbook"),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert sentence in fault(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in fault(tmp_path / "gone.xlsx")


def test_a_workbook_cut_short_is_told(make: Maker) -> None:
    path = make(Data=[["a"], *([number] for number in range(500))])
    path.write_bytes(path.read_bytes()[:-400])
    assert "is damaged" in fault(path)


def test_a_zip_bomb_is_not_opened(make: Maker) -> None:
    path = make(Data=[["a"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(60_000_000))
    assert "xl/media/bomb.bin unpacks to more than 100 times its size" in fault(path)


def test_a_bomb_that_lies_about_its_size_is_not_opened(make: Maker) -> None:
    path = make(Data=[["a"], [1]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bytes(60_000_000))
    packed = path.read_bytes()
    claimed = (60_000_000).to_bytes(4, "little")
    assert packed.count(claimed) == 2
    path.write_bytes(packed.replace(claimed, (1_000).to_bytes(4, "little")))
    assert "unpacks to more than 100 times its size" in fault(path)


def test_too_many_parts_are_refused(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MEMBERS", 3)
    assert "parts; a workbook of at most 3 is read" in fault(make(Data=[["a"], [1]]))


def test_the_whole_is_capped(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "TOTAL_BYTES", 2_000)
    assert "unpacks to more than" in fault(make(Data=[["a"], [1]]))


@settings(max_examples=60, deadline=None)
@given(damage=st.lists(st.tuples(st.integers(0, 6_000), st.integers(1, 255)), min_size=1, max_size=6))
def test_a_workbook_with_damaged_bytes_gives_a_table_or_a_sentence(
    damage: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    book = openpyxl.Workbook()
    for row in (["a", "b"], [1, "x"], [2, "y"]):
        book.active.append(row)
    path = folder / "made.xlsx"
    book.save(path)
    content = bytearray(path.read_bytes())
    for place, change in damage:
        content[place % len(content)] ^= change
    path.write_bytes(bytes(content))
    told = ""
    try:
        told = excel.to_csv(path, None, folder).read_text(encoding="utf-8")
    except SourceError as fault_:
        told = str(fault_)
    assert told
