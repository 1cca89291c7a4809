from __future__ import annotations

import pytest

from abate.costs import patrolcosts
from abate.errors import OptionError
from abate.estimate import Estimate


def weigh(value: float, low: float, high: float, **more: float) -> patrolcosts.PatrolCost:
    fall = Estimate(value, low, high, 0.95, "trial")
    return patrolcosts.weigh(fall, fall.scaled(10), **{"hours": 100, "hour_cost": 40, "unit_cost": 8000, **more})


def test_cost_over_fall_with_ends_the_other_way_round() -> None:
    found = weigh(20, 10, 40)
    assert (found.spent, found.per_offence, found.per_offence_low, found.per_offence_high) == (4000, 200, 100, 400)
    assert (found.per_harm, found.break_even) == (20, 0.5)


def test_where_no_fall_is_possible_the_price_has_no_limit() -> None:
    assert weigh(20, -5, 40).per_offence_high is None


def test_a_rise_buys_nothing() -> None:
    found = weigh(-3, -9, 2)
    assert (found.per_offence, found.per_harm) == (None, None)
    assert found.per_offence_low == 2000


@pytest.mark.parametrize("name", ["hours", "hour_cost"])
def test_hours_and_their_cost_are_above_zero(name: str) -> None:
    with pytest.raises(OptionError, match="is above 0"):
        weigh(1, 0, 2, **{name: 0})
