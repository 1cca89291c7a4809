"""Reading files of the lake with DuckDB, in process: it may read the files it is told of, and nothing else."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from abate.lake.csvs import text
from abate.lake.delta import TABLES
from abate.lake.formats import ibis_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Reader:
    """A hardened connection: listed files only, no extensions, settings locked."""

    def __init__(self, allowed: Sequence[Path]) -> None:
        import ibis

        self.connection = ibis.duckdb.connect()
        self._numbers = count()
        for setting in (
            f"allowed_paths = [{', '.join(text(path) for path in allowed)}]",
            "enable_progress_bar = false",
            "parquet_metadata_cache = true",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self.connection.con.execute(f"SET {setting}")

    def read(self, table: str, root: Path, paths: Sequence[Path]) -> Any:  # noqa: ARG002 - Spark needs the root
        """Give the rows of files of one table; no files give the table without rows."""
        name = f"{table}_{next(self._numbers)}"
        if not paths:
            import ibis

            empty = ibis.memtable(TABLES[table].empty(), schema=ibis_schema(TABLES[table]))
            return self.connection.create_table(name, empty, temp=True)
        return self.connection.read_parquet(
            [str(path) for path in sorted(paths)],
            table_name=name,
            hive_partitioning=True,
            hive_types_autocast=False,
            union_by_name=True,
        )
