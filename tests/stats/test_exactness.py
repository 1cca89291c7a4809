from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import exactness


@given(st.lists(st.decimals(-(10**6), 10**6, places=6), min_size=1, max_size=20))
def test_decimals_come_back_as_they_were_written(written: list) -> None:
    units = exactness.whole(np.array([float(number) for number in written]))
    assert not units.rounded
    back = [Fraction(int(count), 10**units.decimals) for count in units.values[0]]
    assert back == [Fraction(number) for number in written]


def test_arrays_share_a_unit() -> None:
    units = exactness.whole(np.array([400.0]), np.array([0.25]))
    assert (units.decimals, [array.tolist() for array in units.values]) == (2, [[40000], [25]])


@pytest.mark.parametrize("number", [np.sqrt(2.0) * 1e5, 1e10 / 3])
def test_what_is_no_short_decimal_is_rounded(number: float) -> None:
    units = exactness.whole(np.array([number]))
    assert units.rounded
    assert units.values[0][0] / 1e6 == pytest.approx(number, abs=1e-3)
