"""Who may be a donor when, and what follows from the mixes."""

from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import donors
from abate.impact.effects import Setting
from abate.impact.panels import Panel

OUTCOMES = np.array([[4.0, 6, 2, 2], [1.0, 2, 3, 4], [9.0, 9, 9, 9]])


def panel(*first: int) -> Panel:
    return Panel(("Essex", "Kent", "Surrey"), ("1", "2", "3", "4"), OUTCOMES, np.array(first))


def test_later_areas_are_donors_until_they_begin() -> None:
    later = panel(1, 3, 4)
    assert [(begin, until) for begin, until, _ in donors.stretches(later, 1, "never")] == [(1, 4)]
    assert donors.stretches(later, 1, "never")[0][2].tolist() == [False, False, True]
    assert donors.stretches(panel(1, 3, 3), 1, "notyet")[0][2].tolist() == [False, True, True]
    assert [one[:2] for one in donors.stretches(panel(1, 3, 3), 1, "notyet")] == [(1, 3)]


def test_every_reason_against_a_mix_is_told() -> None:
    with pytest.raises(OptionError) as caught:
        donors.check(panel(0, 2, 2), Setting("ascm", covariates=("x",)))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "Essex",
        "there is no control for the areas that began in 3",
        "--covariates x",
    ]
    with pytest.raises(OptionError, match="no area has the programme"):
        donors.check(panel(4, 4, 4), Setting("ascm"))


def test_the_effect_is_the_mean_gap_and_a_bad_fit_is_said() -> None:
    expected = np.full((3, 4), np.nan)
    expected[0] = [4.0, 4.0, 5.0, 6.0]
    weights = np.array([[0.0, 1.5, -0.5]])
    found = donors.tell(panel(2, 4, 4), Setting("ascm"), expected, weights, {"own": 1})
    assert found.value == pytest.approx(-3.5)
    assert found.pre_rmse == pytest.approx(np.sqrt(2))
    assert found.weights == {"Kent": 1.5, "Surrey": -0.5}
    assert found.diagnostics["own"] == 1
    assert found.diagnostics["pre_r2"] == pytest.approx(-1.0)
    assert found.diagnostics["effective_donors"] == pytest.approx(0.4)
    assert "follows only 0%" in found.notes[0]


def test_cells_without_a_control_are_left_out_and_counted() -> None:
    expected = np.full((3, 4), np.nan)
    expected[:2] = OUTCOMES[:2] - 1
    expected[1, 3] = np.nan
    found = donors.tell(panel(1, 2, 4), Setting("ascm"), expected, np.array([[0, 0, 1.0], [0, 0, 1.0]]), {})
    assert found.value == pytest.approx(1.0)
    assert any("1 treated areas and periods have no control left" in note for note in found.notes)
