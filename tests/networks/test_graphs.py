"""Street graphs: nodes where lines end, the parts, the shortest ways, against networkx."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from abate.errors import OptionError
from abate.networks import graphs
from networks.streets import star, tangle


def lines(*ends: tuple[tuple[float, float], ...]) -> np.ndarray:
    return np.array([shapely.LineString(one) for one in ends], dtype=object)


def test_lines_that_share_an_end_share_a_node():
    made = graphs.graph(lines(((0, 0), (10, 0), (20, 0)), ((20, 0), (20, 5)), ((20, 0), (20, 5)), ((0, 0), (0, 0.5))))
    assert len(made.x) == 4
    assert made.start.tolist() == [0, 2, 2, 0]
    assert made.end.tolist() == [2, 3, 3, 1]
    assert made.degree.tolist() == [2, 1, 3, 2]
    assert made.length.tolist() == [20, 5, 5, 0.5]


def test_a_ring_has_both_its_ends_at_one_node():
    made = graphs.graph(lines(((0, 0), (4, 0), (4, 3), (0, 0))))
    assert made.degree.tolist() == [2]
    assert made.length.tolist() == [12.0]


def test_a_line_without_length_is_refused():
    with pytest.raises(OptionError, match="1 lines have no length"):
        graphs.graph(lines(((0, 0), (1, 0)), ((5, 5), (5, 5))))


def test_ends_are_listed_by_node():
    made = star(3)
    ends = made.ends
    assert ends.end[ends.begin[0] : ends.begin[1]].tolist() == [0, 2, 4]
    assert [ends.end[ends.begin[node]] for node in (1, 2, 3)] == [1, 3, 5]


@pytest.mark.parametrize("seed", range(8))
def test_networkx_finds_the_same_ways(seed: int):
    import networkx as nx

    streets = tangle(seed, nodes=12, edges=17)
    peer = nx.MultiGraph()
    peer.add_nodes_from(range(12))
    for edge, (start, end, length) in enumerate(zip(streets.start, streets.end, streets.length, strict=True)):
        peer.add_edge(int(start), int(end), key=edge, weight=float(length))
    found = graphs.distances(streets, np.arange(12))
    for source in range(12):
        theirs = nx.single_source_dijkstra_path_length(peer, source)
        assert found[source].tolist() == [theirs[node] for node in range(12)]
        way = graphs.route(streets, source, (source * 5 + 3) % 12)
        assert way.length == streets.length[way.edges].sum() == theirs[(source * 5 + 3) % 12]
        for edge, pair in zip(way.edges, zip(way.nodes, way.nodes[1:], strict=False), strict=True):
            assert {int(streets.start[edge]), int(streets.end[edge])} == {int(node) for node in pair}


def test_parts_are_numbered_by_size_and_there_is_no_way_between_them():
    made = graphs.graph(lines(((0, 0), (1, 0)), ((5, 5), (6, 5)), ((6, 5), (7, 5))))
    assert graphs.parts(made).tolist() == [1, 1, 0, 0, 0]
    assert np.isinf(graphs.distances(made, np.array([0]))[0, 3])
    none = graphs.route(made, 0, 3)
    assert none.edges.tolist() == []
    assert none.length == np.inf
    assert np.isinf(graphs.distances(made, np.array([2]), limit=1.5)[0, 4])
