from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from abate.networks.graphs import Graph
from abate.networks.severing import sever, sever_plain


@pytest.mark.parametrize("seed", range(25))
def test_against_networkx(seed: int) -> None:
    generator = np.random.default_rng(seed)
    nodes, edges = 9, 18
    start, end = generator.integers(0, nodes, edges), generator.integers(0, nodes, edges)
    capacity = generator.integers(0, 5, edges) / 2
    graph = Graph(np.zeros(nodes), np.zeros(nodes), start, end, np.ones(edges))
    form = (start, end, graph.ends.end, graph.ends.begin)
    oracle = nx.Graph()
    oracle.add_nodes_from(range(nodes))
    for one, other, room in zip(start.tolist(), end.tolist(), capacity.tolist(), strict=True):
        held = oracle.get_edge_data(one, other, {"capacity": 0.0})["capacity"]
        oracle.add_edge(one, other, capacity=held + room)
    for function in (sever, sever_plain):
        side = np.zeros(nodes, dtype=bool)
        found = function(form, capacity, 0, nodes - 1, 1e9, side)
        assert found == pytest.approx(nx.minimum_cut_value(oracle, 0, nodes - 1))
        across = side[start] != side[end]
        assert capacity[across].sum() == pytest.approx(found)
        assert side[nodes - 1]
        assert not side[0]
