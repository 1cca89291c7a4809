"""Remembered counts: short memory where places change, long where they do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from abate.errors import OptionError
from abate.hotspots.histories import Window
from abate.hotspots.memory import choose, forecast, shares
from abate.hotspots.rehearsals import rehearse
from hotspots.planted import moved, steady

SOON = Window(date(2023, 1, 1), date(2023, 1, 31))


def test_memory_is_long_where_places_stay_and_short_where_they_moved():
    assert choose(rehearse(steady(1, mean=1.0).past, SOON)) >= 960
    past = moved(1).until(date(2022, 4, 30))
    soon = Window(date(2022, 5, 1), date(2022, 5, 31))
    assert choose(rehearse(past, soon)) <= 120
    told = forecast(past, soon)["expected"].to_numpy()
    assert told[5:].sum() > 3 * told[:5].sum()


def test_shares_add_up_to_one_and_unseen_places_keep_what_plain_counts_leave_them():
    past = steady(2, rows=8, columns=8, mean=0.03).past
    laid = shares(past, 90.0)
    assert laid.sum() == pytest.approx(1)
    assert laid.min() > 0
    unseen = past.totals() == 0
    assert len(set(laid[unseen].round(15))) == 1


def test_the_half_life_can_be_given_and_must_be_above_zero():
    past = moved(1)
    short = forecast(past, SOON, half_life_days=10)["expected"].to_numpy()
    assert short[:5].max() < short[5:].min()
    with pytest.raises(OptionError, match="above 0, not -1"):
        forecast(past, SOON, half_life_days=-1)


def test_what_all_places_expect_does_not_depend_on_the_half_life():
    past = moved(2)
    sums = [forecast(past, SOON, half_life_days=days)["expected"].sum() for days in (10.0, 1000.0)]
    assert np.ptp(sums) < 1e-9


def test_one_incident_is_remembered_and_none_leaves_all_places_alike():
    past = steady(2, rows=8, columns=8, mean=0.5).past
    names = ("place", "day", "incidents", "easting", "northing")
    one, none = (replace(past, **{name: getattr(past, name)[:kept] for name in names}) for kept in (1, 0))
    assert shares(one, 90.0).argmax() == past.place[0]
    assert shares(one, 90.0).max() > 1.5 * shares(one, 90.0).min()
    assert shares(none, 90.0).tolist() == [1 / 64] * 64
