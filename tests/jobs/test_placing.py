"""Points put in places: by kind, within and without files, and the faults in sentences."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import LakeError, OptionError
from abate.jobs import placing

POINTS = pd.DataFrame({"x": [500_010.0, 500_400.0], "y": [240_010.0, 240_400.0], "crs": "EPSG:27700"})


def test_points_are_put_in_cells() -> None:
    put = placing.put(POINTS, placing.Wanted(place="square:150"))
    assert put.unit_m == 1.0
    assert put.crs == "EPSG:27700"
    assert put.assigned.points["place_id"].nunique() == 2


def test_points_in_two_systems_are_refused() -> None:
    with pytest.raises(LakeError, match="several coordinate systems"):
        placing.put(POINTS.assign(crs=["EPSG:27700", "EPSG:4326"]), placing.Wanted())


def test_small_areas_need_their_outlines() -> None:
    with pytest.raises(OptionError, match="--place lsoa needs the outlines"):
        placing.put(POINTS, placing.Wanted(place="lsoa"))


def test_no_file_is_no_polygons() -> None:
    assert placing.polygons(None, "EPSG:27700") is None
