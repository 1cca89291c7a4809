"""The quartic kernel along streets: a crossing worked by hand, all ways one by one, no mass lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.networks import lixels, splitting, walks
from networks.streets import by_ways, star, tangle

if TYPE_CHECKING:
    from abate.networks.splitting import Rule


def test_a_cross_worked_by_hand():
    """A point 10 m from a crossing of four: 40 m of radius, one piece an arm.

    Beyond the crossing lies what the quartic has from 10 to 40 m: (15/16)·(F(1) - F(1/4)), F(u) = u - 2u³/3 + u⁵/5.
    """
    streets = star(4, 100.0)
    pieces = lixels.cut(streets, step=100)
    u = 0.25
    beyond = 15 / 16 * (8 / 15 - (u - 2 * u**3 / 3 + u**5 / 5))
    found = splitting.split(streets, pieces, np.array([1]), np.array([10.0]), radius=40)
    assert np.allclose(found, [beyond / 3, 1 - beyond, beyond / 3, beyond / 3])
    found = splitting.split(streets, pieces, np.array([1]), np.array([10.0]), radius=40, rule="continuous")
    assert np.allclose(found, [beyond / 2, 1 - beyond - beyond / 2, beyond / 2, beyond / 2])


def test_the_continuous_rule_has_no_jump_at_a_crossing():
    streets = star(3, 100.0)
    pieces = lixels.cut(streets, step=0.5)
    jumps = {}
    for rule in ("continuous", "discontinuous"):
        found = splitting.split(streets, pieces, np.array([0]), np.array([20.0]), radius=60, rule=rule)  # type: ignore[arg-type]
        jumps[rule] = abs(found[pieces.first[0]] - found[pieces.first[1]]) / found.max()
    assert jumps["continuous"] < 0.02
    assert jumps["discontinuous"] > 0.3


@pytest.mark.parametrize("rule", ["discontinuous", "continuous"])
@pytest.mark.parametrize("seed", range(6))
def test_every_way_one_by_one_gives_the_same(seed: int, rule: Rule):
    streets = tangle(seed)
    pieces = lixels.cut(streets, step=1)
    rng = np.random.default_rng(seed)
    edge = rng.integers(0, len(streets.length), 3)
    along = rng.uniform(0, streets.length[edge])
    weights = rng.uniform(0.5, 2, 3)
    found = splitting.split(streets, pieces, edge, along, radius=18, weights=weights, rule=rule, least=0)
    slow = np.zeros(len(pieces.length))
    for one in range(3):
        ways = by_ways(
            streets, int(edge[one]), float(along[one]), radius=18.0, continuous=rule == "continuous",
            mass=lambda away: walks.below_plain(away, 18.0),
        )  # fmt: skip
        slow += weights[one] * np.concatenate(ways)
    assert np.allclose(found, slow, atol=1e-12)
    assert found.sum() == pytest.approx(weights.sum(), abs=1e-9)
    if rule == "discontinuous":
        assert found.min() >= 0


@pytest.mark.parametrize("rule", ["discontinuous", "continuous"])
def test_ways_with_next_to_nothing_left_may_end_early(rule: Rule):
    streets = tangle(2, nodes=9, edges=16)
    pieces = lixels.cut(streets, step=2)
    spot = np.array([4]), np.array([1.0])
    exact = splitting.split(streets, pieces, *spot, radius=40, rule=rule, least=0)
    near = splitting.split(streets, pieces, *spot, radius=40, rule=rule)
    assert near.sum() == pytest.approx(1)
    assert np.abs(near - exact).sum() < 0.02
    assert not np.array_equal(near, exact)


def test_points_that_share_a_spot_are_walked_once():
    streets = star(4)
    pieces = lixels.cut(streets, step=10)
    thrice = splitting.split(streets, pieces, np.array([2, 2, 2]), np.full(3, 33.0), radius=90)
    once = splitting.split(streets, pieces, np.array([2]), np.array([33.0]), radius=90)
    assert np.allclose(thrice, 3 * once)


def test_a_radius_that_leads_too_many_ways_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(splitting, "MOST_WALKED", 50)
    streets = tangle(1)
    with pytest.raises(OptionError, match="more than 50 ways of 90 from 1 points"):
        splitting.split(streets, lixels.cut(streets, step=5), np.array([0]), np.array([1.0]), radius=90)
    with pytest.raises(OptionError, match="a length above 0, not -1"):
        splitting.split(streets, lixels.cut(streets, step=5), np.array([0]), np.array([1.0]), radius=-1)
