"""Circles around centres: nearest first, those equally far together, and never more than there is room for."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.space.rings import surround


def test_rings_agree_with_measuring_every_distance():
    generator = np.random.default_rng(1)
    centres, locations = generator.uniform(0, 10, (7, 2)), generator.integers(0, 10, (40, 2)).astype(float)
    found = surround(centres, locations, reach=4.0)
    for row, centre in enumerate(centres):
        apart = np.hypot(*(locations - centre).T)
        held = found.location[found.first[row] : found.first[row + 1]]
        assert set(held.tolist()) == set(np.flatnonzero(apart <= 4.0).tolist())
        assert (np.diff(apart[held]) >= -1e-6).all()


def test_the_corners_of_a_grid_close_together():
    east, north = np.meshgrid(np.arange(5) * 0.1 + 1e6, np.arange(5) * 0.1 + 3e5)
    grid = np.column_stack([east.ravel(), north.ravel()])
    found = surround(grid[[12]], grid, reach=0.15)
    assert found.closes.tolist() == [True, False, False, False, True, False, False, False, True]


def test_too_many_are_refused_with_a_way_out():
    with pytest.raises(OptionError, match="hold 100 locations, more than 50: take a smaller radius"):
        surround(np.zeros((10, 2)), np.zeros((10, 2)), reach=1, most=50)
