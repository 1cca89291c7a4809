"""The Gaussian kernel along streets: a plain normal curve on a line, all ways one by one at crossings, no mass lost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.special import ndtr

from abate.errors import OptionError
from abate.networks import diffusion, graphs, lixels, locations
from networks.streets import by_ways, star, tangle

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def spread(streets: graphs.Graph, edge: int, along: float, *, bandwidth: float, step: float) -> np.ndarray:
    pieces = lixels.cut(streets, step=step)
    start = np.zeros(len(pieces.length))
    start[pieces.at(np.array([edge]), np.array([along]))] = 1
    found: np.ndarray = diffusion.diffuse(diffusion.conduct(streets, pieces), start, bandwidth=bandwidth)
    return found


def test_on_one_long_street_it_is_the_normal_curve():
    line = graphs.Graph(np.array([0.0, 2001]), np.zeros(2), np.array([0]), np.array([1]), np.array([2001.0]))
    found = spread(line, 0, 1000.5, bandwidth=100, step=3)
    edges = np.arange(668) * 3.0 - 1000.5
    assert np.allclose(found, np.diff(ndtr(edges / 100)), atol=3e-6)
    assert found.sum() == pytest.approx(1)


@pytest.mark.parametrize("arms", [1, 2, 3, 4, 5])
def test_at_a_crossing_worked_by_hand(arms: int):
    """A point 31 m before a crossing of n: 2/n of what passes it goes on along each of the other streets."""
    found = spread(star(arms, 900.0), 0, 31.0, bandwidth=60, step=2)
    beyond = float(ndtr(-31 / 60))
    per_arm = found.reshape(arms, -1).sum(axis=1)
    assert np.allclose(per_arm[1:], 2 / arms * beyond, atol=5e-4)
    assert per_arm[0] == pytest.approx(1 - (arms - 1) * 2 / arms * beyond, abs=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_every_way_one_by_one_gives_the_same(seed: int):
    streets = tangle(seed, nodes=6, edges=8)
    # the middle of a piece, where its mass is taken to lie
    edge, along = 2, float(streets.length[2] // 2) + 0.125
    wide, reach = 4.0, 16.0
    slow = by_ways(
        streets, edge, along, radius=reach, continuous=True, mass=lambda away: float(ndtr(max(away, 0) / wide)) - 0.5
    )
    pieces = lixels.cut(streets, step=0.25)
    found = spread(streets, edge, along, bandwidth=wide, step=0.25)
    by_metre = [
        found[pieces.first[one] : pieces.first[one + 1]].reshape(round(streets.length[one]), -1).sum(axis=1)
        for one in range(len(streets.length))
    ]
    assert np.abs(np.concatenate(by_metre) - np.concatenate(slow)).max() < 3e-3 * np.concatenate(slow).max() + 1e-4
    assert found.sum() == pytest.approx(1)


def test_what_lies_evenly_stays_even_and_nothing_is_lost():
    streets = tangle(9, nodes=10, edges=15)
    pieces = lixels.cut(streets, step=1)
    conduction = diffusion.conduct(streets, pieces)
    even = pieces.length / pieces.length.sum()
    assert np.allclose(diffusion.diffuse(conduction, even, bandwidth=40), even)
    start = np.random.default_rng(1).random(len(even))
    for wide in (3.0, 30.0, 300.0):
        assert diffusion.diffuse(conduction, start, bandwidth=wide).sum() == pytest.approx(start.sum())
    at_last = diffusion.diffuse(conduction, start / start.sum(), bandwidth=500)
    assert np.allclose(at_last, even, atol=1e-6)


def test_spreading_may_go_on_from_where_it_stood():
    streets = tangle(4)
    pieces = lixels.cut(streets, step=1)
    conduction = diffusion.conduct(streets, pieces)
    start = np.eye(len(pieces.length))[5]
    halfway = diffusion.diffuse(conduction, start, bandwidth=4)
    assert np.allclose(
        diffusion.diffuse(conduction, halfway, bandwidth=9, done=4), diffusion.diffuse(conduction, start, bandwidth=9)
    )
    with pytest.raises(OptionError, match="above 4, not 3"):
        diffusion.diffuse(conduction, start, bandwidth=3, done=4)


@pytest.mark.slow
def test_a_borough_is_done_in_seconds(shared: Callable[[str], Path]):
    """Camden: 762 km of streets, in lixels of 15 m at most, its own street crimes."""
    import pandas as pd

    from abate.sources import streets as source
    from abate.space import projections

    segments = source.read(shared("streets/osm-camden-highways.geojson.gz"), crs="EPSG:27700")
    lines = segments["shape"].to_numpy(dtype=object)
    streets = graphs.graph(lines)
    wards = shared("police-street-wards/london-10-boroughs-street-crime-by-ward-2016-01-to-2018-06.csv.gz")
    crimes = pd.read_csv(wards, usecols=["borough", "category", "longitude", "latitude"])
    crimes = crimes[crimes["borough"].eq("Camden") & crimes["category"].eq("violent-crime")]
    there = projections.convert(crimes["longitude"], crimes["latitude"], source="EPSG:4326", target="EPSG:27700")
    began = time.process_time()
    pieces = lixels.cut(streets, step=15)
    found = locations.locate(there.easting, there.northing, lines, limit=50)
    on = found.edge >= 0
    lixel = pieces.at(found.edge[on], found.along[on])
    start = np.bincount(lixel, minlength=len(pieces.length)).astype(float)
    spread_out = diffusion.diffuse(diffusion.conduct(streets, pieces), start, bandwidth=150)
    took = time.process_time() - began
    assert on.mean() > 0.95
    assert on.sum() > 10_000
    assert spread_out.sum() == pytest.approx(on.sum())
    assert streets.length.sum() == pytest.approx(762_000, rel=0.02)
    assert took < 10
