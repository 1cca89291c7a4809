from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import tables
from abate.errors import TableError


def test_areas_and_segments_are_told_apart_by_their_ids() -> None:
    shape = np.array([shapely.box(0, 0, 1, 1)] * 2, dtype=object)
    frame = pd.DataFrame({"place_id": ["a", "a"], "name": ["x", "y"], "area_type": ["2011 LSOA"] * 2, "mended": False})
    with pytest.raises(TableError, match="areas: 1 rows repeat an earlier place_id"):
        tables.AREAS.check(frame.assign(shape=shape))


def test_a_segment_has_a_length_of_nothing_or_more() -> None:
    columns = {"segment_id": ["7_0"], "name": ["High Street"], "kind": ["primary"], "length_m": [-1.0]}
    frame = pd.DataFrame({**columns, "motorway": False, "private": False})
    shape = np.array([shapely.LineString([(0, 0), (1, 0)])], dtype=object)
    with pytest.raises(TableError, match="column 'length_m' should be at least 0, not -1"):
        tables.SEGMENTS.check(frame.assign(shape=shape))
