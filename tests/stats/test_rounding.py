"""Rounding that keeps sums: largest remainders, and controlled rounding against every table that could be."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from abate.errors import OptionError
from abate.stats import rounding

SMALL = some.floats(0, 500, allow_nan=False).map(lambda value: round(value, 3))


def nearest_of_all(table: np.ndarray) -> float:
    """The least distance of any table of neighbours whose sums all are neighbours, by trying every one."""
    below = np.floor(table).astype(int)
    total = int(np.floor(table.sum() + 0.5 + 1e-9))
    best = np.inf
    for ups in product(
        *[(0, 1) if value > floor else (0,) for value, floor in zip(table.flat, below.flat, strict=True)]
    ):
        tried = below + np.array(ups).reshape(table.shape)
        sums = [(tried.sum(axis=axis), table.sum(axis=axis)) for axis in (0, 1)]
        fits = all((np.abs(one - other) < 1 - 1e-9).all() for one, other in sums)
        if fits and tried.sum() == total:
            best = min(best, float(np.abs(tried - table).sum()))
    return best


def test_halves_go_up_and_not_to_the_even_digit():
    assert rounding.half_up(np.array([0.5, 1.5, 2.5, 3.5])).tolist() == [1, 2, 3, 4]
    assert rounding.half_up(np.array([0.05, 0.15, 0.25, 1.005 * 10]), unit=0.1).tolist() == [1, 2, 3, 101]


@given(some.lists(some.integers(0, 10**6), min_size=1, max_size=40))
def test_halves_of_exact_fractions(hundredths: list[int]):
    rounded = rounding.half_up(np.array(hundredths) / 100, unit=0.1)
    assert rounded.tolist() == [int(Fraction(each, 10) + Fraction(1, 2)) for each in hundredths]


@given(some.lists(SMALL, min_size=1, max_size=60))
def test_parts_add_up_and_none_is_a_unit_away(parts: list[float]):
    exact = np.array(parts)
    rounded = rounding.apportion(exact, unit=0.1)
    assert rounded.sum() == rounding.half_up(np.array([exact.sum()]), unit=0.1)[0]
    assert (np.abs(rounded - exact * 10) < 1).all()


@given(arrays(float, some.tuples(some.integers(1, 6), some.integers(1, 6)), elements=SMALL))
def test_every_row_and_column_adds_up(table: np.ndarray):
    rounded = rounding.controlled(table, unit=0.1)
    assert (np.abs(rounded - table * 10) < 1).all()
    for axis in (0, 1):
        assert (np.abs(rounded.sum(axis=axis) - table.sum(axis=axis) * 10) < 1 + 1e-6).all()
    assert rounded.sum() == rounding.half_up(np.array([table.sum()]), unit=0.1)[0]
    assert (rounded[table == 0] == 0).all()


@pytest.mark.parametrize("seed", range(12))
def test_no_table_of_neighbours_is_closer(seed: int):
    table = np.round(np.random.default_rng(seed).uniform(0, 5, (3, 3)), 2)
    assert np.abs(rounding.controlled(table) - table).sum() == pytest.approx(nearest_of_all(table), abs=1e-6)


def test_whole_numbers_stay():
    assert rounding.controlled(np.array([[1.0, 2.0], [3.0, 4.0]])).tolist() == [[1, 2], [3, 4]]
    assert rounding.controlled(np.zeros((0, 0))).shape == (0, 0)


@pytest.mark.parametrize("wrong", [[-1.0], [np.nan], [np.inf]])
def test_parts_that_are_none(wrong: list[float]):
    with pytest.raises(OptionError, match="finite numbers, 0 or more"):
        rounding.apportion(np.array(wrong))
