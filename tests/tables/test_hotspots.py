"""What the tables on the way to hotspots promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables import ALL
from abate.tables.hotspots import PLACED, REASONS, TALLIES
from conftest import table

SEEN = """
    x    y    crs         month    crime_type  location             incidents
    1.5  2.5  EPSG:27700  2025-01  Robbery     On or near Mill Way  2
"""


def test_a_tally_stands_for_at_least_one_incident() -> None:
    seen = table(SEEN)
    assert TALLIES.check(seen) is seen
    with pytest.raises(TableError, match="at least 1"):
        TALLIES.check(seen.assign(incidents=0))


def test_what_is_placed_is_a_tally_with_a_place() -> None:
    assert list(PLACED.columns)[: len(TALLIES.columns)] == list(TALLIES.columns)
    with pytest.raises(TableError, match="place_id"):
        PLACED.check(table(SEEN))


def test_a_trend_is_one_of_four_words() -> None:
    assert REASONS.columns["trend"].one_of == ("rising", "falling", "no clear change", "not known")
    assert [part.name for part in ALL if part in (TALLIES, PLACED, REASONS)] == ["tallies", "placed", "reasons"]
