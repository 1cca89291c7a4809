"""The most that fits, against trying everything."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import knapsacks

if TYPE_CHECKING:
    import pytest


def by_trying(gains: list[int], sizes: list[float], room: float) -> int:
    best = 0
    for taken in product((0, 1), repeat=len(gains)):
        size = sum(size for size, take in zip(sizes, taken, strict=True) if take)
        if size <= room + 1e-9:
            best = max(best, sum(gain for gain, take in zip(gains, taken, strict=True) if take))
    return best


THING = st.tuples(st.integers(0, 9), st.sampled_from([0.25, 0.5, 1.0, 1.0, 1.0, 1.75]))


@given(st.lists(THING, min_size=1, max_size=9), st.sampled_from([0.0, 0.5, 1.25, 2.0, 3.5, 99.0]))
def test_nothing_better_fits(things: list[tuple[int, float]], room: float) -> None:
    gains, sizes = [gain for gain, _ in things], [size for _, size in things]
    assert knapsacks.fill(np.array(gains), np.array(sizes), room) == by_trying(gains, sizes, room)


def test_cells_all_alike_are_taken_largest_first() -> None:
    gains = np.random.default_rng(1).poisson(0.3, 60_000)
    best = np.sort(gains)[::-1][:112].sum()
    assert knapsacks.fill(gains, np.full(60_000, 0.0058), 112 * 0.0058) == best


def test_where_it_would_take_too_long_the_bound_is_never_too_small(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = np.random.default_rng(3)
    gains, sizes = generator.integers(0, 20, 12), generator.uniform(0.1, 2, 12)
    exact = knapsacks.fill(gains, sizes, 4.0)
    monkeypatch.setattr(knapsacks, "_MOST_STEPS", 0)
    assert exact <= knapsacks.fill(gains, sizes, 4.0) <= exact + 20
