"""What was not loaded, row by row: rejects with the rule they broke, repeats with what differs from the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abate.errors import nearest
from abate.lake.csvs import lines, name, plain_rows, text
from abate.lake.formats import MALFORMED, REPEAT, verdicts
from abate.tables import REJECTS, REPEATS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.csvs import Batch
    from abate.schema import Rule, Table

_SPOKEN = {"x": "place", "y": "place", "location": "place", "crime_type": "type"}
_HINTS = 1000


def rejects(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> tuple[Path, ...]:
    """Write the rows that broke a rule or were left out by a filter; no file when there are none."""
    if not _with_lines(cursor, batch, f"_rule <> {REPEAT}"):
        return ()
    return (_write_rejects(cursor, batch, folder / f"{batch.number}-rejects.parquet"),)


def odd_rows(cursor: DuckDBPyConnection, batch: Batch, odd: Any, folder: Path) -> tuple[Path, ...]:
    """Write rows of files that are orderly but for these; `odd` is an Arrow table of `place`, `row` and `_rule`."""
    if not len(odd):
        return ()
    given = ", ".join(f"({place}, {text(file.name)}, {file.number})" for place, file in enumerate(batch.files))
    cursor.register("odd", odd)
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE bad AS SELECT NULL::BIGINT AS here, place, file, number, row, _rule "
        f"FROM odd JOIN (VALUES {given}) AS g (place, file, number) USING (place)"
    )
    cursor.unregister("odd")
    _read_lines(cursor, batch)
    return (_write_rejects(cursor, batch, folder / f"{batch.number}-odd-rows.parquet"),)


def _write_rejects(cursor: DuckDBPyConnection, batch: Batch, path: Path) -> Path:
    _tell_rules(cursor, batch)
    columns = ", ".join(name(column) for column in REJECTS.columns)
    cursor.execute(
        f"COPY (SELECT {columns}, number FROM (SELECT file, row, told.name AS rule, "
        "told.shown AS column, found.value, told.sentence || coalesce('; ' || hints.words, '') AS would_be_right, "
        "line, number FROM found JOIN told USING (_rule) LEFT JOIN hints USING (_rule, value)) ORDER BY number, row) "
        f"TO {text(path)} (FORMAT parquet)"
    )
    return path


def repeats(cursor: DuckDBPyConnection, batch: Batch, folder: Path) -> Path | None:
    """Write the rows that repeat an earlier one of their force and month; None when there are none."""
    if batch.format.repeat_key is None or not _with_lines(cursor, batch, f"_rule = {REPEAT}"):
        return None
    columns = ", ".join(name(column) for column in REPEATS.columns)
    path = folder / f"{batch.number}-repeats.parquet"
    cursor.execute(
        f"COPY (SELECT {columns}, found.number AS number FROM (SELECT found.file, found.row, "
        f"t.force, t.month, t.{name(batch.format.repeat_key)} AS crime_id, f.file AS first_file, "
        f"r.first - f.first + 1 AS first_row, {_differs(batch)} AS differs, found.line, found.number "
        "FROM found JOIN repeats r ON r.here = found.here JOIN typed t ON t.rowid = r.here "
        "JOIN typed o ON o.rowid = r.first JOIN files f ON f.path = o._at) AS found ORDER BY number, row) "
        f"TO {text(path)} (FORMAT parquet)"
    )
    return path


def elsewhere(cursor: DuckDBPyConnection) -> int:
    """Count the repeats that lie in another place than the row that came first."""
    return int(
        cursor.execute(
            "SELECT count(*) FROM repeats r JOIN typed t ON t.rowid = r.here JOIN typed o ON o.rowid = r.first "
            "WHERE t.x IS DISTINCT FROM o.x OR t.y IS DISTINCT FROM o.y"
        ).fetchall()[0][0]
    )


def hopeless(cursor: DuckDBPyConnection, batch: Batch) -> tuple[str, ...]:
    """Say which files have rows of which none can be loaded, with the first row and what would be right.

    Looks at what `rejects` found, and so comes after it.
    """
    lost = cursor.execute(
        f"SELECT place FROM tally GROUP BY place HAVING bool_and(coalesce(_rule = {MALFORMED} "
        f"OR _rule BETWEEN 1 AND {len(batch.format.rules)}, false)) ORDER BY place"
    ).fetchall()
    sentences = []
    rules = verdicts(batch.format)
    for (place,) in lost:
        examples = cursor.execute(
            "SELECT _rule, any_value(file), min(row), arg_min(value, row), count(*) FROM found WHERE place = ? "
            "GROUP BY _rule ORDER BY _rule",
            [place],
        ).fetchall()
        for number, file, row, value, count in examples:
            rule = rules[number]
            found = f"{rule.column} '{value or ''}'" if rule.column else "the line"
            more = f" ({count:,} rows)" if count > 1 else ""
            known = f". {nearest(value or '', rule.known)}" if rule.known else ""
            sentences.append(f"{file}, row {row}: {found} cannot be loaded{more}: {rule.sentence}{known}")
    return tuple(sentences)


def _differs(batch: Batch) -> str:
    spoken: dict[str, list[str]] = {}
    for column in batch.format.compared:
        spoken.setdefault(_SPOKEN.get(column, column), []).append(column)
    words = ", ".join(
        "CASE WHEN "
        + " OR ".join(f"t.{name(column)} IS DISTINCT FROM o.{name(column)}" for column in columns)
        + f" THEN {text(word)} END"
        for word, columns in spoken.items()
    )
    return f"concat_ws(', ', {words})" if words else "''"


def _with_lines(cursor: DuckDBPyConnection, batch: Batch, where: str) -> int:
    """Make `found`: the rows of `typed` with this fate, as they stood in their file. Gives how many there are."""
    if not cursor.execute(f"SELECT 1 FROM tally WHERE {where} LIMIT 1").fetchall():
        return 0
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE bad AS SELECT t.rowid AS here, f.place, f.file, f.number, "
        f"t.rowid - f.first + 1 AS row, t._rule FROM typed t JOIN files f ON f.path = t._at WHERE {where}"
    )
    _read_lines(cursor, batch)
    return int(cursor.execute("SELECT count(*) FROM found").fetchall()[0][0])


def _read_lines(cursor: DuckDBPyConnection, batch: Batch) -> None:
    """Make `found`: the rows of `bad` with the value that broke the rule and the line, read from their files again."""
    rows: dict[int, list[int]] = {}
    for place, row in cursor.execute("SELECT place, row FROM bad ORDER BY place, row").fetchall():
        rows.setdefault(place, []).append(row)
    if all(batch.files[place].plain and not batch.files[place].malformed for place in rows):
        cursor.register("lines", _stood(batch, rows))
        cursor.execute("CREATE OR REPLACE TEMP TABLE stood AS FROM lines")
        cursor.unregister("lines")
    else:
        stood = " UNION ALL BY NAME ".join(
            f"SELECT {place} AS _place, * FROM "
            f"({lines(batch.files[place], f'SELECT row FROM bad WHERE place = {place}')})"
            for place in rows
        )
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE stood AS {stood}")
    _find(cursor, batch)


def _stood(batch: Batch, rows: Mapping[int, Sequence[int]]) -> Any:
    """Give rows of plain files, by the files' places in the batch, as they stood."""
    import pyarrow as pa

    tables = []
    for place, wanted in rows.items():
        cells = plain_rows(batch.files[place], wanted).select([*batch.shared, "_row", "_line"])
        tables.append(cells.append_column("_place", pa.array([place] * len(wanted), pa.int32())))
    return pa.concat_tables(tables)


def _find(cursor: DuckDBPyConnection, batch: Batch) -> None:
    """Make `found` from `bad` and `stood`; a malformed row has the line that it was in its file."""
    cursor.execute("CREATE OR REPLACE TEMP TABLE torn (place INTEGER, row BIGINT, line VARCHAR)")
    for place, file in enumerate(batch.files):
        if broken := file.malformed:
            cursor.execute(
                "INSERT INTO torn SELECT ?, unnest(?), unnest(?)", [place, list(broken), list(broken.values())]
            )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE found AS SELECT b.*, {_value(batch)} AS value, "
        "coalesce(torn.line, s._line) AS line FROM bad b JOIN stood s ON s._place = b.place AND s._row = b.row "
        "LEFT JOIN torn ON torn.place = b.place AND torn.row = b.row"
    )


def _value(batch: Batch) -> str:
    cases = " ".join(
        f"WHEN {number} THEN s.{name(rule.column)}"
        for number, rule in verdicts(batch.format).items()
        if rule.column in batch.shared
    )
    return f"CASE b._rule {cases} END" if cases else "CAST(NULL AS VARCHAR)"


def _tell_rules(cursor: DuckDBPyConnection, batch: Batch) -> None:
    """Make `told` (each rule's name, column and sentence) and `hints` (the word that a value may have meant)."""
    rules = verdicts(batch.format)
    told = ", ".join(
        f"({number}, {text(rule.name)}, nullif({text(rule.column)}, ''), {text(rule.sentence)})"
        for number, rule in rules.items()
    )
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE told AS SELECT * FROM (VALUES {told}) AS told (_rule, name, shown, sentence)"
    )
    cursor.execute("CREATE OR REPLACE TEMP TABLE hints (_rule INTEGER, value VARCHAR, words VARCHAR)")
    for number, rule in rules.items():
        values = _distinct(cursor, number) if rule.known else []
        if values:
            cursor.executemany(
                "INSERT INTO hints VALUES (?, ?, ?)",
                [[number, value, _guess(value, rule)] for value in values],
            )


def _guess(value: str, rule: Rule) -> str | None:
    """Give the known word that a value may have meant."""
    words = nearest(value, rule.known).partition(" Known are")[0].replace("Did", "did", 1)
    return words if words.startswith("did you mean") else None


def _distinct(cursor: DuckDBPyConnection, number: int) -> list[str]:
    found: list[tuple[Any, ...]] = cursor.execute(
        "SELECT DISTINCT value FROM found WHERE _rule = ? AND value IS NOT NULL ORDER BY value LIMIT ?",
        [number, _HINTS],
    ).fetchall()
    return [value for (value,) in found]


def write(table: Table, sources: Sequence[Path], path: Path, *, engine: DuckDBPyConnection) -> None:
    """Write staged rejects or repeats as one CSV for people; cells that a spreadsheet would run are made harmless."""
    columns = ", ".join(_harmless(column, spec.kind) for column, spec in table.columns.items())
    if sources:
        listed = ", ".join(text(source) for source in sources)
        rows_of = f"SELECT {columns} FROM read_parquet([{listed}], union_by_name = true) ORDER BY number, row"
    else:
        rows_of = "SELECT " + ", ".join(f"NULL AS {name(column)}" for column in table.columns) + " WHERE false"
    engine.execute(f"COPY ({rows_of}) TO {text(path)} (FORMAT csv, HEADER true)")


def _harmless(column: str, kind: str) -> str:
    if kind not in ("text", "month"):
        return name(column)
    cell = name(column)
    return (
        f"CASE WHEN regexp_matches({cell}, '^[=+@\\t\\r-]') AND NOT "
        f"regexp_full_match({cell}, '[+-]?[0-9]+([.][0-9]+)?') "
        f"THEN '''' || {cell} ELSE {cell} END AS {cell}"
    )
