"""Reading files of the lake with a local Spark: the same expressions, for when one machine's engine is not enough."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Any

from abate.errors import MissingPartError
from abate.lake.delta import TABLES
from abate.lake.formats import ibis_schema

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    "spark.sql.parquet.mergeSchema": "true",
    "spark.sql.shuffle.partitions": "8",
}
_TYPES = {
    "string": "string",
    "float64": "double",
    "int64": "bigint",
    "boolean": "boolean",
    "date": "date",
    "timestamp('UTC', 6)": "timestamp",
}


class Reader:
    """A Spark session on this machine, which listens to nobody else."""

    def __init__(self) -> None:
        self.session = _session()
        import ibis

        self.connection = ibis.pyspark.connect(self.session)
        self._numbers = count()

    def read(self, table: str, root: Path, paths: Sequence[Path]) -> Any:
        """Give the rows of files of one table; no files give the table without rows."""
        name = f"{table}_{next(self._numbers)}"
        if paths:
            frame = self.session.read.option("basePath", str(root)).parquet(*(str(path) for path in sorted(paths)))
        else:
            columns = ", ".join(f"`{name}` {_TYPES[kind]}" for name, kind in ibis_schema(TABLES[table]).items())
            frame = self.session.createDataFrame([], columns)
        frame.createOrReplaceTempView(name)
        return self.connection.table(name)


def _session() -> Any:
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    try:
        from pyspark.sql import SparkSession
    except ImportError as fault:
        raise MissingPartError.of("pyspark", extra="spark") from fault
    builder = SparkSession.builder.master(f"local[{os.cpu_count() or 2}]").appName("abate")
    for key, value in _SETTINGS.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session
