"""Bedfordshire, 24 months: 15 sites of at most 0.05 km2, 500 m apart, with reasons, from the lake to the report.

No peer does this job; the aim is a number of seconds: 20 on two cores. Two records of the county are timed, each in a
process of its own: the monthly extract (120,588 rows; no hours) and the files of data.police.uk (66,979 rows). Loading
is not part of the time. The answer's own gap is kept beside it.

Run: python benchmarks/choose_bedfordshire.py [--repeats 3]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import measuring

DATA = measuring.SHARED / "data"
MAPPING = measuring.ROOT / "src" / "abate" / "sources" / "examples" / "bedfordshire-monthly.toml"
ABATE = str(Path(sys.executable).with_name("abate"))
RECORDS: dict[str, tuple[str, ...]] = {
    "monthly extract": (
        str(DATA / "hotspots" / "bedfordshire_police_uk" / "crimes_2021-05_2023-04.csv.gz"),
        "--mapping",
        str(MAPPING),
    ),
    "data.police.uk": (str(DATA / "police-street" / "bedfordshire-street-2021-03-to-2022-03.csv.gz"),),
}
CHOICE = ("--crime", "violence,robbery,weapons", "--place", "hex:150", "--choose", "--sites", "15")
RULES = ("--site-km2", "0.05", "--separation-m", "500")


def load(record: tuple[str, ...], lake: str) -> None:
    subprocess.run([ABATE, "load", *record, "--lake", lake], check=True, capture_output=True)


def choose(lake: str, out: str) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    asked = [ABATE, "hotspots", "--lake", lake, "--force", "bedfordshire", *CHOICE, *RULES, "-o", out, "--json"]
    answer = subprocess.run(asked, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, json.loads(answer.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    told: dict[str, Any] = {}
    rows = []
    for name, record in RECORDS.items():
        with tempfile.TemporaryDirectory() as folder:
            load(record, f"{folder}/lake")
            runs = [choose(f"{folder}/lake", f"{folder}/out-{number}") for number in range(repeats)]
        seconds, answer = [run[0] for run in runs], runs[0][1]
        sites = answer["sites"]
        told[name] = {
            "seconds": [round(each, 2) for each in seconds],
            "median_seconds": round(statistics.median(seconds), 2),
            "sites": len(sites),
            "largest_km2": max(site["area_km2"] for site in sites),
            "nearest_m": min(site["nearest_site_m"] for site in sites),
            "gap": answer["choice"]["gap"],
            "complete": answer["choice"]["complete"],
        }
        work = f"Bedfordshire, {name}: 15 sites of 0.05 km², 500 m apart, lake to report (gap {told[name]['gap']:.2%})"
        rows.append(measuring.row(work, "none", measuring.span(seconds), "", "", "20 s"))
    measuring.keep("choose_bedfordshire", {**told, "summary": rows})


if __name__ == "__main__":
    main()
