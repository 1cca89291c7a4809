from __future__ import annotations

import numpy as np
import shapely

from abate.networks import rounds
from abate.patrols import directions, walkable
from patrols.blocks import segments


def walk(*names: str, at: tuple[float, float] = (0.0, 0.0)) -> tuple[walkable.Network, np.ndarray, np.ndarray]:
    ground = walkable.network(segments())
    place = {name: number for number, name in enumerate(ground.segments["segment_id"])}
    depot = int(np.flatnonzero((ground.graph.x == at[0]) & (ground.graph.y == at[1]))[0])
    nodes, edges = rounds.euler(ground.graph, np.array([place[name] for name in names]), depot=depot)
    return ground, nodes, edges


def test_a_block_is_walked_in_four_steps() -> None:
    ground, nodes, edges = walk("s00", "a10", "s10", "a00")
    said = directions.sentences(ground, nodes, edges)
    assert said.startswith("Start at the corner of Avenue A and Street 1. Walk ")
    assert said.endswith("End where you began.")
    steps = directions.turns(ground, nodes, edges)
    assert [step.length_m for step in steps] == [100.0] * 4
    assert all(step.words.startswith("Turn left into") for step in steps[1:]) or all(
        step.words.startswith("Turn right into") for step in steps[1:]
    )


def test_stretches_of_one_street_are_one_step_and_a_turn_back_is_its_own() -> None:
    ground, nodes, edges = walk("s00", "s01", "s01", "s00")
    steps = directions.turns(ground, nodes, edges)
    assert [step.words for step in steps] == [
        "Walk east along Street 1 for 200 m",
        "Turn back along Street 1 for 200 m",
    ]


def test_a_path_without_a_name_is_called_by_its_kind() -> None:
    ground, nodes, edges = walk("path", "a10", "s00")
    said = directions.sentences(ground, nodes, edges)
    assert "the footpath for 140 m" in said


def test_left_is_left() -> None:
    ground, nodes, edges = walk("s00", "s00", "a10", "a10", at=(0.0, 0.0))
    words = [step.words for step in directions.turns(ground, nodes, edges)]
    assert words[0] == "Walk east along Street 1 for 100 m"
    assert words[1] == "Turn left into Avenue B for 100 m"
    assert words[2] == "Turn back along Avenue B for 100 m"
    assert words[3] == "Turn right into Street 1 for 100 m"


def test_without_a_walk_one_stays() -> None:
    ground, nodes, edges = walk()
    assert directions.turns(ground, nodes, edges) == ()
    assert directions.sentences(ground, nodes, edges).startswith("Stay where you are")


def test_a_street_that_bends_is_left_and_reached_as_it_lies_at_each_end() -> None:
    bent = segments().iloc[[0]].assign(shape=[shapely.LineString([(0, 0), (0, 50), (50, 50)])])
    ground = walkable.network(bent.reset_index(drop=True))
    start, end = int(ground.graph.start[0]), int(ground.graph.end[0])
    edges = np.array([0])
    for nodes, leaving, coming in (((start, end), (0, 10), (10, 0)), ((end, start), (-10, 0), (0, -10))):
        assert directions._heading(ground, np.array(nodes), edges, 0, leaving=True) == leaving
        assert directions._heading(ground, np.array(nodes), edges, 0, leaving=False) == coming
