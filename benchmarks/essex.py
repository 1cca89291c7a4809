"""Essex, 216,436 rows, from the CSV to the finished report, cold: two commands in processes of their own.

No peer does this job in one go; the aim is a number of seconds: 10 on two cores. `abate --help` is timed too (aim:
0.5 s). Each run starts with no lake, and nothing is kept between runs.

Run: python benchmarks/essex.py [--repeats 5]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measuring

FILE = measuring.SHARED / "data" / "police-street" / "essex-street-2021-03-to-2022-03.csv.gz"
ABATE = str(Path(sys.executable).with_name("abate"))


def seconds(*arguments: str) -> float:
    began = time.perf_counter()
    subprocess.run([ABATE, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def once() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        lake, out = f"{folder}/lake", f"{folder}/out"
        load = seconds("load", str(FILE), "--lake", lake)
        asked = ("--crime", "violence,robbery,weapons", "--from", "2021-03", "--to", "2022-03", "--place", "hex:150")
        return load, seconds("hotspots", "--lake", lake, "--force", "essex", *asked, "-o", out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    runs = [once() for _ in range(repeats)]
    helps = [seconds("--help") for _ in range(repeats)]
    whole = [load + hotspots for load, hotspots in runs]
    measuring.keep(
        "essex",
        {
            "load_seconds": [round(load, 2) for load, _ in runs],
            "hotspots_seconds": [round(hotspots, 2) for _, hotspots in runs],
            "help_seconds": [round(each, 2) for each in helps],
            "summary": [
                measuring.row(
                    "Essex, 216,436 rows, CSV to finished report, cold", "none", measuring.span(whole), "", "", "10 s"
                ),
                measuring.row("`abate --help`", "none", measuring.span(helps, digits=2), "", "", "0.5 s"),
            ],
        },
    )


if __name__ == "__main__":
    main()
