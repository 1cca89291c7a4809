"""Pairs of events that follow each other: a double loop judges the list."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.space.successions import succeed


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 12)), max_size=40),
    st.floats(0.5, 8),
    st.integers(1, 6),
)
def test_the_pairs_are_those_of_a_double_loop(events: list[tuple[int, int, int]], reach: float, lag: int):
    x, y, t = (np.array([one[part] for one in events], dtype=float) for part in range(3))
    found = succeed(x, y, t, reach=reach, lag=float(lag))
    wanted = {
        (j, i): ((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2, t[j] - t[i])
        for j in range(len(events))
        for i in range(len(events))
        if 0 < t[j] - t[i] <= lag and (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= reach**2
    }
    later = np.repeat(np.arange(len(events)), np.diff(found.first))
    got = dict(
        zip(
            zip(later.tolist(), found.earlier.tolist(), strict=True),
            zip(found.squared.tolist(), found.elapsed.tolist(), strict=True),
            strict=True,
        )
    )
    assert got == wanted


def test_events_of_one_day_do_not_follow_each_other():
    together = succeed(np.zeros(5), np.zeros(5), np.full(5, 3.0), reach=1.0, lag=9.0)
    assert len(together.earlier) == 0


def test_too_many_pairs_are_refused_with_their_number():
    with pytest.raises(OptionError, match="make 45 pairs within 1 and 99 of each other, more than 40"):
        succeed(np.zeros(10), np.zeros(10), np.arange(10.0), reach=1.0, lag=99.0, most=40)
