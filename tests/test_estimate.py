"""An uncertain number checks itself, scales with its interval, and is printed as a person would say it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.estimate import Estimate

shares = st.floats(0, 1)


def test_it_prints_its_interval_and_level() -> None:
    assert str(Estimate(18, 4, 31, 0.9, "counts")) == "18 (90% interval: 4 to 31)"


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_that_is_no_share_is_refused(level: float) -> None:
    with pytest.raises(OptionError, match="level lies between 0 and 1"):
        Estimate(1, 0, 2, level, "counts")


def test_an_interval_upside_down_is_refused() -> None:
    with pytest.raises(OptionError, match="from low to high"):
        Estimate(1, 2, 0, 0.95, "counts")


@given(shares, shares, st.floats(-1e3, 1e3))
def test_scaling_keeps_the_interval_the_right_way_up(value: float, width: float, factor: float) -> None:
    scaled = Estimate(value, value - width, value + width, 0.95, "counts").scaled(factor)
    assert scaled.low <= scaled.value <= scaled.high
    assert scaled.value == value * factor
    assert scaled.level == 0.95
    assert scaled.basis == "counts"


def test_it_cannot_be_added_or_changed() -> None:
    one = Estimate(1, 0, 2, 0.95, "counts")
    with pytest.raises(TypeError):
        one + one  # type: ignore[operator]
    with pytest.raises(AttributeError):
        one.value = 2  # type: ignore[misc]
