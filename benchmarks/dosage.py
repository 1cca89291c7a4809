"""From positions to visits and doses: 1e7 positions of 200 devices, 500 sites, in a process of its own.

Devices walk about sites, stand still and drive between them for nine days each, with a position every 15 s and 8 m of
noise. What is timed is everything from the table of positions in memory to visits and doses by site and day: order,
repeats, jumps, devices that stand there twice, noise, stays, teams, intervals. The compiled parts are warm.

Run: python benchmarks/dosage.py [--positions 10000000]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import measuring
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

OURS = """
import json, resource, sys, time
given = json.loads(sys.argv[1])
sys.path.insert(0, given["folder"])
import dosage as made
from abate.patrols import dosage
places = made.sites(given["sites"])
fixes = made.positions(given["positions"], given["devices"], places)
dosage.measure(fixes.head(100_000), places)
began = time.perf_counter()
found = dosage.measure(fixes, places)
print(json.dumps({"seconds": time.perf_counter() - began, "stays": len(found.stays.track), "visits": len(found.visits),
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def sites(number: int) -> pd.DataFrame:
    """Squares of 150 m in a lattice, 900 m apart (PATROL_SITES)."""
    import shapely

    across = int(np.ceil(np.sqrt(number)))
    east, north = np.arange(number) % across * 900.0, np.arange(number) // across * 900.0
    shapes = [shapely.box(x - 75, y - 75, x + 75, y + 75) for x, y in zip(east, north, strict=True)]
    names = [f"s{place}" for place in range(number)]
    return pd.DataFrame(
        {
            "site_id": names,
            "name": names,
            "easting": east,
            "northing": north,
            "shape": shapes,
            "area": None,
            "expected": np.nan,
            "expected_harm": np.nan,
        }
    )


def positions(number: int, devices: int, places: pd.DataFrame, *, every: float = 15.0) -> pd.DataFrame:
    """Make up positions (FIXES): legs between places, six in ten of them in a site, each followed by a rest."""
    generator = np.random.default_rng(20261122)
    each = number // devices
    seconds = np.arange(each) * every
    side = float(places["easting"].max())
    east, north = zip(*(_device(seconds, places, side, generator) for _ in range(devices)), strict=True)
    start = pd.Timestamp("2026-11-02T00:00Z").value // 1000
    moments = np.tile((seconds * 1e6).astype(np.int64), devices) + start
    return pd.DataFrame(
        {
            "device": pd.Series(np.repeat([f"R{device:03d}" for device in range(devices)], each), dtype="str"),
            "moment": pd.to_datetime(moments, unit="us", utc=True),
            "easting": np.concatenate(east),
            "northing": np.concatenate(north),
        }
    )


def _device(seconds: Real, places: pd.DataFrame, side: float, generator: np.random.Generator) -> tuple[Real, Real]:
    legs = int(seconds[-1] / 400)
    starts = np.sort(generator.uniform(0, seconds[-1], legs))
    site, within = generator.integers(0, len(places), legs), generator.random(legs) < 0.6
    corners = np.sort(np.r_[starts, starts + 0.7 * np.diff(starts, append=starts[-1] + 400)])
    told = []
    for axis in ("easting", "northing"):
        near = places[axis].to_numpy()[site] + generator.uniform(-70, 70, legs)
        at = np.repeat(np.where(within, near, generator.uniform(0, side, legs)), 2)
        told.append(np.interp(seconds, corners, at) + generator.normal(0, 8, len(seconds)))
    return told[0], told[1]


def ours(number: int, devices: int, places: int) -> dict[str, float]:
    said = {"folder": str(measuring.ROOT / "benchmarks"), "positions": number, "devices": devices, "sites": places}
    answer = subprocess.run([sys.executable, "-c", OURS, json.dumps(said)], capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--positions", type=int, default=10_000_000)
    options.add_argument("--devices", type=int, default=200)
    options.add_argument("--sites", type=int, default=500)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    found = [ours(chosen.positions, chosen.devices, chosen.sites) for _ in range(chosen.repeats)]
    summary = measuring.row(
        f"{chosen.positions:,} positions, {chosen.sites} sites to visits and doses ({found[0]['stays']:,} stays)",
        "none open",
        f"{measuring.span([one['seconds'] for one in found])}, {max(one['peak_gb'] for one in found):.1f} GB",
        "",
        "",
        "10 s",
    )
    measuring.keep("dosage", {"ours": found, "summary": [summary]})


if __name__ == "__main__":
    main()
