"""Rehearsals: as long as the window asked for, after as long a gap, never with what was not yet known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from abate.errors import OptionError
from abate.hotspots import rolling
from abate.hotspots.histories import Window
from abate.hotspots.rehearsals import bunch, rehearse
from hotspots.planted import moved, steady


def test_windows_lie_end_to_end_back_from_the_end_of_the_record():
    past = moved(1)
    held = rehearse(past, Window(date(2023, 1, 1), date(2023, 1, 30)))
    assert [one.window.days for one in held] == [30] * 6
    assert held[0].window.last == past.span.last
    assert all(later.window.first == earlier.window.last + timedelta(days=1) for later, earlier in pairwise(held))


@pytest.mark.parametrize("gap", [0, 9])
def test_a_rehearsal_knows_nothing_after_its_gap_and_sees_what_then_happened(gap):
    past = moved(2)
    first = past.span.last + timedelta(days=1 + gap)
    for one in rehearse(past, Window(first, first + timedelta(days=13))):
        assert (one.window.first - one.past.span.last).days == gap + 1
        assert one.past.day.max() <= (one.past.span.last - past.span.first).days
        assert one.seen.tolist() == past.during(one.window)[one.kept].tolist()


def test_months_are_rehearsed_by_months_with_a_gap_of_whole_months():
    past = steady(1, rows=4, columns=4).past
    held = rehearse(past, Window(date(2023, 3, 1), date(2023, 5, 31)))
    assert [one.window for one in held[:2]] == [
        Window(date(2022, 10, 1), date(2022, 12, 31)),
        Window(date(2022, 7, 1), date(2022, 9, 30)),
    ]
    assert held[0].past.span.last == date(2022, 7, 31)
    assert len(held) == 5


def test_at_least_half_of_the_record_comes_before_each():
    past = moved(3)
    held = rehearse(past, Window(date(2023, 1, 1), date(2023, 4, 30)), most=50)
    assert len(held) == 3
    assert min(one.past.span.days for one in held) >= past.span.days / 2


def test_a_window_longer_than_half_of_the_record_is_rehearsed_by_that_half():
    held = rehearse(moved(4), Window(date(2023, 1, 1), date(2025, 12, 31)))
    assert [one.window.days for one in held] == [365]


def test_a_single_month_has_nothing_to_rehearse():
    past = steady(1, rows=3, columns=3).past.until(date(2020, 1, 31))
    assert rehearse(past, Window(date(2020, 2, 1), date(2020, 2, 29))) == []
    assert np.isnan(bunch([], [], np.ones(3))).all()


def test_places_listed_because_they_saw_something_are_listed_as_they_then_were():
    whole = steady(2, rows=8, columns=8, mean=0.02).past
    listed = rolling.narrow(whole, rolling.known(whole))
    assert len(listed.places) < len(whole.places)
    soon = Window(date(2023, 1, 1), date(2023, 3, 31))
    for one in rehearse(listed, soon):
        assert (one.past.totals() > 0).all()
        assert len(one.seen) == one.kept.sum() == len(one.past.places)
    assert any(not one.kept.all() for one in rehearse(listed, soon))
    assert all(one.kept.all() for one in rehearse(whole, soon))


def test_related_crime_makes_a_place_known():
    whole = steady(2, rows=8, columns=8, mean=0.02).past
    busy = steady(3, rows=8, columns=8, mean=20.0, shape=50.0).past
    both = replace(whole, related=busy)
    assert all(one.kept.all() for one in rehearse(both, Window(date(2023, 1, 1), date(2023, 1, 31))))


def test_a_window_inside_the_record_is_refused():
    with pytest.raises(
        OptionError, match="the window begins on 2022-12-31, inside the record, which ends on 2022-12-31"
    ):
        rehearse(moved(1), Window(date(2022, 12, 31), date(2023, 1, 31)))


def test_sizes_come_from_how_far_rehearsed_means_lay_from_what_was_seen():
    planted = steady(4, shape=0.7)
    held = rehearse(planted.past, Window(date(2023, 1, 1), date(2023, 1, 31)))
    flat = [np.full(400, planted.rates.mean()) for _ in held]
    size = bunch(held, flat, np.full(400, planted.rates.mean()))
    assert 0.4 < size[0] < 1.2
    true = bunch(held, [planted.rates for _ in held], planted.rates)
    extra = np.where(np.isnan(true), 0.0, planted.rates / np.nan_to_num(true, nan=1.0))
    assert extra.mean() < 0.1
