"""Count 100 million incidents by small area and month, from the lake and from the same bytes as plain Parquet.

The lake is 43 forces and 36 months; the files of a month are the same for every force (linked, not copied), so that
it is quickly made. The check of each file's hash is timed on its own.

    python benchmarks/count_1e8.py [--rows 100000000] [--repeats 3]
"""

from __future__ import annotations

import argparse
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
from measuring import SHARED, keep, row, span, timed

from abate.lake import delta, integrity

OURS = """
import sys
from pathlib import Path
import time, ibis, ibis.backends.duckdb, pandas, duckdb, deltalake
from abate import lake
began = time.perf_counter()
held = lake.open(Path(sys.argv[1]), checked=False).incidents()
counts = held.group_by(["lsoa_code", "month"]).aggregate(incidents=held.count()).execute()
print(time.perf_counter() - began)
assert int(counts["incidents"].sum()) == int(sys.argv[2])
"""
PEER = """
import sys, time, duckdb, pandas
began = time.perf_counter()
engine = duckdb.connect()
engine.execute("SET enable_progress_bar = false")
counts = engine.execute(
    f"SELECT lsoa_code, month, count(*) AS incidents FROM read_parquet('{sys.argv[1]}/*/*/*.parquet', "
    "hive_partitioning = true, hive_types_autocast = false) GROUP BY ALL").df()
print(time.perf_counter() - began)
assert int(counts["incidents"].sum()) == int(sys.argv[2])
"""
CHECK = """
import sys
from pathlib import Path
from abate import lake
assert lake.open(Path(sys.argv[1])).verify() == []
"""


def make(lake: Path, rows: int) -> int:
    """Make the lake; give how many rows it holds."""
    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    sources = [str(path) for path in sorted((SHARED / "data" / "police-street").glob("*.csv.gz"))]
    engine.execute(
        f'CREATE TABLE town AS SELECT "Crime ID" AS crime_id, "Crime type" AS crime_type, Longitude::DOUBLE AS x, '
        f'Latitude::DOUBLE AS y, Location AS location, "LSOA code" AS lsoa_code FROM read_csv({sources!r}, '
        "all_varchar = true)"
    )
    total = engine.execute("SELECT count(*) FROM town").fetchall()[0][0]
    each, parts = rows // (43 * 36), []
    for number in range(36):
        month = f"{2020 + number // 12}-{number % 12 + 1:02d}"
        made = lake / "made.parquet"
        start = number * each % (total - each)
        engine.execute(
            f"COPY (SELECT * FROM town WHERE rowid BETWEEN {start} AND {start + each - 1}) TO '{made}' (FORMAT parquet)"
        )
        digest, length = integrity.digest(made), made.stat().st_size
        for force in range(43):
            part = delta.Part(f"force-{force:02d}", month, each, 0, length, digest)
            place = lake / "incidents" / part.path
            place.parent.mkdir(parents=True)
            os.link(made, place)
            parts.append(part)
        made.unlink()
    delta.replace(lake, "incidents", parts, note={})
    return each * 43 * 36


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="abate-count-") as place:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
            rows = maker.submit(make, Path(place), asked.rows).result()
        ours, peer = [], []
        for _ in range(asked.repeats):
            peer.append(timed(PEER, Path(place, "incidents"), rows))
            ours.append(timed(OURS, place, rows))
        checked = timed(CHECK, place)
    best = [min(one["query_seconds"] for one in runs) for runs in (ours, peer)]
    whole = [min(one["seconds"] for one in runs) for runs in (ours, peer)]
    keep(
        "count_1e8",
        {
            "rows": rows,
            "abate": ours,
            "duckdb_plain_parquet": peer,
            "ratio": round(best[0] / best[1], 2),
            "ratio_with_start_and_imports": round(whole[0] / whole[1], 2),
            "check_of_all_hashes": checked,
            "summary": [
                row(
                    f"{rows:,} rows in the lake counted by small area and month",
                    "DuckDB on plain Parquet",
                    span([one["query_seconds"] for one in ours]),
                    span([one["query_seconds"] for one in peer]),
                    round(best[0] / best[1], 2),
                    "ratio 1.2",
                )
            ],
            "ratio_is_of": "seconds from opening the lake to the frame, with both libraries imported",
        },
    )


if __name__ == "__main__":
    main()
