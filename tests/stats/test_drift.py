"""The noise of positions: planted and found again, at rest, on the move and where nothing can be known."""

from __future__ import annotations

import numpy as np
import pytest

from abate.stats import drift


def errors(number: int, every: float, sd: float, lasts: float, seed: int = 1) -> np.ndarray:
    generator = np.random.default_rng(seed)
    alike = np.exp(-every / lasts)
    drawn = np.empty((number, 2))
    drawn[0] = generator.normal(0, sd, 2)
    for place in range(1, number):
        drawn[place] = alike * drawn[place - 1] + np.sqrt(1 - alike**2) * generator.normal(0, sd, 2)
    return drawn


@pytest.mark.parametrize(("every", "sd", "lasts"), [(5, 4, 20), (15, 8, 30), (30, 12, 20), (60, 10, 30)])
def test_at_rest_the_planted_noise_is_found(every: float, sd: float, lasts: float) -> None:
    number = int(20_000 / every * 6)
    noise = errors(number, every, sd, lasts)
    found = drift.estimate(np.zeros(number, np.int64), np.arange(number) * every, noise[:, 0], noise[:, 1])
    assert found.basis == "rest"
    assert found.sd == pytest.approx(sd, rel=0.2)
    if every <= lasts / 2:
        assert found.lasts == pytest.approx(lasts, rel=0.4)


def test_on_the_move_the_bends_tell_it() -> None:
    noise = errors(4000, 5, 6, 30)
    seconds = np.arange(4000) * 5.0
    found = drift.estimate(np.zeros(4000, np.int64), seconds, noise[:, 0] + 1.3 * seconds, noise[:, 1])
    assert found.basis == "bends"
    assert found.sd == pytest.approx(6, rel=0.2)


def test_where_nothing_is_known_it_says_so() -> None:
    seconds = np.arange(300) * 60.0
    found = drift.estimate(np.zeros(300, np.int64), seconds, 1.3 * seconds, np.zeros(300))
    assert (found.basis, found.sd) == ("assumed", drift.ASSUMED)
    assert drift.estimate(np.zeros(2, np.int64), np.arange(2.0), np.zeros(2), np.zeros(2)).basis == "assumed"
