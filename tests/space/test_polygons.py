from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.space import polygons

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def plain(x: np.ndarray, y: np.ndarray, shapes: np.ndarray) -> tuple[list[int], list[bool]]:
    """Test every point against every polygon."""
    points = shapely.points(x, y)
    hits = [np.flatnonzero(shapely.intersects(shapes, point)) for point in points]
    inside = [np.sum(shapely.contains_properly(shapes, point)) > 1 for point in points]
    return [int(hit[0]) if len(hit) else -1 for hit in hits], [bool(several) for several in inside]


def ragged(rng: np.random.Generator, *, holes: bool) -> shapely.Geometry:
    corners = rng.integers(3, 40)
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = rng.uniform(0.2, 1.0, corners) * rng.choice([0.5, 3, 20])
    middle = rng.uniform(-20, 20, 2)
    drawn = shapely.make_valid(
        shapely.Polygon(np.column_stack([np.cos(angles) * reach, np.sin(angles) * reach]) + middle)
    )
    if holes:
        drawn = drawn.difference(shapely.Point(middle + rng.uniform(-0.5, 0.5, 2)).buffer(rng.uniform(0.1, 2)))
    return drawn


@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 12), shift=st.sampled_from([0.0, 530_000.0]))
def test_points_are_found_as_by_testing_every_polygon(seed: int, count: int, shift: float) -> None:
    """Overlapping, nested, holed and several-part polygons; points anywhere, on corners and on edges."""
    rng = np.random.default_rng(seed)
    drawn = [ragged(rng, holes=rng.random() < 0.4) for _ in range(count)]
    drawn += [shapely.unary_union([ragged(rng, holes=False), ragged(rng, holes=False)]) for _ in range(2)]
    shapes = polygons.mend(shapely.transform(np.array(drawn, dtype=object), lambda c: c + shift)).shapes
    corners = shapely.get_coordinates(shapes)
    chosen = corners[rng.integers(0, len(corners) - 1, 40)]
    middles = (corners[:-1] + corners[1:])[rng.integers(0, len(corners) - 1, 20)] / 2
    west, south, east, north = shapely.total_bounds(shapes)
    box = np.array([[west, south], [east, north], [west, north]])
    anywhere = rng.uniform(-30, 30, (120, 2)) + shift
    x, y = np.vstack([anywhere, chosen, middles, box, anywhere[:5]]).T
    found = polygons.locate(x, y, shapes)
    expected, overlapping = plain(x, y, shapes)
    assert found.position.tolist() == expected
    assert found.overlapping.tolist() == overlapping


def test_a_point_on_a_shared_edge_goes_to_the_first_and_is_no_overlap() -> None:
    squares = np.array([shapely.box(c, r, c + 1, r + 1) for r in range(30) for c in range(30)], dtype=object)
    across, up = np.meshgrid(np.arange(31.0), np.arange(31.0))
    found = polygons.locate(across.ravel(), up.ravel(), squares)
    first = np.maximum(up.ravel() - 1, 0) * 30 + np.maximum(across.ravel() - 1, 0)
    assert found.position.tolist() == first.astype(int).tolist()
    assert not found.overlapping.any()


def test_an_overlap_is_said_wherever_it_lies() -> None:
    shapes = np.array([shapely.box(0, 0, 100, 100), shapely.box(20, 20, 60, 60)], dtype=object)
    side = np.linspace(0.5, 99.5, 100)
    x, y = (values.ravel() for values in np.meshgrid(side, side))
    found = polygons.locate(x, y, shapes)
    assert (found.position == 0).all()
    assert found.overlapping.tolist() == ((x > 20) & (x < 60) & (y > 20) & (y < 60)).tolist()


@pytest.mark.parametrize("step", [1.0, 0.1, 1e-5])
def test_points_that_repeat_are_looked_up_once(step: float) -> None:
    """Whole metres, decimetres and published degrees: every repeated pair is found, whatever bits it is made of."""
    rng = np.random.default_rng(3)
    pairs = np.round(rng.integers(400_000, 600_000, (30_000, 2)) * step, 5)
    pairs = pairs[rng.integers(0, len(pairs), 200_000)]
    same, distinct = polygons._distinct(pairs[:, 0].copy(), pairs[:, 1].copy())
    assert len(distinct) == len(np.unique(pairs, axis=0))
    assert np.array_equal(pairs[distinct][same], pairs)
    few, all_of_them = polygons._distinct(pairs[:9, 0].copy(), pairs[:9, 1].copy())
    assert few.tolist() == all_of_them.tolist() == list(range(9))


def test_nothing_to_find() -> None:
    square = np.array([shapely.box(0, 0, 1, 1)], dtype=object)
    assert polygons.locate(np.array([np.nan, 5.0]), np.array([0.5, np.inf]), square).position.tolist() == [-1, -1]
    assert polygons.locate(np.array([0.5]), np.array([0.5]), np.empty(0, dtype=object)).position.tolist() == [-1]
    assert polygons.locate(np.array([]), np.array([]), square).position.tolist() == []


def test_what_is_not_an_area_is_dropped() -> None:
    spiked = shapely.from_wkt("POLYGON ((0 0, 4 0, 4 4, 2 4, 2 9, 2 4, 0 4, 0 0))")
    inside_out = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    found = polygons.mend(np.array([spiked, inside_out, shapely.box(0, 0, 1, 1)], dtype=object))
    assert found.mended.tolist() == [True, True, False]
    assert shapely.is_valid(found.shapes).all()
    assert shapely.area(found.shapes).tolist() == [16.0, 2.0, 1.0]
    assert {shape.geom_type for shape in found.shapes} <= {"Polygon", "MultiPolygon"}


@pytest.mark.slow
@pytest.mark.parametrize("area", ["essex", "bedfordshire", "merseyside", "cleveland", "humberside"])
def test_published_boundaries_give_what_the_search_tree_gives(shared: Callable[[str], Path], area: str) -> None:
    from abate.sources import boundaries

    shapes = boundaries.read(shared(f"boundaries/lsoa2011-{area}.geojson.gz"), crs="EPSG:27700")["shape"].to_numpy()
    west, south, east, north = shapely.total_bounds(shapes)
    rng = np.random.default_rng(7)
    corners = shapely.get_coordinates(shapes)[::37]
    x = np.r_[rng.uniform(west, east, 20_000), corners[:, 0]]
    y = np.r_[rng.uniform(south, north, 20_000), corners[:, 1]]
    point, shape = shapely.STRtree(shapes).query(shapely.points(x, y), predicate="intersects")
    expected = np.full(len(x), len(shapes))
    np.minimum.at(expected, point, shape)
    found = polygons.locate(x, y, shapes)
    assert np.array_equal(found.position, np.where(expected == len(shapes), -1, expected))
