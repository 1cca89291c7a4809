from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.space import segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def lines(*drawn: list[tuple[float, float]]) -> np.ndarray:
    return np.array([shapely.LineString(corners) for corners in drawn], dtype=object)


@given(seed=st.integers(0, 2**32 - 1), limit=st.sampled_from([0.0, 1.0, 5.0, 100.0]))
def test_the_nearest_line_is_the_one_that_measuring_all_gives(seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    corners = rng.integers(0, 20, (15, 2, 2)).astype(float)
    corners[:, 1] += corners[:, 0] == corners[:, 1]
    roads = lines(*[[tuple(a), tuple(b)] for a, b in corners])
    x, y = rng.integers(-5, 25, (2, 60)).astype(float)
    apart = np.array([shapely.distance(roads, point) for point in shapely.points(x, y)])
    found = segments.nearest(x, y, roads, limit=limit)
    for row, position, distance in zip(apart, found.position, found.distance, strict=True):
        if row.min() > limit:
            assert position == -1
            assert np.isnan(distance)
        else:
            assert distance == row.min()
            assert position == np.flatnonzero(row == row.min())[0]


def test_at_a_junction_the_first_line_is_taken() -> None:
    star = lines([(0, 0), (10, 0)], [(0, 0), (0, 10)], [(-10, -10), (0, 0)])
    found = segments.nearest(np.array([0.0, 0.0]), np.array([0.0, 5.0]), star, limit=10)
    assert found.position.tolist() == [0, 1]


def test_the_limit_is_still_near_enough() -> None:
    found = segments.nearest(np.array([5.0, 5.0]), np.array([100.0, 100.1]), lines([(0, 0), (10, 0)]), limit=100)
    assert found.position.tolist() == [0, -1]


def test_nothing_to_find() -> None:
    nowhere = segments.nearest(np.array([np.nan]), np.array([1.0]), lines([(0, 0), (1, 0)]), limit=5)
    assert nowhere.position.tolist() == [-1]
    assert segments.nearest(np.array([1.0]), np.array([1.0]), lines(), limit=5).position.tolist() == [-1]


def test_lines_are_cut_only_where_corners_are_shared() -> None:
    bridge = [(5.0, -5.0), (5.0, 5.0)]
    street = [(0.0, 0.0), (4.0, 0.0), (6.0, 0.0), (9.0, 0.0)]
    side = [(6.0, 0.0), (6.0, 9.0)]
    found = segments.split(lines(street, bridge, side))
    assert [shape.wkt for shape in found.shapes] == [
        "LINESTRING (0 0, 4 0, 6 0)",
        "LINESTRING (6 0, 9 0)",
        "LINESTRING (5 -5, 5 5)",
        "LINESTRING (6 0, 6 9)",
    ]
    assert found.line.tolist() == [0, 0, 1, 2]
    assert found.number.tolist() == [0, 1, 0, 0]


def test_rings_and_loops() -> None:
    ring = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0)]
    assert len(segments.split(lines(ring)).shapes) == 1
    loop = [(9.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 0.0), (4.0, 0.0)]
    assert [shape.wkt for shape in segments.split(lines(loop)).shapes] == [
        "LINESTRING (9 0, 4 0)",
        "LINESTRING (4 0, 4 4, 0 0, 4 0)",
    ]
    assert len(segments.split(lines()).shapes) == 0


def test_a_real_network_keeps_its_length_and_has_the_pieces_that_counting_gives(shared: Callable[[str], Path]) -> None:
    from abate.sources import geojson

    path = shared("streets/osm-central-london-highways.geojson.gz")
    drawn, _ = geojson.lines(geojson.parse(geojson.read_bytes(path), name=path.name))
    found = segments.split(drawn)
    count: dict[tuple[float, float], int] = {}
    for line in drawn:
        for corner in line.coords:
            count[corner] = count.get(corner, 0) + 1
    cuts = sum(count[corner] > 1 for line in drawn for corner in line.coords[1:-1])
    assert len(found.shapes) == len(drawn) + cuts
    assert shapely.length(found.shapes).sum() == shapely.length(drawn).sum() or np.isclose(
        shapely.length(found.shapes).sum(), shapely.length(drawn).sum(), rtol=1e-12
    )
