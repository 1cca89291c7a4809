"""A simulated town to draw reports of: squares with planted counts, streets, names, a boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely

from abate.estimate import Estimate
from abate.periods import months
from abate.reports.stories import Figure, HotspotStory
from abate.tables import HOTSPOTS

MONTHS = tuple(month for month in months("2021-03", "2022-03") if month != "2021-08")
TYPES = ("Violence and sexual offences", "Robbery", "Possession of weapons")
EAST, NORTH, SIDE = 586_000.0, 184_000.0, 150.0


def places(seed: int, *, across: int = 24) -> pd.DataFrame:
    """Squares of 150 m with counts that a gamma-Poisson town would have."""
    rng = np.random.default_rng(seed)
    column, row = (each.ravel() for each in np.meshgrid(np.arange(across), np.arange(across)))
    west, south = EAST + column * SIDE, NORTH + row * SIDE
    return pd.DataFrame(
        {
            "place_id": [f"square:150:E{x}N{y}" for x, y in zip(column, row, strict=True)],
            "area_km2": SIDE**2 / 1e6,
            "easting": west + SIDE / 2,
            "northing": south + SIDE / 2,
            "shape": shapely.box(west, south, west + SIDE, south + SIDE),
            "incidents": rng.poisson(rng.gamma(0.4, 12, len(west))),
        }
    )


def hotspots(counted: pd.DataFrame, seed: int, *, top: int) -> pd.DataFrame:
    """The busiest squares, with all that a report can tell of them."""
    rng = np.random.default_rng(seed)
    hot = counted.sort_values(["incidents", "place_id"], ascending=[False, True]).head(top).reset_index(drop=True)
    by_month = [rng.multinomial(seen, [1 / len(MONTHS)] * len(MONTHS)).tolist() for seen in hot["incidents"]]
    by_type = [rng.multinomial(seen, [0.9, 0.07, 0.03]).tolist() for seen in hot["incidents"]]
    total = counted["incidents"].sum()
    return hot.drop(columns="shape").assign(
        name=[f"near {street} Road" for street in _words(top)],
        rank=range(1, top + 1),
        share=hot["incidents"] / total,
        cumulative_share=hot["incidents"].cumsum() / total,
        probability_top=np.linspace(0.999, 0.41, top),
        by_month=by_month,
        by_type=[dict(zip(TYPES, kinds, strict=True)) for kinds in by_type],
        trend=["rising" if place == 2 else "no clear change" for place in range(top)],
        trend_ratio=np.linspace(0.8, 1.3, top),
        trend_low=np.linspace(0.6, 1.0, top),
        trend_high=np.linspace(1.1, 1.9, top),
        months_active=[sum(bar > 0 for bar in bars) for bars in by_month],
        largest_month_share=[max(bars) / sum(bars) for bars in by_month],
        harm=np.linspace(9000, 300, top),
        harm_one_event=[place == 1 for place in range(top)],
        neighbours=[["near Harbour Road", "square:1", "square:2"] if place == 3 else [] for place in range(top)],
    )


def _words(count: int) -> list[str]:
    first = ["Lantern", "Harbour", "Mill", "Chapel", "Orchard", "Station", "Priory", "Granary", "Weir", "Larch"]
    return [f"{first[place % 10]}{'' if place < 10 else f' {place // 10 + 1}'}" for place in range(count)]


def streets(*, across: int = 24) -> pd.DataFrame:
    """Straight streets along every third row and column."""
    far = across * SIDE
    lines = [shapely.LineString([(EAST, NORTH + at), (EAST + far, NORTH + at)]) for at in np.arange(0, far, 3 * SIDE)]
    lines += [shapely.LineString([(EAST + at, NORTH), (EAST + at, NORTH + far)]) for at in np.arange(0, far, 3 * SIDE)]
    return pd.DataFrame({"name": [f"Street {number}" for number in range(len(lines))], "shape": lines})


def lorenz(incidents: pd.Series[int]) -> pd.DataFrame:
    """The curve, plainly."""
    ordered = np.sort(incidents.to_numpy())[::-1]
    return pd.DataFrame(
        {
            "places": np.linspace(0, 1, len(ordered) + 1),
            "incidents": np.r_[0, np.cumsum(ordered)] / ordered.sum(),
        }
    )


def story(seed: int = 1, *, top: int = 12, across: int = 24, **changes: Any) -> HotspotStory:
    """Make a story that has everything; `changes` replaces fields."""
    counted = places(seed, across=across)
    far = across * SIDE
    told = HotspotStory(
        title="Hotspots of violence in Lanternmouth",
        force="Lanternmouth Police",
        crimes="violence, robbery and possession of weapons",
        place_kind="squares 150 m wide",
        chosen=f"the {top} places with the most incidents",
        months=MONTHS,
        crs="EPSG:27700",
        hotspots=hotspots(counted, seed, top=top),
        places=counted,
        incidents=int(counted["incidents"].sum()),
        lorenz=lorenz(counted["incidents"]),
        probability="1,000 draws of a count model",
        made_on=date(2026, 11, 22),
        provenance={"software": {"abate": "0.1.0"}, "seed": 1, "parameters": {"crime": ["violence", "robbery"]}},
        missing_months=("2021-08",),
        without_place=31,
        concentration=(
            Figure("Share of incidents in the busiest 5% of places", Estimate(0.31, 0.3, 0.33, 0.95, "a bootstrap")),
            Figure("Places with half of all incidents", Estimate(81, 75, 90, 0.95, "a bootstrap"), "count"),
            Figure("Gini", Estimate(0.613, 0.6, 0.62, 0.95, "a bootstrap"), "number"),
        ),
        harm="Harm is the sum of Cambridge weights.",
        quality=("All rows were loaded.",),
        credits=("Contains made-up data.",),
        boundary=shapely.box(EAST, NORTH, EAST + far, NORTH + far).buffer(200),
        boundary_name="Lanternmouth",
        streets=streets(across=across),
        labels=pd.DataFrame(
            {"name": ["Old Town", "Quay"], "easting": [587_500.0, 589_000.0], "northing": [185_500.0, 186_400.0]}
        ),
    )
    return replace(told, **changes)


def bare() -> HotspotStory:
    """Make a story that holds what the data dictionary asks for and nothing else."""
    told = story()
    columns = list(HOTSPOTS.columns)
    return replace(
        told,
        hotspots=told.hotspots[columns],
        boundary=None,
        streets=None,
        labels=None,
        concentration=(),
        harm="",
        quality=(),
        missing_months=(),
        without_place=0,
    )


def lines(counted: pd.DataFrame) -> pd.DataFrame:
    """The same places as stretches of street, 80 m long."""
    starts = zip(counted["easting"], counted["northing"], strict=True)
    return counted.assign(shape=[shapely.LineString([(x, y), (x + 80, y)]) for x, y in starts])
