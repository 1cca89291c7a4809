"""What the tables of places, counts and hotspots promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables.places import COUNTS, HOTSPOTS, PLACES, POINTS
from conftest import table


def test_a_place_and_period_is_counted_once() -> None:
    weekly = table("""
        place_id  period      incidents
        a         2025-01-06  3
        a         2025-01-13  2
    """)
    assert COUNTS.check(weekly) is weekly
    with pytest.raises(TableError, match="repeat an earlier place_id \\+ period"):
        COUNTS.check(weekly.assign(period=weekly["period"].iloc[0]))
    with pytest.raises(TableError, match="at least 0"):
        COUNTS.check(weekly.assign(incidents=[3, -1]))


def test_hotspots_carry_the_names_of_the_contract() -> None:
    assert {
        *("place_id", "name", "rank", "incidents", "share", "cumulative_share", "area_km2"),
        *("easting", "northing", "probability_top"),
    } <= set(HOTSPOTS.columns)


def test_shares_and_probabilities_lie_between_nothing_and_all() -> None:
    for name in ("share", "probability_top"):
        assert (HOTSPOTS.columns[name].at_least, HOTSPOTS.columns[name].at_most) == (0, 1)


def test_a_point_may_lie_in_no_place() -> None:
    assert POINTS.columns["place_id"].blank
    assert not PLACES.columns["place_id"].blank
    assert PLACES.key == ("place_id",)
