from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.reports import colours


def lightness(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=200))
def test_every_count_has_exactly_one_class(counts):
    found = colours.classes(np.array(counts))
    assert len(found) <= 5
    for seen in counts:
        assert sum(each.low <= seen <= each.high for each in found) == (seen > 0)
    assert all(a.high + 1 == b.low for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("peak", "expected"), [(0, []), (1, ["1"]), (3, ["1", "2", "3"]), (5, ["1", "2", "3", "4", "5"])]
)
def test_few_incidents_have_a_class_each(peak, expected):
    assert [each.words for each in colours.classes(np.arange(peak + 1))] == expected


def test_each_class_is_plainly_darker_than_the_one_before_so_that_no_hue_is_needed():
    light = [lightness(colour) for colour in colours.COLOURS]
    ratios = [(a + 0.05) / (b + 0.05) for a, b in pairwise(light)]
    assert min(ratios) > 1.25


def test_the_number_of_a_hotspot_can_be_read():
    assert 1.05 / (lightness(colours.OUTLINE) + 0.05) > 7
