from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.networks.graphs import Graph
from abate.networks.rounds import euler


def figure_of_eight() -> Graph:
    x, y = np.array([0.0, 1, 1, -1, -1]), np.array([0.0, 1, -1, 1, -1])
    return Graph(x, y, np.array([0, 1, 2, 0, 3, 4]), np.array([1, 2, 0, 3, 4, 0]), np.ones(6))


def test_every_edge_is_walked_as_often_as_it_is_listed() -> None:
    streets = figure_of_eight()
    for edges in ([0, 1, 2, 3, 4, 5], [0, 0], [0, 1, 2, 3, 3], [0, 1, 1, 0]):
        nodes, walked = euler(streets, np.array(edges), depot=0)
        assert sorted(walked.tolist()) == sorted(edges)
        assert nodes[0] == nodes[-1] == 0
        for one, other, edge in zip(nodes[:-1], nodes[1:], walked, strict=True):
            assert {one, other} == {streets.start[edge], streets.end[edge]}


def test_a_turn_back_is_put_off_and_the_straightest_way_is_taken() -> None:
    cross = Graph(
        np.array([0.0, 1, 2, 1, 1]),
        np.array([0.0, 0, 0, 1, -1]),
        np.array([0, 1, 1, 1]),
        np.array([1, 2, 3, 4]),
        np.ones(4),
    )
    nodes, _ = euler(cross, np.repeat(np.arange(4), 2), depot=0)
    assert nodes.tolist()[:3] == [0, 1, 2]


def test_what_is_no_round_is_said() -> None:
    streets = figure_of_eight()
    with pytest.raises(OptionError, match="no closed walk"):
        euler(streets, np.array([0]), depot=0)
    with pytest.raises(OptionError, match="no closed walk"):
        euler(streets, np.array([1, 1]), depot=0)
    with pytest.raises(OptionError, match="do not hang together"):
        euler(streets, np.array([0, 0, 4, 4]), depot=0)


def test_a_round_of_nothing_stays_at_the_depot() -> None:
    nodes, walked = euler(figure_of_eight(), np.zeros(0, dtype=np.int64), depot=0)
    assert nodes.tolist() == [0]
    assert len(walked) == 0
    assert walked.dtype == np.int64
