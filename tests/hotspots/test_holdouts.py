"""Settings chosen by the later part of the past: never beyond it, never with too little of it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.hotspots import holdouts
from abate.hotspots.histories import History, Unit, Window, history
from hotspots.grounds import row_of_places


def past_of(days: list[int], *, span: int = 400, unit: Unit = "day") -> History:
    """One incident on each day given (counted from 1 January 2023), at place a or b in turn."""
    first = np.datetime64("2023-01-01")
    places = ["ab"[number % 2] for number in range(len(days))]
    seen = pd.DataFrame({"place_id": places, "easting": 50.0, "northing": 50.0, "incidents": 1})
    seen = seen.assign(period=pd.to_datetime([str(first + day) for day in days]))
    last = (first + span - 1).astype(date)
    return history(seen, row_of_places("ab"), span=Window(date(2023, 1, 1), last), unit=unit)


def test_the_last_quarter_plays_the_future():
    held = holdouts.hold_out(past_of(list(range(0, 400, 10))))
    assert (held.used.sum(), held.early.sum(), held.seen.sum()) == (40, 30, 10)


def test_months_are_parted_between_months():
    first_days = [0, 31, 59, 90, 120, 151, 181, 212] * 4
    held = holdouts.hold_out(past_of(first_days, span=243, unit="month"))
    assert (held.early.sum(), held.seen.sum()) == (24, 8)


def test_a_look_back_of_some_months_leaves_out_what_is_older():
    past = past_of(list(range(0, 400, 4)))
    held = holdouts.hold_out(past, months=6)
    assert held.first == 400 - 183
    assert held.used.sum() == int((past.day >= held.first).sum())
    monthly = past_of([0, 31, 59, 90, 120, 151, 181, 212] * 4, span=243, unit="month")
    assert holdouts.begin(monthly, 3) == 151
    assert holdouts.begin(monthly, 99) == 0
    with pytest.raises(OptionError, match="at least 1 month, not 0"):
        holdouts.begin(past, 0)


def test_too_few_incidents_say_how_many_are_needed():
    with pytest.raises(OptionError, match=r"at least 20 incidents.*here are 5, 1 of them late"):
        holdouts.hold_out(past_of([0, 1, 2, 3, 399]))
    with pytest.raises(OptionError, match="0 of them late"):
        holdouts.hold_out(past_of([0] * 40))


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4).filter(any), st.integers(0, 99))
def test_the_even_part_is_the_likeliest(counts: list[int], seed: int):
    shares = np.random.default_rng(seed).dirichlet(np.full(4, 0.4))
    even, seen = np.full(4, 0.25), np.array(counts)
    found = holdouts.judge(shares, even, seen)
    parts = np.linspace(1 / (2 * sum(counts)), 1, 4000)
    with np.errstate(divide="ignore"):
        logs = np.log((1 - parts)[:, None] * shares + parts[:, None] * even)
    slow = np.where(seen > 0, seen * logs, 0).sum(axis=1) / seen.sum()
    assert found.likelihood > slow.max() - 1e-6
    assert found.even >= 1 / (2 * sum(counts))


def test_the_level_is_that_of_the_last_year():
    window = Window(date(2024, 3, 1), date(2024, 3, 10))
    rising = past_of([*range(30), *[380] * 73], span=400)
    assert holdouts.level(rising, window) == pytest.approx(73 / 365 * 10)
    short = past_of([10] * 20, span=100)
    assert holdouts.level(short, window) == pytest.approx(20 / 100 * 10)


@pytest.mark.parametrize("size", [0.3, 2.0, 20.0])
def test_the_size_of_simulated_counts_comes_back(size: float):
    rng = np.random.default_rng(5)
    mean = rng.gamma(2, 2, 20_000)
    seen = rng.negative_binomial(size, size / (size + mean))
    assert holdouts.size(seen, mean) == pytest.approx(size, rel=0.15)
    assert holdouts.size(rng.poisson(mean), mean) > 100
