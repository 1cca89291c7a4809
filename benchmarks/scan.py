"""A space-time scan of 1e5 events with 999 shuffles: ours beside a plain numpy scan, in turn, in one run.

Permutation model, stretches of up to 30 days that end on the last day, circles of up to 1 km around the middles of
150 m cells, at most a tenth of the events in one. The plain numpy scan does the same over whole arrays: counts by
place and day, added up along each centre's places, nearest first, and along the days, and the ratio everywhere. It
does a few of the shuffles (`--peer-draws`) and its time for all of them is reckoned from that; the highest ratio of
what was seen is compared. The scan of open_cp draws its circles around single events and has no shuffles at once; it
is not installed. Events: 1e5 over 9 by 9 km and two years, with 60 planted within 300 m in the last ten days.

Run: python benchmarks/scan.py
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

import measuring
import numpy as np
import pandas as pd
import shapely

from abate.hotspots import histories, scanning

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History

SIDE, CELL_M, DAYS, LONGEST, REACH, SHARE = 60, 150.0, 730, 30, 1000.0, 0.1


def record(number: int) -> History:
    generator = np.random.default_rng(20261122)
    x, y = generator.uniform(0, SIDE * CELL_M, (2, number))
    day = generator.integers(0, DAYS, number)
    apart, angle = 300 * np.sqrt(generator.random(60)), generator.uniform(0, 2 * np.pi, 60)
    x, y = np.append(x, 3000 + apart * np.cos(angle)), np.append(y, 4000 + apart * np.sin(angle))
    day = np.append(day, generator.integers(DAYS - 10, DAYS, 60))
    east, north = np.divmod(np.arange(SIDE * SIDE), SIDE)
    names = np.array([f"square150_{a:02d}_{b:02d}" for a, b in zip(east, north, strict=True)])
    places = pd.DataFrame({"place_id": names, "area_km2": CELL_M**2 / 1e6})
    places = places.assign(easting=(east + 0.5) * CELL_M, northing=(north + 0.5) * CELL_M)
    corners = (east * CELL_M, north * CELL_M, (east + 1) * CELL_M, (north + 1) * CELL_M)
    places["shape"] = shapely.box(*corners)
    first = date(2023, 1, 1)
    seen = pd.DataFrame(
        {
            "place_id": names[(x // CELL_M).astype(int) * SIDE + (y // CELL_M).astype(int)],
            "easting": x,
            "northing": y,
            "period": pd.Timestamp(first) + pd.to_timedelta(day, unit="D"),
            "incidents": 1,
        }
    )
    span = histories.Window(first, first + timedelta(days=DAYS - 1))
    return histories.history(seen, places, span=span, unit="day")


def highest(place: NDArray[np.int64], day: NDArray[np.int64], circles: list[tuple[np.ndarray, np.ndarray]]) -> float:
    """Give the highest ratio over all cylinders, centre by centre in whole arrays."""
    total = len(place)
    late = day >= DAYS - LONGEST
    recent = np.zeros((SIDE * SIDE, LONGEST))
    np.add.at(recent, (place[late], DAYS - 1 - day[late]), 1)
    recent = recent.cumsum(axis=1)
    whole, held = recent.sum(axis=0) / total, np.bincount(place, minlength=SIDE * SIDE)
    best = 0.0
    for around, closes in circles:
        inside = held[around].cumsum()
        kept = closes & ((inside <= SHARE * total) | (np.arange(len(around)) == 0))
        seen, expected = recent[around].cumsum(axis=0)[kept], inside[kept, None] * whole
        more = (seen > expected) & (seen >= 3)
        c, m = seen[more], expected[more]
        if len(c):
            best = max(best, float((c * np.log(c / m) + (total - c) * np.log((total - c) / (total - m))).max()))
    return best


def peer(past: History, draws: int) -> tuple[float, float]:
    """Give the seconds for all 999 shuffles, reckoned from a few, and the highest ratio of what was seen."""
    from scipy.spatial import cKDTree

    began = time.perf_counter()
    circles = []
    for centre, around in enumerate(cKDTree(past.middles_m).query_ball_point(past.middles_m, REACH)):
        apart = np.round(np.hypot(*(past.middles_m[around] - past.middles_m[centre]).T), 6)
        order = np.argsort(apart, kind="stable")
        circles.append((np.asarray(around)[order], np.append(np.diff(apart[order]) > 0, [True])))
    seen = highest(past.place, past.day, circles)
    once = time.perf_counter() - began
    generator = np.random.default_rng(1)
    began = time.perf_counter()
    for _ in range(draws):
        highest(past.place, generator.permutation(past.day), circles)
    return once + (time.perf_counter() - began) / draws * 999, seen


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--peer-draws", type=int, default=5)
    chosen = options.parse_args()
    past = record(chosen.events)
    scope = scanning.Scope(radius_m=REACH, most_share=SHARE, longest_days=LONGEST)
    scanning.scan(past, scope=scope, draws=2, seed=1)
    mine, theirs = [], []
    for _ in range(chosen.repeats):
        began = time.perf_counter()
        found = scanning.scan(past, scope=scope, draws=999, seed=1)
        mine.append(time.perf_counter() - began)
        reckoned, seen = peer(past, chosen.peer_draws)
        theirs.append(reckoned)
        if not np.isclose(found.clusters["llr"].iloc[0], seen):
            raise SystemExit(f"the answers differ: {found.clusters['llr'].iloc[0]} and {seen}")
    ratio = round(statistics.median(mine) / statistics.median(theirs), 3)
    work = f"space-time scan, {chosen.events:,} events, 999 shuffles"
    ours, reckoned_for_all = measuring.span(mine), measuring.span(theirs)
    plain = f"plain numpy scan, reckoned from {chosen.peer_draws} shuffles"
    measuring.keep(
        "scan",
        {
            "ours s": [round(value, 2) for value in mine],
            "peer s, reckoned": [round(value, 1) for value in theirs],
            "found": str(found),
            "highest ratio": "the same",
            "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
            "summary": [measuring.row(work, plain, ours, reckoned_for_all, ratio, "30 s")],
        },
    )


if __name__ == "__main__":
    main()
