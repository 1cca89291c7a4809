"""The same expression on DuckDB and on a local Spark: whether the frames are the same, and how long each takes.

python benchmarks/spark_same_frame.py
"""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from measuring import SHARED, keep, row

from abate import lake as lakes
from abate.jobs.load import load


def by_area_and_month(incidents: Any) -> Any:
    counts = incidents.group_by(["lsoa_code", "month"]).aggregate(incidents=incidents.count())
    return counts.order_by(["month", "lsoa_code"])


def run(lake: Path, engine: Literal["duckdb", "spark"]) -> tuple[pd.DataFrame, float, float]:
    """Give the frame, the seconds of the first run with its start, and those of a second."""
    began = time.perf_counter()
    held = lakes.open(lake, engine=engine)
    frame = by_area_and_month(held.incidents()).execute()
    first = time.perf_counter()
    by_area_and_month(held.incidents()).execute()
    return frame, round(first - began, 2), round(time.perf_counter() - first, 2)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="abate-spark-") as place:
        lake = Path(place, "lake")
        answer = load([SHARED / "data" / "police-street"], lake=lake, today=date(2026, 11, 22), by="benchmark")
        duck, spark = run(lake, "duckdb"), run(lake, "spark")
    pd.testing.assert_frame_equal(duck[0], spark[0])
    keep(
        "spark_same_frame",
        {
            "rows": answer.rows_loaded,
            "frames_identical": True,
            "rows_of_frame": len(duck[0]),
            "duckdb_seconds": {"first": duck[1], "second": duck[2]},
            "spark_seconds": {"first": spark[1], "second": spark[2]},
            "summary": [
                row(
                    f"{answer.rows_loaded:,} rows counted by small area and month by one expression",
                    "the same expression on a local Spark",
                    f"{duck[2]:.2f} s",
                    f"{spark[2]:.2f} s",
                    "frames identical",
                    "identical frame",
                )
            ],
        },
    )


if __name__ == "__main__":
    main()
