"""Made-up trials: means, thinning, harm, and what a patrol leaves behind."""

from __future__ import annotations

import numpy as np
import pytest

from abate.trials import simulation
from abate.trials.backgrounds import Background, Variation
from abate.trials.simulation import Seen

NONE = Variation(0.0, 0.0, 0.0)


def background(place=NONE, day=NONE) -> Background:
    return Background(("a", "b", "c"), np.array([0.5, 1.0, 2.0]), np.ones(7), place, day, None, 100, 300, 1.0)


def test_expectations_have_the_planted_mean_and_memory():
    stream = np.random.default_rng(1)
    weekday = np.arange(60) % 7
    drawn = simulation.expect(
        background(Variation(0.1, 0.3, 0.7), Variation(0.0, 0.2, 0.5)), weekday=weekday, trials=3_000, stream=stream
    )
    assert drawn.mean(axis=(1, 2)) == pytest.approx([0.5, 1.0, 2.0], rel=0.03)
    logs = np.log(drawn[0])
    assert logs.var() == pytest.approx(0.6, rel=0.03)
    assert np.mean((logs[:, :-1] - logs.mean()) * (logs[:, 1:] - logs.mean())) == pytest.approx(0.31, rel=0.06)
    shared = np.cov(np.log(drawn[0, :, 0]), np.log(drawn[1, :, 0]))[0, 1]
    assert shared == pytest.approx(0.2, abs=0.03)


def test_what_is_prevented_leaves_a_poisson_count_of_the_smaller_mean():
    stream = np.random.default_rng(2)
    events = simulation.happen(np.full((1, 400, 50), 3.0), harms=None, most=1.0, stream=stream)
    exposure = np.zeros((1, 400, 50))
    exposure[..., ::2] = 1
    seen = simulation.prevent(events, exposure, 0.6).incidents
    assert seen[..., ::2].mean() == pytest.approx(1.8, rel=0.02)
    assert seen[..., ::2].var() == pytest.approx(1.8, rel=0.04)
    assert seen[..., 1::2].mean() == pytest.approx(3.0, rel=0.02)
    assert simulation.prevent(events, exposure, 1.0).incidents.sum() == len(events.cell)


def test_an_effect_can_add():
    stream = np.random.default_rng(3)
    events = simulation.happen(np.full((1, 400, 50), 1.0), harms=None, most=1.5, stream=stream)
    none, some = np.zeros((1, 400, 50)), np.ones((1, 400, 50))
    assert simulation.prevent(events, none, 1.5).incidents.mean() == pytest.approx(1.0, rel=0.03)
    assert simulation.prevent(events, some, 1.5).incidents.mean() == pytest.approx(1.5, rel=0.03)


def test_harm_goes_with_its_incident():
    stream = np.random.default_rng(4)
    events = simulation.happen(np.full((2, 30, 20), 1.0), harms=np.array([5.0]), most=1.0, stream=stream)
    seen = simulation.prevent(events, np.ones((2, 30, 20)), 0.5)
    assert seen.harm is not None
    assert (seen.harm == 5 * seen.incidents).all()
    assert (seen.of("any") == (seen.incidents > 0)).all()
    with pytest.raises(ValueError, match="not known"):
        Seen(seen.incidents, None).of("harm")


def test_delivery_and_what_lingers():
    stream = np.random.default_rng(5)
    planned = stream.random((4, 50, 100)) < 0.4
    delivered = simulation.deliver(planned, 0.75, stream)
    assert not (delivered & ~planned).any()
    assert delivered.sum() / planned.sum() == pytest.approx(0.75, abs=0.02)
    assert simulation.deliver(planned, 1.0, stream) is planned
    plain = np.zeros(100)
    for day in range(100):
        plain[day] = 1.0 if planned[0, 0, day] else (0.6 * plain[day - 1] if day else 0.0)
    assert np.allclose(simulation.linger(planned, 0.6)[0, 0], plain)
    assert (simulation.linger(planned, 0.0) == planned).all()
