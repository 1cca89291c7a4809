from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import effects
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel

PANEL = Panel(("a", "b"), ("1", "2", "3"), np.array([[10.0, 6.0, 4.0], [9.0, 9.0, 9.0]]), np.array([1, 3]))
EXPECTED = np.array([[10.0, 10.0, 10.0], [np.nan] * 3])


def test_the_path_is_the_mean_of_the_treated_where_both_are_known() -> None:
    found = effects.path(Effect(Setting("sc"), PANEL, -5.0, counterfactual=EXPECTED))
    assert found is not None
    assert (found.observed.tolist(), found.gap.tolist()) == ([10, 6, 4], [0, -4, -6])


def test_without_a_counterfactual_there_is_no_path() -> None:
    effect = Effect(Setting("fepois"), PANEL, -0.5)
    assert effects.path(effect) is None
    assert effect.gaps is None


def test_prevented_is_the_fall_over_all_treated_cells() -> None:
    assert effects.prevented(Effect(Setting("sc"), PANEL, -5.0, low=-8.0, high=1.0)) == (10.0, -2.0, 16.0)


def test_a_rate_becomes_a_number_by_each_areas_own_exposure() -> None:
    people = np.array([[1e5, 1e5, 3e5], [1e5] * 3])
    panel = Panel(PANEL.units, PANEL.times, PANEL.outcomes, PANEL.first, exposure=people)
    total = effects.prevented(Effect(Setting("sc"), panel, -5.0, low=-6.0, high=-4.0, counterfactual=EXPECTED))
    assert total == (4 * 1 + 6 * 3, 22 - 4, 22 + 4)


@pytest.mark.parametrize(("method", "value", "low", "high"), [("its", 0.5, 0.25, 0.8), ("fepois", -0.5, -0.75, -0.2)])
def test_a_ratio_is_turned_on_what_was_observed(method: str, value: float, low: float, high: float) -> None:
    total = effects.prevented(Effect(Setting(method), PANEL, value, low=low, high=high))
    assert total == pytest.approx((10.0, 2.5, 30.0))


def test_nothing_observed_means_nothing_prevented() -> None:
    panel = Panel(("a",), ("1", "2"), np.array([[1.0, np.nan]]), np.array([1]))
    assert effects.prevented(Effect(Setting("sc"), panel, -1.0)) is None


def test_a_level_is_between_none_and_all() -> None:
    with pytest.raises(OptionError, match="--level 95"):
        Setting("sc", level=95)
