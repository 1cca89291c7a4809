"""Identifiers that stand in several months of a force: found among what is staged and what the lake holds beside it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abate.lake import delta
from abate.lake.csvs import name, text
from abate.lake.staging import WORKERS, lake_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from abate.lake.staging import Staged

_CREATE = (
    "CREATE OR REPLACE TEMP TABLE shared (crime_id VARCHAR, force VARCHAR, month VARCHAR, file VARCHAR, row BIGINT, "
    "loaded VARCHAR)"
)


@dataclass(frozen=True)
class _Look:
    """The column of identifiers, a force, and the months of its files: those staged now, and those held before."""

    key: str
    force: str
    now: Mapping[str, str]
    before: Mapping[str, str]

    @property
    def months(self) -> dict[str, str]:
        return {**self.now, **self.before}

    @property
    def read(self) -> str:
        return f"read_parquet([{', '.join(map(text, self.months))}], filename = 'path', hive_partitioning = false)"


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
        looks = [
            _Look(
                str(key),
                force,
                {str(piece.path): piece.part.month for piece in pieces if piece.part.force == force},
                {str(lake_of(staged.folder) / table / part.path): part.month for part in held if part.force == force},
            )
            for force in sorted({piece.part.force for piece in pieces})
        ]
        with ThreadPoolExecutor(WORKERS) as pool:
            for look, again in zip(looks, pool.map(lambda each: _again(engine, each), looks), strict=True):
                if again:
                    _keep(engine, look, again)
    engine.execute(
        "COPY (SELECT *, row_number() OVER (ORDER BY force, crime_id, month, file, row) AS number "
        "FROM shared) "
        f"TO {text(path)} (FORMAT parquet)"
    )
    found = engine.execute("SELECT count(*) FROM (SELECT DISTINCT force, crime_id FROM shared)").fetchall()
    return int(found[0][0])


def _again(engine: DuckDBPyConnection, look: _Look) -> list[int]:
    """Give the hashes of identifiers that come more than once."""
    if len(set(look.months.values())) < 2:
        return []
    with engine.cursor() as cursor:
        found = cursor.execute(
            f"SELECT h FROM (SELECT hash({name(look.key)}) AS h FROM {look.read} WHERE {name(look.key)} IS NOT NULL) "
            "GROUP BY h HAVING count(*) > 1"
        ).fetchall()
    return [row[0] for row in found]


def _keep(engine: DuckDBPyConnection, look: _Look, again: list[int]) -> None:
    """Put the rows with these hashes into `shared`, but for identifiers that stand in one month only."""
    key = name(look.key)
    engine.execute("CREATE OR REPLACE TEMP TABLE months (path VARCHAR, month VARCHAR, loaded VARCHAR)")
    engine.executemany(
        "INSERT INTO months VALUES (?, ?, ?)",
        [[path, month, "now" if path in look.now else "before"] for path, month in look.months.items()],
    )
    engine.execute(
        f"INSERT INTO shared SELECT {key}, {text(look.force)}, month, source_file, source_row, loaded FROM {look.read} "
        f"JOIN months USING (path) WHERE hash({key}) IN (SELECT unnest(CAST(? AS UBIGINT[]))) "
        f"QUALIFY min(month) OVER (PARTITION BY {key}) < max(month) OVER (PARTITION BY {key}) "
        f"AND bool_or(loaded = 'now') OVER (PARTITION BY {key})",
        [again],
    )
