"""The paired block bootstrap covers what it says, where windows overlap and where there are few blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.stats import blocks

if TYPE_CHECKING:
    from collections.abc import Callable

TRUE = 0.03


def rows_that_overlap(generator: np.random.Generator, units: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Gains of origins whose windows share `length` steps: moving sums of fresh parts, beside the events of each."""
    fresh = generator.normal(TRUE, 0.08, units + length) * generator.gamma(4.0, 0.25, units + length)
    events = generator.poisson(40, units + length) + 1.0
    ahead = np.convolve(fresh * events, np.ones(length), mode="valid")[:units]
    return ahead, np.convolve(events, np.ones(length), mode="valid")[:units]


def cover(tries: int, units: int, length: int, seed: int) -> float:
    generator = np.random.default_rng(seed)
    held = 0
    for attempt in range(tries):
        ahead, weight = rows_that_overlap(generator, units, length)
        found = blocks.differ(ahead, weight, length=length, draws=400, seed=attempt)
        assert found is not None
        held += found.low <= TRUE <= found.high
    return held / tries


def test_every_unit_comes_up_as_often_as_any_other_and_in_blocks() -> None:
    often = blocks.redraw(10, length=3, draws=4000, seed=1)
    assert (often.sum(axis=1) == 12).all()
    assert np.abs(often.mean(axis=0) - 1.2).max() < 0.06
    neighbours = np.corrcoef(often[:, 0], often[:, 1])[0, 1]
    strangers = np.corrcoef(often[:, 0], often[:, 5])[0, 1]
    assert neighbours > 0.4 > strangers


def test_the_same_seed_gives_the_same_interval() -> None:
    ahead, weight = rows_that_overlap(np.random.default_rng(1), 20, 2)
    assert blocks.differ(ahead, weight, length=2, seed=4) == blocks.differ(ahead, weight, length=2, seed=4)


def test_an_interval_holds_its_figure_and_narrows_with_more_units() -> None:
    generator = np.random.default_rng(2)
    few, many = (blocks.differ(*rows_that_overlap(generator, units, 1), seed=1) for units in (8, 400))
    assert few is not None
    assert many is not None
    assert few.low <= few.value <= few.high
    assert many.high - many.low < (few.high - few.low) / 3


def test_too_little_gives_none() -> None:
    assert blocks.differ(np.array([1.0, 2.0, 1.0]), np.ones(3), length=2, seed=1) is None
    assert blocks.differ(np.zeros(9), np.zeros(9), seed=1) is None


def test_intervals_cover_as_they_say_in_short() -> None:
    assert 0.86 <= cover(150, units=12, length=1, seed=1) <= 1.0


@pytest.mark.long
@pytest.mark.parametrize(("units", "length"), [(6, 1), (12, 1), (12, 2), (24, 3), (60, 4), (64, 1)])
def test_intervals_cover_as_they_say(units: int, length: int, proof: Callable[[str, str, str], None]) -> None:
    found = cover(1500, units, length, seed=units)
    proof(
        f"Paired block bootstrap: cover of 95% intervals, {units} origins whose windows span {length} steps",
        f"{found:.1%}",
        "91% to 98.5%",
    )
    assert 0.91 <= found <= 0.985
