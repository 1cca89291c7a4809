from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.funding import rules
from abate.funding.rules import Terms
from abate.tables.funding import RULES

AREAS = pd.DataFrame(
    {
        "area": ["A", "B", "C", "D"],
        "population": [4e6, 2e6, 1e6, 3e6],
        "need": [500.0, 300.0, 150.0, 50.0],
        "current_grant": [5e6, 1e6, 1e6, 0.0],
        "floor": [1e5, 1e5, 1e5, 0.0],
        "cap": [np.nan, np.nan, 2e6, np.nan],
        "prevented_per_pound": [0.001, 0.002, 0.001, 0.0005],
        "prevented_low": [0.0002, -0.0001, 0.0005, 0.0001],
        "prevented_high": [0.0018, 0.004, 0.0015, 0.001],
    }
)
TERMS = Terms(10_000_000)


def pounds(rule: str, areas: pd.DataFrame = AREAS, terms: Terms = TERMS) -> list[float]:
    return rules.allocate(areas, rule, terms).pounds.tolist()


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_adds_up_to_the_penny_within_floors_and_caps(rule: str) -> None:
    for budget in (10_000_000, 1_234_567.89):
        found = rules.allocate(AREAS, rule, Terms(budget))
        assert found.pence.sum() == round(budget * 100)
        assert (found.pounds >= AREAS["floor"]).all()
        assert (found.pounds <= AREAS["cap"].fillna(np.inf)).all()


def test_today_scales_the_grants_and_leaves_out_who_has_none() -> None:
    assert pounds("today") == pytest.approx([50e6 / 7, 10e6 / 7, 10e6 / 7, 0], abs=0.01)


def test_need_is_shared_in_proportion() -> None:
    assert pounds("need") == pytest.approx([5e6, 3e6, 1.5e6, 5e5])


def test_share80_is_among_the_fewest_that_make_up_80_per_cent() -> None:
    assert pounds("share80") == pytest.approx([9.9e6 * 5 / 8, 9.9e6 * 3 / 8, 1e5, 0], abs=0.01)


def test_per_head_runs_from_people_to_need() -> None:
    free = AREAS.assign(floor=0.0, cap=np.nan)
    assert pounds("per-head", free, Terms(1e7, equity=0)) == pytest.approx([4e6, 2e6, 1e6, 3e6])
    assert pounds("per-head", free, Terms(1e7, equity=1)) == pytest.approx(pounds("need", free), abs=0.02)


def test_harm_prevents_most_of_all_rules_and_regret_most_at_worst() -> None:
    found = {rule: rules.allocate(AREAS, rule, TERMS) for rule in RULES}
    assert max(found, key=lambda rule: found[rule].prevented.sum()) == "harm"
    assert max(found, key=lambda rule: found[rule].low.sum()) == "regret"
    assert found["regret"].pounds[1] == pytest.approx(1e5)


def test_the_next_pound_is_worth_what_the_areas_that_are_free_say() -> None:
    found = rules.allocate(AREAS, "harm", TERMS)
    assert found.next_pound == pytest.approx(float(found.marginal[0]), rel=0.02)


def test_totals_come_from_joint_draws() -> None:
    found = rules.allocate(AREAS, "need", Terms(1e7, draws=20_000))
    assert found.total is not None
    half = np.hypot.reduce(found.high - found.prevented)
    assert found.total[2] - found.total[0] == pytest.approx(half, rel=0.1)
    assert found.total[2] < found.high.sum()


def test_unknown_rates_leave_worth_unknown() -> None:
    found = rules.allocate(AREAS.assign(prevented_per_pound=np.nan), "need", TERMS)
    assert found.total is None
    assert np.isnan(found.prevented).all()


@pytest.mark.parametrize(
    ("change", "budget", "asked", "words"),
    [
        ({"floor": 4e6}, 1e7, ("need",), "the floors add up to £16,000,000.00, more than the budget"),
        ({"cap": 1e6}, 1e7, ("need",), "£6,000,000.00 could not be given to anybody"),
        ({"cap": 5e4}, 2e5, ("need",), "A: the floor of £100,000.00 is above the cap"),
        ({"prevented_per_pound": np.nan}, 1e7, ("harm",), "--rule harm needs prevented_per_pound of every area"),
    ],
)
def test_what_cannot_be_shared_is_told(
    change: dict[str, float], budget: float, asked: tuple[str, ...], words: str
) -> None:
    with pytest.raises(OptionError, match=words):
        rules.check(AREAS.assign(**change), Terms(budget), asked)


def test_a_rule_that_reaches_too_few_is_told() -> None:
    with pytest.raises(OptionError, match="--rule today: the areas that it gives money to may take"):
        pounds("today", AREAS.assign(cap=[1e6, 1e6, 1e6, np.nan]))


@pytest.mark.parametrize(
    ("terms", "words"),
    [({"budget": -1}, "above 0"), ({"budget": 0.001}, "parts of a penny"), ({"budget": 1, "equity": 2}, "--equity")],
)
def test_terms_are_checked(terms: dict[str, float], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        Terms(**terms)  # type: ignore[arg-type]
