"""Rotations: drawn as they should be, against slow and obvious enumerations of every schedule."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from math import comb

import numpy as np
import pytest
from scipy.stats import chi2

from abate.trials import rotations
from abate.trials.rotations import Rules


def keeps(schedule: tuple[frozenset[int], ...], sites: int, rules: Rules) -> bool:
    """Check one schedule site by site, day by day."""
    for site in range(sites):
        days = "".join("P" if site in patrolled else "u" for patrolled in schedule)
        if rules.run is not None and "P" * (rules.run + 1) in days:
            return False
        inside = days.strip("u").split("P")
        if any(0 < len(gap) < rules.rest for gap in inside):
            return False
    return True


def every(sites: int, count: list[int], rules: Rules) -> list[tuple[frozenset[int], ...]]:
    """List every schedule that keeps the rules, the slow way."""
    days = [[frozenset(chosen) for chosen in combinations(range(sites), k)] for k in count]
    return [schedule for schedule in product(*days) if keeps(schedule, sites, rules)]


def keys(draws: int, days: int, width: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random((draws, days, width))


def as_sets(drawn: np.ndarray) -> list[tuple[frozenset[int], ...]]:
    return [tuple(frozenset(np.flatnonzero(day).tolist()) for day in schedule) for schedule in drawn]


def far_from_even(seen: Counter, among: int) -> float:
    """The p-value of the chi-squared test that all are equally likely."""
    expected = seen.total() / among
    statistic = sum((count - expected) ** 2 / expected for count in seen.values()) + expected * (among - len(seen))
    return float(chi2.sf(statistic, among - 1))


TINY = [
    (4, [2, 2, 2], Rules(1, 0)),
    (4, [2, 2, 2], Rules(2, 2)),
    (5, [2, 2, 2], Rules(None, 2)),
    (4, [1, 2, 0, 2], Rules(2, 2)),
    (4, [1, 1, 1, 1], Rules(1, 3)),
    (3, [1, 1, 1, 1, 1], Rules(2, 2)),
]


@pytest.mark.parametrize(("sites", "count", "rules"), TINY)
def test_counted_schedules_are_all_equally_likely(sites, count, rules):
    allowed = every(sites, count, rules)
    ways = rotations.table(sites, np.array(count), rules)
    draws = 100 * len(allowed)
    drawn = rotations.counted(ways, keys(draws, len(count), sites), keys(draws, len(count), 1, seed=2)[..., 0])
    seen = Counter(as_sets(drawn))
    assert set(seen) <= set(allowed)
    assert len(seen) == len(allowed)
    assert far_from_even(seen, len(allowed)) > 0.001


def test_in_turn_is_not_uniform_where_counted_is_and_the_test_sees_it():
    sites, count, rules = 5, [2, 2, 2], Rules(None, 2)
    allowed = every(sites, count, rules)
    draws = 60 * len(allowed)
    drawn, ended = rotations.in_turn(keys(draws, 3, sites), np.full((draws, 3, 1), 2), [np.arange(sites)], rules)
    seen = Counter(as_sets(drawn[ended]))
    assert set(seen) <= set(allowed)
    assert far_from_even(seen, len(allowed)) < 0.001


def test_the_number_of_ways_is_that_of_the_enumeration():
    for sites, count, rules in TINY:
        ways = rotations.table(sites, np.array(count), rules)
        number = {0: 1.0}
        for k in count:
            source, target, _, many = ways.steps[k]
            after: dict[int, float] = {}
            for one, other, times in zip(source.tolist(), target.tolist(), many.tolist(), strict=True):
                if one in number:
                    after[other] = after.get(other, 0.0) + number[one] * times
            number = after
        assert sum(number.values()) == len(every(sites, count, rules))


@pytest.mark.parametrize(("sites", "treat", "run", "rest"), [(4, 3, 1, 0), (5, 3, 2, 2), (4, 2, 1, 2), (6, 3, 1, 2)])
def test_what_is_possible_is_what_the_enumeration_finds(sites, treat, run, rest):
    rules = Rules(run, rest)
    for days in (1, 2, 3):
        ways = rotations.table(sites, np.full(days, treat), rules)
        assert ways.possible == bool(every(sites, [treat] * days, rules))


def test_too_many_states_are_not_counted():
    assert rotations.table(60, np.full(90, 20), Rules(6, 4), most=1000) is None
    assert rotations.table(1500, np.full(5, 700), Rules(2, 0)) is None


def test_days_by_themselves_are_all_equally_likely():
    drawn = rotations.day_by_day(keys(20_000, 2, 5), np.full((20_000, 2, 1), 2), [np.arange(5)])
    assert far_from_even(Counter(as_sets(drawn)), comb(5, 2) ** 2) > 0.001


def test_in_turn_keeps_every_rule_or_says_that_it_did_not_end():
    rules = Rules(2, 3)
    drawn, ended = rotations.in_turn(keys(200, 12, 5), np.full((200, 12, 1), 2), [np.arange(5)], rules)
    assert 0 < ended.sum() < 200
    assert all(keeps(schedule, 5, rules) for schedule in as_sets(drawn[ended]))
    assert (drawn[ended].sum(axis=2) == 2).all()
    assert (drawn[~ended].sum(axis=2) < 2).any(axis=1).all()


def test_a_weekday_block_deals_each_site_the_same_number_or_one_more():
    weekday = np.arange(70) % 7
    drawn, ended = rotations.in_turn(keys(50, 70, 7), np.full((50, 70, 1), 3), [np.arange(7)], Rules(None, 0, weekday))
    assert ended.all()
    for day in range(7):
        shared = drawn[:, weekday == day].sum(axis=1)
        assert (shared.max(axis=1) - shared.min(axis=1)).max() <= 1


def test_coins_are_tossed_only_where_rules_leave_a_choice():
    drawn = rotations.by_coin(keys(3000, 6, 2), 0.4, Rules(1, 2))
    assert all(keeps(schedule, 2, Rules(1, 2)) for schedule in as_sets(drawn[:300]))
    assert abs(drawn[:, 0].mean() - 0.4) < 0.02


def test_quotas_add_up_and_each_area_has_its_part_on_average():
    share = np.array([[3.5, 2.1, 1.4]])
    given = rotations.quotas(share, np.array([1]), keys(40_000, 1, 4))
    assert (given.sum(axis=2) == 7).all()
    assert set(np.unique(given - np.floor(share).astype(int))) == {0, 1}
    np.testing.assert_allclose(given.mean(axis=(0, 1)), share[0], atol=0.012)


def test_lowest_takes_the_right_number_even_where_keys_tie():
    tied = np.array([[0.5, 0.5, 0.5, np.inf]])
    assert rotations.lowest(tied, np.array([2])).tolist() == [[True, True, False, False]]
    assert not rotations.lowest(tied, np.array([0])).any()
