from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import trial_answers

if TYPE_CHECKING:
    from pathlib import Path

DIFFERENCE = {"value": -0.2, "low": -0.3, "high": 0.1, "level": 0.95}


def test_a_trials_fall_is_its_difference_over_the_days_drawn_for_patrol(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(
        json.dumps({"itt": {"difference": DIFFERENCE}, "harm": {"difference": DIFFERENCE}, "n": {"treated": 100}})
    )
    found = trial_answers.trial_fall(path)
    assert (found.incidents.value, found.incidents.low, found.incidents.high) == pytest.approx((20, -10, 30))
    assert found.harm == found.incidents.__class__(
        found.incidents.value, found.incidents.low, found.incidents.high, 0.95, found.harm.basis
    )  # type: ignore[union-attr]
    assert found.patrol_days == 100


def test_an_answer_of_impact_gives_its_total(tmp_path: Path) -> None:
    path = tmp_path / "i.json"
    path.write_text(json.dumps({"method": "sdid", "level": 0.9, "total_prevented": {"value": 5, "low": 1, "high": 9}}))
    found = trial_answers.impact_total(path)
    assert (found.value, found.low, found.high, found.level, found.basis) == (5, 1, 9, 0.9, "abate impact, sdid")


@pytest.mark.parametrize("text", ["{}", "[]", "no", '{"total_prevented": {"value": 5, "low": null, "high": null}}'])
def test_another_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    for read in (trial_answers.trial_fall, trial_answers.impact_total):
        with pytest.raises(SourceError, match=r"x\.json: is not"):
            read(tmp_path / "x.json")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000,
        '{"n": {"treated": 1e999}, "itt": {"difference": {}}}',
        '{"n": {"treated": 9}, "itt": {"difference": {"value": 1, "low": 2, "high": 0, "level": 0.95}}}',
        '{"n": {"treated": 9}, "itt": {"difference": {"value": ' + "9" * 400 + ', "low": 0, "high": 1, "level": 0.9}}}',
    ],
)
def test_answers_that_no_command_printed_are_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(SourceError, match=r"^t\.json: "):
        trial_answers.trial_fall(tmp_path / "t.json")
