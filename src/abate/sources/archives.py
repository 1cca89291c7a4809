"""The monthly archives of data.police.uk: which hold a month, what is in them, and how single files are taken out."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from abate import periods
from abate.errors import FetchError
from abate.sources.download import ChangedError, writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from abate.sources.download import Remote, Site

BASE_URL = "https://data.police.uk"
LICENCE = "Open Government Licence v3.0"
KINDS = ("street", "outcomes", "stop-and-search")
FIRST_MONTH = "2010-12"
MONTHS_HELD = 36

_NAMED = re.compile(r"(\d{4}-\d\d)/\1-([a-z-]+?)-(street|outcomes|stop-and-search)\.csv")
_READ_AHEAD = 1 << 16
_LOCAL_HEADER = 30 + (1 << 10)
_CHUNK = 1 << 20
_LARGEST = 2 << 30
_RATIO = 100
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Wanted:
    """One published file: its month, force and kind."""

    month: str
    force: str
    kind: str

    @property
    def name(self) -> str:
        """The file's path as published, inside an archive and in a folder.

        >>> Wanted("2023-01", "essex", "street").name
        '2023-01/2023-01-essex-street.csv'
        """
        return f"{self.month}/{self.month}-{self.force}-{self.kind}.csv"


@dataclass(frozen=True)
class Taken:
    """A file that was taken out of an archive: its size and SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Listing:
    """What an archive holds: its published files with their sizes, packed and unpacked."""

    packed: dict[str, int]
    unpacked: dict[str, int]

    @property
    def months(self) -> list[str]:
        """The months of which it holds anything."""
        return sorted({name[:7] for name in self.packed})


def published(site: Site, base_url: str) -> dict[str, frozenset[str]]:
    """Ask which months are published, and which forces gave stop and search for each."""
    url = f"{base_url}/api/crimes-street-dates"
    answer = site.document(url)
    try:
        months = {periods.month(entry["date"]): frozenset(entry.get("stop-and-search", ())) for entry in answer}
    except (TypeError, KeyError, AttributeError):
        raise FetchError(f"{url}: answered with a document that does not list months") from None
    if not months:
        raise FetchError(f"{url}: lists no month at all")
    return months


def choose(months: Iterable[str], latest: str) -> dict[str, list[str]]:
    """Choose the fewest archives that hold the months: each with the months to take from it, latest first.

    An archive named for a month holds that month and the 35 before it. Where there is a choice, the later archive is
    taken, because forces correct what they published. `latest` is the latest archive.

    >>> choose(["2021-01", "2023-06"], "2024-12")
    {'2023-12': ['2023-06', '2021-01']}
    >>> choose(["2019-01", "2023-06", "2023-07"], "2024-12")
    {'2024-12': ['2023-07', '2023-06'], '2021-12': ['2019-01']}
    """
    left = sorted(set(months), reverse=True)
    chosen: dict[str, list[str]] = {}
    while left:
        reach = periods.following(left[0], 1 - MONTHS_HELD)
        lowest = min(month for month in left if month >= reach)
        archive = min(latest, periods.following(lowest, MONTHS_HELD - 1))
        chosen[archive] = [month for month in left if month >= lowest]
        left = [month for month in left if month < lowest]
    return chosen


def find(
    site: Site, base_url: str, months: Iterable[str], latest: str
) -> tuple[list[tuple[str, Remote, list[str]]], list[str]]:
    """Find archives that hold the months: the fewest, or the nearest others, since not every month has an archive.

    Gives the name, the file and the months of each archive to use, and the months that no archive holds.
    """
    looked: dict[str, Remote | None] = {}
    left, found, nowhere = set(months), [], []
    while left:
        wanted, held = next(iter(choose(left, latest).items()))
        names = [periods.following(wanted, -step) for step in range(MONTHS_HELD)]
        for name in (name for name in names if name >= held[0]):
            if name not in looked:
                looked[name] = site.look(f"{base_url}/data/archive/{name}.zip")
            if (remote := looked[name]) is not None:
                found.append((name, remote, held))
                left -= set(held)
                break
        else:
            nowhere.append(held[0])
            left.discard(held[0])
    return found, nowhere


class _Parts(io.RawIOBase):
    """A file at a site that reads as if it lay here: what is asked for is fetched, with some ahead."""

    def __init__(self, site: Site, remote: Remote) -> None:
        self._site, self._remote, self._at = site, remote, 0
        self._from, self._held = 0, b""

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._remote.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def fetch(self, start: int, stop: int) -> None:
        """Fetch a stretch of the file that will be read next."""
        start, stop = max(0, start), min(stop, self._remote.size)
        self._held = self._site.read(self._remote, start, stop) if stop > start else b""
        self._from = start

    def read(self, size: int = -1) -> bytes:
        wanted = self._remote.size - self._at if size is None or size < 0 else size
        stop = min(self._at + wanted, self._remote.size)
        if not (self._from <= self._at and stop <= self._from + len(self._held)):
            ahead = self._at - _READ_AHEAD if stop >= self._remote.size else self._at
            self.fetch(ahead, max(stop, self._at + _READ_AHEAD))
        piece = self._held[self._at - self._from : stop - self._from]
        self._at += len(piece)
        return piece


@dataclass
class Archive:
    """An open archive, on disk or at the site, from which single files are taken."""

    where: str
    listing: Listing
    _zip: zipfile.ZipFile
    _parts: _Parts | None = None

    def take(self, wanted: Wanted, path: Path) -> Taken:
        """Write one file to `path`, whole or not at all, and check its size and checksum."""
        entry = self._zip.getinfo(wanted.name)
        if entry.file_size > _LARGEST or entry.file_size > _RATIO * max(entry.compress_size, 1 << 14):
            raise FetchError(
                f"{self.where}!{wanted.name}: would unpack to {entry.file_size:,} bytes from {entry.compress_size:,}, "
                "which no published file does"
            )
        if self._parts is not None:
            self._parts.fetch(entry.header_offset, entry.header_offset + entry.compress_size + _LOCAL_HEADER)
        part = path.with_name(f"{path.name}.part")
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with _telling(self.where, wanted), _member(self._zip, entry) as packed, part.open("wb") as out:
                taken = _copied(packed, out)
            part.replace(path)
        return taken


@contextmanager
def open_at(site: Site, remote: Remote) -> Iterator[Archive]:
    """Open an archive at the site: its list of contents is read, and later only the files that are taken."""
    parts = _Parts(site, remote)
    parts.fetch(remote.size - _READ_AHEAD, remote.size)
    with _opened(remote.url, parts) as packed:
        yield Archive(remote.url, _listing(packed), packed, parts)


@contextmanager
def open_here(path: Path) -> Iterator[Archive]:
    """Open an archive that was downloaded whole."""
    with path.open("rb") as file, _opened(str(path), file) as packed:
        yield Archive(str(path), _listing(packed), packed)


@contextmanager
def _opened(where: str, file: IO[bytes] | _Parts) -> Iterator[zipfile.ZipFile]:
    try:
        packed = zipfile.ZipFile(file)
    except (*_BROKEN, UnicodeDecodeError) as fault:
        file.seek(0)
        raise FetchError(_not_a_zip(where, file.read(15), fault)) from None
    with packed:
        yield packed


def _not_a_zip(where: str, start: bytes, fault: Exception) -> str:
    if start.lstrip()[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        return (
            f"{where}: is a web page where a zip archive should be: the network may want you to sign in first. Open "
            "the address in a browser and see"
        )
    return f"{where}: is not a whole zip archive ({fault})"


def _listing(packed: zipfile.ZipFile) -> Listing:
    entries = [entry for entry in packed.infolist() if _NAMED.fullmatch(entry.filename)]
    return Listing(
        {entry.filename: entry.compress_size for entry in entries},
        {entry.filename: entry.file_size for entry in entries},
    )


@contextmanager
def _telling(where: str, wanted: Wanted) -> Iterator[None]:
    """Turn a damaged member into a sentence; a file that changed at the site is told as that."""
    try:
        yield
    except ChangedError:
        raise
    except _BROKEN as fault:
        raise FetchError(
            f"{where}!{wanted.name}: is damaged ({fault}). Run the same command again; if it stays so, the archive "
            "itself is damaged"
        ) from None


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> IO[bytes]:
    try:
        return archive.open(entry)
    except (OSError, ValueError) as fault:
        raise zipfile.BadZipFile(str(fault)) from None


def _read(packed: IO[bytes]) -> bytes:
    try:
        return packed.read(_CHUNK)
    except (OSError, ValueError) as fault:
        raise zipfile.BadZipFile(str(fault)) from None


def _copied(packed: IO[bytes], out: IO[bytes]) -> Taken:
    digest, size = hashlib.sha256(), 0
    while chunk := _read(packed):
        digest.update(chunk)
        out.write(chunk)
        size += len(chunk)
    return Taken(size, digest.hexdigest())
