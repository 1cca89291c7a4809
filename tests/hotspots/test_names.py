"""Names of hotspots: the commonest street, told apart, never made up."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.hotspots.names import name, told_apart
from hotspots.grounds import placed_of, row_of_places


def names(rows: list[tuple[str, str | None, int]], order: str) -> list[str]:
    return list(name(placed_of(rows), row_of_places("abcdefgh"), place_ids=list(order))["name"])


def test_the_street_with_most_incidents_gives_the_name() -> None:
    rows = [("a", "On or near Mill Way", 1), ("a", "On or near London Road", 5), ("a", "On or near Mill Way", 3)]
    assert names(rows, "a") == ["near London Road"]


def test_equal_streets_go_to_the_first_in_the_alphabet() -> None:
    assert names([("a", "On or near West Street", 2), ("a", "On or near East Street", 2)], "a") == ["near East Street"]


def test_two_spellings_are_one_street() -> None:
    rows = [("a", "On or near MILL WAY", 2), ("a", "On or near Mill Way", 2), ("a", "On or near Low Road", 3)]
    assert names(rows, "a") == ["near Mill Way"]


def test_a_kind_of_place_counts_only_where_no_street_is_named() -> None:
    rows: list[tuple[str, str | None, int]] = [("a", "On or near Supermarket", 90), ("a", "On or near Mill Way", 1)]
    assert names(rows, "a") == ["near Mill Way"]
    rows = [("a", "On or near Supermarket", 9), ("c", "On or near Mill Way", 1), ("b", "On or near Low Road", 1)]
    assert names(rows, "a") == ["near a supermarket by Low Road"]


def test_a_place_that_no_words_name_takes_the_nearest_street_or_says_so() -> None:
    assert names([("a", None, 3), ("b", "On or near Mill Way", 1)], "a") == ["by Mill Way"]
    assert names([("a", None, 3), ("b", "No Location", 1)], "a") == ["no street named"]
    assert names([("a", "On or near Nightclub", 3)], "a") == ["near a nightclub"]


def test_a_street_far_away_is_not_near() -> None:
    far = placed_of([("a", "On or near Nightclub", 3), ("h", "On or near Mill Way", 1)])
    places = row_of_places("abcdefgh")
    assert name(far, places, place_ids=["a"])["name"].tolist() == ["near a nightclub by Mill Way"]
    assert name(far, places, place_ids=["a"], unit_m=2)["name"].tolist() == ["near a nightclub"]


def test_the_hotter_of_two_places_keeps_the_plain_name() -> None:
    rows = [(place, "On or near High Street", 1) for place in "abc"]
    assert names(rows, "cab") == ["near High Street", "near High Street (2)", "near High Street (3)"]


def test_a_number_that_a_street_already_has_is_passed_over() -> None:
    assert told_apart(["x", "x (2)", "x"]) == ["x", "x (2)", "x (3)"]
    assert told_apart(["x", "x", "x (2)"]) == ["x", "x (3)", "x (2)"]


def test_a_place_that_is_not_known_is_named() -> None:
    with pytest.raises(TableError, match="the first is 'z'"):
        names([("a", "On or near High Street", 1)], "z")
