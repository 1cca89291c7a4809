from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.networks.circuits import Circuit, Effort, best
from abate.networks.graphs import Graph
from networks.small_towns import enumerated, town


def is_walk(found: Circuit, streets: Graph, worth: np.ndarray, *, depot: int, budget: float) -> bool:
    """Judge by itself whether a circuit is a closed walk that passes what it says within the budget."""
    steps = list(zip(found.nodes[:-1].tolist(), found.nodes[1:].tolist(), found.edges.tolist(), strict=True))
    joined = all({one, other} == {streets.start[edge], streets.end[edge]} for one, other, edge in steps)
    closed = found.nodes[0] == found.nodes[-1] == depot
    length = sum(float(streets.length[edge]) for _, _, edge in steps)
    passed = sum(float(worth[edge]) for edge in {edge for _, _, edge in steps})
    within = length <= budget * (1 + 1e-9)
    return bool(joined and closed and within and np.isclose(found.length, length) and np.isclose(found.passed, passed))


@pytest.mark.parametrize("seed", range(60))
def test_against_all_walks_of_small_graphs(seed: int) -> None:
    streets, worth = town(seed, nodes=3 + seed % 4, edges=5 + seed % 4)
    budget = float(4 + seed % 11)
    most = enumerated(streets, worth, budget)
    found = best(streets, worth, depot=0, budget=budget, seed=seed)
    assert is_walk(found, streets, worth, depot=0, budget=budget)
    assert found.proven
    assert found.passed == pytest.approx(most)
    assert found.bound == pytest.approx(most)


@pytest.mark.parametrize("seed", range(12))
def test_the_bound_holds_whatever_the_effort(seed: int) -> None:
    streets, worth = town(100 + seed, nodes=5, edges=8)
    budget = float(5 + seed)
    most = enumerated(streets, worth, budget)
    little = best(streets, worth, depot=0, budget=budget, seed=1, effort=Effort(trials=1, cuts=1, prices=1, room=1))
    assert is_walk(little, streets, worth, depot=0, budget=budget)
    assert little.passed <= most <= little.bound * (1 + 1e-9)
    if little.proven:
        assert little.passed == pytest.approx(most)


@pytest.mark.parametrize("seed", range(6))
def test_larger_graphs_keep_the_rules(seed: int) -> None:
    streets, worth = town(200 + seed, nodes=60, edges=110)
    found = best(streets, worth, depot=7, budget=40.0, seed=seed)
    assert is_walk(found, streets, worth, depot=7, budget=40.0)
    assert found.passed <= found.bound
    assert 0 <= found.gap < 0.35
    again = best(streets, worth, depot=7, budget=40.0, seed=seed)
    assert again.edges.tolist() == found.edges.tolist()


def test_a_dead_end_is_walked_out_and_back_and_counts_once() -> None:
    street = Graph(np.arange(2.0), np.zeros(2), np.array([0]), np.array([1]), np.array([10.0]))
    there = best(street, np.array([4.0]), depot=0, budget=20.0, seed=1)
    assert (there.edges.tolist(), there.passed, there.length, there.gap) == ([0, 0], 4.0, 20.0, 0.0)
    short = best(street, np.array([4.0]), depot=0, budget=19.0, seed=1)
    assert (short.edges.tolist(), short.passed, short.bound, short.gap) == ([], 0.0, 0.0, 0.0)


def test_what_cannot_be_asked_is_said() -> None:
    street = Graph(np.arange(2.0), np.zeros(2), np.array([0]), np.array([1]), np.array([10.0]))
    with pytest.raises(OptionError, match="length above 0"):
        best(street, np.array([4.0]), depot=0, budget=0.0, seed=1)
    with pytest.raises(OptionError, match="at least 0"):
        best(street, np.array([-1.0]), depot=0, budget=9.0, seed=1)
    with pytest.raises(OptionError, match="at least one trial"):
        Effort(trials=0)
