"""A self-exciting process fitted to 1e5 events: ours beside a plain pair-list EM, in turn, in one run.

The peer named in the aims, open_cp, holds all pairs as matrices: 1e5 events need about 80 GB. The peer that is run is
the plain way with good parts: pairs from scipy's k-d tree, cut by time, and expectation and maximisation over whole
arrays in numpy with the textbook steps (no correction for the cut-offs or the end, which ours has), until no rate
moves by a ten-thousandth. Both are given the same map of the background. Events: half of the background in some 2,000
spots, the rest anywhere, in a square of 10 by 10 km over 1,000 days; half of all follow others. Both sides find their
pairs within the time measured; ours ends with standard errors, which the peer has not. A third figure is ours with
the map unknown, from a history on cells of 150 m, as `abate score --method self-exciting` fits it.

Run: python benchmarks/self_exciting.py
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from dataclasses import astuple
from datetime import date, timedelta
from typing import TYPE_CHECKING

import measuring
import numpy as np

from abate.space import successions
from abate.stats import branching, excitation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

SIDE, DAYS, REACH, LAG = 10_000.0, 1_000.0, 500.0, 90.0
CELL_M = 500.0


def events(number: int) -> tuple[Real, Real, Real, excitation.Rates]:
    generator = np.random.default_rng(20261122)
    rates = excitation.Rates(number / DAYS / 2, 0.3, 0.2, 0.2, 60.0)
    count = generator.poisson(rates.background * DAYS)
    x, y = generator.uniform(0, SIDE, (2, count))
    spots = generator.uniform(300, SIDE - 300, (2, 2_000))
    half = count // 2
    spot = generator.integers(0, 2_000, half)
    x[:half], y[:half] = spots[:, spot] + generator.normal(0, 150, (2, half))
    grown = branching.grow(
        x, y, generator.uniform(0, DAYS, count), rates=rates, reach=REACH, lag=LAG, until=DAYS, generator=generator
    )
    return grown.x, grown.y, grown.t, rates


def the_map(x: Real, y: Real) -> Real:
    """Give both sides one map: counts on cells of 500 m."""
    column, row = np.floor(x / CELL_M).astype(np.int64), np.floor(y / CELL_M).astype(np.int64)
    _, cell, counts = np.unique(column * 100_000 + row, return_inverse=True, return_counts=True)
    return counts[cell] / len(x) / CELL_M**2


def ours(x: Real, y: Real, t: Real, density: Real) -> excitation.Fit:
    pairs = successions.succeed(x, y, t, reach=REACH, lag=LAG)
    seen = excitation.Record(
        density=density,
        footprint=np.full(len(x), 1e-3),
        inside=np.ones(len(x)),
        left=DAYS - t,
        first=pairs.first,
        earlier=pairs.earlier,
        squared=pairs.squared,
        elapsed=pairs.elapsed,
        reach=REACH,
        lag=LAG,
        span=DAYS,
    )
    return excitation.fit(seen)


def peer(x: Real, y: Real, t: Real, density: Real) -> tuple[excitation.Rates, int]:
    from scipy.spatial import cKDTree

    near = cKDTree(np.column_stack([x, y])).query_pairs(REACH, output_type="ndarray")
    wait = t[near[:, 1]] - t[near[:, 0]]
    soon = (np.abs(wait) <= LAG) & (wait != 0)
    near, wait = near[soon], wait[soon]
    later = np.where(wait > 0, near[:, 1], near[:, 0])
    wait = np.abs(wait)
    squared = ((x[near[:, 0]] - x[near[:, 1]]) ** 2) + (y[near[:, 0]] - y[near[:, 1]]) ** 2
    same = squared == 0
    values = np.array([0.7 * len(x) / DAYS, 0.2, 0.1, 5 / LAG, REACH / 4])
    steps = 0
    while steps < 500:
        steps += 1
        background, followers, repeats, decay, spread = values
        weight = decay * np.exp(-decay * wait)
        weight = np.where(
            same,
            weight * repeats / 1e-3,
            weight * followers * np.exp(-squared / (2 * spread**2)) / (2 * np.pi * spread**2),
        )
        alone = background * density
        total = alone + np.bincount(later, weights=weight, minlength=len(x))
        weight = weight / total[later]
        of_near, of_same = weight[~same].sum(), weight[same].sum()
        moved = values
        values = np.array(
            [
                (alone / total).sum() / DAYS,
                of_near / len(x),
                of_same / len(x),
                (of_near + of_same) / (weight * wait).sum(),
                np.sqrt((weight * squared).sum() / of_near / 2),
            ]
        )
        if (np.abs(values - moved) <= 1e-4 * values).all():
            break
    return excitation.Rates(*values.tolist()), steps


def with_its_map(x: Real, y: Real, t: Real) -> float:
    """Give the seconds of a fit from a history, map and all."""
    import pandas as pd
    import shapely

    from abate.hotspots import histories, selfexciting

    side = int(np.ceil(SIDE / 150))
    inside = (x >= 0) & (x < SIDE) & (y >= 0) & (y < SIDE)
    x, y, day = x[inside], y[inside], np.floor(t[inside]).astype(np.int64)
    east, north = np.divmod(np.arange(side * side), side)
    names = np.array([f"square150_{a}_{b}" for a, b in zip(east, north, strict=True)])
    places = pd.DataFrame({"place_id": names, "area_km2": 0.0225})
    places = places.assign(easting=(east + 0.5) * 150, northing=(north + 0.5) * 150)
    places["shape"] = shapely.box(east * 150, north * 150, east * 150 + 150, north * 150 + 150)
    first = date(2023, 1, 1)
    seen = pd.DataFrame(
        {
            "place_id": names[(x // 150).astype(int) * side + (y // 150).astype(int)],
            "easting": x,
            "northing": y,
            "period": pd.Timestamp(first) + pd.to_timedelta(day, unit="D"),
            "incidents": 1,
        }
    )
    span = histories.Window(first, first + timedelta(days=int(DAYS) - 1))
    past = histories.history(seen, places, span=span, unit="day")
    began = time.perf_counter()
    selfexciting.fit(past)
    return time.perf_counter() - began


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    x, y, t, true = events(chosen.events)
    density = the_map(x, y)
    few = slice(0, 300)
    ours(x[few], y[few], t[few], density[few])
    times: dict[str, list[float]] = {"ours": [], "peer": [], "ours with its map": []}
    for _ in range(chosen.repeats):
        began = time.perf_counter()
        found = ours(x, y, t, density)
        times["ours"].append(time.perf_counter() - began)
        began = time.perf_counter()
        theirs, steps = peer(x, y, t, density)
        times["peer"].append(time.perf_counter() - began)
        times["ours with its map"].append(with_its_map(x, y, t))
    ratio = round(statistics.median(times["ours"]) / statistics.median(times["peer"]), 2)
    name = f"self-exciting process, {len(x):,} events"
    plain = f"plain pair-list EM, {steps} steps"
    mapped = measuring.span(times["ours with its map"])
    measuring.keep(
        "self_exciting",
        {
            "rates that were planted": astuple(true),
            "ours, rates": [round(value, 4) for value in astuple(found.rates)],
            "ours, standard errors": [round(value, 4) for value in astuple(found.errors)],
            "peer, rates": [round(value, 4) for value in astuple(theirs)],
            "seconds": {side: [round(value, 2) for value in values] for side, values in times.items()},
            "peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
            "summary": [
                measuring.row(name, plain, measuring.span(times["ours"]), measuring.span(times["peer"]), ratio, "8 s"),
                measuring.row(f"{name}, map unknown", "open_cp needs about 80 GB", mapped, "not run", "", "8 s"),
            ],
        },
    )


if __name__ == "__main__":
    main()
