"""The pieces of the recommended estimator: against plain matrices, one period at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.impact import national

from abate.impact import ratiocohorts
from abate.impact.effects import Setting
from abate.sample import nations

if TYPE_CHECKING:
    from abate.impact.panels import Panel

RECOMMENDED = Setting("recommended")


def _panel(seed: int = 31) -> Panel:
    return national.panel(nations.nation(seed, picked="random"), "violence_with_injury")


def _in(place: int) -> np.ndarray:
    return np.broadcast_to(np.arange(31) == place, (43, 31))


def _by_hand(panel: Panel, place: int, rows: np.ndarray) -> tuple[float, float]:
    """Regress one period's change on the programme and the four, written out; give slope and squared HC2 error."""
    logs, start = np.log(panel.outcomes), 25
    level = logs[:, start - 4 : start].mean(axis=1)
    held = [level, logs[:, start - 1] - level, level - logs[:, start - 8 : start - 4].mean(axis=1)]
    held.append(np.nanmean(logs[:, :start], axis=1))
    design = np.column_stack([panel.ever.astype(float), np.ones(len(level)), *held])[rows]
    change = (logs[:, start + place] - level)[rows]
    inverse = np.linalg.inv(design.T @ design)
    slopes = inverse @ design.T @ change
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = design.T @ (design * ((change - design @ slopes) ** 2 / (1 - leverage))[:, None])
    return float(slopes[0]), float((inverse @ meat @ inverse)[0, 0])


def test_each_period_is_the_regression_on_the_four() -> None:
    panel = _panel()
    found = ratiocohorts.compare(panel, RECOMMENDED, 25)
    for place in range(6):
        slope, square = _by_hand(panel, place, np.ones(43, dtype=bool))
        assert found.logs[place] == pytest.approx(slope)
        assert (found.pulls[:, place] ** 2).sum() == pytest.approx(square)
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.weights[panel.ever] == 0).all()
    assert list(found.slopes) == ["level", "last", "change", "long_level"]


def test_a_period_with_a_gap_is_compared_without_that_area() -> None:
    panel = _panel()
    outcomes = panel.outcomes.copy()
    own, other = int(np.flatnonzero(panel.ever)[0]), int(np.flatnonzero(~panel.ever)[0])
    outcomes[own, 27] = outcomes[other, 29] = outcomes[other, 3] = np.nan
    gappy = replace(panel, outcomes=outcomes)
    found = ratiocohorts.compare(gappy, RECOMMENDED, 25)
    for place, left_out in ((0, []), (2, [own]), (4, [other])):
        rows = ~np.isin(np.arange(43), left_out)
        slope, square = _by_hand(gappy, place, rows)
        assert found.logs[place] == pytest.approx(slope)
        assert (found.pulls[:, place] ** 2).sum() == pytest.approx(square)
    wanted = ratiocohorts.expected(gappy, [found])
    assert np.isnan(wanted[own, 27])
    assert np.isfinite(wanted[own, 28])


def test_the_error_of_a_total_is_that_of_its_weighted_log_ratios() -> None:
    panel = _panel()
    found = ratiocohorts.compare(panel, RECOMMENDED, 25)
    wanted = ratiocohorts.expected(panel, [found])
    total = ratiocohorts.total(panel, [found], wanted, scale=None, level=0.95)
    assert total is not None
    seen = panel.outcomes[panel.treated].sum()
    sought = wanted[panel.treated].sum()
    assert total.value == pytest.approx(sought - seen)
    by_period = np.where(panel.treated, wanted, 0.0).sum(axis=0)[25:]
    covariance = found.pulls.T @ found.pulls
    assert total.se == pytest.approx(np.sqrt(by_period @ covariance @ by_period))
    assert total.log_ratio == pytest.approx(np.log(seen / sought))
    assert total.low == pytest.approx(seen * np.expm1(-total.log_high))


def test_a_slope_by_hand_of_the_total_agrees_with_its_error() -> None:
    """Move one log ratio a little: the total moves by what was expected in that period."""
    panel = _panel()
    found = ratiocohorts.compare(panel, RECOMMENDED, 25)
    step = 1e-6
    base = ratiocohorts.expected(panel, [found])[panel.treated].sum()
    moved = found.logs.copy()
    moved[2] -= step
    up = ratiocohorts.expected(panel, [replace(found, logs=moved)])[panel.treated].sum()
    own = np.where(panel.treated, ratiocohorts.expected(panel, [found]), 0.0).sum(axis=0)[27]
    assert (up - base) / step == pytest.approx(own, rel=1e-4)


def test_two_cohorts_share_the_areas_they_are_compared_with() -> None:
    made = nations.nation(32, picked="random")
    panel = national.panel(made, "violence_with_injury", until=44)
    cohorts = [ratiocohorts.compare(panel, RECOMMENDED, start) for start in panel.cohorts]
    wanted = ratiocohorts.expected(panel, cohorts)
    both = ratiocohorts.total(panel, cohorts, wanted, scale=None, level=0.95)
    apart = [ratiocohorts.total(panel, [one], wanted, scale=None, level=0.95) for one in cohorts]
    assert both is not None
    parts = [one for one in apart if one is not None]
    assert both.value == pytest.approx(sum(one.value for one in parts))
    assert both.cells == sum(one.cells for one in parts) == 18 * 19 + 2 * 7
    assert both.se != pytest.approx(np.sqrt(sum(one.se**2 for one in parts)), rel=1e-6)
    assert both.se <= sum(one.se for one in parts)


def test_one_period_alone_is_told_and_one_without_the_programme_is_not() -> None:
    panel = _panel()
    found = ratiocohorts.compare(panel, RECOMMENDED, 25)
    wanted = ratiocohorts.expected(panel, [found])
    one = ratiocohorts.total(panel, [found], wanted, scale=None, level=0.95, only=_in(26))
    assert one is not None
    assert one.log_ratio == pytest.approx(found.logs[1])
    assert one.log_se == pytest.approx(np.sqrt((found.pulls[:, 1] ** 2).sum()))
    assert ratiocohorts.total(panel, [found], wanted, scale=None, level=0.95, only=_in(3)) is None


def test_means_are_over_what_is_known() -> None:
    values = np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    found = ratiocohorts.mean(values)
    assert found[0] == 2.0
    assert np.isnan(found[1])


def test_areas_that_begin_later_are_compared_with_only_where_they_may_be() -> None:
    panel = _panel()
    first = np.full(43, 31)
    first[:3], first[3] = 25, 28
    staggered, changes = replace(panel, first=first), np.zeros((43, 6))
    own, everyone = first == 25, np.ones(43, dtype=bool)
    for controls, with_it in (("notyet", [0, 1, 2]), ("never", [])):
        rows = ratiocohorts._alike_in_rows(staggered, changes, own, everyone, start=25, controls=controls)
        assert [place for used, places in rows if used[3] for place in places.tolist()] == with_it
        assert sorted(place for _, places in rows for place in places.tolist()) == [0, 1, 2, 3, 4, 5]
        assert all(used[:3].all() and used[4:].all() for used, _ in rows)
