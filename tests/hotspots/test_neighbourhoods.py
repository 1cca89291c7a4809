"""Who is a neighbour is written in a word, and read in one place."""

from __future__ import annotations

import pytest

from abate.errors import OptionError
from abate.hotspots.neighbourhoods import surround
from hotspots.grounds import row_of_places


@pytest.mark.parametrize(
    ("rule", "degree"),
    [
        ("queen", [1, 2, 2, 1]),
        ("Rook", [1, 2, 2, 1]),
        ("within:210", [2, 3, 3, 2]),
        ("within:105.5", [1, 2, 2, 1]),
        ("nearest:3", [3, 3, 3, 3]),
    ],
)
def test_each_rule_finds_its_neighbours(rule, degree):
    assert surround(row_of_places("abcd"), rule).degree.tolist() == degree


def test_distances_are_metres_in_any_system():
    feet = row_of_places("abcd")
    assert surround(feet, "within:31", unit_m=0.3048).degree.tolist() == [1, 2, 2, 1]


@pytest.mark.parametrize("rule", ["", "king", "within", "within:-5", "nearest:x"])
def test_another_word_is_refused_with_what_would_be_right(rule):
    with pytest.raises(OptionError, match="for example within:300"):
        surround(row_of_places("abcd"), rule)


def test_a_rule_that_leaves_everybody_alone_is_refused_with_a_wider_one():
    with pytest.raises(OptionError, match=r"not one of the 4 places has a neighbour.*within:150"):
        surround(row_of_places("abcd"), "within:20")
