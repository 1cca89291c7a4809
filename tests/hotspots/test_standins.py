"""Hotspots that stand for a hospital, a prison or a police station."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.hotspots.standins import is_stand_in, stand_ins

SPOT = {"x": 0.0, "y": 0.0, "crs": "EPSG:27700", "month": "2025-01", "crime_type": "Robbery"}
SPOT |= {"easting": 0.0, "northing": 0.0}


def placed(*rows: tuple[str, str | None, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [{**SPOT, "place_id": place, "location": words, "incidents": count} for place, words, count in rows]
    )


@pytest.mark.parametrize(
    "words",
    [
        "On or near Hospital",
        "On or near Police Station",
        "On or near PRISON",
        "on or near Chelmsford Police Station",
        "Leicester Royal Infirmary",
        "HMP Bedford",
        "Harlow Custody Suite",
    ],
)
def test_hospitals_prisons_and_police_stations_are_known_by_their_words(words: str) -> None:
    assert is_stand_in(words)


@pytest.mark.parametrize(
    "words",
    ["On or near Hospital Lane", "Prison Street", "Old Police Station Road", "On or near Supermarket", "", "Hmpton"],
)
def test_streets_called_after_one_and_other_kinds_are_not(words: str) -> None:
    assert not is_stand_in(words)


def test_half_of_the_incidents_is_enough_and_the_order_is_that_of_the_list() -> None:
    found = stand_ins(
        placed(
            ("a", "On or near Hospital", 1),
            ("a", "On or near Prison", 1),
            ("a", "On or near Mill Lane", 2),
            ("b", "On or near Hospital", 1),
            ("b", None, 2),
            ("c", "On or near Police Station", 9),
            ("elsewhere", "On or near Police Station", 9),
        ),
        ["c", "b", "a", "with nothing"],
    )
    assert found.to_dict("records") == [
        {"place_id": "c", "incidents": 9, "share": 1.0},
        {"place_id": "a", "incidents": 2, "share": 0.5},
    ]


def test_no_hotspot_is_no_row() -> None:
    assert stand_ins(placed(("a", "On or near Hospital", 1)), []).empty


def test_a_table_that_is_not_of_placed_counts_is_refused() -> None:
    with pytest.raises(TableError):
        stand_ins(pd.DataFrame({"place_id": ["a"]}), ["a"])
