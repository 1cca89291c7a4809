"""Files with lines that are no rows: found, kept for the rejects, and set aside so that the others can be read."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING, TextIO

from abate.errors import SourceError
from abate.lake.csvs import rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.csvs import File

_MOST = 100_000


def mended(cursor: DuckDBPyConnection, file: File, folder: Path) -> File:
    """Give the file as it is when the engine can read it; otherwise a copy with blanks where its lines are no rows.

    Row numbers stay. Raises `SourceError` when quotation marks do not pair up, or when nearly nothing is a row.
    """
    import duckdb

    try:
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE trial AS {rows([file])}")
    except duckdb.InvalidInputException:
        return _mend(file, folder / f"{file.path.stem}-mended.csv")
    return file


def _mend(file: File, path: Path) -> File:
    torn: dict[int, str] = {}
    width = len(file.columns)
    blank = [""] * width
    with (
        file.path.open(encoding="utf-8-sig", newline="") as source,
        path.open("w", encoding="utf-8", newline="") as target,
    ):
        writer = csv.writer(target, delimiter=file.delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(file.columns)
        for number, (cells, line) in enumerate(_records(file, source)):
            if number == 0:
                continue
            if cells is None or not _fits(cells, width):
                torn[number] = line
                _refuse_hopeless(file, number, line, len(torn))
            writer.writerow(blank if number in torn or cells is None else cells[:width])
    return replace(file, path=path, malformed=torn)


def _fits(cells: list[str], width: int) -> bool:
    return len(cells) == width or (len(cells) == width + 1 and not cells[-1])


def _refuse_hopeless(file: File, number: int, line: str, torn: int) -> None:
    if "\n" in line or "\r" in line:
        raise SourceError(
            f"{file.name}, row {number}: quotation marks do not pair up, and rows run into each other: '{line[:80]}'; "
            "a quotation mark inside a value is doubled, and one that opens a value also closes it"
        )
    if torn > _MOST:
        raise SourceError(
            f"{file.name}: more than {_MOST:,} rows have not the {len(file.columns)} columns of the header, first row "
            f"{next(iter(file.malformed), number)}: is this file what its header says?"
        )


def _records(file: File, source: TextIO) -> Iterator[tuple[list[str] | None, str]]:
    """Give each record with the text it was made of; None for one that cannot be taken apart. Blank lines are none."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in source:
            taken.append(line)
            yield line

    reader = csv.reader(lines(), delimiter=file.delimiter, strict=True)
    while True:
        taken.clear()
        cells: list[str] | None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = None
        line = "".join(taken).rstrip("\r\n")
        if line.strip(" \t"):
            yield cells, line
