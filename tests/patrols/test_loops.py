from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.patrols import expectations, loops, walkable
from patrols.blocks import segments, sites

RULES = loops.Rules(minutes=10, parkings=2)


def recorded(ground: walkable.Network, seed: int, many: int = 40) -> expectations.Points:
    generator = np.random.default_rng(seed)
    frame = pd.DataFrame(generator.uniform(-20, 420, (many, 2)), columns=["easting", "northing"])
    return expectations.place(ground, frame.assign(weight=1.0), limit_m=100, unit_m=1)


def walked(ground: walkable.Network, line: shapely.LineString) -> np.ndarray:
    """The stretches that a line runs over, judged by their middles."""
    middles = shapely.line_interpolate_point(ground.lines, 0.5, normalized=True)
    return np.flatnonzero(shapely.distance(line, middles) < 1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_every_loop_keeps_the_rules(seed: int) -> None:
    ground = walkable.network(segments())
    points = recorded(ground, seed)
    area = shapely.box(80, 80, 330, 330)
    found = loops.draw(ground, sites(area), points, RULES, seed=seed).loops
    expected = expectations.expect(ground, area.buffer(20), points)
    assert found["loop"].tolist() == [1, 2, 3]
    for row in found.itertuples():
        line = row.shape
        assert line.is_closed
        assert line.length == pytest.approx(row.length_m)
        assert row.length_m <= RULES.budget_m * (1 + 1e-9)
        assert row.passed == pytest.approx(expected.worth[walked(ground, line)].sum())
        assert row.passed <= row.bound * (1 + 1e-9)
        assert row.share == pytest.approx(row.passed / expected.total)
        assert (row.parking_easting, row.parking_northing) == line.coords[0]
        assert shapely.covered_by(line, shapely.union_all(ground.lines).buffer(1e-6))
    assert found["repeated"].iloc[0] == 0
    assert (found["passed"].iloc[0] >= found["passed"].iloc[1:] - 1e-9).all() or not found["proven"].iloc[0]


def test_further_loops_are_distinct_and_the_share_in_common_is_stated() -> None:
    ground = walkable.network(segments())
    found = loops.draw(ground, sites(shapely.box(-10, -10, 410, 410)), None, RULES).loops
    assert (found["repeated"].iloc[1:] < 0.5).all()
    first, second = (set(walked(ground, line).tolist()) for line in found["shape"].iloc[:2])
    assert first != second
    again = loops.draw(ground, sites(shapely.box(-10, -10, 410, 410)), None, replace(RULES, again=1.0)).loops
    assert again["passed"].iloc[1] == pytest.approx(again["passed"].iloc[0], rel=0.05)


def test_the_same_seed_gives_the_same_loops() -> None:
    ground = walkable.network(segments())
    given = (ground, sites(shapely.box(0, 0, 250, 250)), recorded(ground, 1), RULES)
    one, other = loops.draw(*given, seed=5).loops, loops.draw(*given, seed=5).loops
    assert one["directions"].tolist() == other["directions"].tolist()
    assert [line.wkt for line in one["shape"]] == [line.wkt for line in other["shape"]]


def test_a_site_with_a_middle_alone_is_a_circle() -> None:
    ground = walkable.network(segments())
    found = loops.draw(ground, sites((200.0, 200.0), expected=[7.0]), None, replace(RULES, loops=1))
    assert found.expected == {"S1": 7.0}
    assert found.loops["basis"].tolist() == ["site"]
    assert found.loops["share"].iloc[0] == pytest.approx(0.75)  # three of its four arms, out and back


def test_own_parking_points_are_used() -> None:
    ground = walkable.network(segments())
    parked = pd.DataFrame({"easting": [101.0, 395.0], "northing": [99.0, 395.0]})
    found = loops.draw(ground, sites(shapely.box(80, 80, 230, 230)), None, RULES, parked=parked).loops
    assert (found["parking_easting"] == 100).all()
    assert (found["parking_northing"] == 100).all()
    far = pd.DataFrame({"easting": [900.0], "northing": [99.0]})
    with pytest.raises(OptionError, match="parking point nearest to it is 5"):
        loops.draw(ground, sites(shapely.box(80, 80, 230, 230)), None, RULES, parked=far)


def test_all_that_is_wrong_is_said_at_once() -> None:
    ground = walkable.network(segments())
    wrong = sites((9_000.0, 0.0), (50_000.0, 200.0), (200.0, 200.0))
    with pytest.raises(OptionError) as told:
        loops.draw(ground, wrong, None, loops.Rules(minutes=1))
    first, second, third = told.value.faults
    assert first.startswith("site S1 (Site 1): outside the street network, 8,505 m from the nearest street")
    assert "49.5 km" in second
    assert third.startswith("site S3 (Site 3): 1 minutes (75 m) reach none of its streets")
    assert "at least 2.7 minutes would" in third


def test_rules_that_cannot_be_kept_are_said() -> None:
    with pytest.raises(OptionError) as told:
        loops.Rules(minutes=-1, pace_kmh=20, loops=0, again=2, even=-1)
    assert len(told.value.faults) == 5
