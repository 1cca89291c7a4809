"""Sites and their rings, jointly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.errors import TableError
from abate.trials import buffers
from trials.trial_panels import trial


def rings(rng: np.random.Generator, patrol: np.ndarray, ratio: float, rate: float = 0.8) -> np.ndarray:
    return rng.poisson(rate * rng.lognormal(0, 0.4, (len(patrol), 1)) * ratio**patrol).astype(float)


@pytest.mark.parametrize(("ratio", "said"), [(1.5, "some moved there"), (0.6, "the benefit spread"), (1.0, "No clear")])
def test_displacement_and_diffusion_are_told_apart(ratio: float, said: str):
    rng = np.random.default_rng(1)
    panel = trial(rng, days=180, rate=0.6, ratio=0.56)
    found = buffers.compare(panel, rings(rng, panel.patrol, ratio))
    assert said in found.verdict
    assert found.ring.value == pytest.approx(ratio, rel=0.15)
    assert found.net_change.value == pytest.approx(found.site_change.value + found.ring_change.value)


def test_a_ring_that_is_the_site_again_doubles_everything():
    panel = trial(np.random.default_rng(2), ratio=0.6)
    found = buffers.compare(panel, panel.incidents)
    assert found.correlation == pytest.approx(1.0)
    assert found.quotient == pytest.approx(1.0)
    assert found.net_change.low == pytest.approx(2 * found.site_change.low)


def test_incidents_that_all_move_have_a_quotient_of_minus_one():
    rng = np.random.default_rng(3)
    panel = trial(rng, sites=40, days=120, treat=16, rate=1.5, ratio=1.0)
    moved = rng.binomial(panel.incidents.astype(int), 0.4) * panel.patrol
    ring = rings(rng, panel.patrol, 1.0, rate=0.5) + moved
    found = buffers.compare(replace(panel, incidents=panel.incidents - moved), ring)
    assert found.quotient == pytest.approx(-1, abs=0.2)
    assert found.quotient_interval is not None
    assert found.quotient_interval[0] < -1 < found.quotient_interval[1]
    assert found.net_change.low < 0 < found.net_change.high


def test_a_site_without_a_change_has_a_quotient_without_ends():
    rng = np.random.default_rng(4)
    panel = trial(rng, ratio=1.0)
    assert buffers.compare(panel, rings(rng, panel.patrol, 1.0)).quotient_interval is None


@pytest.mark.slow
def test_the_net_change_covers_as_often_as_said():
    rng, held = np.random.default_rng(5), []
    for _ in range(40):
        panel = trial(rng, ratio=0.56, rate=0.5)
        ring = rings(rng, panel.patrol, 1.2)
        found = buffers.compare(panel, ring)
        patrolled = panel.patrol
        truth = panel.incidents[patrolled].sum() * (1 - 1 / 0.56) + ring[patrolled].sum() * (1 - 1 / 1.2)
        held.append(found.net_change.low <= truth <= found.net_change.high)
    assert np.mean(held) > 0.85


def test_empty_rings_are_refused():
    panel = trial(np.random.default_rng(6))
    with pytest.raises(TableError, match="no incident in any ring"):
        buffers.compare(panel, np.zeros(panel.patrol.shape))
