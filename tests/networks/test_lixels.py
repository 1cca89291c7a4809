"""Lixels: equally long pieces, in order, none longer than asked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.networks import lixels
from networks.streets import star, tangle


@given(st.integers(0, 500), st.floats(0.3, 20))
def test_pieces_fill_every_edge_evenly(seed: int, step: float):
    streets = tangle(seed)
    pieces = lixels.cut(streets, step=step)
    assert pieces.length.max() <= step * (1 + 1e-9)
    assert np.allclose(np.bincount(pieces.edge, weights=pieces.length), streets.length)
    for edge in range(len(streets.length)):
        own = pieces.length[pieces.first[edge] : pieces.first[edge + 1]]
        assert np.ptp(own) == 0
        assert len(own) == max(1, int(np.ceil(streets.length[edge] / step - 1e-9)))


def test_a_place_on_an_edge_lies_in_its_piece():
    pieces = lixels.cut(star(2, 100.0), step=30)
    assert pieces.length.tolist() == [25.0] * 8
    where = pieces.at(np.array([0, 0, 0, 1, 1]), np.array([0.0, 25.0, 100.0, 24.9, 75.0]))
    assert where.tolist() == [0, 1, 3, 4, 7]


def test_no_length_and_too_many_pieces_are_refused():
    with pytest.raises(OptionError, match="a length above 0, not 0"):
        lixels.cut(star(), step=0)
    with pytest.raises(OptionError, match="cut longer ones"):
        lixels.cut(star(), step=1e-6)
