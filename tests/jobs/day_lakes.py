"""A lake in memory of a few incidents, for tests of what is told about days and places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import pyarrow as pa

from abate.lake.delta import Part
from abate.lake.formats import ibis_schema
from abate.lake.presence import coverage
from abate.tables import INCIDENTS

Row = tuple[str, str | None, float | None, float | None]


@dataclass(frozen=True)
class FewIncidents:
    """As much of `lake.Lake` as the days of a record need: robberies, each (month, began, x, y) and more columns."""

    rows: tuple[dict[str, Any], ...]
    folder: Path = Path("few")

    def coverage(self) -> pd.DataFrame:
        months = pd.Series([row["month"] for row in self.rows]).value_counts()
        return coverage({"incidents": [Part("sample", month, int(n), 0, 1, month) for month, n in months.items()]})

    def version(self, table: str = "incidents") -> int:
        return 3

    def incidents(self, *, force: str | None = None, first: str | None = None, last: str | None = None) -> Any:
        schema = ibis.schema(ibis_schema(INCIDENTS))
        kept = [row for row in self.rows if (first or "") <= row["month"] <= (last or "9999")]
        blank = dict.fromkeys(schema.names)
        return ibis.memtable(pa.Table.from_pylist([{**blank, **row} for row in kept], schema=schema.to_pyarrow()))


def few(*rows: Row, **more: Any) -> FewIncidents:
    """Make such a lake; `more` are columns that every row has."""
    usual = {
        "force": "sample",
        "crime_type": "Robbery",
        "crs": "EPSG:27700",
        "zone": "Europe/London",
        "source_file": "few.csv",
        "source_row": 1,
    }
    return FewIncidents(
        tuple(
            {
                **usual,
                "month": month,
                "began": None if began is None else pd.Timestamp(began, tz="Europe/London").tz_convert("UTC"),
                "x": x,
                "y": y,
                **more,
            }
            for month, began, x, y in rows
        )
    )
