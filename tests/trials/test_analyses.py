"""The whole analysis of a trial: a planted effect is found, parts that cannot be reckoned are named and left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.trials import trial_panels

from abate.errors import OptionError
from abate.trials import analyses
from abate.trials.analyses import Asked, Exposure


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(4)
    panel = trial_panels.trial(rng, ratio=0.56, rate=0.8)
    return panel, trial_panels.rotations(rng, 499)


def test_a_planted_fall_lies_in_every_interval(made):
    panel, draws = made
    told = analyses.analyse(panel, draws)
    for effect in (told.incidents.ratio, told.incidents.redrawn_ratio, *told.beside, told.carry_over.adjusted):
        assert effect.low < 0.56 < effect.high, effect
        assert effect.high < 1
    assert told.incidents.p < 0.01
    assert told.adjusted["incidents"] >= told.incidents.p - 1e-12
    assert told.sizes == {**told.sizes, "place_days": 1800, "treated": 720, "control": 1080}
    assert told.harm is not None
    assert told.harm.ratio.standing == "descriptive"
    assert told.harm.p == told.harm.redrawn_difference.p
    assert told.places.whole == pytest.approx(told.incidents.ratio.value)
    assert told.missing == ()


def test_the_registered_outcome_bears_the_standing(made):
    panel, draws = made
    told = analyses.analyse(panel, draws, Asked(primary="harm", standing="registered"))
    assert told.harm.redrawn_difference.standing == "registered"
    assert told.harm.redrawn_ratio.standing == "descriptive"
    assert told.incidents.ratio.standing == "supporting"


def test_half_of_the_visits_gone_widens_what_a_visit_does(made):
    panel, draws = made
    rng = np.random.default_rng(1)
    came = panel.patrol & (rng.random(panel.patrol.shape) < 0.5)
    minutes = np.where(came, rng.uniform(11, 20, came.shape), 0.0)
    told = analyses.analyse(panel, draws, exposure=Exposure(minutes, measured=True, source="test")).dose
    assert told.compliance.drawn_visited == pytest.approx(0.5, abs=0.05)
    assert told.complier.ratio.value < 0.56
    assert [band.label for band in told.bands] == ["up to 16 min", "over 16 min"]
    unmeasured = analyses.analyse(panel, draws, exposure=Exposure(minutes, measured=False, source="overrides")).dose
    assert unmeasured.bands == ()


def test_rings_stand_beside_the_sites(made):
    panel, draws = made
    rings = np.random.default_rng(2).poisson(1.0, panel.patrol.shape).astype(float)
    told = analyses.analyse(panel, draws, rings=rings)
    assert told.buffers.site.value == pytest.approx(told.incidents.ratio.value)
    nothing = analyses.analyse(panel, draws, rings=np.zeros(panel.patrol.shape))
    assert nothing.buffers is None
    assert "no incident in any ring" in nothing.missing[0]


def test_a_washout_leaves_regressions_and_stays_in_the_redraws(made):
    panel, draws = made
    washed = np.zeros(panel.patrol.shape, dtype=bool)
    washed[:, :10] = ~panel.patrol[:, :10]
    whole, less = analyses.analyse(panel, draws), analyses.analyse(panel, draws, washed=washed)
    assert less.incidents.ratio.value != whole.incidents.ratio.value
    assert less.incidents.redrawn_ratio == whole.incidents.redrawn_ratio


def test_places_throughout_on_one_side_have_no_carry_over(made):
    panel, _ = made
    rng = np.random.default_rng(3)
    arms = np.argsort(rng.random((199, 20)), axis=1) < 8
    patrol = np.repeat((np.arange(20) < 8)[:, None], 90, axis=1)
    told = analyses.analyse(replace(panel, patrol=patrol), np.repeat(arms[:, None, :], 90, axis=1))
    assert told.carry_over.adjusted is None
    assert told.places is None
    assert 0 < told.incidents.p <= 1


def test_harm_that_is_nowhere_is_named(made):
    panel, draws = made
    told = analyses.analyse(replace(panel, harm=np.zeros(panel.patrol.shape)), draws)
    assert told.harm is None
    assert told.missing[0].startswith("Harm: none was recorded")


def test_options_are_refused_together():
    with pytest.raises(OptionError) as fault:
        Asked(level=1.0, lasting=0, least_minutes=0)
    assert len(fault.value.faults) == 3


def test_unequal_chances_weight_the_regressions(made):
    panel, _ = made
    rng = np.random.default_rng(6)
    chance = np.where(np.arange(20) < 10, 0.2, 0.6)
    patrol = (rng.random((90, 20)) < chance).T
    draws = rng.random((499, 90, 20)) < chance
    told = analyses.analyse(replace(panel, patrol=patrol), draws)
    assert not told.even
    plain = analyses.regressions.rate_ratio(replace(panel, patrol=patrol))
    assert told.incidents.ratio.value != pytest.approx(plain.value, rel=1e-4)
    assert told.incidents.ratio.low < 1 < told.incidents.ratio.high


def test_sides_without_incidents_are_named(made):
    panel, draws = made
    rings = np.where(panel.patrol, 1.0, 0.0)
    told = analyses.analyse(panel, draws, rings=rings)
    assert told.buffers is None
    assert "the rings had incidents on days of one kind only" in told.missing[0]
