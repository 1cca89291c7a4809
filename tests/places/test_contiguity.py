"""Which places can be walked between: a common edge, open ground, a street."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from abate.places import contiguity


def places(shapes: list[shapely.Geometry]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place_id": [f"p{number}" for number in range(len(shapes))],
            "area_km2": [shape.area / 1e6 for shape in shapes],
            "easting": [shape.centroid.x for shape in shapes],
            "northing": [shape.centroid.y for shape in shapes],
            "shape": np.array(shapes, dtype=object),
        }
    )


def squares(across: int, side: float = 150.0) -> list[shapely.Geometry]:
    return [
        shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side) for y in range(across) for x in range(across)
    ]


def test_squares_are_joined_by_edges_and_not_by_corners() -> None:
    found = contiguity.join(places(squares(3))).tolist()
    assert len(found) == 12
    assert [0, 1] in found
    assert [0, 3] in found
    assert [0, 4] not in found


def test_hexagons_have_six_neighbours() -> None:
    from abate.space import grids

    grid = grids.Grid("hexagon", 150.0, 0.0, 0.0)
    column, row = (each.ravel() for each in np.meshgrid(np.arange(5), np.arange(5)))
    cells = grids.Cells(column, row)
    pairs = contiguity.join(places(list(grids.outlines(grid, cells))))
    assert np.bincount(pairs.ravel()).max() == 6


def test_places_apart_by_a_hair_are_joined_and_by_a_metre_are_not() -> None:
    near = [shapely.box(0, 0, 100, 100), shapely.box(100 + 1e-7, 0, 200, 100)]
    assert contiguity.join(places(near)).tolist() == [[0, 1]]
    far = [shapely.box(0, 0, 100, 100), shapely.box(101, 0, 200, 100)]
    assert contiguity.join(places(far)).tolist() == []


def test_nothing_is_joined_across_excluded_ground() -> None:
    two = places([shapely.box(0, 0, 150, 150), shapely.box(150, 0, 300, 150)])
    wall = shapely.box(140, -10, 160, 160)
    assert contiguity.join(two, barred=wall).tolist() == []
    gate = shapely.box(140, -10, 160, 100)
    assert contiguity.join(two, barred=gate).tolist() == [[0, 1]]


def test_where_streets_are_known_a_street_must_cross_the_edge() -> None:
    two = places([shapely.box(0, 0, 150, 150), shapely.box(150, 0, 300, 150)])
    across = pd.DataFrame({"shape": [shapely.LineString([(100, 50), (200, 50)])]})
    short = pd.DataFrame({"shape": [shapely.LineString([(100, 50), (140, 50)])]})
    along = pd.DataFrame({"shape": [shapely.LineString([(150, 20), (150, 90)])]})
    assert contiguity.join(two, streets=across).tolist() == [[0, 1]]
    assert contiguity.join(two, streets=short).tolist() == []
    assert contiguity.join(two, streets=along).tolist() == [[0, 1]]
    wall = shapely.box(140, 40, 160, 60)
    assert contiguity.join(two, barred=wall, streets=across).tolist() == [], "the only street runs through it"


def test_no_places_have_no_pairs() -> None:
    assert contiguity.join(places(squares(1)).iloc[:0]).shape == (0, 2)
