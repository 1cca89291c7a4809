"""A whole force forecast at once: 36,000 cells of 150 m, 36 months, by `recommended`, from a cold start.

The record is made up: gamma rates round a few towns, some 60,000 incidents, with two related kinds of crime twice as
common. Each run is a process of its own that imports what it needs, reads the record and forecasts the next month.
Nobody else makes this forecast; plain past counts on the same record, with their fitted distribution, stand beside it.

Run: python benchmarks/forecast_36k.py [--repeats 5]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

import measuring
import numpy as np

SCRIPT = """
import sys
from datetime import date
from pathlib import Path
import numpy as np, pandas as pd
from abate.hotspots import methods
from abate.hotspots.histories import History, Window
kept = np.load(Path(sys.argv[1]) / "record.npz")
places = pd.DataFrame({"place_id": kept["place_id"], "easting": kept["easting"], "northing": kept["northing"]})
related = None
for kind in ("second", "first", "own"):
    place, month, incidents = kept[kind]
    related = History(
        places.assign(area_km2=0.0225, shape=None), Window(date(2021, 1, 1), date(2023, 12, 31)), "month", place,
        kept["starts"][month], incidents, kept["easting"][place], kept["northing"][place], related=related,
    )
told = methods.find(sys.argv[2]).forecast(related, Window(date(2024, 1, 1), date(2024, 1, 31)))
assert len(told) == 36_000 and told["expected"].min() > 0
"""


def record(folder: Path) -> int:
    """Make the record and write it; give the number of incidents."""
    rng = np.random.default_rng(20261122)
    row, column = np.divmod(np.arange(36_000), 180)
    east, north = column * 150.0 + 500_000, row * 150.0 + 200_000
    ground = np.full(36_000, 0.02)
    for _ in range(12):
        middle, width = rng.uniform([500_000, 200_000], [527_000, 230_000]), rng.uniform(400, 2000)
        ground += rng.uniform(0.2, 2) * np.exp(-((east - middle[0]) ** 2 + (north - middle[1]) ** 2) / (2 * width**2))
    rates = ground * rng.gamma(0.3, 1 / 0.3, 36_000)
    rates *= 60_000 / 36 / rates.sum()
    months = np.arange(np.datetime64("2021-01"), np.datetime64("2024-01"))
    starts = (months.astype("M8[D]") - np.datetime64("2021-01-01")).astype(np.int64)
    kinds, incidents = {}, 0
    for kind, common in (("own", 1.0), ("first", 2.0), ("second", 2.0)):
        counts = rng.poisson(common * rates[:, None], (36_000, 36))
        place, month = np.nonzero(counts)
        order = np.lexsort((place, month))
        kinds[kind] = np.array([place[order], month[order], counts[place, month][order]])
        incidents = incidents or int(counts.sum())
    names = np.array([f"sq150_{number:06d}" for number in range(36_000)])
    np.savez(folder / "record.npz", place_id=names, easting=east, northing=north, starts=starts, **kinds)
    return incidents


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        incidents = record(Path(folder))
        runs: dict[str, list[dict[str, float]]] = {"recommended": [], "counts": []}
        for _ in range(repeats):
            for method, kept in runs.items():
                kept.append(measuring.timed(SCRIPT, folder, method))
    seconds = {method: [run["seconds"] for run in kept] for method, kept in runs.items()}
    ratio = statistics.median(seconds["recommended"]) / statistics.median(seconds["counts"])
    measuring.keep(
        "forecast_36k",
        {
            "incidents": incidents,
            "runs": runs,
            "repeats": repeats,
            "summary": [
                measuring.row(
                    f"36,000 cells x 36 months, {incidents:,} incidents and two related kinds, forecast, cold start",
                    "plain past counts (same process, no forecast of this kind elsewhere)",
                    measuring.span(seconds["recommended"]),
                    measuring.span(seconds["counts"]),
                    round(ratio, 1),
                    "5 s",
                )
            ],
        },
    )


if __name__ == "__main__":
    main()
