"""A made-up ledger of incidents on a grid of 100 m squares, written as a file with its mapping."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

EAST, NORTH, SIDE = 530_000, 180_000, 12

MAPPING = """
[source]
name = "Ledger"
force = "sample"
[columns]
x = "x"
y = "y"
crime_type = "kind"
{when}
[place]
crs = "EPSG:27700"
[time]
{form}
zone = "Europe/London"
"""
DAILY = MAPPING.format(when='began = "date"', form='format = "%Y-%m-%d"')
MONTHLY = (
    MAPPING.format(when='month = "month"', form="")
    .replace("[time]\n\n", "[time]\n")
    .replace('zone = "Europe/London"\n', "")
    .replace("[time]\n", "")
)


def incidents(seed: int = 1, count: int = 3000) -> pd.DataFrame:
    """Incidents of 2024 by day, a few of them without coordinates or far outside, some of another kind."""
    generator = np.random.default_rng(seed)
    rates = generator.gamma(0.4, size=SIDE * SIDE)
    cell = generator.choice(SIDE * SIDE, count, p=rates / rates.sum())
    day = np.datetime64("2024-01-01") + generator.integers(0, 366, count)
    frame = pd.DataFrame(
        {
            "date": np.datetime_as_string(day),
            "month": np.datetime_as_string(day.astype("M8[M]")),
            "x": EAST + 100 * (cell % SIDE) + generator.integers(1, 99, count).astype(float),
            "y": NORTH + 100 * (cell // SIDE) + generator.integers(1, 99, count).astype(float),
            "kind": np.where(generator.random(count) < 0.7, "Robbery", "Burglary"),
        }
    ).sort_values(["date", "x", "y"], ignore_index=True)
    frame.loc[::97, ["x", "y"]] = np.nan
    frame.loc[5::89, "x"] += 50_000
    return frame


def write(folder: Path, frame: pd.DataFrame, name: str = "ledger", *, mapping: str = DAILY) -> tuple[Path, Path]:
    """Write a ledger and its mapping; give both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    events, mapped = folder / f"{name}.csv", folder / f"{name}.toml"
    frame.to_csv(events, index=False)
    mapped.write_text(mapping, encoding="utf-8")
    return events, mapped


def region(folder: Path, *, east: float = EAST, wide: float = 100.0 * SIDE) -> Path:
    """Write the outline of the grid as a polygon file."""
    corners = [[east, NORTH], [east + wide, NORTH], [east + wide, NORTH + wide], [east, NORTH + wide], [east, NORTH]]
    outline = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
        "features": [
            {"type": "Feature", "properties": {"id": "a"}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
        ],
    }
    path = folder / f"region-{east:.0f}.geojson"
    path.write_text(json.dumps(outline), encoding="utf-8")
    return path
