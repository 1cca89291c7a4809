"""What the benchmarks of the lake share: which machine, how much memory, and the file that a result is written to."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SHARED = Path(os.environ.get("ABATE_SHARED", ROOT.parent / "shared"))
sys.path.append(str(ROOT / "tools"))
PARTS = ("abate", "duckdb", "deltalake", "ibis-framework", "numpy", "pandas", "pyarrow", "shapely")


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


def row(work: str, peer: str, ours: str, theirs: str, ratio: float | str, aim: str) -> dict[str, str]:
    """Give one row of a benchmark's table: what was done, by whom, how long each took, and what was aimed at."""
    return {"work": work, "peer": peer, "ours": ours, "theirs": theirs, "ratio": f"{ratio}", "aim": aim}


def span(values: Sequence[float], *, digits: int = 1) -> str:
    """Say a time as its median, with the least and the most."""
    middle, least, most = (f"{value:.{digits}f}" for value in (statistics.median(values), min(values), max(values)))
    return f"{middle} s" if len(values) == 1 else f"{middle} s ({least} to {most})"


def keep(name: str, figures: dict[str, Any]) -> None:
    """Write a result beside the others, print it, and write the page of all results again."""
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
    write_page()


def write_page() -> None:
    """Write docs/benchmarks.md from the results that are there."""
    from pages import benchmarks_page

    (ROOT / "docs" / "benchmarks.md").write_text(benchmarks_page() + "\n", encoding="utf-8")


LOAD = os.getloadavg()
