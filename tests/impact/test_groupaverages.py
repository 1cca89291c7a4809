"""Averages of group-time effects, against plain sums; their influence against what a little more weight does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.impact import groupaverages, groupcells
from abate.impact.effects import Setting
from abate.impact.groupchoices import choose
from impact.rollouts import rollout

if TYPE_CHECKING:
    from abate.impact.groupaverages import Average
    from abate.impact.panels import Panel


def averaged(panel: Panel, setting: Setting) -> dict[str, Average]:
    choices = choose(setting, panel)
    used = groupcells.sample(panel, setting, choices)
    return groupaverages.average(used, groupcells.fill(used, setting, choices), balance=choices.balance)


def grown(group: int, since: int) -> float:
    return -float(group + since)


def test_averages_are_the_plain_sums() -> None:
    panel = rollout(1, areas=40, starts=(3, 3, 5, 6, 8), effect=grown)
    setting = Setting("cs")
    choices = choose(setting, panel)
    used = groupcells.sample(panel, setting, choices)
    cells = groupcells.fill(used, setting, choices)
    att = {(g, t): v for g, t, v in zip(cells.group.tolist(), cells.time.tolist(), cells.value.tolist(), strict=True)}
    size = {g: int((panel.first == g).sum()) for g in (3, 5, 6)}
    found = groupaverages.average(used, cells)
    after = [(g, t) for g, t in att if t >= g]
    assert found["simple"].value == pytest.approx(
        sum(size[g] * att[g, t] for g, t in after) / sum(size[g] for g, _ in after)
    )
    dynamic = {}
    for since in range(-5, 5):
        there = [(g, t) for g, t in att if t - g == since]
        dynamic[since] = sum(size[g] * att[g, t] for g, t in there) / sum(size[g] for g, _ in there)
    assert dict(zip(found["dynamic"].at, found["dynamic"].values.tolist(), strict=True)) == pytest.approx(dynamic)
    assert found["dynamic"].value == pytest.approx(np.mean([value for since, value in dynamic.items() if since >= 0]))
    by_group = {g: float(np.mean([att[g, t] for t in range(g, 8)])) for g in size}
    assert found["group"].values == pytest.approx(list(by_group.values()))
    assert found["group"].value == pytest.approx(sum(size[g] * by_group[g] for g in size) / sum(size.values()))
    calendar = []
    for time in range(3, 8):
        begun = [g for g in size if g <= time]
        calendar.append(sum(size[g] * att[g, time] for g in begun) / sum(size[g] for g in begun))
    assert found["calendar"].values == pytest.approx(calendar)
    assert (found["calendar"].at, found["calendar"].value) == ((3, 4, 5, 6, 7), pytest.approx(np.mean(calendar)))


@pytest.mark.parametrize("controls", ["never", "notyet"])
def test_the_influence_is_what_a_little_more_weight_on_an_area_does(controls: str) -> None:
    """The estimated weights of the groups are part of it: a heavier area makes its group count for more."""
    panel = rollout(2, areas=40, starts=(3, 5, 6, 8), effect=grown, lean=0.5)
    weighed = {"weights": "exposure"}
    setting = Setting("cs", covariates=("x",), controls="notyet" if controls == "notyet" else "never", options=weighed)
    even = np.ones(panel.outcomes.shape)
    found = averaged(replace(panel, exposure=even), setting)
    for area in range(0, 40, 9):
        more = even.copy()
        more[area] += 1e-6
        moved = averaged(replace(panel, exposure=more), setting)
        for kind, one in found.items():
            each = np.append(moved[kind].value - one.value, moved[kind].values - one.values) * 40 / 1e-6
            expected = np.append(one.influence[area], one.influences[area])
            np.testing.assert_allclose(each, expected, rtol=1e-3, atol=1e-3)


def test_balanced_event_times_are_of_the_same_groups() -> None:
    panel = rollout(3, starts=(3, 5, 6, 8), effect=grown)
    found = averaged(panel, Setting("cs", options={"balance": 2}))["dynamic"]
    only = averaged(panel.only((panel.first == 3) | (panel.first == 5) | (panel.first == 8)), Setting("cs"))["dynamic"]
    assert found.at[-1] == 2
    assert dict(zip(found.at, found.values, strict=True))[2] == pytest.approx(only.values[only.at.index(2)])
