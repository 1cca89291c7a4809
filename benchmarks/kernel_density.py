"""Kernel density of a million points on 512 x 512 nodes: ours beside KDEpy's FFTKDE, in turn, in one run.

Fifty clusters of points of unequal width and an even background on 10 km x 10 km; bandwidths of 100 and 200 m. KDEpy
bins linearly and transforms; ours shares each point among 16 nodes and transforms. Both answers are compared with the
exact sum of kernels at 400 of the nodes where the density is at least a hundredth of its peak. KDEpy's FFTKDE takes one
bandwidth for all points, so that a bandwidth a point has no peer that finishes: its own TreeKDE and NaiveKDE, like
scipy and scikit-learn, add up every pair (over 1,900 s for the million), and are not run here.

Run: python benchmarks/kernel_density.py
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import measuring
import numpy as np

from abate.space import bandwidths, densities
from abate.space.lattices import Lattice

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.space.densities import Kernel

    Real = NDArray[np.float64]

GROUND = Lattice(-2000.0, -2000.0, 14_000 / 511, 512, 512)
PEERS = {"gaussian": "gaussian", "quartic": "biweight"}
# KDEpy gives a quartic kernel by 1/√7 of its radius
RADIUS = {"gaussian": 1.0, "quartic": 7**0.5}


def town(count: int) -> tuple[Real, Real]:
    rng = np.random.default_rng(20261122)
    middles, wide = rng.uniform(0, 10_000, (50, 2)), rng.uniform(50, 600, 50)
    which = rng.integers(0, 50, count)
    spots = middles[which] + rng.normal(size=(count, 2)) * wide[which, None]
    even = rng.random(count) < 0.2
    spots[even] = rng.uniform(0, 10_000, (int(even.sum()), 2))
    # the peer refuses points beyond its grid
    spots = np.clip(spots, -1500, 11_500)
    return spots[:, 0].copy(), spots[:, 1].copy()


def ours(x: Real, y: Real, wide: float, kernel: Kernel) -> Real:
    return densities.surface(x, y, GROUND, bandwidth=wide * RADIUS[kernel], kernel=kernel)


def peer(spots: Real, nodes: Real, wide: float, kernel: Kernel) -> Real:
    from KDEpy import FFTKDE

    found = FFTKDE(kernel=PEERS[kernel], bw=wide, norm=2).fit(spots).evaluate(nodes)
    return np.asarray(found).reshape(GROUND.columns, GROUND.rows).T * len(spots)


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = work()
    return time.perf_counter() - began, answer


def error(found: Real, x: Real, y: Real, widths: float | Real, kernel: Kernel) -> float:
    """The largest relative error at 400 nodes where the density matters."""
    rows, columns = np.nonzero(found > found.max() / 100)
    some = np.random.default_rng(1).choice(len(rows), 400, replace=False)
    rows, columns = rows[some], columns[some]
    exact = densities.at(x, y, GROUND.easting[columns], GROUND.northing[rows], bandwidth=widths, kernel=kernel)
    return float(np.abs(found[rows, columns] / exact - 1).max())


def compare(x: Real, y: Real, wide: float, kernel: Kernel, repeats: int) -> dict[str, Any]:
    spots = np.column_stack([x, y])
    nodes = np.stack(np.meshgrid(GROUND.easting, GROUND.northing, indexing="ij"), axis=-1).reshape(-1, 2)
    mine, theirs = [], []
    for _ in range(repeats):
        took, found = seconds(lambda: ours(x, y, wide, kernel))
        mine.append(took)
        took, expected = seconds(lambda: peer(spots, nodes, wide, kernel))
        theirs.append(took)
    radius = wide * RADIUS[kernel]
    return {
        "ours s": mine,
        "peer s": theirs,
        "ours largest relative error": error(found, x, y, radius, kernel),
        "peer largest relative error": error(expected, x, y, radius, kernel),
    }


def adaptive(x: Real, y: Real, repeats: int) -> dict[str, Any]:
    took = []
    for _ in range(repeats):
        one, found = seconds(lambda: densities.surface(x, y, GROUND, bandwidth=bandwidths.adapt(x, y, bandwidth=150.0)))
        took.append(one)
    widths = bandwidths.adapt(x, y, bandwidth=150.0)
    return {
        "ours s": took,
        "bandwidths from and to m": [round(float(widths.min()), 1), round(float(widths.max()), 1)],
        "ours largest relative error": error(found, x, y, widths, "gaussian"),
    }


def summary_row(name: str, found: dict[str, Any]) -> dict[str, str]:
    ratio = float(np.median(found["ours s"]) / np.median(found["peer s"]))
    return measuring.row(
        f"{name}; largest relative error ours {found['ours largest relative error']:.1e}, "
        f"peer {found['peer largest relative error']:.1e}",
        "KDEpy FFTKDE",
        measuring.span(found["ours s"], digits=3),
        measuring.span(found["peer s"], digits=3),
        round(ratio, 2),
        "0.12 s, relative error 1e-3",
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=7)
    chosen = options.parse_args()
    warnings.simplefilter("ignore")
    x, y = town(chosen.points)
    began = time.perf_counter()
    ours(x[:9], y[:9], 100.0, "gaussian")
    results: dict[str, Any] = {"first call s (compiled loops read from their cache)": time.perf_counter() - began}
    summary = []
    kernels: tuple[Kernel, ...] = ("gaussian", "quartic")
    for kernel in kernels:
        for wide in (100.0, 200.0):
            name = f"{chosen.points:,} points to 512 x 512, {kernel}, standard deviation {wide:g} m"
            results[name] = compare(x, y, wide, kernel, chosen.repeats)
            print(f"{name}: {json.dumps(results[name])}")
            summary.append(summary_row(name, results[name]))
    tenth = chosen.points // 10
    found = results["adaptive"] = adaptive(x[:tenth], y[:tenth], chosen.repeats)
    least, most = found["bandwidths from and to m"]
    summary.append(
        measuring.row(
            f"{tenth:,} points, each with its own bandwidth ({least:g} to {most:g} m), choosing them included; largest "
            f"relative error {found['ours largest relative error']:.1e}",
            "none finishes",
            measuring.span(found["ours s"], digits=2),
            "",
            "",
            "1 s",
        )
    )
    parts = {part: version(part) for part in ("numpy", "scipy", "numba", "KDEpy")}
    measuring.keep("kernel_density", {**results, "versions": parts, "repeats": chosen.repeats, "summary": summary})


if __name__ == "__main__":
    main()
