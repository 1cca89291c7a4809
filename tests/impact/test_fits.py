from dataclasses import replace

import numpy as np
import pytest

from abate.impact import methods
from abate.impact.effects import Setting
from impact import regions

SC = Setting("sc")


def test_figures_of_the_fit_are_as_told() -> None:
    panel = regions.panel(3, areas=20)
    found = methods.estimate(panel, SC)
    weights = np.array([found.weights[unit] for unit in panel.units[1:]])
    assert found.gaps is not None
    gaps, own = found.gaps[0, :24], panel.outcomes[0, :24]
    told = found.diagnostics
    assert told["effective_donors"] == pytest.approx(1 / np.sum(weights**2))
    assert told["largest_weight"] == weights.max()
    assert told["pre_r2"] == pytest.approx(1 - np.sum(gaps**2) / np.sum((own - own.mean()) ** 2))
    above = own > panel.outcomes[1:, :24].max(axis=0)
    below = own < panel.outcomes[1:, :24].min(axis=0)
    assert told["outside_range"] == np.mean(above | below)
    assert told["donors"] == 19


def test_an_area_that_no_mix_reaches_is_told() -> None:
    panel = regions.panel(3, areas=20)
    outcomes = panel.outcomes.copy()
    outcomes[0] += 40
    high = replace(panel, outcomes=outcomes)
    found = methods.estimate(high, SC)
    assert found.diagnostics["outside_range"] == 1
    assert not found.diagnostics["inside_hull"]
    assert any("above or below every control" in note for note in found.notes)
    assert any("follows only 0% of the movement" in note for note in found.notes)
    raised = methods.estimate(high, replace(SC, options={"intercept": True}))
    assert not any("above or below" in note for note in raised.notes)


def test_weight_on_one_control_is_told() -> None:
    panel = regions.panel(3, areas=20)
    outcomes = panel.outcomes.copy()
    outcomes[0] = outcomes[5] + 0.001
    found = methods.estimate(replace(panel, outcomes=outcomes), SC)
    assert found.diagnostics["largest_weight"] > 0.99
    assert any("a comparison of two areas" in note for note in found.notes)
