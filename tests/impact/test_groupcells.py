"""Group-time effects cell by cell, against plain two-by-two loops written on their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import OptionError
from abate.impact import groupcells
from abate.impact.effects import Setting
from abate.impact.groupchoices import choose
from impact.rollouts import rollout

if TYPE_CHECKING:
    from abate.impact.panels import Panel


def plainly(panel: Panel, *, controls: str, base: str, anticipation: int) -> dict[tuple[int, int], float]:
    """Each effect as four means, one loop inside the other; NaN outcomes are left out of the pairs they are in."""
    last, found = len(panel.times), {}
    for group in sorted({int(one) for one in panel.first if one < last}):
        for time in range(last):
            before = group - 1 - anticipation
            if base == "varying" and time < group:
                before = time - 1
            if before < 0:
                continue
            theirs, others = [], []
            for area in range(len(panel.units)):
                change = panel.outcomes[area, time] - panel.outcomes[area, before]
                begins = int(panel.first[area])
                if np.isnan(change):
                    continue
                if begins == group:
                    theirs.append(change)
                elif begins == last or (controls == "notyet" and begins > max(time, before) + anticipation):
                    others.append(change)
            if theirs and others:
                found[group, time] = sum(theirs) / len(theirs) - sum(others) / len(others)
    return found


def cells(panel: Panel, setting: Setting) -> dict[tuple[int, int], float]:
    choices = choose(setting, panel)
    found = groupcells.fill(groupcells.sample(panel, setting, choices), setting, choices)
    places = zip(found.group.tolist(), found.time.tolist(), found.value.tolist(), strict=True)
    return {(group, time): value for group, time, value in places}


@given(
    st.integers(0, 10_000),
    st.sampled_from(["never", "notyet"]),
    st.sampled_from(["varying", "universal"]),
    st.integers(0, 2),
    st.sampled_from(["drop", "pairs"]),
)
def test_every_effect_is_that_of_the_plain_loops(
    seed: int, controls: str, base: str, anticipation: int, gaps: str
) -> None:
    panel = rollout(seed, areas=24, effect=lambda group, since: group + since)
    holes = np.random.default_rng(seed).random(panel.outcomes.shape) < 0.03
    panel = replace(panel, outcomes=np.where(holes, np.nan, panel.outcomes))
    options = {"base": base, "anticipation": anticipation, "gaps": gaps}
    setting = Setting("cs", controls="notyet" if controls == "notyet" else "never", options=options)
    whole = panel.only(~holes.any(axis=1)) if gaps == "drop" else panel
    if whole.ever.all() or not whole.ever.any():
        return
    found, expected = cells(panel, setting), plainly(whole, controls=controls, base=base, anticipation=anticipation)
    assert found.keys() == expected.keys()
    np.testing.assert_allclose(list(found.values()), [expected[one] for one in found], atol=1e-9)


def test_without_areas_that_never_began_the_last_to_begin_are_controls() -> None:
    panel = rollout(1, starts=(3, 5, 6))
    setting = Setting("cs", controls="notyet")
    found = cells(panel, setting)
    assert {group for group, _ in found} == {3, 5}
    assert max(time for _, time in found) == 5
    shorter = panel.until(6)
    assert found == pytest.approx(plainly(shorter, controls="notyet", base="varying", anticipation=0))
    used = groupcells.sample(panel, setting, choose(setting, panel))
    assert used.notes == (
        "No area never had the programme: the last to begin are the controls, and periods from 2007 on are not used",
    )


def test_covariates_are_those_of_the_base_period() -> None:
    """A covariate that changes over time: what stands outside the base periods makes no difference."""
    panel = rollout(2, areas=80, starts=(3, 8), lean=1.0)
    moving = panel.covariates["x"] + np.random.default_rng(1).normal(0, 1, panel.outcomes.shape)
    after = moving.copy()
    after[:, 3:] = 99 * np.random.default_rng(2).normal(0, 1, (80, 5))
    one, other = (
        cells(replace(panel, covariates={"x": values}), Setting("cs", covariates=("x",))) for values in (moving, after)
    )
    assert dict(one.items()) == pytest.approx(other)
    still = cells(panel, Setting("cs", covariates=("x",)))
    assert still[3, 5] != pytest.approx(one[3, 5])


def test_what_is_left_out_is_named() -> None:
    panel = rollout(3, areas=12, starts=(0, 3, 8))
    outcomes = panel.outcomes.copy()
    outcomes[4, 2] = np.nan
    gapped = replace(panel, outcomes=outcomes, outcome="violence")
    setting = Setting("cs")
    used = groupcells.sample(gapped, setting, choose(setting, gapped))
    early = [unit for unit, first in zip(panel.units, panel.first, strict=True) if first == 0 and unit != "a004"]
    assert used.notes[0].startswith("a004 is left out: a value of violence")
    assert used.notes[1].startswith(f"{', '.join(early)} are left out: began in the first period")
    assert [panel.units[place] for place in used.places] == [u for u in panel.units if u not in {*early, "a004"}]


@pytest.mark.parametrize(
    ("starts", "controls", "said"),
    [
        ((3, 5), "never", "ask for --controls notyet"),
        ((8,), "never", "no area of the panel ever had the programme"),
        ((3,), "notyet", "all areas began together"),
        ((0, 8), "never", "began the programme after the panel's first period"),
    ],
)
def test_a_panel_with_nothing_to_compare_gets_a_sentence(starts: tuple[int, ...], controls: str, said: str) -> None:
    panel = rollout(4, areas=12, starts=starts)
    setting = Setting("cs", controls="notyet" if controls == "notyet" else "never")
    with pytest.raises(OptionError, match=said):
        cells(panel, setting)


def test_groups_without_a_like_control_are_told_and_left_out() -> None:
    panel = rollout(5, areas=40, starts=(3, 5, 8))
    x = np.where(panel.first == 5, 100.0, 0.0)[:, None] + panel.covariates["x"]
    setting = Setting("cs", covariates=("x",))
    apart = replace(panel, covariates={"x": x})
    choices = choose(setting, apart)
    found = groupcells.fill(groupcells.sample(apart, setting, choices), setting, choices)
    assert set(found.group.tolist()) == {3}
    assert {(group, why) for group, _, why in found.faults} == {(5, "overlap")}


def test_cells_after_the_start_begin_with_the_start_and_some_are_taken_whole() -> None:
    group, time = np.array([3, 3, 3, 5]), np.array([2, 3, 4, 4])
    found = groupcells.Cells(group, time, np.array([1, 2, 2, 3]), np.arange(4.0), np.arange(8.0).reshape(2, 4))
    assert found.after.tolist() == [False, True, True, False]
    some = found.only(found.after)
    assert [some.group.tolist(), some.time.tolist(), some.base.tolist()] == [[3, 3], [3, 4], [2, 2]]
    assert some.value.tolist() == [1.0, 2.0]
    assert some.influence.tolist() == [[1.0, 2.0], [5.0, 6.0]]
