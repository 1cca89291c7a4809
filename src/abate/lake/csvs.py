"""CSV files as the engine reads them: which files, with which columns, and the SQL that reads their rows as text."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from abate.schema import Format

LONGEST_LINE = 2_000_000


@dataclass(frozen=True)
class File:
    """A CSV file that the engine may read: the name shown to people, where it stands, its hash, and its columns.

    `plain` says that it holds neither quotation marks nor carriage returns and begins with its header: a line is a row.
    `number` is its place among the files of a load. `content` are its bytes where they are still at hand.
    """

    name: str
    path: Path
    sha256: str
    columns: tuple[str, ...]
    force: str | None = None
    delimiter: str = ","
    plain: bool = False
    number: int = 0
    content: bytes | None = field(default=None, repr=False)
    malformed: Mapping[int, str] = field(default_factory=dict)
    """Rows that are no rows of this header, with what stood there; in the file at `path` a blank row stands in."""


@dataclass(frozen=True)
class Batch:
    """Files of one format that go through the engine in this order; with `together` several may fill one month."""

    number: int
    format: Format
    files: tuple[File, ...]
    together: bool = False

    @property
    def shared(self) -> tuple[str, ...]:
        """The columns that all its files have."""
        return tuple(column for column in self.files[0].columns if all(column in file.columns for file in self.files))


def text(value: object) -> str:
    """Write a value as an SQL text.

    >>> text("King's Road")
    "'King''s Road'"
    """
    return "'" + str(value).replace("'", "''") + "'"


def name(value: str) -> str:
    """Write a name as an SQL identifier.

    >>> name('Crime ID')
    '"Crime ID"'
    """
    return '"' + value.replace('"', '""') + '"'


def rows(files: Sequence[File]) -> str:
    """Give the SQL that reads files as text, one row after the other.

    It gives their columns, `_at` (the path) and `_force`. Blank text, of nothing or only spaces, is null; other text
    loses the spaces around it where it begins with one.
    """
    runs: list[list[File]] = []
    for file in files:
        if runs and _alike(runs[-1][0], file):
            runs[-1].append(file)
        else:
            runs.append([file])
    return " UNION ALL BY NAME ".join(_run(run) for run in runs)


def lines(file: File, wanted: str) -> str:
    """Give the SQL that reads some rows of a file as they stood, with `_row` (from 1) and `_line`: the row as CSV.

    `wanted` is the SQL of the rows' numbers. Only rows that are wanted are written as CSV again.
    """
    return (
        f"SELECT *, {_line(file)} AS _line FROM (SELECT *, row_number() OVER () AS _row FROM {_scan([file])}) "
        f"WHERE _row IN ({wanted})"
    )


def plain_rows(file: File, wanted: Sequence[int]) -> Any:
    """Give some rows of a plain file as they stood: an Arrow table of its columns as text, with `_row` and `_line`.

    `wanted` are the rows' numbers, from 1 and rising.
    """
    import pyarrow as pa
    from pyarrow import csv

    with file.path.open("rb") if file.content is None else io.BytesIO(file.content) as source:
        next(source)
        numbers = iter(wanted)
        number = next(numbers, 0)
        stood = []
        for row, line in enumerate((line for line in source if line != b"\n"), 1):
            if row == number:
                stood.append(line.removesuffix(b"\n"))
                number = next(numbers, 0)
                if not number:
                    break
    cells = csv.read_csv(
        pa.BufferReader(b"\n".join(stood)),
        csv.ReadOptions(use_threads=False, block_size=2 * LONGEST_LINE, column_names=list(file.columns)),
        csv.ParseOptions(delimiter=file.delimiter, quote_char=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(file.columns, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            check_utf8=False,
        ),
    )
    cells = cells.append_column("_row", pa.array(wanted, pa.int64()))
    return cells.append_column("_line", pa.array([line.decode() for line in stood]))


def _alike(one: File, other: File) -> bool:
    return (one.columns, one.force, one.delimiter) == (other.columns, other.force, other.delimiter)


def _run(files: Sequence[File]) -> str:
    first = files[0]
    force = "CAST(NULL AS VARCHAR)" if first.force is None else text(first.force)
    return f"SELECT _at, {', '.join(map(_trimmed, first.columns))}, {force} AS _force FROM {_scan(files)}"


def _scan(files: Sequence[File]) -> str:
    """Give the SQL of the engine's own reading of files that are alike."""
    first = files[0]
    paths = ", ".join(text(file.path) for file in files)
    columns = ", ".join(f"{text(column)}: 'VARCHAR'" for column in first.columns)
    return (
        f"read_csv([{paths}], columns = {{{columns}}}, auto_detect = false, header = true, "
        f"delim = {text(first.delimiter)}, quote = '\"', escape = '\"', filename = '_at', "
        f"max_line_size = {LONGEST_LINE})"
    )


def _trimmed(column: str) -> str:
    """Give the SQL of a column without blanks; only text that sorts before `!` can begin with a space or be empty."""
    cell = name(column)
    return f"CASE WHEN {cell} < '!' THEN nullif(trim({cell}, ' \t\n\r\v\f'), '') ELSE {cell} END AS {cell}"


def _line(file: File) -> str:
    """Give the SQL that writes a row as CSV again, quoted only where it must be."""
    awkward = text(f'[\\n\\r"\\x{ord(file.delimiter):02x}]')
    cells = ", ".join(
        f"CASE WHEN regexp_matches({name(column)}, {awkward}) "
        f"THEN '\"' || replace({name(column)}, '\"', '\"\"') || '\"' ELSE coalesce({name(column)}, '') END"
        for column in file.columns
    )
    return f"concat_ws({text(file.delimiter)}, {cells})"
