"""Redraws are fair, repeatable, and their interval holds the figure."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import resampling


def test_each_redraw_has_as_many_units_and_the_seed_decides() -> None:
    first, again, other = (resampling.repeats(13, draws=500, seed=seed) for seed in (1, 1, 2))
    assert (first.sum(axis=1) == 13).all()
    assert (first == again).all()
    assert (first != other).any()
    assert abs(first.mean() - 1) < 1e-12
    assert abs(first.var() - 12 / 13) < 0.05


@given(st.floats(-5, 5), st.lists(st.floats(-5, 5), min_size=2, max_size=40))
def test_the_interval_holds_the_figure(value: float, drawn: list[float]) -> None:
    low, high = resampling.centred(value, np.array(drawn), level=0.9)
    assert low <= value + 1e-9
    assert high >= value - 1e-9


def test_a_common_shift_of_the_redraws_is_taken_off() -> None:
    drawn = np.random.default_rng(1).normal(10, 1, 4000)
    low, high = resampling.centred(3.0, drawn, level=0.95)
    assert abs(low - (3 - 1.96)) < 0.1
    assert abs(high - (3 + 1.96)) < 0.1
