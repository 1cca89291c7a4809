"""Reading files of the lake with DuckDB, in process: it may read the files it is told of, and nothing else."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from abate.lake.csvs import text
from abate.lake.delta import TABLES
from abate.lake.formats import ibis_schema, sql_type

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
        """Give the rows of files of one table, with every column of the dictionary; one that no file has is blank.

        The files' own columns are looked at once, when an expression runs: what comes out is known beforehand.
        """
        columns = TABLES[table].columns
        blank = ", ".join(f"CAST(NULL AS {sql_type(column.kind)}) AS {name}" for name, column in columns.items())
        query = f"SELECT {blank} WHERE false"
        if paths:
            files = f"{table}_{next(self._numbers)}"
            listed = ", ".join(text(path) for path in sorted(paths))
            self.connection.con.execute(f"SET VARIABLE {files} = [{listed}]")
            query += (
                f" UNION ALL BY NAME SELECT * FROM read_parquet(getvariable('{files}'), hive_partitioning = true, "
                "hive_types_autocast = false, union_by_name = true)"
            )
        return self.connection.sql(query, schema=ibis_schema(TABLES[table]))
