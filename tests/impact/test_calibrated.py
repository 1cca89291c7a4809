from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import methods
from abate.impact.effects import Setting
from impact.regions import panel as made

if TYPE_CHECKING:
    from abate.impact.panels import Panel


def panel(seed: int, *, effect: float = 0.0, areas: int = 80, treated: int = 12) -> Panel:
    return made(seed, areas=areas, before=6, after=4, treated=treated, effect=effect)


def test_periods_before_the_start_agree_exactly() -> None:
    found = methods.estimate(panel(1), Setting("calibrate"))
    assert found.pre_rmse is not None
    assert found.pre_rmse < 1e-8
    assert sum(found.weights.values()) == pytest.approx(1)
    assert min(found.weights.values()) > 0
    assert found.diagnostics["balanced"] == "everything"
    assert found.diagnostics["approximate"] == []


def test_the_value_is_the_gap_after_the_start() -> None:
    found = methods.estimate(panel(2, effect=-3.0), Setting("calibrate"))
    gaps = found.gaps
    assert gaps is not None
    assert found.value == pytest.approx(float(np.nanmean(gaps[found.panel.ever][:, 6:])))
    assert np.isnan(gaps[~found.panel.ever]).all()


def test_a_planted_effect_is_found_in_the_mean_with_cover() -> None:
    told = [methods.estimate(panel(seed, effect=-2.0), Setting("calibrate")) for seed in range(80)]
    values = np.array([one.value for one in told])
    assert values.mean() == pytest.approx(-2.0, abs=3.5 * values.std() / np.sqrt(len(values)))
    held = [one.low <= -2 <= one.high for one in told if one.low is not None and one.high is not None]
    assert len(held) == len(told)
    assert np.mean(held) > 0.8


def test_what_cannot_agree_is_said() -> None:
    found = methods.estimate(panel(1, areas=16, treated=6), Setting("calibrate"))
    assert found.diagnostics["balanced"] != "everything"
    assert found.diagnostics["approximate"]
    assert found.notes[0].startswith("No weights of 0 or more match everything")


def test_stretches_of_periods_may_be_balanced() -> None:
    found = methods.estimate(panel(1), Setting("calibrate", options={"stretch": 3}))
    gaps = found.panel.outcomes[found.panel.ever].mean(axis=0) - found.counterfactual[found.panel.ever][0]  # type: ignore[index]
    assert gaps[:3].sum() == pytest.approx(0, abs=1e-8)
    assert gaps[3:6].sum() == pytest.approx(0, abs=1e-8)
    assert np.abs(gaps[:6]).max() > 0.001


def test_one_area_has_no_linearised_error_but_placebos() -> None:
    found = methods.estimate(panel(1, treated=1), Setting("calibrate", inference=("placebo",)))
    assert found.p is not None
    assert methods.estimate(panel(1, treated=1), Setting("calibrate")).se is None
    with pytest.raises(OptionError, match="one area alone"):
        methods.estimate(panel(1, treated=1), Setting("calibrate", inference=("analytic",)))


def test_the_first_inference_named_gives_the_figures() -> None:
    placebo = methods.estimate(panel(1), Setting("calibrate", inference=("placebo", "analytic"), draws=20))
    assert "analytic" in placebo.diagnostics["intervals"]
    plain = methods.estimate(panel(1), Setting("calibrate"))
    assert placebo.se != plain.se
    assert list(placebo.diagnostics["intervals"]["analytic"]) == [plain.low, plain.high]


def test_errors_may_take_periods_apart() -> None:
    together = methods.estimate(panel(1), Setting("calibrate"))
    apart = methods.estimate(panel(1), Setting("calibrate", options={"errors": "apart"}))
    assert together.value == apart.value
    assert together.se != apart.se


def test_every_fault_is_told_at_once() -> None:
    one = panel(1)
    staggered = one.begun(np.where(np.arange(80) == 0, 7, one.first))
    setting = Setting("calibrate", covariates=("people",), options={"strech": 1, "stretch": 0, "errors": "none"})
    with pytest.raises(OptionError) as told:
        methods.estimate(staggered, setting)
    assert len(told.value.faults) == 5
    assert "Did you mean 'stretch'?" in str(told.value)
    assert "--method sdid or cs" in str(told.value)


def test_both_sides_and_a_time_before_are_needed() -> None:
    one = panel(1)
    with pytest.raises(OptionError, match="every area had the programme"):
        methods.estimate(one.begun(np.full(80, 6)), Setting("calibrate"))
    with pytest.raises(OptionError, match="nothing before it"):
        methods.estimate(one.begun(np.where(one.ever, 0, 10)), Setting("calibrate"))
    with pytest.raises(OptionError, match="no area of the panel"):
        methods.estimate(one.begun(np.full(80, 10)), Setting("calibrate"))
