from __future__ import annotations

import numpy as np
import shapely

from abate.patrols import parking, walkable
from patrols.blocks import segments


def test_corners_nearest_the_edge_come_first_and_stand_apart() -> None:
    ground = walkable.network(segments())
    worth = np.ones(len(ground.segments))
    found = parking.candidates(ground, shapely.box(90, 90, 310, 310), worth=worth, most=4, unit_m=1)
    spots = np.column_stack([ground.graph.x[found], ground.graph.y[found]])
    edge = shapely.box(90, 90, 310, 310).exterior
    away = [edge.distance(shapely.Point(spot)) for spot in spots]
    assert len(found) == 4
    assert away == sorted(away)
    assert max(away) <= 10


def test_no_corner_is_taken_that_only_paths_reach() -> None:
    ground = walkable.network(segments().query("segment_id in ('path', 's00', 's01')"))
    worth = np.ones(3)
    found = parking.candidates(ground, shapely.box(90, 90, 110, 110), worth=worth, most=9, unit_m=1)
    assert (ground.graph.y[found] == 0).all()


def test_the_node_nearest_to_a_point_is_found_with_its_distance() -> None:
    ground = walkable.network(segments())
    node, away = parking.nearest(ground, 203.0, 104.0, worth=np.ones(len(ground.segments)))
    assert (ground.graph.x[node], ground.graph.y[node], away) == (200.0, 100.0, 5.0)
