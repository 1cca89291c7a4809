"""The compiled walk goes where the plain one goes."""

from __future__ import annotations

import numpy as np
import pytest

from abate.networks import lixels, walks
from networks.streets import tangle


@pytest.mark.parametrize("continuous", [0.0, 1.0])
def test_the_plain_walk_lays_the_same_mass(continuous: float):
    streets = tangle(3)
    pieces = lixels.cut(streets, step=2)
    spots = np.array([[0.0, 4, 7], [1.5, 0.0, 2.0], [1.0, 2.0, 0.5]])
    parts = (streets.start, streets.end, streets.length, streets.ends.end, streets.ends.begin)
    rule = np.array([15.0, continuous, 1e-3, 1e6])
    plain, fast = np.zeros(len(pieces.length)), np.zeros(len(pieces.length))
    walked = walks.walk_plain(spots, parts, (pieces.length, pieces.first), rule, plain)
    assert walks.walk(spots, parts, (pieces.length, pieces.first), rule, fast) == walked > 6
    assert np.allclose(plain, fast, rtol=1e-12, atol=1e-15)
    rule[3] = 5
    assert walks.walk(spots, parts, (pieces.length, pieces.first), rule, fast) == -1


def test_the_quartic_holds_a_half_on_each_side():
    assert walks.below_plain(-1, 10) == 0
    assert walks.below_plain(10, 10) == walks.below_plain(99, 10) == pytest.approx(0.5)
    middles = np.linspace(0, 4, 4001)[:-1] + 0.0005
    by_sum = (15 / 160 * (1 - (middles / 10) ** 2) ** 2 * 0.001).sum()
    assert walks.below_plain(4, 10) == pytest.approx(by_sum)
