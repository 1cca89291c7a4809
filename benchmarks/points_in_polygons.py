"""Points to polygons: ours beside shapely's STRtree, in turn, in one run, with the answers compared.

The polygons are the 34,753 small areas (2011 LSOAs, ultra-generalised) of England and Wales. Three sets of points:
those that repeat as published points do (most points share their coordinates with others), those that never repeat and
lie as densely as people live (as many in each area, the worst case), and those that never repeat and lie anywhere.
Both sides build their index within the time measured. Neither uses more than one core, so that seconds of processor
time are what an idle machine takes; seconds by the clock stand beside them.

Run: python benchmarks/points_in_polygons.py
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from typing import TYPE_CHECKING, Any

import measuring
import numpy as np
import shapely

from abate.places import shapes as universe
from abate.sources import boundaries
from abate.space import polygons

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]

AREAS = measuring.SHARED / "data" / "boundaries" / "lsoa2011-england-wales-ultra-generalised.geojson.gz"
PLACES_A_PUBLISHED_POINT = 15


def ours(x: Real, y: Real, shapes: Shapes) -> NDArray[np.int64]:
    return polygons.locate(x, y, shapes).position


def peer(x: Real, y: Real, shapes: Shapes) -> NDArray[np.int64]:
    points = shapely.points(x, y)
    point, shape = shapely.STRtree(shapes).query(points, predicate="intersects")
    order = np.lexsort((-shape, point))
    found = np.full(len(x), -1, dtype=np.int64)
    found[point[order]] = shape[order]
    return found


def as_people_live(rng: np.random.Generator, count: int, shapes: Shapes) -> tuple[Real, Real]:
    bounds = shapely.bounds(shapes)[rng.integers(0, len(shapes), count)]
    return rng.uniform(bounds[:, 0], bounds[:, 2]), rng.uniform(bounds[:, 1], bounds[:, 3])


def point_sets(count: int, shapes: Shapes) -> dict[str, tuple[Real, Real]]:
    rng = np.random.default_rng(20261122)
    x, y = as_people_live(rng, count // PLACES_A_PUBLISHED_POINT, shapes)
    repeat = (len(x) * rng.random(count) ** 2).astype(np.int64)
    west, south, east, north = shapely.total_bounds(shapes)
    return {
        "points that repeat": (x[repeat], y[repeat]),
        "points that never repeat, as people live": as_people_live(rng, count, shapes),
        "points that never repeat, anywhere": (rng.uniform(west, east, count), rng.uniform(south, north, count)),
    }


def seconds(work: Callable[[], Any]) -> tuple[float, float, Any]:
    clock, processor = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - clock, time.process_time() - processor, answer


def compare(x: Real, y: Real, shapes: Shapes, repeats: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {"ours": [], "ours processor": [], "peer": [], "peer processor": []}
    for _ in range(repeats):
        *mine, found = seconds(lambda: ours(x, y, shapes.copy()))
        *theirs, expected = seconds(lambda: peer(x, y, shapes.copy()))
        if not np.array_equal(found, expected):
            raise SystemExit(f"the answers differ at {np.sum(found != expected):,} points")
        for name, value in zip(times, [*mine, *theirs], strict=True):
            times[name].append(value)
    middle = {name: statistics.median(values) for name, values in times.items()}
    return {
        **{f"{name} s": round(value, 2) for name, value in middle.items()},
        **{
            f"{name} s, least and most": [round(min(values), 2), round(max(values), 2)]
            for name, values in times.items()
        },
        "ratio by the clock": round(middle["ours"] / middle["peer"], 2),
        "ratio of processor time": round(middle["ours processor"] / middle["peer processor"], 2),
        "answers": "identical",
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--points", type=int, default=2_000_000)
    options.add_argument("--repeats", type=int, default=3)
    chosen = options.parse_args()
    table = boundaries.read(AREAS, crs="EPSG:27700")
    shapes = universe.of_areas(table, unit_m=1.0, within=None)["shape"].to_numpy(dtype=object)
    results = {}
    for name, (x, y) in point_sets(chosen.points, shapes).items():
        results[name] = compare(x, y, shapes, chosen.repeats)
        print(f"{name}: {json.dumps(results[name])}")
    summary = [
        measuring.row(
            f"{chosen.points:,} {name}, to {len(shapes):,} polygons",
            "shapely STRtree",
            f"{found['ours s']:.1f} s",
            f"{found['peer s']:.1f} s",
            found["ratio by the clock"],
            "4 s",
        )
        for name, found in results.items()
    ]
    measuring.keep(
        "points_in_polygons",
        {
            **results,
            "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "repeats": chosen.repeats,
            "summary": summary,
        },
    )


if __name__ == "__main__":
    main()
