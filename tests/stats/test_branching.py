"""Simulated generations: as many, as soon and as near as asked for, and nothing out of bounds."""

from __future__ import annotations

import numpy as np
import pytest

from abate.stats.branching import grow
from abate.stats.excitation import Rates

RATES = Rates(background=1.0, near=0.3, same=0.2, decay=0.2, spread=50.0)


def grown(*, step: float = 0.0, after: float = -np.inf, until: float = 1e9, parents: int = 20_000):
    start = np.arange(parents) * 1e6
    zero = np.zeros(parents)
    return grow(
        start,
        zero,
        zero,
        rates=RATES,
        reach=100.0,
        lag=20.0,
        until=until,
        generator=np.random.default_rng(1),
        step=step,
        after=after,
    )


def test_generations_shrink_by_the_followers_of_each():
    sizes = np.bincount(grown().generation)
    assert sizes[0] == 20_000
    assert sizes[1] / sizes[0] == pytest.approx(0.5, abs=0.02)
    assert sizes.sum() / sizes[0] == pytest.approx(2.0, abs=0.06)


def test_first_followers_keep_to_the_cut_offs_and_to_their_shapes():
    events = grown()
    first = events.generation == 1
    wait = events.t[first]
    across = (events.x[first] + 5e5) % 1e6 - 5e5
    apart = np.hypot(across, events.y[first])
    assert wait.max() <= 20.0
    assert apart.max() <= 100.0 + 1e-3
    assert (apart < 1e-6).mean() == pytest.approx(0.4, abs=0.02)
    assert wait.mean() == pytest.approx(5 - 20 / np.expm1(0.2 * 20), rel=0.03)
    near = apart[apart > 1e-6]
    held = np.exp(-(100.0**2) / (2 * 50.0**2))
    assert (near**2).mean() == pytest.approx(2 * 50.0**2 - 100.0**2 * held / (1 - held), rel=0.03)


def test_whole_days_are_geometric_and_never_the_same_day():
    events = grown(step=1.0)
    wait = events.t[events.generation == 1]
    assert wait.min() == 1.0
    assert (wait == np.round(wait)).all()
    assert (wait == 1.0).mean() == pytest.approx((1 - np.exp(-0.2)) / (1 - np.exp(-4.0)), abs=0.015)


def test_only_what_falls_in_the_window_is_kept():
    events = grown(after=3.0, until=8.0)
    later = events.t[events.generation > 0]
    assert later.min() > 3.0
    assert later.max() <= 8.0
    assert (np.diff(events.t) >= 0).all()


def test_a_process_that_need_not_end_is_refused():
    one = np.zeros(1)
    many = Rates(1.0, 0.6, 0.4, 0.2, 50.0)
    with pytest.raises(ValueError, match="one or more on average"):
        grow(one, one, one, rates=many, reach=1, lag=9, until=9, generator=np.random.default_rng(1))
