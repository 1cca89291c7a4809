from __future__ import annotations

import numpy as np
import pytest

from abate.networks import graphs, reaches
from abate.networks.graphs import Graph


def town(seed: int) -> tuple[Graph, np.ndarray]:
    generator = np.random.default_rng(seed)
    nodes, edges = 40, 70
    start = np.r_[[int(generator.integers(0, node)) for node in range(1, nodes)], generator.integers(0, nodes, 31)]
    end = np.r_[np.arange(1, nodes), generator.integers(0, nodes, 31)]
    length = generator.integers(1, 9, edges).astype(float)
    worth = generator.integers(1, 9, edges) * (generator.random(edges) < 0.2)
    return Graph(generator.random(nodes), generator.random(nodes), start, end, length), worth.astype(float)


@pytest.mark.parametrize("seed", range(10))
def test_terminals_are_as_far_apart_in_the_reduced_graph_as_in_the_whole(seed: int) -> None:
    streets, worth = town(seed)
    found = reaches.reach(streets, worth, depot=3, budget=60.0)
    none = np.zeros(found.links.nodes)
    small = Graph(none, none, found.links.start, found.links.end, found.links.length)
    again = graphs.distances(small, np.arange(found.terminals))[:, : found.terminals]
    away = found.apart[0]
    close = away[:, None] + found.apart + away[None, :] <= 60.0
    assert np.allclose(again[close], found.apart[close])


@pytest.mark.parametrize("seed", range(10))
def test_what_can_be_had_is_kept_and_nothing_else(seed: int) -> None:
    streets, worth = town(seed)
    budget = 18.0
    found = reaches.reach(streets, worth, depot=0, budget=budget)
    away = graphs.distances(streets, np.array([0]))[0]
    near = away[streets.start] + away[streets.end] + streets.length <= budget
    kept = {int(found.links.stands_for(link)[0]) for link in found.links.prized.tolist()}
    assert kept == set(np.flatnonzero(near & (worth > 0)).tolist())
    for link in range(len(found.links.length)):
        members = found.links.stands_for(link)
        assert streets.length[members].sum() == pytest.approx(found.links.length[link])


def test_nothing_in_reach_is_empty() -> None:
    street = Graph(np.arange(2.0), np.zeros(2), np.array([0]), np.array([1]), np.array([10.0]))
    assert reaches.reach(street, np.array([1.0]), depot=0, budget=5.0).empty
