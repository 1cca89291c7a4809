"""Wilson's interval against its equation and its promise."""

from __future__ import annotations

from math import comb

import pytest

from abate.stats.proportions import wilson


def test_its_ends_solve_the_score_equation() -> None:
    for successes, trials in ((3, 20), (20, 20), (0, 7), (55, 100)):
        share = successes / trials
        for end in wilson(successes, trials):
            assert (share - end) ** 2 == pytest.approx(1.959963985**2 * end * (1 - end) / trials, abs=1e-9)


def test_a_published_value() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 857-872, table I: 81 of 263 gives 0.2553 to 0.3662
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_it_covers_about_as_often_as_it_says() -> None:
    for truth in (0.3, 0.5, 0.65, 0.8):
        chance = [comb(20, k) * truth**k * (1 - truth) ** (20 - k) for k in range(21)]
        covered = sum(p for k, p in enumerate(chance) if wilson(k, 20)[0] <= truth <= wilson(k, 20)[1])
        assert 0.91 < covered < 0.985
