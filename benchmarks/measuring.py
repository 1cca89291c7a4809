"""What the benchmarks of the lake share: which machine, how much memory, and the file that a result is written to."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
SHARED = Path(os.environ.get("ABATE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
PARTS = ("abate", "duckdb", "deltalake", "ibis-framework", "pyarrow", "pandas")


def timed(script: str, *arguments: object) -> dict[str, float]:
    """Run Python in a process of its own; give its seconds, its seconds of processor, and its peak memory in GB.

    A number that the script prints is the seconds of its query alone, without start and imports.
    """
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    said = process.stdout.read() if process.stdout else ""
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the benchmark's process ended with {status}")
    return {
        "seconds": round(time.perf_counter() - began, 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_gb": round(used.ru_maxrss / 1e6, 2),
        **({"query_seconds": round(float(said.split()[-1]), 2)} if said else {}),
    }


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write a result beside the others, and print it."""
    RESULTS.mkdir(exist_ok=True)
    said = {
        "benchmark": name,
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}",
        "python": platform.python_version(),
        "load_average_before": [round(one, 2) for one in LOAD],
        "versions": {part: version(part) for part in PARTS},
        **figures,
    }
    text = json.dumps(said, indent=2) + "\n"
    (RESULTS / f"{name}.json").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


LOAD = os.getloadavg()
