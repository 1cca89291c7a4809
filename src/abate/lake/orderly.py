"""The quick way for orderly files: one force, one month, nothing repeated, lines as they should be.

Nearly every published file is so. Its texts are read as dictionaries (each distinct text once, and numbers that point
to it), the format's rules run over those, and its columns go to Parquet without becoming rows in between. Whatever is
not plainly in order is left for the careful way of `batches`, whole, so that a file never goes partly one way and
partly the other; both ways give the same rows.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abate.lake import integrity
from abate.lake.csvs import LONGEST_LINE
from abate.lake.delta import PARTITION, Part
from abate.lake.formats import NEEDED, compiled_verdict
from abate.lake.recipes import recipes
from abate.lake.skims import clean, skims

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.csvs import Batch, File
    from abate.lake.recipes import Recipe

_BLOCK = 16 << 20
_LARGEST = 128 << 20
"""A file of more bytes is not held in memory whole; one of a single force and month is far smaller."""
_ROW_GROUP = 122_880
_ROW_BITS = 40
_RUNNING = ("source_row",)
_SPACE = ord("!")
"""Text whose first byte is less than this begins with a blank, which the careful way takes off."""


@dataclass(frozen=True)
class Orderly:
    """A file that is staged: the part of the table that it is, where it stands, and how many rows broke which rule."""

    part: Part
    path: Path
    odd: Mapping[int, int]


@dataclass(frozen=True)
class Settled:
    """The files that went the quick way, by their place in the batch, and the rows of theirs that broke a rule.

    `odd` is an Arrow table of `place` (of the file in the batch), `row` (of the row in the file, from 1) and `_rule`.
    """

    files: Mapping[int, Orderly]
    odd: Any


@dataclass(frozen=True)
class _Verdict:
    force: str
    month: str
    rows: int
    unplaced: int
    odd: Mapping[int, int]
    """The rule that each odd row broke first, by the row's place from 0."""


def settle(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> Settled:
    """Stage those files of a batch that are in order; the others are not touched.

    Files that may fill one month together are left to the careful way, which sees them all at once.
    """
    made_by = None if batch.together and len(batch.files) > 1 else recipes(batch.format, batch.shared)
    if made_by is None or not set(batch.format.header) <= set(batch.shared):
        return Settled({}, _odd_table({}))
    read = {place: table for place, file in enumerate(batch.files) if (table := _read(file, batch)) is not None}
    made = _made(cursor, read, made_by)
    verdicts = _judged(cursor, batch, read, made)
    settled = {}
    for place, verdict in verdicts.items():
        path = folder / f"{batch.number}-whole-{place}.parquet"
        kept = [column for column in made_by if column in batch.format.values and column not in PARTITION]
        _write(_loaded(made[place].select(kept), batch.files[place].name, verdict), path)
        size = path.stat().st_size
        part = Part(verdict.force, verdict.month, verdict.rows, verdict.unplaced, size, integrity.digest(path))
        settled[place] = Orderly(part, path, Counter(verdict.odd.values()))
    return Settled(settled, _odd_table(verdicts))


def _odd_table(verdicts: Mapping[int, _Verdict]) -> Any:
    import pyarrow as pa

    rows = [(place, row + 1, rule) for place, verdict in verdicts.items() for row, rule in verdict.odd.items()]
    kinds = {"place": pa.int32(), "row": pa.int64(), "_rule": pa.int16()}
    return pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(kinds.items())})


def _read(file: File, batch: Batch) -> Any | None:
    """Read a file's texts; None when it is large, holds quotation marks, lines of another length, or odd texts."""
    import pyarrow as pa
    from pyarrow import csv

    if not file.plain or (file.content is None and file.path.stat().st_size > _LARGEST):
        return None
    try:
        table = csv.read_csv(
            file.path if file.content is None else pa.BufferReader(file.content),
            csv.ReadOptions(use_threads=False, block_size=_BLOCK, column_names=list(file.columns), skip_rows=1),
            csv.ParseOptions(delimiter=file.delimiter, quote_char=False),
            csv.ConvertOptions(
                column_types=_kinds(batch),
                include_columns=list(batch.shared),
                null_values=[""],
                strings_can_be_null=True,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    table = table.unify_dictionaries().combine_chunks()
    if not len(table) or _odd([_texts(column) for column in table.columns if column.type != pa.float64()]):
        return None
    return table.append_column("_force", _always(file.force, len(table)))


def _kinds(batch: Batch) -> dict[str, Any]:
    """Say how each of a file's columns is read: as texts gathered, as numbers, or as texts of which each is its own."""
    import pyarrow as pa

    kinds: dict[str, Any] = dict.fromkeys(batch.shared, pa.dictionary(pa.int32(), pa.string()))
    for name, recipe in (recipes(batch.format, batch.shared) or {}).items():
        if recipe.number:
            kinds[str(recipe.column)] = pa.float64()
        elif recipe.column and name == "crime_id":
            kinds[recipe.column] = pa.string()
    return kinds


def _odd(texts: Sequence[Any]) -> bool:
    """Tell whether a text begins blank, or is so long that its line may be longer than a line can be."""
    import numpy as np

    for each in texts:
        starts, letters = _laid(each)
        lengths = np.diff(starts)
        begun = letters[starts[:-1][lengths > 0]]
        if len(begun) and (begun.min() < _SPACE or lengths.max() * len(texts) >= LONGEST_LINE):
            return True
    return False


def _laid(texts: Any) -> tuple[Any, Any]:
    """Give where each text begins, and the last one ends, in the bytes that hold them all."""
    import numpy as np

    _, ends, letters = texts.buffers()
    starts = np.frombuffer(ends, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return starts, np.frombuffer(letters or b"", np.uint8)


def _texts(column: Any) -> Any:
    """Give the distinct texts of a column, or all of them where they were not gathered."""
    import pyarrow as pa

    whole = column.chunk(0)
    return whole.dictionary if isinstance(whole, pa.DictionaryArray) else whole


def _judged(
    cursor: DuckDBPyConnection, batch: Batch, read: Mapping[int, Any], made: Mapping[int, Any]
) -> dict[int, _Verdict]:
    """Run the rules over files; leave out those of several months, with nothing to load, or with repeats."""
    plain = clean(cursor, skims(batch.format, batch.shared), read, made)
    odd = _odd_rows(cursor, batch, {place: table for place, table in read.items() if place not in plain}, made)
    judged = {place: _verdict(made[place], odd.get(place, {})) for place in read}
    key = batch.format.repeat_key
    return {
        place: told
        for place, told in judged.items()
        if told is not None and (key is None or not _repeats(made[place].column(key), told))
    }


def _verdict(made: Any, odd: Mapping[int, int]) -> _Verdict | None:
    """Judge a file by the rows that are not odd; None when they are of several months or of none, or there are none."""
    import pyarrow.compute as pc

    good = _without(made.select(NEEDED), odd)
    forces, months = (pc.unique(good.column(name)).to_pylist() for name in PARTITION)
    if len(forces) != 1 or len(months) != 1 or forces[0] is None or months[0] is None:
        return None
    return _Verdict(forces[0], months[0], len(good), good.column("x").null_count, odd)


def _odd_rows(
    cursor: DuckDBPyConnection, batch: Batch, read: Mapping[int, Any], made: Mapping[int, Any]
) -> dict[int, dict[int, int]]:
    """Give the rule that each odd row of some files broke first, by file and by the row's place from 0."""
    odd: dict[int, dict[int, int]] = {place: {} for place in read}
    if read:
        select = compiled_verdict(batch.format, batch.shared)
        with _shown(cursor, "once", _numbered(read, made)):
            found = cursor.execute(f"SELECT _at, _rule FROM ({select}) WHERE _rule IS NOT NULL").fetchall()
        for at, rule in found:
            odd[at >> _ROW_BITS][at & ((1 << _ROW_BITS) - 1)] = rule
    return odd


def _numbered(read: Mapping[int, Any], made: Mapping[int, Any]) -> Any:
    """Put files under one another as `once`; `_at` holds the file's place in the batch and the row's in the file."""
    import numpy as np
    import pyarrow as pa

    tables = []
    for place, table in read.items():
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {f"_made_{name}": made[place].column(name) for name in made[place].column_names}
        columns["_at"] = pa.array(np.arange(len(table)) + (place << _ROW_BITS))
        tables.append(pa.table(columns))
    return pa.concat_tables(tables)


def _repeats(ids: Any, verdict: _Verdict) -> bool:
    """Tell whether two of the rows to be loaded may be one incident."""
    import pyarrow.compute as pc

    known = _without(ids, verdict.odd).drop_null().combine_chunks()
    return not _begin_apart(known) and len(pc.unique(known)) < len(known)


def _begin_apart(texts: Any) -> bool:
    """Tell whether all texts differ in their first eight bytes, as hashes nearly always do: the quickest proof."""
    import numpy as np

    count = len(texts)
    if not count or str(texts.type) != "string":
        return False
    starts, letters = _laid(texts)
    if np.diff(starts).min() < 8:
        return False
    words: Any = np.ndarray((len(letters) - 7,), np.uint64, letters.data, strides=(1,))
    ordered = np.sort(words[starts[:-1]])
    return bool((ordered[1:] != ordered[:-1]).all())


def _made(cursor: DuckDBPyConnection, read: Mapping[int, Any], made_by: Mapping[str, Recipe]) -> dict[int, Any]:
    """Make the columns of the table: as they stand, always the same, or once for each distinct text of each file."""
    import pyarrow as pa

    columns: dict[int, dict[str, Any]] = {place: {} for place in read}
    for column, recipe in made_by.items():
        made = {} if recipe.sql is None or recipe.number else _once_each(cursor, read, recipe)
        for place, table in read.items():
            if recipe.column is None:
                columns[place][column] = _always(recipe.constant, len(table))
            elif recipe.sql is None or recipe.number:
                columns[place][column] = table.column(recipe.column)
            else:
                columns[place][column] = _spread(made[place], table.column(recipe.column).chunk(0))
    return {place: pa.table(named) for place, named in columns.items()}


def _once_each(cursor: DuckDBPyConnection, read: Mapping[int, Any], recipe: Recipe) -> dict[int, Any]:
    """Make a value for each distinct text of a column, file by file; the last of a file is the value of no text."""
    import pyarrow as pa

    if not read:
        return {}
    texts = {place: _texts(table.column(recipe.column)) for place, table in read.items()}
    nothing = pa.nulls(1, pa.string())
    whole = pa.concat_arrays([part for each in texts.values() for part in (each, nothing)])
    with _shown(cursor, "raw", pa.table({str(recipe.column): whole})):
        values = cursor.sql(str(recipe.sql)).to_arrow_table().column("made").combine_chunks()
    made, start = {}, 0
    for place, each in texts.items():
        made[place] = values.slice(start, len(each) + 1)
        start += len(each) + 1
    return made


def _loaded(table: Any, file: str, verdict: _Verdict) -> Any:
    """Give the rows that are loaded, with the file and the row that each came from."""
    import numpy as np
    import pyarrow as pa

    rows = pa.array(np.arange(1, len(table) + 1, dtype=np.int64))
    table = table.append_column("source_file", _always(file, len(table))).append_column("source_row", rows)
    return _without(table, verdict.odd)


def _without(values: Any, odd: Mapping[int, int]) -> Any:
    """Leave the odd rows out of a column or table."""
    import numpy as np
    import pyarrow as pa

    if not odd:
        return values
    good = np.ones(len(values), dtype=bool)
    good[list(odd)] = False
    return values.filter(pa.array(good))


def _always(value: str | None, rows: int) -> Any:
    import numpy as np
    import pyarrow as pa

    places = pa.array(np.zeros(rows, dtype=np.int32), mask=np.full(rows, value is None))
    return pa.DictionaryArray.from_arrays(places, pa.array([value or ""]))


def _spread(values: Any, texts: Any) -> Any:
    """Give each row the value of its text; `values` ends with that of no text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(texts, pa.DictionaryArray):
        return values.slice(0, len(texts))
    return values.take(pc.fill_null(texts.indices, len(values) - 1))


def _write(table: Any, path: Path) -> None:
    """Write Parquet, each column packed as suits it.

    Texts of which nearly every row has its own gain nothing by packing; running numbers shrink to next to nothing when
    only the steps between them are kept.
    """
    import pyarrow as pa
    from pyarrow import parquet

    gathered = [field.name for field in table.schema if isinstance(field.type, pa.DictionaryType)]
    bulky = [field.name for field in table.schema if field.type == pa.string()]
    numbers = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    parquet.write_table(
        table,
        path,
        row_group_size=_ROW_GROUP,
        compression={name: "none" if name in (*bulky, *_RUNNING) else "snappy" for name in table.column_names},
        use_dictionary=gathered,
        column_encoding=dict.fromkeys(_RUNNING, "DELTA_BINARY_PACKED"),
        write_statistics=numbers,
        store_schema=False,
    )


@contextmanager
def _shown(cursor: DuckDBPyConnection, name: str, table: Any) -> Iterator[None]:
    """Let the engine see a table under a name for a while."""
    cursor.register(name, table)
    try:
        yield
    finally:
        cursor.unregister(name)
