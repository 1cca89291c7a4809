"""Connected groups of cells: every one exactly once, within the limits; the best when the budget is short."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.space import regions

SIDE = 4


def board(across: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Middles of a square of cells, and the pairs that share an edge."""
    column, row = (each.ravel() for each in np.meshgrid(np.arange(across), np.arange(across)))
    right = [(cell, cell + 1) for cell in range(across**2) if column[cell] < across - 1]
    up = [(cell, cell + across) for cell in range(across**2) if row[cell] < across - 1]
    return np.column_stack([column, row]).astype(float), np.array(sorted(right + up))


def connected(cells: tuple[int, ...], pairs: set[tuple[int, int]]) -> bool:
    seen, ahead = {cells[0]}, [cells[0]]
    while ahead:
        here = ahead.pop()
        for each in cells:
            if each not in seen and ((here, each) in pairs or (each, here) in pairs):
                seen.add(each)
                ahead.append(each)
    return len(seen) == len(cells)


def every(sizes: np.ndarray, middles: np.ndarray, pairs: np.ndarray, most: float, reach: float) -> set[frozenset[int]]:
    """All connected groups within the limits, by trying every set of cells."""
    joined = {(int(one), int(other)) for one, other in pairs}
    apart = np.hypot(*(middles[:, None] - middles[None, :]).transpose(2, 0, 1))
    found = set()
    for count in range(1, 6):
        for cells in combinations(range(len(sizes)), count):
            near = apart[np.ix_(cells, cells)].max() <= reach + 1e-9
            if sizes[list(cells)].sum() <= most + 1e-9 and near and connected(cells, joined):
                found.add(frozenset(cells))
    return found


def groups(found: regions.Regions) -> list[frozenset[int]]:
    return [frozenset(row[row >= 0].tolist()) for row in found.members]


@settings(max_examples=8)
@given(seed=st.integers(0, 10_000), most=st.sampled_from([1.0, 2.5, 3.0, 4.2]), reach=st.sampled_from([1.0, 1.5, 9.0]))
def test_every_connected_group_comes_up_once(seed: int, most: float, reach: float) -> None:
    rng = np.random.default_rng(seed)
    middles, pairs = board()
    sizes = rng.choice([0.9, 1.0, 1.1], len(middles))
    values = rng.integers(0, 4, len(middles)).astype(float)
    found = regions.grow(values, sizes, middles, pairs, most=most, reach=reach)
    assert found.complete
    told = groups(found)
    assert len(told) == len(set(told))
    assert set(told) == every(sizes, middles, pairs, most, reach)


def test_the_first_cell_is_the_highest_and_seeds_bound_it() -> None:
    middles, pairs = board()
    values = np.arange(16.0)[::-1].copy()
    seeds = np.zeros(16, dtype=bool)
    seeds[[5, 9]] = True
    found = regions.grow(values, np.ones(16), middles, pairs, most=3, reach=9, seeds=seeds)
    assert set(found.members[:, 0]) == {5, 9}
    for row in found.members:
        assert values[row[0]] == values[row[row >= 0]].max()


def test_a_short_budget_keeps_the_best_of_each_seed_and_says_so() -> None:
    rng = np.random.default_rng(3)
    middles, pairs = board(12)
    values = rng.random(144)
    whole = regions.grow(values, np.ones(144), middles, pairs, most=5, reach=99)
    short = regions.grow(values, np.ones(144), middles, pairs, most=5, reach=99, budget=6_000)
    assert whole.complete
    assert not short.complete
    assert len(short.members) < len(whole.members)
    assert set(short.members[:, 0]) == set(whole.members[:, 0])

    def best(found: regions.Regions) -> float:
        return max(values[list(cells)].sum() for cells in groups(found))

    assert best(short) >= 0.95 * best(whole)


def test_cells_that_are_too_large_are_in_no_group() -> None:
    middles, pairs = board(2)
    found = regions.grow(np.ones(4), np.array([9.0, 1, 1, 1]), middles, pairs, most=2, reach=9)
    assert all(0 not in cells for cells in groups(found))
    assert regions.grow(np.ones(4), np.full(4, 9.0), middles, pairs, most=2, reach=9).members.shape[0] == 0


def test_cells_without_neighbours_stand_alone() -> None:
    middles, _ = board(2)
    found = regions.grow(np.ones(4), np.ones(4), middles, np.empty((0, 2), dtype=np.int64), most=4, reach=9)
    assert sorted(groups(found), key=min) == [frozenset([cell]) for cell in range(4)]


@pytest.mark.parametrize("seed", range(3))
def test_the_same_cells_give_the_same_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    middles, pairs = board(8)
    values = rng.integers(0, 3, 64).astype(float)
    one, two = (
        regions.grow(values, np.ones(64), middles, pairs, most=4, reach=99, budget=2_000).members for _ in range(2)
    )
    assert np.array_equal(one, two)
