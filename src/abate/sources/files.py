"""Files that people give: CSV, gzip, folder or zip; found, told apart by their header, unpacked with guards."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import stat
import zipfile
import zlib
from codecs import getincrementaldecoder
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from abate.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


Content = bytes
_CHUNK = 8 << 20
_HEAD = 1 << 16
_COLUMNS_MOST = 200
_RATIO_FROM = 1 << 20
_BLANK_LINES = re.compile(rb"\A(\xef\xbb\xbf)?[\r\n]+")
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


@dataclass(frozen=True)
class Limits:
    """How large what is unpacked may become; a published archive of three years is about 10 GB."""

    member_bytes: int = 20 << 30
    total_bytes: int = 100 << 30
    ratio: int = 100
    members: int = 100_000


@dataclass(frozen=True)
class Piece:
    """One file of rows: the name shown to people, the file on disk, and its place inside when that is a zip.

    `rows` is the sheet of a workbook written out as CSV; the workbook itself stays `source`.
    """

    name: str
    source: Path
    member: str | None = None
    bytes: int = 0
    encoding: str = "utf-8"
    delimiter: str = ","
    rows: Path | None = None

    @property
    def packed(self) -> bool:
        """Whether its bytes must be unpacked before they can be read."""
        return self.member is not None or (self.rows is None and _is_gzip(self.source))

    @property
    def workbook(self) -> bool:
        """Whether it is an Excel or OpenDocument workbook whose sheet has not been written out yet."""
        return self.member is None and self.rows is None and self.source.suffix.lower() in ENDINGS

    @property
    def plain(self) -> bool:
        """Whether it can be read where it is."""
        return not (self.packed or self.recoded)

    @property
    def recoded(self) -> bool:
        """Whether its text must be rewritten in UTF-8 before the engine can read it."""
        return self.encoding.lower().replace("_", "-") not in ("utf-8", "utf8", "utf-8-sig")


@dataclass(frozen=True)
class Found:
    """What the given paths hold: files of rows, and files that are none."""

    pieces: tuple[Piece, ...]
    skipped: tuple[str, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unpacked:
    """A piece as plain CSV at `path`, its hashes and length; `simple`: no quotation marks or carriage returns in it.

    `held` are the bytes of a simple file that is small enough to be kept at hand for who reads it next.
    """

    piece: Piece
    path: Path
    sha256: str
    """Of the file as given; `content` is that of its rows."""
    content: str
    bytes: int
    simple: bool = False
    held: Content | None = None


def find(paths: Sequence[Path], *, limits: Limits | None = None) -> Found:
    """List the files of rows under the given paths, as `search` does; raises `SourceError` with every fault."""
    found = search(paths, limits=limits)
    if found.faults:
        raise SourceError(*found.faults)
    return found


def search(paths: Sequence[Path], *, limits: Limits | None = None) -> Found:
    """List the files of rows under the given paths, in the order given, folders and archives by name.

    Files in a folder or archive that are neither CSV nor zip are skipped and listed. The faults are a path that is
    not there, an archive that is damaged or not safe to unpack, and paths with no file of rows at all.
    """
    limits = limits or Limits()
    pieces: list[Piece] = []
    skipped: list[str] = []
    faults: list[str] = []
    for path in map(Path, paths):
        for shown, file in _walk(path):
            try:
                more, left = _open_up(shown, file, limits, given=file == path)
            except SourceError as fault:
                faults += fault.faults
            else:
                pieces += more
                skipped += left
    if not pieces and not faults:
        faults.append(f"{', '.join(map(str, paths))}: no CSV file is there: give a CSV, .csv.gz, zip or folder of them")
    return Found(tuple(_named_apart(pieces)), tuple(skipped), tuple(faults))


def _walk(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield path.name, path
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
            yield f"{path.resolve().name}/{file.relative_to(path).as_posix()}", file


def _open_up(shown: str, file: Path, limits: Limits, *, given: bool) -> tuple[list[Piece], list[str]]:
    if not file.exists():
        raise SourceError(f"{file}: there is no such file or folder")
    try:
        size = file.stat().st_size
        if file.suffix.lower() in ENDINGS:
            return [Piece(shown, file, None, size)], []
        if zipfile.is_zipfile(file) or file.suffix.lower() == ".zip":
            return _members(shown, file, limits)
        if given or _is_rows(file.name):
            with file.open("rb"):
                return [Piece(shown, file, None, size)], []
    except OSError as fault:
        raise SourceError(f"{shown}: cannot be read: {fault.strerror or fault}") from fault
    return [], [shown]


def _is_rows(name: str) -> bool:
    return name.lower().endswith((".csv", ".csv.gz"))


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == b"\x1f\x8b"


def _members(shown: str, file: Path, limits: Limits) -> tuple[list[Piece], list[str]]:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as fault:
        raise SourceError(
            f"{shown}: this zip is cut short or damaged ({fault}): get it again and compare its size"
        ) from fault
    faults = [f"{shown}: {fault}" for fault in _unsafe(entries, limits)]
    if faults:
        raise SourceError(*faults)
    entries.sort(key=lambda entry: entry.filename)
    rows = [Piece(f"{shown}!{e.filename}", file, e.filename, e.file_size) for e in entries if _is_rows(e.filename)]
    return rows, [f"{shown}!{e.filename}" for e in entries if not _is_rows(e.filename)]


def _unsafe(entries: Sequence[zipfile.ZipInfo], limits: Limits) -> Iterator[str]:
    """Say what makes an archive one that must not be unpacked."""
    if len(entries) > limits.members:
        yield f"it has {len(entries):,} members, more than {limits.members:,}"
    if len({entry.filename for entry in entries}) < len(entries):
        yield "two members have the same name"
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
            yield f"member '{entry.filename}' would be written outside its folder: an archive holds plain names"
        elif stat.S_ISLNK(entry.external_attr >> 16):
            yield f"member '{entry.filename}' is a link: an archive holds files only"
        elif entry.filename.lower().endswith(".zip"):
            yield f"member '{entry.filename}' is a zip inside a zip: unpack it and give what is in it"
        elif entry.flag_bits & 1:
            yield f"member '{entry.filename}' is locked by a password: unlock it first"
        elif entry.file_size > limits.ratio * max(entry.compress_size, _RATIO_FROM // limits.ratio):
            yield (
                f"member '{entry.filename}' would grow {entry.file_size // max(entry.compress_size, 1):,} times when "
                f"unpacked, more than {limits.ratio}: this looks like a zip bomb"
            )


def _named_apart(pieces: Sequence[Piece]) -> Iterator[Piece]:
    seen: dict[str, int] = {}
    for piece in pieces:
        seen[piece.name] = seen.get(piece.name, 0) + 1
        number = seen[piece.name]
        yield piece if number == 1 else replace(piece, name=f"{piece.name} ({number})")


@contextmanager
def stream(piece: Piece) -> Iterator[IO[bytes]]:
    """Open the rows of a piece as bytes, unpacked on the way."""
    if piece.member is not None:
        with zipfile.ZipFile(piece.source) as archive, archive.open(piece.member) as rows:
            yield rows
    elif piece.packed:
        with gzip.open(piece.source) as rows:
            yield rows  # type: ignore[misc]  # a GzipFile reads as any stream of bytes
    else:
        with (piece.rows or piece.source).open("rb") as plain:
            yield plain


@contextmanager
def _readable(piece: Piece) -> Iterator[None]:
    """Say in a sentence why the rows of a piece cannot be read."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, UnicodeDecodeError) as fault:
        kind = "zip" if piece.member is not None else "gzip file"
        raise SourceError(
            f"{piece.name}: this {kind} is cut short or damaged ({fault}): get it again and compare its size"
        ) from fault
    except (OSError, NotImplementedError, RuntimeError) as fault:
        raise SourceError(f"{piece.name}: cannot be read: {getattr(fault, 'strerror', None) or fault}") from fault


def header(piece: Piece) -> tuple[str, ...]:
    """Read the names of the columns.

    Raises `SourceError` when the file is empty, is no text in UTF-8, is a web page, or names a column twice.
    """
    with _readable(piece), stream(piece) as rows:
        head = rows.read(_HEAD)
    if fault := _no_text(head, piece):
        raise SourceError(f"{piece.name}: {fault}")
    text = head.decode(piece.encoding if piece.recoded else "utf-8-sig", errors="replace").replace("\0", "")
    names = tuple(next(filter(None, csv.reader(io.StringIO(text, newline=""), delimiter=piece.delimiter)), ()))
    faults = list(_misnamed(names))
    if faults:
        raise SourceError(*(f"{piece.name}: {fault}" for fault in faults))
    return names


def _no_text(head: bytes, piece: Piece) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start:
        return "the file is empty: a CSV begins with the names of its columns"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and not piece.recoded:
        return "the file is in UTF-16: save it as CSV in UTF-8"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<body")):
        return "this is a web page, not a CSV: the download gave an error page or a login; get the file itself"
    if start.startswith(b"pk\x03\x04"):
        return "this is a zip or a workbook, not a CSV"
    return None


def _misnamed(names: tuple[str, ...]) -> Iterator[str]:
    if len(names) > _COLUMNS_MOST:
        yield f"the header has {len(names):,} columns, more than {_COLUMNS_MOST}: is it a CSV with a header?"
        return
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        listed = ", ".join(f"'{name}'" for name in twice)
        yield f"the header names {listed} more than once: each column needs a name of its own"


def unpack(piece: Piece, path: Path, *, limits: Limits | None = None) -> Unpacked:
    """Put the rows of a piece at `path` as plain CSV in UTF-8, checking on the way that they are text and not a bomb.

    A file that is already so is linked, not copied; blank lines above the header are left out. Raises `SourceError` for
    NUL bytes, bytes that are not in its encoding, a file cut short, or one that grows beyond the limits.
    """
    limits = limits or Limits()
    content = hashlib.sha256()
    check = _Text(piece)
    length, packed = 0, piece.packed
    held: Content | None = None
    with _readable(piece), stream(piece) as source, _target(piece, path) as target:
        while chunk := source.read(_CHUNK):
            length += len(chunk)
            if packed and length > _most(piece, limits):
                raise SourceError(
                    f"{piece.name}: grows to more than {length / 1e6:,.0f} MB when unpacked: this looks like a zip bomb"
                )
            text = check.feed(chunk)
            content.update(chunk)
            rows = chunk if text is None else text.encode()
            first = len(chunk) == length
            rows = _below_blanks(rows) if first else rows
            held = rows if first else None
            if target is not None:
                target.write(rows)
        check.end()
    of_rows = content.hexdigest()
    as_given = of_rows if piece.member is not None or not (packed or piece.rows) else _digest(piece.source)
    return Unpacked(piece, path, as_given, of_rows, length, check.simple, held if check.simple else None)


def _most(piece: Piece, limits: Limits) -> int:
    """How many bytes a packed piece may become."""
    declared = piece.bytes if piece.member is not None else limits.ratio * piece.bytes
    return min(limits.member_bytes, max(declared, _RATIO_FROM))


@contextmanager
def _target(piece: Piece, path: Path) -> Iterator[IO[bytes] | None]:
    if piece.plain and not _begins_blank(piece):
        path.symlink_to((piece.rows or piece.source).resolve())
        yield None
        return
    with path.open("xb") as target:
        yield target


def _begins_blank(piece: Piece) -> bool:
    with stream(piece) as source:
        return _BLANK_LINES.match(source.read(4)) is not None


def _below_blanks(rows: bytes) -> bytes:
    found = _BLANK_LINES.match(rows)
    return rows if found is None else (found[1] or b"") + rows[found.end() :]


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


class _Text:
    """Watches bytes go by, and says at which line they stop being text in their encoding."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece
        self._encoding = piece.encoding if piece.recoded else "utf-8"
        self._decoder = getincrementaldecoder(self._encoding)()
        self._passed = 0
        self.simple = not piece.recoded

    def feed(self, chunk: bytes) -> str | None:
        """Take bytes in; give them as text where they have to be recoded."""
        self.simple = self.simple and b'"' not in chunk and b"\r" not in chunk
        if not self._piece.recoded and (found := chunk.find(b"\0")) >= 0:
            line = self._line(self._passed + found)
            raise SourceError(f"{self._piece.name}, line {line}: holds a NUL byte: the file is damaged, or is no CSV")
        plain = chunk.isascii() and not self._piece.recoded and not self._decoder.getstate()[0]
        text = None if plain else self._decoded(chunk)
        self._passed += len(chunk)
        return text if self._piece.recoded else None

    def end(self) -> None:
        """Say so when the last character is cut in two."""
        self._decoded(b"", final=True)

    def _decoded(self, chunk: bytes, *, final: bool = False) -> str:
        before = len(self._decoder.getstate()[0])
        try:
            return self._decoder.decode(chunk, final)
        except UnicodeDecodeError as fault:
            line = self._line(self._passed - before + fault.start)
            raise SourceError(
                f"{self._piece.name}, line {line}: byte 0x{fault.object[fault.start]:02x} is not "
                f"{self._encoding.upper()}: save the file as CSV in UTF-8"
            ) from fault

    def _line(self, position: int) -> int:
        """Give the line, from 1, in which a byte stands."""
        lines = 1
        with stream(self._piece) as source:
            while position > 0 and (chunk := source.read(min(_CHUNK, position))):
                lines += chunk.count(b"\n")
                position -= len(chunk)
        return lines
