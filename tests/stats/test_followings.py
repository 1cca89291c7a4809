from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from abate.stats import followings


@given(seed=st.integers(0, 10_000))
def test_pairs_are_those_of_looking_at_all(seed: int) -> None:
    generator = np.random.default_rng(seed)
    unit, day, events = generator.integers(0, 5, 30), generator.integers(0, 25, 30), generator.integers(1, 4, 30)
    edges, rings = np.array([1, 3, 10, 20]), 3
    ring_of = generator.integers(-1, rings, (5, 5))
    one, other = np.nonzero(ring_of >= 0)
    starts = np.searchsorted(one, np.arange(6))
    found = followings.follow(
        unit, day, events, starts=starts, others=other, ring=ring_of[one, other], rings=rings, edges=edges
    )
    near, every = np.zeros((rings, 3), dtype=int), np.zeros(3, dtype=int)
    for later in range(30):
        for earlier in range(30):
            lag = day[later] - day[earlier]
            if 1 <= lag < 20:
                band = np.searchsorted(edges, lag, side="right") - 1
                every[band] += events[later] * events[earlier]
                if ring_of[unit[later], unit[earlier]] >= 0:
                    near[ring_of[unit[later], unit[earlier]], band] += events[later] * events[earlier]
    assert (found.near.tolist(), found.all.tolist()) == (near.tolist(), every.tolist())


def test_the_plain_kernel_agrees_with_the_compiled_one() -> None:
    unit, day = np.array([0, 0, 1, 1]), np.array([1, 4, 2, 9])
    given_to = (unit, day, np.array([1, 2, 1, 1]), np.array([0, 2, 4]), np.array([0, 1, 3, 4, 5]))
    around = (np.array([0, 2, 4]), np.array([0, 1, 0, 1]), np.array([0, 1, 1, 0]), 2, np.array([1, 4, 9]))
    plain = followings._count_plain(*given_to, *around)
    assert plain.tolist() == followings._count(*given_to, *around).tolist()


def test_nothing_follows_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = followings.follow(
        nothing,
        nothing,
        nothing,
        starts=np.array([0, 1]),
        others=np.array([0]),
        ring=np.array([0]),
        rings=1,
        edges=np.array([1, 8]),
    )
    assert (found.near.tolist(), found.all.tolist()) == ([[0]], [0])
