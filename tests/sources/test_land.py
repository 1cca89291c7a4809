from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.sources.land import CORES, far_from, is_near

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("place", "longitude", "latitude", "near"),
    [
        ("Southend", 0.711, 51.538, True),
        ("Land's End", -5.71, 50.07, True),
        ("Isles of Scilly", -6.3, 49.92, True),
        ("Lowestoft", 1.76, 52.48, True),
        ("Berwick", -2.0, 55.77, True),
        ("Belfast", -5.93, 54.6, True),
        ("Glasgow", -4.25, 55.86, True),
        ("Lundy", -4.67, 51.18, True),
        ("Calais", 1.85, 50.75, False),
        ("Dublin", -6.26, 53.35, False),
        ("North Sea", 1.5, 54.5, False),
        ("Celtic Sea", -7.0, 51.0, False),
        ("null island", 0.0, 0.0, False),
    ],
)
def test_known_places(place: str, longitude: float, latitude: float, near: bool) -> None:
    assert is_near(longitude, latitude) is near, place


def test_the_expression_says_what_the_function_says() -> None:
    import ibis

    draw = np.random.default_rng(1)
    points = pd.DataFrame({"x": draw.uniform(-14, 6, 4000), "y": draw.uniform(46, 64, 4000)})
    points.loc[0, ["x", "y"]] = None
    points.loc[1:3, "x"] = [1e300, -1e300, float("inf")]
    table = ibis.memtable(points)
    found = table.mutate(far=far_from(table.x, table.y)).execute()["far"]
    assert not found[0]
    assert found[1:4].all()
    expected = [not is_near(x, y) for x, y in points.iloc[4:].itertuples(index=False)]
    assert found[4:].tolist() == expected
    assert 0.5 < np.mean(expected) < 0.95


@pytest.mark.parametrize("core", CORES)
def test_the_cores_are_all_land(core: tuple[float, float, float, float]) -> None:
    west, east, south, north = core
    for x in np.arange(west + 0.125, east, 0.25):
        for y in np.arange(south + 0.125, north, 0.25):
            assert is_near(float(x), float(y))


@pytest.mark.slow
def test_every_published_point_is_near_land(shared: Callable[[str], Path]) -> None:
    for file in sorted(shared("police-street").glob("*.csv.gz")):
        points = pd.read_csv(file, usecols=["Longitude", "Latitude"]).dropna().drop_duplicates()
        assert all(is_near(x, y) for x, y in points[["Longitude", "Latitude"]].itertuples(index=False))
