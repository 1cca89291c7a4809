"""Set packing: the best choice by trying all of them, the bound that holds, and greedy as it says."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from abate.stats import packing


def problem(
    seed: int, sets: int, cells: int
) -> tuple[np.ndarray, sparse.csr_array, sparse.csr_array, sparse.csr_array]:
    """Random sets of cells on a line; cells up to two apart clash: values, cells, nearness, groups."""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, cells - 2, sets)
    holds = np.zeros((sets, cells))
    for each, start in enumerate(first):
        holds[each, start : start + rng.integers(1, 3)] = 1
    near = (np.abs(np.arange(cells)[:, None] - np.arange(cells)) <= 2).astype(float)
    pairs = np.argwhere(np.triu(near, 1))
    groups = packing.cover(pairs, cells)
    within = np.zeros((cells, len(groups)))
    for number, group in enumerate(groups):
        within[group, number] = 1
    touched = ((holds @ within) > 0).astype(float)
    values = rng.integers(1, 9, sets).astype(float)
    return values, sparse.csr_array(holds), sparse.csr_array(near), sparse.csr_array(touched)


def best(values: np.ndarray, groups: sparse.csr_array, most: int) -> float:
    """The most that any allowed choice holds, by trying all."""
    dense = groups.toarray()
    found = 0.0
    for count in range(1, most + 1):
        for chosen in combinations(range(len(values)), count):
            if dense[list(chosen)].sum(axis=0).max() <= 1:
                found = max(found, float(values[list(chosen)].sum()))
    return found


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), most=st.integers(1, 4))
def test_the_best_choice_is_found_and_the_bound_meets_it(seed: int, most: int) -> None:
    values, holds, near, groups = problem(seed, sets=12, cells=14)
    start = packing.greedy(values, holds, near, most=most)
    found = packing.pack(values, groups, most=most, start=start)
    truth = best(values, groups, most)
    assert abs(found.value - truth) < 1e-9
    assert found.bound >= truth - 1e-6
    assert found.gap < 1e-6
    assert len(found.chosen) <= most
    assert groups[found.chosen].toarray().sum(axis=0).max() <= 1


def test_many_sets_are_priced_in_and_the_answer_is_that_of_the_whole_program() -> None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    values, holds, near, groups = problem(5, sets=4_000, cells=400)
    start = packing.greedy(values, holds, near, most=60)
    found = packing.pack(values, groups, most=60, start=start)
    rows = sparse.vstack([groups.T, np.ones((1, 4_000))])
    whole = milp(
        -values,
        constraints=LinearConstraint(rows, ub=np.r_[np.ones(groups.shape[1]), 60]),
        integrality=np.ones(4_000),
        bounds=Bounds(0, 1),
    )
    assert abs(found.value + whole.fun) < 1e-6
    assert found.value >= values[start].sum()


def test_the_price_is_what_the_last_place_is_worth() -> None:
    values, holds, near, groups = problem(7, sets=40, cells=60)
    three = packing.pack(values, groups, most=3, start=packing.greedy(values, holds, near, most=3))
    four = packing.pack(values, groups, most=4, start=packing.greedy(values, holds, near, most=4))
    assert four.value <= three.bound + three.price + 1e-6


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_groups_cover_every_clash_and_nothing_else(seed: int) -> None:
    rng = np.random.default_rng(seed)
    clash = np.triu(rng.random((15, 15)) < 0.3, 1)
    groups = packing.cover(np.argwhere(clash), 15)
    covered = {pair for group in groups for pair in combinations(sorted(group), 2)}
    assert covered == {(int(one), int(other)) for one, other in np.argwhere(clash)}
    assert {each for group in groups for each in group} == set(range(15))


def test_greedy_takes_the_highest_first_and_breaks_ties_by_order() -> None:
    holds = sparse.csr_array(np.eye(5))
    near = sparse.csr_array((np.abs(np.arange(5)[:, None] - np.arange(5)) <= 1).astype(float))
    assert packing.greedy(np.array([2.0, 3, 3, 0, 2]), holds, near, most=9).tolist() == [1, 4]
    assert packing.greedy(np.array([1.0, 1, 1, 1, 1]), holds, near, most=9).tolist() == [0, 2, 4]
    assert packing.greedy(np.zeros(5), holds, near, most=9).tolist() == []


def test_a_start_that_cannot_be_bettered_stays() -> None:
    values, groups = np.array([5.0, 1.0]), sparse.csr_array(np.array([[1.0], [1.0]]))
    found = packing.pack(values, groups, most=1, start=np.array([0]), seconds=1e-3)
    assert found.chosen.tolist() == [0]
    assert found.gap == 0
