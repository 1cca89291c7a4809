"""Knox's table: 1e5 events and 999 shuffles, ours beside a k-d tree loop; and 1e6 events with 20 x 10 bands.

The peer named in the aims, pointpats, holds all pairs as matrices: 1e5 events do not fit into 14 GB, and it did not
finish within 300 s. The peer that is run is the plain way with good parts: pairs within the largest distance once from
scipy's k-d tree, then for each shuffle the days of both, their difference, and numpy's counts by band. It does a part
of the shuffles (`--peer-draws`) and its time for all of them is reckoned from that; the counts of what was seen are
compared. Events lie in clumps as crimes do (half of them about 2,000 spots), in a square of 12 by 12 km, over two
years. Ours runs in a process of its own, so that its memory is its own.

Run: python benchmarks/knox.py [--million]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import measuring
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]

OURS = """
import json, resource, sys, time
import numpy as np
from abate.stats import interaction
given = json.loads(sys.argv[1])
sys.path.insert(0, given["folder"])
import knox
x, y, days = knox.events(given["events"], given["side"])
small = slice(0, 200)
options = dict(edges=np.array(given["edges"]), edges_days=np.array(given["days"]), metric="euclidean", seed=1)
interaction.knox(x[small], y[small], days[small], draws=3, **options)
began = time.perf_counter()
found = interaction.knox(x, y, days, draws=given["draws"], **options)
print(json.dumps({"seconds": time.perf_counter() - began, "observed": found.observed.tolist(),
                  "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}))
"""


def events(number: int, side: int) -> tuple[Whole, Whole, Whole]:
    """Events in whole metres and days: half anywhere, half about a fiftieth as many spots."""
    generator = np.random.default_rng(20261122)
    spots = generator.uniform(0, side, (number // 50, 2))
    near = spots[generator.integers(0, len(spots), number // 2)] + generator.normal(0, 60, (number // 2, 2))
    anywhere = generator.uniform(0, side, (number - number // 2, 2))
    x, y = np.rint(np.concatenate([near, anywhere])).astype(np.int64).T
    return x, y, generator.integers(0, 730, number)


def ours(number: int, side: int, edges: list[int], days: list[int], draws: int) -> dict[str, object]:
    said = {"folder": str(measuring.ROOT / "benchmarks"), "events": number, "side": side, "edges": edges}
    given = json.dumps({**said, "days": days, "draws": draws})
    answer = subprocess.run([sys.executable, "-c", OURS, given], capture_output=True, text=True, check=True)
    return dict(json.loads(answer.stdout))


def peer(number: int, side: int, edges: list[int], days: list[int], draws: int) -> tuple[float, list[list[int]]]:
    """Give the seconds of the pairs once and of one shuffle, reckoned up to 999, and the near counts seen."""
    from scipy.spatial import cKDTree

    x, y, when = events(number, side)
    began = time.perf_counter()
    points = np.column_stack([x, y]).astype(float)
    pairs = cKDTree(points).query_pairs(edges[-1], output_type="ndarray")
    one, other = pairs[:, 0], pairs[:, 1]
    apart = np.hypot(x[one] - x[other], y[one] - y[other])
    band = np.searchsorted(np.array(edges), apart, side="left")
    once = time.perf_counter() - began
    seen: list[list[int]] = []
    generator = np.random.default_rng(1)
    began = time.perf_counter()
    for draw in range(draws):
        shuffled = when if draw == 0 else generator.permutation(when)
        between = np.abs(shuffled[one] - shuffled[other])
        soon = np.flatnonzero(between < days[-1])
        stretch = np.searchsorted(np.array(days[1:]), between[soon], side="right")
        counts = np.bincount(band[soon] * (len(days) - 1) + stretch, minlength=len(edges) * (len(days) - 1))
        if draw == 0:
            seen = counts.reshape(len(edges), len(days) - 1).tolist()
    return once + (time.perf_counter() - began) / draws * 1000, seen


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--draws", type=int, default=999)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--peer-draws", type=int, default=20)
    options.add_argument("--million", action="store_true", help="also 1e6 events with 20 x 10 bands")
    chosen = options.parse_args()
    edges, days = [0, 100, 200, 300], [0, 7, 14, 21]
    mine, theirs = [], []
    for _ in range(chosen.repeats):
        found = ours(chosen.events, 12_000, edges, days, chosen.draws)
        seconds, seen = peer(chosen.events, 12_000, edges, days, chosen.peer_draws)
        if [row[:-1] for row in found["observed"][:-1]] != seen:  # type: ignore[attr-defined]
            raise SystemExit("the counts differ")
        mine.append(found)
        theirs.append(seconds)
    seconds_ours = [float(one["seconds"]) for one in mine]
    near = int(np.array(mine[0]["observed"])[:-1].sum())
    summary = [
        measuring.row(
            f"Knox, {chosen.events:,} events x {chosen.draws} shuffles ({near:,} near pairs)",
            f"k-d tree loop (reckoned from {chosen.peer_draws} shuffles); pointpats does not finish",
            f"{measuring.span(seconds_ours)}, {max(float(one['peak_gb']) for one in mine):.2f} GB",
            measuring.span(theirs, digits=0),
            round(sorted(seconds_ours)[len(mine) // 2] / sorted(theirs)[len(theirs) // 2], 3),
            "30 s and 1 GB",
        )
    ]
    figures = {"ours": [{**one, "observed": "as the peer's"} for one in mine], "peer s": theirs, "near pairs": near}
    if chosen.million:
        large = ours(1_000_000, 40_000, [50 * step for step in range(20)], [7 * step for step in range(11)], 999)
        counts = np.array(large["observed"])
        summary.append(
            measuring.row(
                f"Knox, 1,000,000 events, 20 x 10 bands, 999 shuffles ({counts[:20].sum():,} near pairs)",
                "none",
                f"{float(large['seconds']):.0f} s, {float(large['peak_gb']):.2f} GB",
                "",
                "",
                "10 min",
            )
        )
        figures["million"] = {"seconds": large["seconds"], "peak_gb": large["peak_gb"]}
    measuring.keep("knox", {**figures, "answers": "what was seen is counted alike", "summary": summary})


if __name__ == "__main__":
    main()
