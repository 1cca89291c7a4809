from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.funding import sharing

MONEY = st.floats(0, 1e6)


@st.composite
def problems(draw: st.DrawFn) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    count = draw(st.integers(1, 6))
    weights = np.array(draw(st.lists(st.floats(0.01, 100), min_size=count, max_size=count)))
    floors = np.array(draw(st.lists(MONEY, min_size=count, max_size=count))).round(2)
    caps = (floors + np.array(draw(st.lists(MONEY, min_size=count, max_size=count)))).round(2)
    budget = round(draw(st.floats(0, 1)) * (caps.sum() - floors.sum()) + floors.sum(), 2)
    return min(max(budget, round(floors.sum(), 2)), round(caps.sum(), 2)), weights, floors, caps


@given(problems())
def test_shares_keep_floors_and_caps_and_add_up_to_the_penny(problem) -> None:  # type: ignore[no-untyped-def]
    budget, weights, floors, caps = problem
    shared = sharing.share(budget, weights, floors, caps)
    assert shared.sum() == pytest.approx(budget, abs=1e-3)
    free = (shared > floors + 1e-6) & (shared < caps - 1e-6)
    if free.any():
        level = shared[free] / weights[free]
        assert level == pytest.approx(np.full(len(level), level[0]), rel=1e-6)
    pence = sharing.to_the_penny(shared, round(budget * 100), floors, caps)
    assert pence.sum() == round(budget * 100)
    assert (pence >= np.round(floors * 100)).all()
    assert (pence <= np.round(caps * 100)).all()
    assert np.abs(pence - shared * 100).max() <= len(pence)


def test_an_area_without_weight_keeps_its_floor() -> None:
    found = sharing.share(100, np.array([0.0, 1.0]), np.array([10.0, 0.0]), np.full(2, np.inf))
    assert found.tolist() == pytest.approx([10, 90])


def test_left_over_pennies_go_where_most_was_rounded_off() -> None:
    found = sharing.to_the_penny(np.array([1.004, 1.006, 0.99]), 300, np.zeros(3), np.full(3, np.inf))
    assert found.tolist() == [100, 101, 99]
