"""Membership of the largest with ties shared, against all ways of breaking them."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import ranks


def by_breaking_ties_every_way(values: list[int], top: int) -> list[float]:
    """The share of all orders of the units (stable by value) in which each is among the first."""
    orders = list(permutations(range(len(values))))
    inside = np.zeros(len(values))
    for order in orders:
        for unit in sorted(order, key=lambda unit: -values[unit])[:top]:
            inside[unit] += 1
    return list(inside / len(orders))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(1, 6))
def test_ties_share_their_slots_fairly(values: list[int], top: int) -> None:
    shared = ranks.membership(np.array(values), top)
    assert shared.tolist() == pytest.approx(by_breaking_ties_every_way(values, top))


def test_each_row_of_many_is_its_own() -> None:
    rows = np.random.default_rng(1).integers(0, 5, (40, 30))
    together = ranks.membership(rows, 7)
    assert together.sum(axis=1).tolist() == pytest.approx([7] * 40)
    assert all((together[i] == ranks.membership(rows[i], 7)).all() for i in range(40))


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_midranks_are_means_of_ranks(values: list[int]) -> None:
    plain = [sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values]
    assert ranks.midranks(np.array(values)).tolist() == pytest.approx(plain)
