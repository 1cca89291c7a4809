"""Stability and turnover without change: sure where a site stands out, unsure where it does not, right on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.hotspots import redraws
from abate.hotspots.choosing import Board, Rules, choose
from hotspots import boards

if TYPE_CHECKING:
    from collections.abc import Callable


def outstanding(seed: int) -> Board:
    """One place far above all others, which are alike."""
    rng = np.random.default_rng(seed)
    rates = np.full(144, 1.0)
    rates[40] = 12.0
    return boards.board(rng.poisson(rates[:, None], (144, 12)), across=12)


def test_what_stands_out_is_chosen_again_and_what_does_not_is_not() -> None:
    found = choose(outstanding(1), boards.loose(sites=4, site_km2=0.023, separation_m=150))
    shares = redraws.stability(found, draws=100, seed=1)
    assert shares[0] == 1.0
    assert shares[1:].max() < 0.9


def test_the_same_seed_gives_the_same_shares() -> None:
    found = choose(boards.town(3, across=10), Rules(sites=4))
    one, two = (redraws.stability(found, draws=50, seed=7) for _ in range(2))
    assert np.array_equal(one, two)


def test_the_memory_of_a_forecast_is_read_off_it() -> None:
    rng = np.random.default_rng(5)
    seen = rng.poisson(rng.gamma(0.7, 3.0, (400, 24)))
    half_life = 4.0
    remembered = seen @ 0.5 ** (np.arange(24)[::-1] / half_life)
    quick = boards.board(seen, across=20, expected=remembered)
    assert np.allclose(redraws.memory(quick), 0.5 ** (np.arange(24)[::-1] / half_life))
    steady = boards.board(seen, across=20, expected=seen.sum(axis=1).astype(float))
    assert np.array_equal(redraws.memory(steady), np.ones(24))


def test_lists_from_the_same_months_are_the_same_and_from_others_differ() -> None:
    found = choose(boards.town(6, across=12), Rules(sites=5))
    same = redraws.unchanged(found, found.members, months=(0, 12, 0), draws=40, seed=1)
    assert same.left.max() == 0
    assert np.array_equal(same.before, same.after)
    other = redraws.unchanged(found, found.members, months=(12, 0, 12), draws=40, seed=1)
    assert other.left.mean() > 0


def turnover(seed: int) -> tuple[int, np.ndarray]:
    """How many sites are lost between two lists of a town in which nothing changes, and how many redraws say."""
    rng = np.random.default_rng(seed)
    rates = rng.gamma(0.5, 2.0, 144)
    seen = rng.poisson(rates[:, None], (144, 18))
    rules = boards.loose(sites=6, site_km2=0.046, separation_m=150, least_incidents=3)
    old = choose(boards.board(seen[:, :12], across=12), rules)
    new = choose(boards.board(seen[:, 6:], across=12), rules)
    again = redraws._overlapped(old.members, np.arange(len(new.sites)), _as_pool(new), new.board.area_km2)
    null = redraws.unchanged(new, old.members, months=(6, 6, 6), draws=60, seed=seed)
    return int((~again).sum()), null.left


def _as_pool(choice: object) -> object:
    from types import SimpleNamespace

    from scipy import sparse

    return SimpleNamespace(holds=sparse.csr_array(choice.members.T))  # type: ignore[attr-defined]


@pytest.mark.slow
def test_turnover_without_change_is_about_what_the_redraws_say(proof: Callable[[str, str, str], None]) -> None:
    towns = [turnover(seed) for seed in range(30)]
    lost = np.mean([seen for seen, _ in towns])
    told = np.mean([left.mean() for _, left in towns])
    rare = np.mean([(left >= seen).mean() <= 0.05 for seen, left in towns])
    proof(
        "sites lost between two lists of a town in which nothing changes, over what the redraws say",
        f"{lost / told:.2f}; called rare (1 in 20) in {rare:.0%} of 30 towns",
        "0.7 to 1.4; at most 15%",
    )
    assert 0.7 < lost / told < 1.4
    assert rare <= 0.15
