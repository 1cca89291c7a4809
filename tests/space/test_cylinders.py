"""The search of the scan: a slow, obvious search over every cylinder judges it, and figures worked by hand."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abate.space import cylinders
from abate.space.rings import surround

if TYPE_CHECKING:
    from numpy.typing import NDArray


def frame_of(
    where: NDArray[np.int64], period: NDArray[np.int64], spots: NDArray[np.float64], *, now: bool, longest: int = 3
) -> cylinders.Frame:
    """Circles of up to 3 around every spot; expected by the permutation model from the events' own totals."""
    total = len(where)
    mass = np.bincount(where, minlength=len(spots)) / total
    clock = np.bincount(period[period >= 0], minlength=6) / total
    around = surround(spots, spots, reach=3.0)
    return cylinders.Frame(around, mass, clock, total, longest, 2, now)


def slowest(
    frame: cylinders.Frame, where: NDArray[np.int64], period: NDArray[np.int64], spots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Every centre, every radius, every stretch, from the definition."""
    best = np.zeros(len(spots))
    total = len(where)
    for centre, spot in enumerate(spots):
        apart = np.round(np.hypot(*(spots - spot).T), 6)
        for radius in np.unique(apart[apart <= 3.0]):
            circle = apart <= radius
            for end in [5] if frame.now else range(6):
                for begin in range(max(0, end - frame.longest + 1), end + 1):
                    then = (period >= begin) & (period <= end)
                    seen, expected = int((circle[where] & then).sum()), int(circle[where].sum()) * then.sum() / total
                    if seen >= 2 and seen > expected:
                        llr = seen * log(seen / expected)
                        if seen < total:
                            llr += (total - seen) * log((total - seen) / (total - expected))
                        best[centre] = max(best[centre], llr)
    return best


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.integers(5, 60))
def test_the_search_agrees_with_the_slow_one(seed: int, now: bool, events: int):
    generator = np.random.default_rng(seed)
    spots = generator.integers(0, 4, (8, 2)).astype(float)
    where, period = generator.integers(0, 8, events), generator.integers(-1, 6, events)
    frame = frame_of(where, period, spots, now=now)
    inside = period >= 0
    found = cylinders.search(frame, where[inside], period[inside])
    assert found.llr == pytest.approx(slowest(frame, where, period, spots))
    for centre in np.flatnonzero(found.step >= 0):
        held = frame.rings.location[frame.rings.first[centre] : found.step[centre] + 1]
        seen = (np.isin(where, held) & (period >= found.begins[centre]) & (period <= found.ends[centre])).sum()
        expected = np.isin(where, held).sum() * frame.clock[found.begins[centre] : found.ends[centre] + 1].sum()
        assert cylinders.likelihood_ratio(seen, expected, events) == pytest.approx(found.llr[centre])


def test_the_highest_of_a_shuffle_is_that_of_the_full_search():
    generator = np.random.default_rng(3)
    spots = generator.uniform(0, 4, (20, 2))
    where, period = generator.integers(0, 20, 300), np.sort(generator.integers(0, 6, 300))
    frame = frame_of(where, period, spots, now=False)
    heights = cylinders.shuffled(frame, where, period, model="permutation", draws=5, seed=7)
    for draw, height in enumerate(heights):
        chosen = np.random.default_rng([7, draw]).choice(300, 300, replace=False)
        assert height == cylinders.search(frame, where[chosen], period).llr.max()


def test_the_ratio_worked_by_hand():
    assert cylinders.likelihood_ratio(10, 2, 100) == pytest.approx(10 * log(5) + 90 * log(90 / 98))
    assert cylinders.likelihood_ratio(10, 2, 100) == pytest.approx(8.4302, abs=1e-4)
    assert cylinders.likelihood_ratio(4, 2, 4) == pytest.approx(4 * log(2))


def test_shuffles_keep_every_total_or_follow_the_baseline():
    spots = np.array([[0.0, 0.0], [9.0, 0.0]])
    where, period = np.array([0] * 30 + [1] * 10), np.arange(40) % 6
    frame = frame_of(where, period, spots, now=False, longest=6)
    everything = cylinders.shuffled(frame, where, period, model="permutation", draws=20, seed=1)
    again = cylinders.shuffled(frame, where, period, model="permutation", draws=20, seed=1)
    assert everything.tobytes() == again.tobytes()
    assert (
        everything.tobytes()
        != cylinders.shuffled(frame, where, period, model="permutation", draws=20, seed=2).tobytes()
    )
    drawn = cylinders.shuffled(frame, where, period, model="poisson", draws=20, seed=1)
    assert (drawn > 0).all()
    assert drawn.tobytes() != everything.tobytes()


def test_p_counts_worlds_and_its_tail_goes_on_beyond_them():
    heights = np.random.default_rng(1).gumbel(5, 2, 999)
    p, tail = (kind(np.array([3.0, 9.0, 40.0]), heights) for kind in (cylinders.exceedance, cylinders.gumbel))
    assert p[2] == 0.001
    assert tail[2] == pytest.approx(np.exp(-17.5), rel=0.7)
    assert p[:2] == pytest.approx(tail[:2], abs=0.03)
    assert np.isnan(cylinders.gumbel(np.array([1.0]), np.array([2.0, 2.0]))).all()
