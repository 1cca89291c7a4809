from __future__ import annotations

import numpy as np

from abate.networks.branching import MOST_EDGES, branch
from abate.networks.relaxations import Ground, relax
from networks.small_towns import square


def test_without_room_the_search_is_not_ended_and_says_so() -> None:
    ground = square(1, edges=9)
    relaxed = relax(ground, 40.0, enough=0.0, rounds=1)
    found = branch(ground, relaxed, 40.0, enough=0.0, room=3)
    assert not found.ended
    assert found.value >= 0


def test_more_edges_than_fit_a_number_are_not_tried() -> None:
    many = MOST_EDGES + 1
    ground = Ground(np.zeros((many, 2), dtype=np.int64), np.ones(many), np.ones(many), np.zeros((1, 1)))
    found = branch(ground, relax(ground, 4.0, enough=0.0, rounds=1), 4.0, enough=2.0, room=10)
    assert (found.row, found.value, found.ended) == (None, 2.0, False)
