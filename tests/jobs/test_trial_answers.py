"""The JSON document of an analysis: its keys, and numbers that agree with the record."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.trials import trial_panels

from abate.jobs import trial_answers
from abate.trials import analyses, selection
from abate.trials.analyses import Exposure


@pytest.fixture(scope="module")
def analysis():
    rng = np.random.default_rng(5)
    panel = trial_panels.trial(rng, sites=8, days=40, treat=3, ratio=0.6, rate=1.0)
    draws = trial_panels.rotations(rng, 199, sites=8, days=40, treat=3)
    minutes = np.where(panel.patrol, rng.uniform(8, 20, panel.patrol.shape), 0.0)
    rings = rng.poisson(1.0, panel.patrol.shape).astype(float)
    exposure = Exposure(minutes, measured=True, source="test")
    return analyses.analyse(panel, draws, rings=rings, exposure=exposure)


def test_the_keys_are_those_promised(analysis):
    told = trial_answers.document(analysis)
    assert {"itt", "harm", "carry_over", "buffers", "dose", "n"} <= set(told)
    assert {"rate_ratio", "difference", "p_randomisation"} <= set(told["itt"])
    for part in (told["itt"], told["harm"]):
        assert {"value", "low", "high"} <= set(part["rate_ratio"]) & set(part["difference"])
    assert {"place_days", "treated", "control", "events"} <= set(told["n"])
    assert told["n"]["treated"] + told["n"]["control"] == told["n"]["place_days"]


def test_the_numbers_are_those_of_the_record(analysis):
    told = trial_answers.document(analysis)
    assert told["itt"]["rate_ratio"]["value"] == analysis.incidents.ratio.value
    assert told["carry_over"]["raw"]["value"] == analysis.carry_over.raw.value
    assert told["buffers"]["ring"]["value"] == analysis.buffers.ring.value
    assert len(told["dose"]["response"]) == len(analysis.dose.bands)
    assert told["dose"]["complier"]["per_ten_minutes"]["value"] == analysis.dose.complier.per_ten_minutes.value
    assert len(told["heterogeneity"]["places"]) == 8
    assert told["harm"]["without_top"]["share"] == analysis.without_top.share
    assert trial_answers.effect(analysis.risk)["sentence"] == str(analysis.risk)


def test_the_time_before_has_the_fall_beside_it(analysis):
    panel = trial_panels.trial(np.random.default_rng(5), sites=8, days=40, treat=3, ratio=0.6, rate=1.0)
    names = [*panel.sites, *(f"other {place}" for place in range(20))]
    counts = pd.DataFrame({"site_id": names, "incidents": range(40, 12, -1), "days": 30.0})
    found = selection.compare(panel, counts)
    told = trial_answers.before_after(found)
    assert told["before"] == {"incidents": sum(range(40, 32, -1)), "place_days": 240.0, "rate": found.before.rate}
    assert told["expected"]["incidents"]["value"] == found.fall.expected
    assert told["expected"]["rate"]["low"] == found.interval[0]
    assert told["fall_by_choosing"] == found.fall.share
    assert told["sentence"] == str(found)
    unsaid = trial_answers.before_after(selection.compare(panel, counts.assign(days=np.nan)))
    assert (unsaid["before"]["rate"], unsaid["expected"]["rate"]["value"]) == (None, None)
