"""Load 20 million street rows in 1,548 files into the lake, beside DuckDB's own typed CSV to Parquet.

The files are the real ones repeated for 43 forces and 36 months with Crime IDs of their own, and one row in 100,000
spoilt, so that there are rejects. Both read the same files in turn, each in a process of its own, and each begins when
the disk has taken in what was written before: neither pays for the writes of the other.

    python benchmarks/load_20m.py [--rows 20124000] [--repeats 2]
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
from measuring import SHARED, keep, row, span, timed

from abate.sources.forces import FORCES
from abate.sources.police_uk import STREET_HEADER

PEER = """
import sys, duckdb
from pathlib import Path
files = sorted(str(path) for path in Path(sys.argv[1]).rglob("*.csv"))
names = sys.argv[3].split("|")
columns = ", ".join(f"'{name}': '{'DOUBLE' if name.endswith('itude') else 'VARCHAR'}'" for name in names)
engine = duckdb.connect()
engine.execute("SET enable_progress_bar = false")
engine.execute("SET memory_limit = '2GB'")
engine.execute(
    f"COPY (SELECT * FROM read_csv({files!r}, columns = {{{columns}}}, header = true, auto_detect = false, "
    f"ignore_errors = true, delim = ',', quote = '\\"', escape = '\\"')) TO '{sys.argv[2]}' (FORMAT parquet)"
)
"""
OURS = """
import sys
from datetime import date
from pathlib import Path
from abate.jobs.load import load
answer = load([Path(sys.argv[1])], lake=Path(sys.argv[2]), today=date(2026, 11, 22), by="benchmark")
assert answer.rows_read == int(sys.argv[3]), answer.rows_read
assert answer.rows_read == answer.rows_loaded + answer.rows_rejected + answer.rows_repeated
assert answer.rows_rejected > 0 or answer.rows_read < 1_000_000, answer.rows_rejected
"""


def make(folder: Path, rows: int) -> int:
    """Write the files; give how many rows they hold."""
    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    sources = [str(path) for path in sorted((SHARED / "data" / "police-street").glob("*.csv.gz"))]
    engine.execute(f"CREATE TABLE town AS SELECT * FROM read_csv({sources!r}, all_varchar = true)")
    total = engine.execute("SELECT count(*) FROM town").fetchall()[0][0]
    forces = [names[0] for force, names in FORCES.items() if force not in ("btp", "northern-ireland", "sample")]
    months = [f"{2020 + number // 12}-{number % 12 + 1:02d}" for number in range(36)]
    each = rows // (len(forces) * len(months))
    for number, (month, force) in enumerate((month, force) for month in months for force in forces):
        path = folder / month / f"{number:04d}.csv"
        path.parent.mkdir(exist_ok=True)
        start = number * each % (total - each)
        engine.execute(
            f'COPY (SELECT CASE WHEN "Crime ID" IS NULL THEN NULL ELSE sha256("Crime ID" || \'{number}\') END '
            f"AS \"Crime ID\", '{month}' AS Month, '{force.replace(chr(39), '')}' AS \"Reported by\", "
            f'\'{force}\' AS "Falls within", t.* EXCLUDE ("Crime ID", Month, "Reported by", "Falls within") '
            f"REPLACE (CASE WHEN (t.rowid + {number}) % 100000 = 7 THEN 'Robery' ELSE t.\"Crime type\" END "
            f'AS "Crime type") FROM town t WHERE t.rowid BETWEEN {start} AND {start + each - 1}) '
            f"TO '{path}' (HEADER true)"
        )
    return each * len(forces) * len(months)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_124_000)
    parser.add_argument("--repeats", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="abate-load-") as place:
        files, work = Path(place, "files"), Path(place, "work")
        files.mkdir()
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as maker:
            rows = maker.submit(make, files, asked.rows).result()
        ours, peer = [], []
        for _ in range(asked.repeats):
            work.mkdir()
            os.sync()
            peer.append(timed(PEER, files, work / "peer.parquet", "|".join(STREET_HEADER)))
            os.sync()
            ours.append(timed(OURS, files, work / "lake", rows))
            shutil.rmtree(work)
    best = [min(one["seconds"] for one in runs) for runs in (ours, peer)]
    keep(
        "load_20m",
        {
            "rows": rows,
            "files": 1548,
            "abate": ours,
            "duckdb_csv_to_parquet": peer,
            "ratio": round(best[0] / best[1], 2),
            "ratio_of_processor_seconds": round(
                min(one["processor_seconds"] for one in ours) / min(one["processor_seconds"] for one in peer), 2
            ),
            "summary": [
                row(
                    f"{rows:,} rows in 1,548 files of street CSV to checked, partitioned, hashed tables",
                    "DuckDB's own typed CSV to one Parquet file",
                    f"{span([one['seconds'] for one in ours])}, {max(one['peak_gb'] for one in ours)} GB",
                    f"{span([one['seconds'] for one in peer])}, {max(one['peak_gb'] for one in peer)} GB",
                    round(best[0] / best[1], 2),
                    "ratio 1.5, under 2 GB",
                )
            ],
        },
    )


if __name__ == "__main__":
    main()
