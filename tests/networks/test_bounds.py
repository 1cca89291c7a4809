from __future__ import annotations

import pytest

from abate.networks import bounds, reaches
from networks.small_towns import enumerated, town


@pytest.mark.parametrize("seed", range(20))
def test_the_programme_is_never_below_the_best_walk(seed: int) -> None:
    streets, worth = town(300 + seed, nodes=5, edges=7)
    budget = float(5 + seed % 9)
    most = enumerated(streets, worth, budget)
    near = reaches.reach(streets, worth, depot=0, budget=budget)
    if near.empty:
        assert most == 0
        return
    loose = bounds.relaxed(bounds.Programme(near.links, budget), rounds=1)
    tight = bounds.relaxed(bounds.Programme(near.links, budget), rounds=50)
    assert most <= tight * (1 + 1e-9)
    assert tight <= loose * (1 + 1e-9)


def test_a_bound_at_what_is_at_hand_ends_the_search() -> None:
    streets, worth = town(7, nodes=5, edges=7)
    near = reaches.reach(streets, worth, depot=0, budget=100.0)
    programme = bounds.Programme(near.links, 100.0)
    assert bounds.relaxed(programme, rounds=9, enough=float(worth.sum())) == worth.sum()
    assert not programme.cuts
