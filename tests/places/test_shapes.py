from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.places import shapes
from abate.space import grids

NET = shapes.Net(grids.Grid("square", 100), "sq100", 1.0)


def areas(**outlines: shapely.Geometry) -> pd.DataFrame:
    columns = {"place_id": list(outlines), "name": [f"Area {name}" for name in outlines], "area_type": None}
    frame = pd.DataFrame({**columns, "mended": False})
    return frame.assign(shape=np.array(list(outlines.values()), dtype=object))


def test_a_region_is_its_areas_joined_and_mended() -> None:
    bow = shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")
    assert shapes.region(areas(a=bow, b=shapely.box(5, 5, 6, 6))).area == 3.0
    assert shapes.region(None) is None
    with pytest.raises(OptionError, match="holds no area"):
        shapes.region(areas(a=shapely.Polygon()))


@pytest.mark.parametrize("shift", [0.0, 0.3, -0.3])
def test_areas_side_by_side_overlapping_or_apart_are_joined_alike(shift: float) -> None:
    drawn = [shapely.box(c * (1 + shift), r, c * (1 + shift) + 1, r + 1) for c in range(5) for r in range(3)]
    found = shapes.region(areas(**{f"a{n}": shape for n, shape in enumerate(drawn)}))
    assert found.equals(shapely.union_all(drawn))
    assert found.geom_type in ("Polygon", "MultiPolygon")
    assert shapely.is_valid(found)


def test_the_edge_of_a_region_is_in_it() -> None:
    x, y = np.array([0.0, 0.5, 1.0, 1.1]), np.full(4, 0.5)
    assert shapes.inside(x, y, shapely.box(0, 0, 1, 1)).tolist() == [True, True, True, False]
    assert shapes.inside(x, y, None).tolist() == [False] * 4


def test_cells_are_cut_to_the_region_and_their_middles_move_along() -> None:
    found = shapes.cells_within(NET, shapely.box(0, 0, 150, 100))
    assert found["place_id"].tolist() == ["sq100_0_0", "sq100_1_0"]
    assert found["area_km2"].tolist() == [0.01, 0.005]
    assert found["easting"].tolist() == [50.0, 125.0]
    assert found["shape"].iloc[1].bounds == (100, 0, 150, 100)


def test_cells_with_points_are_listed_once_by_row_and_column() -> None:
    cells = grids.Cells(np.array([5, -1, 5, 0]), np.array([0, 2, 0, 0]))
    found = shapes.cells_with_points(NET, cells)
    assert found["place_id"].tolist() == ["sq100_0_0", "sq100_5_0", "sq100_-1_2"]
    assert found["northing"].tolist() == [50.0, 50.0, 250.0]


def test_areas_in_feet_are_square_kilometres() -> None:
    found = shapes.of_areas(areas(a=shapely.box(0, 0, 5280, 5280)), unit_m=0.3048, within=None)
    assert found["area_km2"].iloc[0] == pytest.approx(1.609344**2)


def test_areas_are_cut_to_the_region_and_those_that_only_touch_it_are_left_out() -> None:
    three = areas(c=shapely.box(2, 0, 3, 1), a=shapely.box(0, 0, 1, 1), b=shapely.box(1, 0, 2, 1))
    found = shapes.of_areas(three, unit_m=1000.0, within=shapely.box(0.5, 0, 2, 1))
    assert found["place_id"].tolist() == ["a", "b"]
    assert found["area_km2"].tolist() == [0.5, 1.0]
    assert found["name"].tolist() == ["Area a", "Area b"]


def test_segments_that_meet_the_region_stay_whole() -> None:
    lines = [shapely.LineString([(0, 0), (10, 0)]), shapely.LineString([(50, 0), (60, 0)])]
    frame = pd.DataFrame({"segment_id": ["2_0", "1_0"], "name": ["High Street", None], "length_m": [10.0, 10.0]})
    frame = frame.assign(shape=np.array(lines, dtype=object))
    found = shapes.of_segments(frame, within=shapely.box(9, -1, 20, 1))
    assert found[["place_id", "area_km2", "easting", "length_m"]].to_numpy().tolist() == [["2_0", 0.0, 5.0, 10.0]]
    assert shapes.of_segments(frame, within=None)["place_id"].tolist() == ["1_0", "2_0"]


def test_only_places_wholly_inside_the_excluded_region_are_taken_out() -> None:
    places = shapes.cells_within(NET, shapely.box(0, 0, 300, 100))
    found = shapes.without(places, shapely.box(50, 0, 200, 100))
    assert found.excluded_places == ("sq100_1_0",)
    assert found.places["place_id"].tolist() == ["sq100_0_0", "sq100_2_0"]
    assert shapes.without(places, None).excluded_places == ()
