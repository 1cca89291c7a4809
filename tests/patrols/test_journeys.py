"""Ways along streets are those of a plain graph search; straight ones carry the detour."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from abate.patrols import journeys
from abate.patrols.rotadays import NOWHERE


def test_ways_along_streets_agree_with_networkx() -> None:
    generator = np.random.default_rng(4)
    lines, graph = [], nx.Graph()
    for x in range(5):
        for y in range(5):
            for to in ((x + 1, y), (x, y + 1)):
                if max(to) < 5 and generator.random() < 0.85:
                    lines.append(shapely.LineString([(100 * x, 100 * y), (100 * to[0], 100 * to[1])]))
                    graph.add_edge((x, y), to, weight=100)
    points = np.array([(100.0 * x, 100.0 * y) for x, y in ((0, 0), (2, 3), (4, 1), (3, 3))])
    found, apart = journeys.along(points, np.array(lines, dtype=object), limit=50)
    assert (apart == 0).all()
    for one, first in enumerate(((0, 0), (2, 3), (4, 1), (3, 3))):
        for other, second in enumerate(((0, 0), (2, 3), (4, 1), (3, 3))):
            assert found[one, other] == pytest.approx(nx.shortest_path_length(graph, first, second, weight="weight"))


def test_the_way_to_the_street_is_walked_and_points_off_it_are_told() -> None:
    street = np.array([shapely.LineString([(0, 0), (100, 0)])], dtype=object)
    found, apart = journeys.along(np.array([(10.0, 5.0), (40.0, 0.0), (50.0, 900.0)]), street, limit=50)
    assert found[0, 1] == 35
    assert np.isnan(apart[2])
    assert np.isinf(found[0, 2])


def test_minutes_are_rounded_up_and_there_is_no_way_where_there_is_none() -> None:
    assert journeys.minutes(np.array([0.0, 75.0, 75.1, np.inf]), kmh=4.5).tolist() == [0, 1, 2, NOWHERE]
