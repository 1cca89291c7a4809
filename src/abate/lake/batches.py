"""One batch of files through the engine: read, judged, set apart by force and month, written as Parquet."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from abate.errors import SourceError
from abate.lake import integrity, leftovers, malformed, orderly
from abate.lake.csvs import name, rows, text
from abate.lake.delta import PARTITION, Part
from abate.lake.formats import MALFORMED, REPEAT, compiled, sql_type, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.csvs import Batch, File
    from abate.lake.orderly import Settled
    from abate.schema import Format

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_PIECE_BYTES = 16 << 20
"""Half of what the engine reads of a file at once."""


@dataclass(frozen=True)
class Fate:
    """What became of the rows of one file."""

    file: str
    format: str
    sha256: str
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    rows_repeated: int
    rows_dropped: int
    without_coordinates: int

    def __post_init__(self) -> None:
        became = self.rows_loaded + self.rows_rejected + self.rows_repeated + self.rows_dropped
        assert self.rows_read == became, f"{self.file}: {self.rows_read} rows were read and {became} accounted for"


@dataclass(frozen=True)
class Piece:
    """A staged file: the part of the table that it would be, where it stands now, and the files its rows came from."""

    part: Part
    path: Path
    files: tuple[str, ...]


@dataclass(frozen=True)
class Made:
    """What a batch gave: fates of its files, staged pieces, rows left out by rule, files of rejects and repeats.

    `elsewhere` counts the repeats that lie in another place than the first; `hopeless` are sentences about files with
    rows of which none can be loaded.
    """

    format: Format
    fates: tuple[Fate, ...]
    pieces: tuple[Piece, ...]
    broken: Mapping[str, int]
    rejects: tuple[Path, ...]
    repeats: Path | None
    elsewhere: int
    hopeless: tuple[str, ...]


def work(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> Made:
    """Read a batch and stage what it gives in `folder`: orderly files the quick way, the others carefully."""
    try:
        settled = orderly.settle(cursor, batch, folder)
        _refuse_odd([(one.part.force, one.part.month) for one in settled.files.values()])
        quickly = _quickly(cursor, batch, settled, folder)
        others = [place for place in range(len(batch.files)) if place not in settled.files]
        if not others:
            return quickly
        rest = replace(batch, files=tuple(batch.files[place] for place in others))
        return _together(quickly, _carefully(cursor, rest, folder), [*settled.files, *others])
    finally:
        _forget(cursor)


def _quickly(cursor: DuckDBPyConnection, batch: Batch, settled: Settled, folder: Path) -> Made:
    """Say what became of the orderly files."""
    rules = verdicts(batch.format)
    fates, pieces = [], []
    broken: Counter[str] = Counter()
    for place, one in settled.files.items():
        file, part = batch.files[place], one.part
        dropped = sum(count for rule, count in one.odd.items() if rule > len(batch.format.rules))
        out = sum(one.odd.values())
        became = (part.rows + out, part.rows, out - dropped, 0, dropped, part.without_coordinates)
        fates.append(Fate(file.name, batch.format.name, file.sha256, *became))
        pieces.append(Piece(part, one.path, (file.name,)))
        broken.update({rules[rule].name: count for rule, count in one.odd.items()})
    rejects = leftovers.odd_rows(cursor, batch, settled.odd, folder)
    return Made(batch.format, tuple(fates), tuple(pieces), broken, rejects, None, 0, ())


def _together(quickly: Made, carefully: Made, places: Sequence[int]) -> Made:
    """Put what both ways gave into one; `places` are those of the quick files and then of the others in the batch."""
    fates = dict(zip(places, (*quickly.fates, *carefully.fates), strict=True))
    return replace(
        carefully,
        fates=tuple(fates[place] for place in sorted(fates)),
        pieces=(*quickly.pieces, *carefully.pieces),
        broken=Counter(quickly.broken) + Counter(carefully.broken),
        rejects=(*quickly.rejects, *carefully.rejects),
    )


def _carefully(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> Made:
    """Read files row by row, with all that may be wrong with them."""
    batch = _read(cursor, batch, folder)
    _mark_repeats(cursor, batch)
    _tally(cursor)
    return Made(
        format=batch.format,
        pieces=_write_parts(cursor, batch, folder),
        fates=_fates(cursor, batch),
        broken=_broken(cursor, batch),
        rejects=leftovers.rejects(cursor, batch, folder),
        hopeless=leftovers.hopeless(cursor, batch),
        repeats=leftovers.repeats(cursor, batch, folder),
        elsewhere=leftovers.elsewhere(cursor),
    )


def _forget(cursor: DuckDBPyConnection) -> None:
    for (table,) in cursor.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
        cursor.execute(f"DROP TABLE IF EXISTS temp.{name(table)}")


def _read(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> Batch:
    """Read the batch into `typed`; give it back with its malformed files mended."""
    import duckdb

    try:
        _type(cursor, batch)
    except duckdb.InvalidInputException:
        batch = replace(batch, files=tuple(malformed.mended(cursor, file, folder) for file in batch.files))
        _type(cursor, batch)
    _number(cursor, batch)
    return batch


def _type(cursor: DuckDBPyConnection, batch: Batch) -> None:
    """Fill `typed`; a file that the engine reads in several pieces goes alone, or their order would not be kept."""
    cursor.execute("DROP TABLE IF EXISTS temp.typed")
    select = compiled(batch.format, batch.shared)
    for number, files in enumerate(_in_one_go(batch.files)):
        into = "INSERT INTO typed" if number else "CREATE TEMP TABLE typed AS"
        cursor.execute(f"{into} WITH raw AS ({rows(files)}) {select}")


def _in_one_go(files: Sequence[File]) -> Iterator[list[File]]:
    small: list[File] = []
    for file in files:
        if file.path.stat().st_size < _PIECE_BYTES:
            small.append(file)
            continue
        if small:
            yield small
        yield [file]
        small = []
    if small:
        yield small


def _number(cursor: DuckDBPyConnection, batch: Batch) -> None:
    """Note where each file begins in `typed`, so that a row's place in its file is known; mark malformed rows."""
    given = ", ".join(
        f"({place}, {text(file.path)}, {text(file.name)}, {file.number})" for place, file in enumerate(batch.files)
    )
    cursor.execute(f"CREATE TEMP TABLE given AS SELECT * FROM (VALUES {given}) AS g (place, path, file, number)")
    cursor.execute(
        "CREATE TEMP TABLE files AS SELECT place, path, file, number, first, last, coalesce(rows, 0) AS rows "
        "FROM given LEFT JOIN (SELECT _at AS path, min(rowid) AS first, max(rowid) AS last, count(*) AS rows "
        "FROM typed GROUP BY _at) USING (path)"
    )
    torn = cursor.execute("SELECT file FROM files WHERE rows > 0 AND last - first + 1 <> rows").fetchall()
    assert not torn, f"the engine did not keep the order of rows in {torn}"
    for place, file in enumerate(batch.files):
        if file.malformed:
            cursor.execute(
                f"UPDATE typed SET _rule = {MALFORMED} WHERE rowid IN "
                "(SELECT first + row - 1 FROM (SELECT unnest(?) AS row), files WHERE place = ?)",
                [list(file.malformed), place],
            )


def _mark_repeats(cursor: DuckDBPyConnection, batch: Batch) -> None:
    cursor.execute("CREATE TEMP TABLE repeats (here BIGINT, first BIGINT)")
    if batch.format.repeat_key is None:
        return
    key = name(batch.format.repeat_key)
    again = cursor.execute(
        f"SELECT h FROM (SELECT hash({key}) AS h FROM typed WHERE _rule IS NULL AND {key} IS NOT NULL) "
        "GROUP BY h HAVING count(*) > 1"
    ).fetchall()
    if not again:
        return
    cursor.execute(
        "INSERT INTO repeats SELECT here, first FROM (SELECT rowid AS here, min(rowid) OVER "
        f"(PARTITION BY force, month, {key}) AS first FROM typed WHERE _rule IS NULL AND {key} IS NOT NULL "
        f"AND hash({key}) IN (SELECT unnest(CAST(? AS UBIGINT[])))) WHERE here > first",
        [[row[0] for row in again]],
    )
    cursor.execute(f"UPDATE typed SET _rule = {REPEAT} WHERE rowid IN (SELECT here FROM repeats)")


def _tally(cursor: DuckDBPyConnection) -> None:
    """Count rows by file, fate, force and month, and note between which rows they stand."""
    cursor.execute(
        "CREATE TEMP TABLE tally AS SELECT f.place, c.* EXCLUDE (_at) FROM (SELECT _at, _rule, "
        "CASE WHEN _rule IS NULL THEN force END AS force, CASE WHEN _rule IS NULL THEN month END AS month, "
        "count(*) AS rows, count(*) - count(x) AS unplaced, min(rowid) AS first, max(rowid) AS last "
        "FROM typed GROUP BY ALL) AS c JOIN files f ON f.path = c._at"
    )


def _write_parts(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> tuple[Piece, ...]:
    parts = cursor.execute(
        "SELECT force, month, sum(rows)::BIGINT, sum(unplaced)::BIGINT, min(first), max(last), "
        "list(place ORDER BY place) FROM tally WHERE _rule IS NULL GROUP BY force, month ORDER BY force, month"
    ).fetchall()
    _refuse_odd([(force, month) for force, month, *_ in parts])
    starts = dict(cursor.execute("SELECT place, first FROM files").fetchall())
    pieces = []
    for number, (force, month, count, unplaced, first, last, places) in enumerate(parts):
        path = folder / f"{batch.number}-{number}.parquet"
        where = f"t.rowid BETWEEN {first} AND {last}"
        if count < last - first + 1:
            where += f" AND t._rule IS NULL AND t.force = {text(force)} AND t.month = {text(month)}"
        cursor.execute(f"COPY ({_chosen(batch, places, starts)} WHERE {where}) TO {text(path)} (FORMAT parquet)")
        part = Part(force, month, count, unplaced, path.stat().st_size, integrity.digest(path))
        pieces.append(Piece(part, path, tuple(batch.files[place].name for place in places)))
    return tuple(pieces)


def _chosen(batch: Batch, places: Sequence[int], starts: Mapping[int, int]) -> str:
    """Give the SQL that selects what is written: the columns that the format fills, and where each row came from."""
    columns = ", ".join(
        f"CAST(t.{name(column)} AS {sql_type(spec.kind)}) AS {name(column)}"
        for column, spec in batch.format.table.columns.items()
        if column in batch.format.values and column not in PARTITION
    )
    if len(places) > 1:
        origin = "f.file AS source_file, t.rowid - f.first + 1 AS source_row"
        return f"SELECT {columns}, {origin} FROM typed t JOIN files f ON f.path = t._at"
    (place,) = places
    origin = f"{text(batch.files[place].name)} AS source_file, t.rowid - {starts[place]} + 1 AS source_row"
    return f"SELECT {columns}, {origin} FROM typed t"


def _refuse_odd(months: Sequence[tuple[str | None, str | None]]) -> None:
    """Raise `SourceError` for a force or month that cannot be the name of a folder."""
    odd = [(f, m) for f, m in months if not _SLUG.fullmatch(f or "") or not _MONTH.fullmatch(m or "")]
    if odd:
        listed = "; ".join(f"force '{force or ''}', month '{month or ''}'" for force, month in odd[:5])
        raise SourceError(
            f"rows were given to {listed}: a force is written in small letters, digits and hyphens, such as "
            "west-midlands, and a month as YYYY-MM: put the mapping right"
        )


def _fates(cursor: DuckDBPyConnection, batch: Batch) -> tuple[Fate, ...]:
    rules, dropped = len(batch.format.rules), len(batch.format.rules) + len(batch.format.dropped)
    counts = cursor.execute(
        "SELECT any_value(f.rows), "
        "coalesce(sum(t.rows) FILTER (_rule IS NULL), 0)::BIGINT, "
        f"coalesce(sum(t.rows) FILTER (_rule = {MALFORMED} OR _rule BETWEEN 1 AND {rules}), 0)::BIGINT, "
        f"coalesce(sum(t.rows) FILTER (_rule = {REPEAT}), 0)::BIGINT, "
        f"coalesce(sum(t.rows) FILTER (_rule BETWEEN {rules + 1} AND {dropped}), 0)::BIGINT, "
        "coalesce(sum(t.unplaced) FILTER (_rule IS NULL), 0)::BIGINT "
        "FROM files f LEFT JOIN tally t ON t.place = f.place GROUP BY f.place ORDER BY f.place"
    ).fetchall()
    return tuple(
        Fate(file.name, batch.format.name, file.sha256, *found) for file, found in zip(batch.files, counts, strict=True)
    )


def _broken(cursor: DuckDBPyConnection, batch: Batch) -> dict[str, int]:
    found = cursor.execute(
        f"SELECT _rule, sum(rows)::BIGINT FROM tally WHERE _rule <> {REPEAT} GROUP BY _rule ORDER BY _rule"
    ).fetchall()
    rules = verdicts(batch.format)
    return {rules[number].name: count for number, count in found}
