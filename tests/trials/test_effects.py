"""Effects are said as a person would say them, a null as plainly as a success."""

from __future__ import annotations

import numpy as np
import pytest

from abate.trials.effects import Effect, tabulate


def effect(value: float, low: float, high: float, measure: str = "rate ratio") -> Effect:
    return Effect("incidents", measure, "x", value, low, high, 0.95, 0.2, "Nothing.")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (effect(0.56, 0.40, 0.79), "44% fewer, 95% interval 60% fewer to 21% fewer"),
        (effect(1.001, 0.8, 1.25), "no change, 95% interval 20% fewer to 25% more"),
        (effect(0.0, 0.0, float("inf")), "100% fewer, 95% interval 100% fewer to no bound"),
        (effect(-0.13, -0.2, 0.0, "difference"), "0.13 fewer a place-day, 95% interval 0.2 fewer to no change"),
        (effect(1234.5, 100, 2000, "difference"), "1,234 more a place-day, 95% interval 100 more to 2,000 more"),
        (effect(np.nan, np.nan, np.nan), "cannot be reckoned from these data"),
    ],
)
def test_sentences(given: Effect, said: str):
    assert str(given) == said


def test_a_clear_effect_leaves_out_none():
    assert effect(0.5, 0.3, 0.9).clear
    assert not effect(0.5, 0.3, 1.1).clear
    assert not effect(-0.5, -1, 1, "difference").clear
    assert effect(-0.5, -1, -0.2, "difference").clear


def test_effects_become_a_table_with_blanks_for_what_has_no_bound():
    table = tabulate([effect(0.5, 0.3, float("inf"))])
    assert table["value"].tolist() == [0.5]
    assert table["high"].isna().all()
    assert len(tabulate([])) == 0
