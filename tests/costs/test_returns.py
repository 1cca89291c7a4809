from __future__ import annotations

import pytest

from abate.costs import pricing, returns
from abate.costs.pricing import Prevented, Terms
from abate.costs.unitcosts import published
from abate.errors import OptionError


def test_worth_is_set_against_cost_year_by_year() -> None:
    priced = pricing.price([Prevented("arson", 100, 50, 150)], published(), Terms(uplift=1.1))
    back = returns.weigh(priced, spent=[400_000, 103_500])
    assert back.cost == pytest.approx(500_000)
    assert back.net == pytest.approx(100 * 8420 * 1.1 - 500_000)
    assert back.ratio == pytest.approx(100 * 8420 * 1.1 / 500_000)
    assert back.break_even == {"arson": pytest.approx(500_000 / (8420 * 1.1))}
    assert back.chance is not None
    middle = (100 - 500_000 / 9262) / (50 / 1.96)
    assert middle > 1.5
    assert back.chance == pytest.approx(0.964, abs=0.01)


def test_without_an_interval_there_is_no_chance() -> None:
    back = returns.weigh(pricing.price([Prevented("arson", 100)], published(), Terms()), spent=[1.0])
    assert (back.chance, back.ratio_low, back.net_high) == (None, None, None)


@pytest.mark.parametrize("spent", [[], [0.0], [5.0, -1.0], [float("nan")]])
def test_a_cost_is_above_zero(spent: list[float]) -> None:
    with pytest.raises(OptionError, match="--programme-cost"):
        returns.weigh(pricing.price([Prevented("arson", 1)], published(), Terms()), spent=spent)
