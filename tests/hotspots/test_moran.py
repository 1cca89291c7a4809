"""Local Moran: patches are told from places that stand out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.hotspots import moran
from abate.space import neighbours


def grid(values: np.ndarray) -> tuple[pd.DataFrame, neighbours.Neighbours]:
    row, column = (index.ravel() for index in np.indices(values.shape))
    totals = pd.DataFrame({"place_id": [f"{c}:{r}" for c, r in zip(column, row, strict=True)]})
    return totals.assign(incidents=values.ravel()), neighbours.cells(column, row)


def test_patches_and_places_that_stand_out():
    values = np.random.default_rng(1).poisson(20.0, (24, 24))
    values[3:7, 3:7] = 60
    values[5, 5] = 2
    values[15:20, 15:20] = 1
    values[17, 17] = 70
    kinds = moran.classify(*grid(values))["kind"].to_numpy().reshape(24, 24)
    assert kinds[3, 4] == "hot among hot"
    assert kinds[5, 5] == "cold among hot"
    assert kinds[16, 16] == "cold among cold"
    assert kinds[17, 17] == "hot among cold"
    assert (kinds[:, 8:14] == "not clear").mean() > 0.95
    assert set(kinds.ravel()) <= set(moran.KINDS)


def test_like_neighbours_have_a_positive_moran_and_unlike_ones_a_negative():
    found = moran.classify(*grid(np.tile([[9, 1], [1, 9]], (6, 6))))
    assert found["moran"].to_numpy().reshape(12, 12)[5, 5] == pytest.approx(0.0)
    halves = np.repeat([[9], [1]], 6, axis=0) * np.ones((1, 6), dtype=np.int64)
    assert (moran.classify(*grid(halves))["moran"].to_numpy().reshape(12, 6)[[1, 10]] > 0).all()


def test_the_same_seed_gives_the_same_table():
    totals, around = grid(np.random.default_rng(7).poisson(3.0, (9, 9)))
    once, again = (moran.classify(totals, around, draws=999, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_places_all_alike_are_refused():
    with pytest.raises(OptionError, match="nothing tells them apart"):
        moran.classify(*grid(np.ones((3, 3), dtype=np.int64)))
