"""Stepped roll-outs: once patrolled, always patrolled; every order as likely as any other."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from abate.errors import OptionError
from abate.trials import waves


def test_patrols_stay_and_waves_are_even():
    drawn = waves.draw(90, 20, waves=5, seed=1, draws=50)
    assert (np.diff(drawn.astype(int), axis=1) >= 0).all()
    counts = drawn.sum(axis=2)
    assert np.unique(counts).tolist() == [0, 4, 8, 12, 16, 20]
    assert (counts[:, :15] == 0).all()
    assert (counts[:, 75:] == 20).all()


def test_every_order_is_as_likely():
    first = waves.draw(4, 3, waves=3, seed=2, draws=6_000)
    orders = Counter(tuple(days) for days in first.sum(axis=1).tolist())
    assert len(orders) == 6
    assert max(abs(count / 1000 - 1) for count in orders.values()) < 0.12


def test_too_many_waves_are_refused():
    with pytest.raises(OptionError, match="from 2 to 3 would be right for 3 places"):
        waves.draw(90, 3, waves=4, seed=1)
    with pytest.raises(OptionError, match="--waves 1"):
        waves.draw(90, 3, waves=1, seed=1)
