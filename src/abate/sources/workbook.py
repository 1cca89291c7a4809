"""Opening a workbook that nobody vouches for: what it unpacks to is measured first, and faults become sentences."""

from __future__ import annotations

import re
import zipfile
import zlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEMBERS = 5_000
MEMBER_BYTES = 1_500_000_000
TOTAL_BYTES = 2_000_000_000
RATIO = 100
SMALL_BYTES = 10_000_000

_BLOCK = 1 << 20
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_NO_RESULT = re.compile(rb"<c\b([^>]*)><f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_SHEET = re.compile(r"<sheet\b[^>]*>")


def open_safely(path: Path) -> Any:
    """Open a workbook, or say why it cannot be: not there, no workbook, needs a password, unpacks to too much.

    What is inside is unpacked once and counted, whatever the file claims of itself: at most `MEMBERS` parts,
    `MEMBER_BYTES` each and `TOTAL_BYTES` together, and (beyond `SMALL_BYTES`) no part more than `RATIO` times the
    size that it takes in the file.
    """
    import python_calamine

    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as fault:
        raise SourceError(f"{path}: cannot be read: {fault.strerror}") from None
    if start[:2] == b"PK":
        _measure(path)
    elif path.suffix.lower() != ".xls" and start != _OLE:
        raise SourceError(f"{path}: is not an Excel workbook; save it from Excel as .xlsx, or as CSV")
    if start == _OLE and path.suffix.lower() != ".xls":
        raise SourceError(f"{path}: needs a password, or is an old .xls file under a new name: save it without either")
    with _told(path):
        return python_calamine.CalamineWorkbook.from_path(str(path))


def sheet_of(path: Path, opened: Any, name: str) -> Any:
    """Read one sheet of a workbook that is open, or say that it is damaged."""
    with _told(path):
        return opened.get_sheet_by_name(name)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    import python_calamine

    try:
        yield
    except python_calamine.PasswordError:
        raise SourceError(f"{path}: needs a password; save a copy without one") from None
    except BaseException as fault:
        if isinstance(fault, python_calamine.CalamineError) or type(fault).__name__ == "PanicException":
            reason = f"{path}: is damaged, or not a workbook: {fault}; save it again from Excel"
            raise SourceError(reason) from None
        raise


def _measure(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS:
                raise SourceError(f"{path}: has {len(members):,} parts; a workbook of at most {MEMBERS:,} is read")
            total = 0
            for member in members:
                for size in _unpacked(archive, member):
                    if reason := _too_much(size, total + size, member.compress_size):
                        raise SourceError(f"{path}: {member.filename} {reason}, so it was not opened")
                total += size
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as fault:
        raise SourceError(f"{path}: is damaged: {fault}; copy it again, or save it again from Excel") from None


def _too_much(size: int, total: int, packed: int) -> str | None:
    if size > MEMBER_BYTES or total > TOTAL_BYTES:
        return f"unpacks to more than {min(MEMBER_BYTES, TOTAL_BYTES) / 1e9:g} GB"
    if size > SMALL_BYTES and size > RATIO * max(packed, 1):
        return f"unpacks to more than {RATIO} times its size, as a zip bomb does"
    return None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[int]:
    """Count the bytes of a member as they come out, without believing the size that the archive claims."""
    size = 0
    for block in _blocks(archive, member):
        size += len(block)
        yield size
    yield size


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    claimed = member.file_size
    member.file_size = TOTAL_BYTES + _BLOCK
    try:
        with archive.open(member) as unpacking:
            while block := unpacking.read(_BLOCK):
                yield block
    finally:
        member.file_size = claimed


def refuse_unsaved_formulas(path: Path, sheet: str) -> None:
    """Refuse a sheet with a formula whose result was never stored, as in files that Excel did not make."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, sheet)
        if part is None:
            return
        tail = b""
        for block in _blocks(archive, archive.getinfo(part)):
            text = tail + block
            for found in _NO_RESULT.finditer(text):
                if b't="str"' not in found[1]:
                    cell = re.search(rb'r="([A-Z]+[0-9]+)"', found[1])
                    where = cell[1].decode() if cell else "a cell"
                    raise SourceError(
                        f"{path}, sheet '{sheet}': {where} is a formula without a stored result; "
                        "open the file in Excel, save it, and load it again"
                    )
            tail = text[-4096:]


def _part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    """Find the part of an .xlsx or .xlsm file that holds a sheet; None in other kinds of workbook."""
    from html import unescape

    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    ids = {unescape(_attribute(tag, "name")): _attribute(tag, "r:id") for tag in _SHEET.findall(book)}
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in re.findall(r"<Relationship\b[^>]*>", links)}
    target = targets.get(ids.get(sheet, ""), "")
    part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return part if part in names else None


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{re.escape(name)}="([^"]*)"', tag)
    return found[1] if found else ""
