"""The Gini index, the Lorenz curve and their shares against the plainest possible arithmetic."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from abate.stats import inequality

counts = st.lists(st.integers(0, 12), min_size=1, max_size=25)


def gini_by_pairs(values: list[int]) -> float:
    """Half the mean difference between any two units, over the mean."""
    units = len(values)
    return sum(abs(a - b) for a in values for b in values) / (2 * units * sum(values))


@given(counts, st.integers(0, 10))
def test_gini_is_half_the_mean_difference_of_pairs(values: list[int], empty: int) -> None:
    assume(sum(values))
    assert inequality.gini(values, units=len(values) + empty) == pytest.approx(gini_by_pairs(values + [0] * empty))


@given(counts)
def test_the_generalised_index_compares_with_the_most_even_spread(values: list[int]) -> None:
    assume(sum(values))
    things, units = sum(values), len(values)
    even = [1] * min(things, units) + [0] * max(units - things, 0)
    most_even = gini_by_pairs(even) if things <= units else 0.0
    single = 1 - max(1 / things, 1 / units) if things <= units else None
    generalised = inequality.generalised_gini(values)
    if things <= units:
        assert generalised == pytest.approx((gini_by_pairs(values) - most_even) * units / things, abs=1e-12)
        assert single is not None
        assert generalised <= single + 1e-12
    else:
        assert generalised == pytest.approx(gini_by_pairs(values))


@pytest.mark.parametrize(("things", "units"), [(5, 100), (100, 100), (1, 7)])
def test_things_that_each_have_their_own_unit_are_spread_evenly(things: int, units: int) -> None:
    assert inequality.generalised_gini([1] * things, units=units) == 0.0


def test_all_in_one_unit_is_as_uneven_as_can_be() -> None:
    assert inequality.gini([8], units=4) == pytest.approx(0.75)
    assert inequality.generalised_gini([8], units=100) == pytest.approx(1 - 1 / 8)


def test_nothing_has_no_index() -> None:
    assert isnan(inequality.gini([0, 0]))
    assert isnan(inequality.generalised_gini([0, 0]))


@given(counts, st.integers(0, 500))
def test_points_of_the_curve_lie_on_it(values: list[int], empty: int) -> None:
    held = [value for value in values if value]
    assume(held)
    units = len(held) + empty
    across, up = inequality.lorenz(held, units=units)
    ordered = sorted(held, reverse=True)
    for x, y in zip(across, up, strict=True):
        assert y == pytest.approx(sum(ordered[: round(x * units)]) / sum(held))
    assert (across[0], up[0], across[-1], up[-1]) == (0, 0, 1, 1)
    assert (np.diff(across) > 0).all()
    assert (np.diff(np.diff(up) / np.diff(across)) <= 1e-9).all(), "the curve bends one way"


def test_a_long_curve_is_drawn_with_few_points() -> None:
    values = np.random.default_rng(1).pareto(1.2, 40_000)
    across, up = inequality.lorenz(values, units=60_000)
    assert 100 < len(across) <= 200
    assert len(up) == len(across)


@given(counts, st.sampled_from([0.25, 0.5, 0.8, 1.0]))
def test_as_many_units_are_needed_as_it_takes(values: list[int], share: float) -> None:
    assume(sum(values))
    taken, held = 0, 0
    for value in sorted(values, reverse=True):
        if held >= share * sum(values):
            break
        taken, held = taken + 1, held + value
    assert inequality.needed(inequality.cumulative(values), share) == taken


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=40))
def test_sorting_in_few_bits_changes_nothing(values: list[int]) -> None:
    assert inequality.descending(values).tolist() == sorted(values, reverse=True)
