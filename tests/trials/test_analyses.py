"""The whole analysis of a trial: a planted effect is found, parts that cannot be reckoned are named and left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.trials import calibrations, trial_panels

from abate.errors import OptionError
from abate.trials import analyses, schemes
from abate.trials.analyses import Asked, Exposure
from abate.trials.outcomes import Washout

if TYPE_CHECKING:
    from collections.abc import Callable


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


def test_a_washout_is_set_aside_in_regressions_and_in_every_redraw(made):
    panel, draws = made
    scheme = schemes.Scheme(date(2026, 1, 1), 90, treat=8, washout=1)
    washed = Washout(schemes.washed(scheme, panel.patrol.T).T, schemes.washed(scheme, draws))
    whole, less = analyses.analyse(panel, draws), analyses.analyse(panel, draws, washed=washed)
    changed = replace(panel, incidents=np.where(washed.now, panel.incidents + 1, panel.incidents))
    again = analyses.analyse(changed, draws, washed=washed)
    assert less.incidents.ratio.value != whole.incidents.ratio.value
    assert again.incidents.ratio == less.incidents.ratio
    assert less.incidents.redrawn_ratio != whole.incidents.redrawn_ratio
    assert less.incidents.redrawn_ratio.value == pytest.approx(less.incidents.ratio.value, rel=0.1)


def test_a_stepped_roll_out_has_the_efficient_estimator_beside_the_redraws(made):
    panel, _ = made
    scheme = schemes.Scheme(date(2026, 1, 1), 90, kind="stepped", waves=4)
    places = pd.DataFrame({"site_id": list(panel.sites)})
    drawn = schemes.draw(scheme, places, seed=3, draws=300)
    stepped = trial_panels.trial(np.random.default_rng(5), ratio=0.4, rate=1.0, patrol=drawn[0].T)
    told = analyses.analyse(stepped, drawn[1:])
    incidents, harm = told.rollout
    assert (incidents.outcome, harm.outcome) == ("incidents", "harm")
    assert incidents.low < -0.6 * 1.0 * stepped.incidents[:, :18].mean() < incidents.high < 0
    assert incidents.p < 0.05
    assert incidents in told.effects()
    assert told.carry_over.adjusted is None
    assert analyses.analyse(panel, made[1]).rollout == ()


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


@pytest.mark.slow
def test_no_p_value_is_small_too_often_where_patrol_does_nothing():
    found = calibrations.p_values("Southend", 60, seed=41)
    for name, values in found.items():
        assert np.mean(values <= 0.05) < 0.18, name
    assert np.mean(found["any incident, redraws"] <= 0.5) == pytest.approx(0.5, abs=0.22)


@pytest.mark.slow
def test_a_washout_takes_the_bias_of_carry_over_off():
    plain, washed = (calibrations.washed_out("Southend", 120, seed=42, washout=days) for days in (0, 1))
    assert plain.mean() > 0.05
    assert washed.mean() == pytest.approx(0, abs=3.5 * washed.std() / np.sqrt(120))


@pytest.mark.long
@pytest.mark.parametrize("shape", calibrations.SHAPES)
def test_size_of_every_p_value(shape: str, proof: Callable[[str, str, str], None]):
    found = {name: float(np.mean(p <= 0.05)) for name, p in calibrations.p_values(shape, 2000, seed=43).items()}
    for name, size in found.items():
        band = "measured, no band" if name in calibrations.BY_MODEL else "4% to 6%"
        proof(f"size at 5%, {shape}, {name}", f"{size:.1%}", band)
    outside = {name: size for name, size in found.items() if not 0.04 <= size <= 0.06}
    assert set(outside) <= calibrations.BY_MODEL


@pytest.mark.long
@pytest.mark.parametrize("shape", calibrations.SHAPES)
def test_bias_with_and_without_a_washout(shape: str, proof: Callable[[str, str, str], None]):
    plain, washed = (calibrations.washed_out(shape, 2000, seed=44, washout=days) for days in (0, 1))
    for bias, words in ((plain.mean(), "kept"), (washed.mean(), "set aside")):
        band = "-2% to 2%" if words == "set aside" else "biased: below -10%"
        proof(f"bias of the log rate ratio, {shape}, the day after {words}", f"{bias / np.log(0.56):+.1%}", band)
    assert plain.mean() / np.log(0.56) < -0.1
    assert abs(washed.mean() / np.log(0.56)) <= 0.02
