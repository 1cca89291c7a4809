"""Identifiers that stand in several months of a force: found among what is staged and what the lake holds beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abate.lake import delta
from abate.lake.csvs import name, text
from abate.lake.staging import lake_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.batches import Piece
    from abate.lake.staging import Staged

_CREATE = (
    "CREATE OR REPLACE TEMP TABLE shared (crime_id VARCHAR, force VARCHAR, month VARCHAR, file VARCHAR, row BIGINT, "
    "loaded VARCHAR)"
)


def shared(staged: Staged, path: Path, *, engine: DuckDBPyConnection) -> int:
    """Write the staged rows, and their fellows in the lake, whose identifier stands in several months of their force.

    The table is `abate.tables.SHARED_IDS`, as Parquet at `path`. Gives how many identifiers there are.
    """
    engine.execute(_CREATE)
    for table, key in sorted({(m.format.table.name, m.format.repeat_key) for m in staged.made if m.format.repeat_key}):
        pieces = staged.pieces(table)
        months = {(piece.part.force, piece.part.month) for piece in pieces}
        held = [
            part for part in delta.state(lake_of(staged.folder), table).parts if (part.force, part.month) not in months
        ]
        for force in sorted({piece.part.force for piece in pieces}):
            now = [piece for piece in pieces if piece.part.force == force]
            before = [lake_of(staged.folder) / table / part.path for part in held if part.force == force]
            _look(engine, str(key), force, now, before)
    engine.execute(
        "COPY (SELECT *, row_number() OVER (ORDER BY force, crime_id, month, file, row) AS number "
        "FROM shared) "
        f"TO {text(path)} (FORMAT parquet)"
    )
    found = engine.execute("SELECT count(*) FROM (SELECT DISTINCT force, crime_id FROM shared)").fetchall()
    return int(found[0][0])


def _look(engine: DuckDBPyConnection, key: str, force: str, now: Iterable[Piece], before: Iterable[Path]) -> None:
    staged = {str(piece.path): piece.part.month for piece in now}
    months = staged | {str(path): path.parent.name.removeprefix("month=") for path in before}
    if len(set(months.values())) < 2:
        return
    read = f"read_parquet([{', '.join(map(text, months))}], filename = 'path', hive_partitioning = false)"
    again = engine.execute(
        f"SELECT h FROM (SELECT hash({name(key)}) AS h FROM {read} WHERE {name(key)} IS NOT NULL) GROUP BY h "
        "HAVING count(*) > 1"
    ).fetchall()
    if not again:
        return
    engine.execute("CREATE OR REPLACE TEMP TABLE months (path VARCHAR, month VARCHAR, loaded VARCHAR)")
    engine.executemany(
        "INSERT INTO months VALUES (?, ?, ?)",
        [[path, month, "now" if path in staged else "before"] for path, month in months.items()],
    )
    engine.execute(
        f"INSERT INTO shared SELECT {name(key)}, {text(force)}, month, source_file, source_row, loaded FROM {read} "
        f"JOIN months USING (path) WHERE hash({name(key)}) IN (SELECT unnest(CAST(? AS UBIGINT[]))) "
        f"QUALIFY min(month) OVER (PARTITION BY {name(key)}) < max(month) OVER (PARTITION BY {name(key)}) "
        f"AND bool_or(loaded = 'now') OVER (PARTITION BY {name(key)})",
        [[row[0] for row in again]],
    )
