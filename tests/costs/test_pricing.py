from __future__ import annotations

import numpy as np
import pytest

from abate.costs import pricing
from abate.costs.pricing import Prevented, Terms
from abate.costs.unitcosts import published
from abate.errors import OptionError

COSTS = published()
HEADLINE = [Prevented("violence_with_injury", 7636), Prevented("violence_without_injury", 41377)]


def test_the_headline_comes_back_to_the_pound() -> None:
    priced = pricing.price(HEADLINE, COSTS, Terms())
    assert priced.total == pytest.approx(352_651_410, abs=0.01)
    assert [part.worth for part in priced.parts] == pytest.approx([107_285_800, 245_365_610])
    assert abs(priced.total - 385e6) / 385e6 < 0.1


@pytest.mark.parametrize(("with_injury", "without", "uplift"), [(7636, 41377, 1.0917), (8000, 41000, 1.0829)])
def test_with_the_stated_uplift_it_is_385_million(with_injury: float, without: float, uplift: float) -> None:
    two = [Prevented("violence_with_injury", with_injury), Prevented("violence_without_injury", without)]
    assert pricing.price(two, COSTS, Terms(uplift=uplift)).total == pytest.approx(385e6, rel=0.005)


def test_a_number_without_an_interval_gives_none() -> None:
    priced = pricing.price(HEADLINE, COSTS, Terms())
    assert (priced.low, priced.high, priced.estimate) == (None, None, None)


def test_totals_come_from_joint_draws_and_not_from_ends() -> None:
    both = [Prevented("arson", 100, 60, 140), Prevented("fraud", 1000, 600, 1400)]
    apart = pricing.price(both, COSTS, Terms(seed=3))
    together = pricing.price(both, COSTS, Terms(seed=3, correlation=1.0))
    half = [40 * 8420, 400 * 1290]
    assert apart.high is not None
    assert together.high is not None
    assert apart.high - apart.total == pytest.approx(np.hypot(*half), rel=0.03)
    assert together.high - together.total == pytest.approx(sum(half), rel=0.03)


def test_an_interval_that_leans_is_drawn_as_it_leans() -> None:
    drawn = pricing.draw([Prevented("arson", 100, 90, 160)], Terms(seed=1))[:, 0]
    assert np.quantile(drawn, [0.025, 0.975]) == pytest.approx([90, 160], abs=1.2)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_draws(seed: int) -> None:
    each = [Prevented("arson", 100, 60, 140)]
    assert np.array_equal(pricing.draw(each, Terms(seed=seed)), pricing.draw(each, Terms(seed=seed)))
    assert not np.array_equal(pricing.draw(each, Terms(seed=seed)), pricing.draw(each, Terms(seed=seed + 9)))


def test_later_years_are_discounted_and_shares_claimed() -> None:
    two = [Prevented("arson", 10, year=1), Prevented("arson", 10, year=2)]
    total = pricing.price(two, COSTS, Terms(attribution=0.5)).total
    assert total == pytest.approx(0.5 * 84_200 * (1 + 1 / 1.035))


def test_the_response_part_is_told_only_where_it_is_known() -> None:
    priced = pricing.price(HEADLINE, COSTS, Terms())
    assert priced.cashable == pytest.approx(7636 * 2500)
    assert priced.cashable_of == pytest.approx(107_285_800)


def test_a_rise_is_a_loss() -> None:
    assert pricing.price([Prevented("arson", -10)], COSTS, Terms()).total == -84_200


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Prevented("arson", 5, 6, 9), "does not lie between"),
        (lambda: Prevented("arson", 5, 4), "an interval has two ends"),
        (lambda: pricing.price([], COSTS, Terms()), "nothing to price"),
        (lambda: pricing.draw([Prevented("arson", 1)] * 3, Terms(correlation=-0.9)), "cannot all be correlated"),
    ],
)
def test_what_cannot_be_is_a_sentence(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(OptionError, match=words):
        make()


def test_areas_and_offences_are_added_from_the_same_draws() -> None:
    rows = [Prevented("arson", 100, 60, 140, area="Kent"), Prevented("fraud", 1000, 600, 1400, area="Kent")]
    priced = pricing.price([*rows, Prevented("arson", 50, area="Essex")], COSTS, Terms())
    value, low, high = priced.by_area["Kent"]
    assert value == pytest.approx(100 * 8420 + 1000 * 1290)
    assert low is not None
    assert high is not None
    assert high - value == pytest.approx(np.hypot(40 * 8420, 400 * 1290), rel=0.03)
    assert priced.by_area["Essex"] == (50 * 8420, None, None)
    assert priced.by_offence["arson"] == (150 * 8420, None, None)
