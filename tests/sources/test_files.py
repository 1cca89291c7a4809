from __future__ import annotations

import gzip
import hashlib
import zipfile
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import files
from abate.sources.files import Limits, Piece
from street_files import HEADER, row, street

if TYPE_CHECKING:
    from pathlib import Path

TEXT = f"{HEADER}\n{row('1')}\n".encode()


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


def one(path: Path) -> Piece:
    (piece,) = files.find([path]).pieces
    return piece


def test_a_folder_is_walked_in_order_and_what_is_no_csv_is_listed(tmp_path: Path) -> None:
    for name in ("b/2.csv", "a/1.csv", "a/readme.txt", ".hidden/3.csv"):
        street(tmp_path / "in" / name)
    zipped(tmp_path / "in" / "c.zip", m__4_csv=TEXT, m__note_md=b"x")
    found = files.find([tmp_path / "in"])
    assert [piece.name for piece in found.pieces] == ["in/a/1.csv", "in/b/2.csv", "in/c.zip!m/4.csv"]
    assert found.skipped == ("in/a/readme.txt", "in/c.zip!m/note.md")


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    paths = [street(tmp_path / folder / "x.csv") for folder in ("a", "b")]
    assert [piece.name for piece in files.find(paths).pieces] == ["x.csv", "x.csv (2)"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../out.csv", "outside its folder"),
        ("/etc/x.csv", "outside its folder"),
        ("a\\..\\..\\x.csv", "outside its folder"),
        (".", "outside its folder"),
        ("inner.zip", "a zip inside a zip"),
    ],
)
def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, TEXT)
    with pytest.raises(SourceError, match=words):
        files.find([tmp_path / "a.zip"])


def test_an_archive_with_a_link_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        entry = zipfile.ZipInfo("link.csv")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(SourceError, match="is a link"):
        files.find([tmp_path / "a.zip"])


def test_a_zip_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="looks like a zip bomb"):
        files.find([zipped(tmp_path / "a.zip", x_csv=TEXT + b"0" * 30_000_000)])


def test_an_archive_of_a_kind_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", m__1_csv=TEXT)
    content = bytearray(path.read_bytes())
    needed = content.rindex(b"PK\x01\x02") + 6
    content[needed] = 210
    path.write_bytes(bytes(content))
    with pytest.raises(SourceError, match=r"a\.zip: this zip is cut short or damaged"):
        files.find([path])


@pytest.mark.parametrize("name", ["", "other.csv"])
def test_a_member_whose_name_is_gone_or_another_inside_is_a_sentence(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", m_csv=TEXT)
    listed = path.read_bytes()
    if name:
        path.write_bytes(listed.replace(b"m.csv", b"\xfb.csv", 1))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(""), TEXT)
    with pytest.raises(SourceError, match=r"a\.zip"):
        files.header(one(path))


def test_a_gzip_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    bomb = tmp_path / "a.csv.gz"
    bomb.write_bytes(gzip.compress(TEXT + b"0" * 30_000_000))
    with pytest.raises(SourceError, match="looks like a zip bomb"):
        files.unpack(one(bomb), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").stat().st_size < 10_000_000


def test_a_member_may_not_be_larger_than_the_limit(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="zip bomb"):
        files.unpack(one(zipped(tmp_path / "a.zip", x_csv=TEXT * 9000)), tmp_path / "o", limits=Limits(1 << 20))


@pytest.mark.parametrize("kind", ["zip", "gz", "member"])
def test_what_is_cut_short_is_said_so(tmp_path: Path, kind: str) -> None:
    if kind == "gz":
        path = tmp_path / "a.csv.gz"
        path.write_bytes(gzip.compress(TEXT * 500)[:-30])
    else:
        path = zipped(tmp_path / "a.zip", x_csv=bytes(range(32, 127)) * 3000, y_csv=TEXT)
        whole = path.read_bytes()
        path.write_bytes(whole[:-40] if kind == "zip" else whole[:60] + b"\xff\xff\xff\xff" + whole[64:])

    def read() -> None:
        for piece in files.find([path]).pieces:
            files.unpack(piece, tmp_path / f"out-{piece.member}")

    with pytest.raises(SourceError, match="cut short or damaged"):
        read()


@pytest.mark.parametrize("above", [b"\n", b"\r\n\r\n", b"\xef\xbb\xbf\n"])
def test_blank_lines_above_the_header_are_left_out(tmp_path: Path, above: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(above + TEXT)
    unpacked = files.unpack(one(tmp_path / "a.csv"), tmp_path / "b.csv")
    mark = b"\xef\xbb\xbf" if above.startswith(b"\xef") else b""
    assert (tmp_path / "b.csv").read_bytes() == mark + TEXT
    assert unpacked.sha256 == hashlib.sha256(above + TEXT).hexdigest()
    assert unpacked.held in (None, mark + TEXT)
    assert (tmp_path / "a.csv").read_bytes() == above + TEXT


def test_unpacking_gives_the_hash_of_the_file_and_of_its_rows(tmp_path: Path) -> None:
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(TEXT))
    plain = tmp_path / "a.csv"
    plain.write_bytes(TEXT)
    sums = {}
    for path in (packed, plain, zipped(tmp_path / "a.zip", a_csv=TEXT)):
        found = files.unpack(one(path), tmp_path / f"out-{path.name}")
        assert found.path.read_bytes() == TEXT
        assert found.content == hashlib.sha256(TEXT).hexdigest()
        sums[path.name] = found.sha256
    assert sums["a.csv.gz"] == hashlib.sha256(packed.read_bytes()).hexdigest()
    assert sums["a.csv"] == sums["a.zip"] == hashlib.sha256(TEXT).hexdigest()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n", "is empty"),
        (b"<!DOCTYPE html><p>Not found", "a web page"),
        ("Crime ID,Month\n".encode("utf-16"), "UTF-16"),
        (b"a,b,a\n", "names 'a' more than once"),
        (",".join(f"c{n}" for n in range(300)).encode(), "300 columns"),
    ],
)
def test_a_header_that_is_none_is_said_so(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SourceError, match=words):
        files.header(one(tmp_path / "a.csv"))


def test_a_byte_order_mark_and_quoted_names_are_welcome(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b'\xef\xbb\xbf"Crime ID","a, b"\r\n1,2\r\n')
    assert files.header(one(tmp_path / "a.csv")) == ("Crime ID", "a, b")


@pytest.mark.parametrize(
    ("bad", "words"),
    [(b"a\0b", "line 2002: holds a NUL"), (b"caf\xe9,", "line 2002: byte 0xe9"), (b"\xc3", "line 2002: byte 0xc3")],
)
def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path: Path, bad: bytes, words: str) -> None:
    (tmp_path / "a.csv").write_bytes(b"header\n" + b"x" * 600 + b"\n" + ("é" * 600 + "\n").encode() * 1999 + bad)
    with pytest.raises(SourceError, match=words):
        files.unpack(one(tmp_path / "a.csv"), tmp_path / "out.csv")


def test_another_encoding_is_rewritten_in_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a;b\ncafé;1\n".encode("cp1252"))
    piece = Piece("a.csv", tmp_path / "a.csv", None, 11, "cp1252", ";")
    assert files.header(piece) == ("a", "b")
    assert files.unpack(piece, tmp_path / "out.csv").path.read_text(encoding="utf-8") == "a;b\ncafé;1\n"


def test_what_is_not_there_and_what_holds_nothing_are_said() -> None:
    from pathlib import Path

    with pytest.raises(SourceError, match="there is no such file"):
        files.find([Path("nowhere.csv")])


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no CSV file is there"):
        files.find([tmp_path])
