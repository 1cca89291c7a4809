"""One sheet of an Excel workbook as a CSV file, so that it is read like any other extract.

Dates become ISO text, whole numbers lose their `.0`, formulas give the result that was stored with them. The n-th row
under the headings of the sheet is the n-th row of the CSV file, blank rows between included. The workbook is untrusted:
what it unpacks to is measured before it is opened.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from abate.errors import SourceError, nearest
from abate.sources import workbook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")

_SHOWN = 5


@dataclass(frozen=True)
class Heading:
    """Where the headings of a sheet stand: their row (the first of the sheet is 1) and the columns that have one."""

    row: int
    names: dict[int, str]


def to_csv(path: Path, sheet: str | None, into: Path, header_row: int | None = None) -> Path:
    """Write one sheet as a CSV file in the folder `into`, and give that file's path.

    `sheet` may be None when a single sheet holds anything. `header_row` is the row of the headings, the first row
    that is not blank unless given. The CSV file is UTF-8 with commas. Raises `SourceError` when the file is no
    workbook, needs a password, unpacks to too much, has no such sheet, or has blank, repeated or merged headings.
    """
    found = _chosen(path, workbook.open_safely(path), sheet)
    heading = _heading(path, found, header_row)
    workbook.refuse_unsaved_formulas(path, found.name)
    timed = _timed(found, heading)
    written = into / f"{path.stem}.csv"
    with written.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(heading.names.values())
        rows.writerows(_without_blank_end(_texts(found, heading, timed)))
    return written


def sheets(path: Path) -> list[str]:
    """List the sheets of a workbook that hold anything."""
    return list(_filled(path, workbook.open_safely(path)))


def _filled(path: Path, opened: Any) -> dict[str, Any]:
    read = {name: workbook.sheet_of(path, opened, name) for name in opened.sheet_names}
    return {name: sheet for name, sheet in read.items() if sheet.start is not None}


def _chosen(path: Path, opened: Any, sheet: str | None) -> Any:
    if sheet is not None and sheet not in opened.sheet_names:
        raise SourceError(f"{path}: there is no sheet '{sheet}'. {nearest(sheet, opened.sheet_names)}")
    if sheet is not None and (found := workbook.sheet_of(path, opened, sheet)).start is not None:
        return found
    filled = _filled(path, opened)
    if sheet is not None:
        raise SourceError(f"{path}: the sheet '{sheet}' is empty. {nearest(sheet, filled)}")
    if not filled:
        raise SourceError(f"{path}: every sheet is empty")
    if len(filled) > 1:
        names = ", ".join(repr(name) for name in filled)
        raise SourceError(f"{path}: {len(filled)} sheets hold something ({names}): name one as [source] sheet")
    return next(iter(filled.values()))


def _heading(path: Path, sheet: Any, header_row: int | None) -> Heading:
    first = (sheet.start[0] if sheet.start else 0) + 1
    row = header_row or first
    cells = next(islice(sheet.iter_rows(), row - 1, row), None)
    if cells is None or not any(cell != "" for cell in cells):
        raise SourceError(f"{path}, sheet '{sheet.name}': row {row} is blank; [source] header_row should be {first}")
    names = {index: _text(cell, whole_days=True).strip() for index, cell in enumerate(cells) if cell != ""}
    heading = Heading(row, {index: name for index, name in names.items() if name})
    if faults := [*_nameless(sheet, heading), *_repeated(heading), *_merged(sheet, row)]:
        raise SourceError(*(f"{path}, sheet '{sheet.name}': {fault}" for fault in faults))
    return heading


def _nameless(sheet: Any, heading: Heading) -> Iterator[str]:
    bare = set(range(sheet.width)) - set(heading.names)
    for number, cells in enumerate(islice(sheet.iter_rows(), heading.row, None), start=heading.row + 1):
        if not bare:
            return
        for index in sorted(index for index in bare if cells[index] != ""):
            bare.discard(index)
            column = letters(_left(sheet) + index)
            yield f"column {column} has no heading in row {heading.row} but a value in row {number}: name it"


def _left(sheet: Any) -> int:
    return int(sheet.start[1]) if sheet.start else 0


def _repeated(heading: Heading) -> Iterator[str]:
    names = list(heading.names.values())
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield f"{names.count(name)} columns have the heading '{name}': give each its own"


def _merged(sheet: Any, row: int) -> Iterator[str]:
    ranges = [
        f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}"
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if bottom + 1 >= row
    ]
    if ranges:
        more = f" and {len(ranges) - _SHOWN} more" if len(ranges) > _SHOWN else ""
        yield f"cells {', '.join(ranges[:_SHOWN])}{more} are merged: unmerge them, so that each row has its own values"


def letters(column: int) -> str:
    """Name a column as Excel does; the first is 0.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _timed(sheet: Any, heading: Heading) -> set[int]:
    """Find the columns that hold times of day: there, midnight is a time and not a day alone."""
    timed: set[int] = set()
    for cells in islice(sheet.iter_rows(), heading.row, None):
        timed.update(index for index in heading.names if isinstance(cells[index], datetime))
    return timed


def _texts(sheet: Any, heading: Heading, timed: set[int]) -> Iterator[list[str]]:
    for cells in islice(sheet.iter_rows(), heading.row, None):
        yield [_text(cells[index], whole_days=index not in timed) for index in heading.names]


def _without_blank_end(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    waiting: list[list[str]] = []
    for row in rows:
        waiting.append(row)
        if any(row):
            yield from waiting
            waiting.clear()


def _text(cell: Any, *, whole_days: bool) -> str:
    """Write a cell as text: ISO dates, whole numbers without a point, true and false."""
    if type(cell) is str:
        return cell
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case date() | time() | timedelta():
            return _iso(cell, whole_days=whole_days)
        case _:
            return str(cell)


def _iso(cell: date | time | timedelta, *, whole_days: bool) -> str:
    match cell:
        case datetime():
            return (cell + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
        case date():
            return cell.isoformat() if whole_days else f"{cell.isoformat()}T00:00:00"
        case time():
            return cell.replace(microsecond=0).isoformat()
        case _:
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
