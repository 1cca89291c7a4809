from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from abate.impact import wording
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel

PANEL = Panel(
    ("a", "b"), ("1", "2", "3"), np.array([[10.0, 6.0, 4.0], [9.0, 9.0, 9.0]]), np.array([1, 3]), outcome="robbery"
)
EXPECTED = np.array([[10.0, 10.0, 10.0], [np.nan] * 3])
EFFECT = Effect(Setting("sc"), PANEL, -5.0, low=-8.0, high=-2.0, counterfactual=EXPECTED, pre_rmse=0.25)


def test_an_effect_is_said_with_its_interval_its_share_and_its_sum() -> None:
    assert wording.sentences(EFFECT) == [
        (
            "robbery in a: -5 a period and area, 50.0% fewer than expected (95% interval -8 to -2). "
            "This is a clear difference."
        ),
        "In all 10 fewer than expected (4 to 16 fewer, 95% interval).",
        "Before the start the fit is off by 0.25 a period (root mean square).",
    ]


def test_a_null_is_said_as_plainly() -> None:
    said = wording.sentences(replace(EFFECT, high=1.0))
    assert said[0].endswith("This is not a clear difference: none at all is possible too.")
    assert said[1] == "In all 10 fewer than expected (2 more to 16 fewer, 95% interval)."


def test_without_an_interval_it_says_that_nobody_knows_how_sure() -> None:
    assert wording.headline(replace(EFFECT, low=None, high=None)).endswith("How sure this is was not reckoned.")


def test_a_rate_ratio_is_said_as_a_change() -> None:
    effect = Effect(Setting("fepois"), PANEL, -0.2, low=-0.31, high=-0.02)
    assert wording.headline(effect) == (
        "robbery in a: 20.0% fewer (rate ratio 0.800), 95% interval 31.0% fewer to 2.0% fewer. "
        "This is a clear difference."
    )


@pytest.mark.parametrize("outcomes", [PANEL.outcomes - 8.0, PANEL.outcomes * np.nan])
def test_outcomes_that_do_not_add_up_have_no_share(outcomes: np.ndarray) -> None:  # type: ignore[type-arg]
    panel = replace(PANEL, outcomes=outcomes)
    assert wording.share_of_expected(replace(EFFECT, panel=panel)) is None
