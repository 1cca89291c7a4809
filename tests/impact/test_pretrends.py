"""The periods before the start: the test's size and power, and the drift that it would have missed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.impact import methods
from abate.impact.effects import Effect, Setting
from impact.rollouts import rollout

if TYPE_CHECKING:
    from collections.abc import Callable

    from abate.impact.panels import Panel


def drifting(panel: Panel, slope: float) -> Panel:
    """The same panel with the areas that ever begin drifting away from the others."""
    return replace(panel, outcomes=panel.outcomes + slope * panel.ever[:, None] * np.arange(len(panel.times)))


@pytest.mark.parametrize("base", ["varying", "universal"])
def test_a_drift_is_found_in_its_size_and_feigns_what_is_said(base: str) -> None:
    panel = drifting(rollout(1, areas=400, noise=0.05), 0.7)
    effect = methods.estimate(panel, Setting("cs", options={"base": base}))
    drift = effect.diagnostics["pretest_drift"]
    assert drift["value"] == pytest.approx(0.7, abs=4 * drift["se"])
    assert effect.diagnostics["pretest_p"] < 1e-6
    scale = effect.diagnostics["pretest_feigned_effect"] / effect.diagnostics["pretest_missed_drift"]
    assert scale * 0.7 == pytest.approx(effect.value, abs=0.05)
    assert "did not move alike" in effect.notes[-1]


def test_a_null_is_said_with_what_it_could_not_show() -> None:
    effect = methods.estimate(rollout(3, areas=200), Setting("cs"))
    assert effect.diagnostics["pretest_p"] > 0.05
    assert "does not prove that there was none" in effect.notes[-1]
    assert f"{effect.diagnostics['pretest_missed_drift']:.3g} a period would be missed" in effect.notes[-1]


def test_too_few_areas_for_a_joint_test_leave_the_drift() -> None:
    panel = rollout(4, areas=20, periods=30, starts=(15, 18, 21, 30))
    effect = methods.estimate(panel, Setting("cs"))
    assert effect.diagnostics["pretest_p"] is None
    assert 0 < effect.diagnostics["pretest_drift"]["p"] < 1
    assert effect.diagnostics["pretest_missed_drift"] == pytest.approx(
        2.80 * effect.diagnostics["pretest_drift"]["se"], rel=1e-3
    )
    assert "cannot be tested together with 20 areas" in effect.notes[-1]


def test_with_few_areas_a_joint_test_alone_is_no_verdict() -> None:
    """The first of some panels without drift whose joint test fails though the one drift is nowhere near."""
    panels = (rollout(seed, areas=24, periods=6, starts=(3, 4, 5, 6)) for seed in range(50))
    found = (methods.estimate(panel, Setting("cs")) for panel in panels)
    told = [
        effect.notes[-1]
        for effect in found
        if (effect.diagnostics["pretest_p"] or 1) < 0.05 < effect.diagnostics["pretest_drift"]["p"]
    ]
    assert told
    assert all("with 24 areas or clusters the joint test says so too often" in note for note in told)


def test_periods_of_anticipation_are_not_used() -> None:
    panel = rollout(5, areas=100, starts=(4, 8), noise=0.1)
    early = panel.outcomes.copy()
    early[panel.first == 4, 3] += 5
    moved = replace(panel, outcomes=early)
    assert methods.estimate(moved, Setting("cs")).diagnostics["pretest_p"] < 1e-6
    waited = methods.estimate(moved, Setting("cs", options={"anticipation": 1}))
    assert waited.diagnostics["pretest_p"] > 0.01
    assert waited.diagnostics["pretest_df"] == 2


def test_with_one_period_before_nothing_can_be_checked() -> None:
    effect = methods.estimate(rollout(6, periods=3, starts=(1, 3)), Setting("cs"))
    assert effect.diagnostics["pretest_p"] is None
    assert effect.notes[-1] == ("No period before the start can be compared with another: the trends cannot be checked")


@pytest.mark.long
def test_the_test_is_as_large_and_as_strong_as_it_says(proof: Callable[[str, str, str], None]) -> None:
    panels = [rollout(seed, areas=200, periods=6, starts=(2, 4, 6, 6)) for seed in range(1000)]
    effects: list[Effect] = [methods.estimate(panel, Setting("cs")) for panel in panels]
    size = float(np.mean([effect.diagnostics["pretest_p"] < 0.05 for effect in effects]))
    least = float(np.mean([effect.diagnostics["pretest_missed_drift"] for effect in effects]))
    told = [methods.estimate(drifting(panel, least), Setting("cs")).diagnostics["pretest_p"] < 0.05 for panel in panels]
    power = float(np.mean(told))
    proof("pre-test of group-time effects, 200 areas: size at 5%", f"{size:.3f}", "0.03 to 0.09")
    proof("pre-test of group-time effects, 200 areas: power at the drift it names", f"{power:.2f}", "0.75 to 0.87")
    assert 0.03 <= size <= 0.09
    assert 0.75 <= power <= 0.87
