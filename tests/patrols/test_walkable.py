from __future__ import annotations

import pytest

from abate.errors import OptionError
from abate.patrols import walkable
from patrols.blocks import segments


def test_motorways_and_private_ways_are_left_out_and_footpaths_kept() -> None:
    ground = walkable.network(segments())
    assert set(segments()["segment_id"]) - set(ground.segments["segment_id"]) == {"way", "drive"}
    assert ground.graph.length.tolist() == ground.segments["length_m"].tolist()
    assert (ground.part == 0).all()


def test_a_car_stops_on_streets_not_on_paths() -> None:
    only = segments().query("segment_id in ('path', 's00')")
    ground = walkable.network(only)
    corner = (ground.graph.x == 100) & (ground.graph.y == 100)
    assert not ground.drivable[corner].any()
    assert ground.drivable.sum() == 2


def test_a_file_of_motorways_is_said() -> None:
    with pytest.raises(OptionError, match="none of the 2 stretches of street can be walked"):
        walkable.network(segments().query("segment_id in ('way', 'drive')"))


@pytest.mark.parametrize(
    ("kind", "said"),
    [("footway", "footpath"), ("track_grade2", "track"), (None, "unnamed street"), ("Local Road", "unnamed street")],
)
def test_ways_without_a_name_are_called_by_their_kind(kind: str | None, said: str) -> None:
    assert walkable.label(None, kind) == said
