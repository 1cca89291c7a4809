"""Plain counts: the order of the counts, the right days, and nothing held impossible."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.hotspots.histories import Window
from abate.hotspots.pastcounts import begin, forecast, smooth
from hotspots.planted import moved, steady

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


def test_the_order_of_places_is_that_of_their_counts():
    past = steady(1).past
    expected = forecast(past, SOON)["expected"].to_numpy()
    totals = past.totals()
    assert (np.diff(expected[np.argsort(totals, kind="stable")]) >= -1e-12).all()
    assert expected.sum() == pytest.approx(totals.sum() * 31 / past.span.days)
    assert expected.min() > 0


def test_the_last_months_alone_count_when_they_are_named():
    past = moved(1)
    year = forecast(past, SOON, months=12)["expected"].to_numpy()
    assert year[:5].max() < 0.2 * year[5:].min()
    assert year[5:].sum() == pytest.approx(31 * 150 / 365, rel=0.15)
    assert forecast(past, SOON, months=240).equals(forecast(past, SOON))


def test_months_are_counted_back_from_the_end_of_the_span():
    past = steady(1, rows=2, columns=2).past
    assert begin(past, 12) == int(past.starts[-13])
    assert begin(past, None) == begin(past, 999) == 0
    assert begin(moved(1).until(date(2022, 6, 14)), 3) == (date(2022, 3, 15) - date(2021, 1, 1)).days


def test_places_about_equal_in_rate_are_nearly_poisson_round_the_truth():
    planted = steady(3, mean=2.0, shape=200.0)
    told = forecast(planted.past, SOON)
    size = told["size"].fillna(np.inf).to_numpy()
    assert (planted.rates / size).mean() < 0.15


@settings(max_examples=80)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_smoothing_keeps_the_sum_and_the_order_and_leaves_nothing_impossible(counts):
    seen = np.array(counts)
    smoothed = smooth(seen)
    assert smoothed.sum() == pytest.approx(seen.sum())
    if seen.sum():
        assert smoothed.min() > 0
    for less, more in zip(np.sort(seen), np.sort(seen)[1:], strict=False):
        if less < more:
            assert smoothed[seen == less].max() < smoothed[seen == more].min()


def test_less_than_a_month_is_refused():
    with pytest.raises(OptionError, match="one month or more, not 0"):
        forecast(moved(1), SOON, months=0)
