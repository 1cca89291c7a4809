from __future__ import annotations

import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.patrols import expectations, walkable
from patrols.blocks import segments

AREA = shapely.box(-10, -10, 110, 110)


def events(*spots: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(spots, columns=["easting", "northing", "weight"])


def test_what_was_recorded_counts_on_its_street_and_a_part_is_spread() -> None:
    ground = walkable.network(segments())
    points = expectations.place(ground, events((50, 3, 8), (300, 302, 5), (5000, 5000, 1)), limit_m=100, unit_m=1)
    found = expectations.expect(ground, AREA, points, even=0.25)
    street = ground.segments.index[ground.segments["segment_id"] == "s00"][0]
    assert (found.total, found.basis) == (8.0, "points")
    assert found.worth.sum() == pytest.approx(8.0)
    assert found.worth[street] - found.spread[street] == pytest.approx(6.0)
    assert found.spread.sum() == pytest.approx(2.0)


def test_what_lies_far_from_every_street_still_counts_for_the_site() -> None:
    ground = walkable.network(segments())
    points = expectations.place(ground, events((50, 3, 8), (70, 40, 2)), limit_m=10, unit_m=1)
    found = expectations.expect(ground, AREA, points, even=0.0)
    assert (found.total, found.worth.sum()) == (10.0, 8.0)


def test_without_points_the_figure_is_spread_and_without_it_metres_count() -> None:
    ground = walkable.network(segments())
    spread = expectations.expect(ground, AREA, None, figure=12.0)
    metres = expectations.expect(ground, AREA, None)
    assert (spread.basis, metres.basis) == ("site", "length")
    assert spread.worth.sum() == pytest.approx(12.0)
    assert metres.total == pytest.approx(400 + 141.42 + 4 * 0, abs=0.1)
    assert spread.worth / 12 == pytest.approx(metres.worth / metres.total)


def test_a_share_beyond_one_is_said() -> None:
    with pytest.raises(OptionError, match="--even"):
        expectations.expect(walkable.network(segments()), AREA, None, even=1.5)
