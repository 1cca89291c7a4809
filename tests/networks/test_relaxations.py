from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from abate.networks.branching import branch
from abate.networks.relaxations import Ground, relax
from networks.small_towns import square


def every(ground: Ground, budget: float) -> float:
    """The most that any row passes: every order of every choice of edges, either way round."""
    most = 0.0
    edges = len(ground.length)
    for many in range(1, edges + 1):
        for order in permutations(range(edges), many):
            value = float(ground.worth[list(order)].sum())
            if value > most and shortest(ground, order) <= budget:
                most = value
    return most


def shortest(ground: Ground, order: tuple[int, ...]) -> float:
    ends = {0: 0.0}
    for edge in order:
        one, other = ground.tips[edge].tolist()
        ends = {
            leave: min(length + ground.apart[at, enter] + ground.length[edge] for at, length in ends.items())
            for enter, leave in ((one, other), (other, one))
        }
    return min(float(length + ground.apart[at, 0]) for at, length in ends.items())


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("neighbours", [1, 3])
def test_the_bound_holds_and_prices_only_bring_it_down(seed: int, neighbours: int) -> None:
    ground = square(seed, edges=5)
    most = every(ground, 20.0)
    once = relax(ground, 20.0, enough=0.0, rounds=1, neighbours=neighbours)
    often = relax(ground, 20.0, enough=most, rounds=40, neighbours=neighbours)
    assert most <= often.bound * (1 + 1e-9)
    assert often.bound <= once.bound * (1 + 1e-9)
    assert (often.price >= 0).all()


@pytest.mark.parametrize("seed", range(8))
def test_branching_finds_the_best_row(seed: int) -> None:
    ground = square(seed, edges=5)
    most = every(ground, 20.0)
    relaxed = relax(ground, 20.0, enough=0.0, rounds=10, neighbours=2)
    found = branch(ground, relaxed, 20.0, enough=0.0, room=10_000)
    assert found.ended
    assert found.value == pytest.approx(most)
    if found.row is not None:
        assert ground.worth[found.row // 2].sum() == pytest.approx(most)
    nothing = branch(ground, relaxed, 20.0, enough=most, room=10_000)
    assert nothing.row is None
    assert nothing.ended


def test_edges_shorter_than_a_step_are_not_lost() -> None:
    spots = np.array([0.0, 9.9, 9.901, 9.902, 9.903])
    apart = np.abs(spots[:, None] - spots)
    ground = Ground(np.array([[1, 2], [2, 3], [3, 4]]), np.full(3, 0.001), np.ones(3), apart)
    budget = 2 * 9.903
    relaxed = relax(ground, budget, enough=0.0, rounds=30, neighbours=3)
    assert relaxed.bound >= 3 - 1e-9
    assert branch(ground, relaxed, budget, enough=0.0, room=99).value == 3.0
