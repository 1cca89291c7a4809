"""The curve turns where Koper found it to, and a curve that cannot be is refused."""

from __future__ import annotations

import pytest

from abate.errors import OptionError
from abate.patrols.dose_curves import KOPER, DoseCurve, returns


def test_little_under_ten_minutes_and_little_more_after_sixteen() -> None:
    assert KOPER.at(5) < 0.2 * KOPER.at(15)
    assert KOPER.at(30) - KOPER.at(16) < 0.1
    assert KOPER.at(15) == 1
    assert KOPER.at(14) - KOPER.at(10) > 4 * (KOPER.at(20) - KOPER.at(16))


def test_faults_of_a_curve_are_told_together() -> None:
    with pytest.raises(OptionError) as fault:
        DoseCurve((1, 5, 4), (0, 1), "x")
    assert len(fault.value.faults) == 2


def test_returns_fall() -> None:
    assert returns(3, factor=0.8) == pytest.approx((1, 0.8, 0.64))
    with pytest.raises(OptionError, match="above 0"):
        returns(2, factor=0)
