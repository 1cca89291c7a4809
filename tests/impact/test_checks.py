from __future__ import annotations

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import checks, methods, placebos, worstfirst
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel


def effect(periods: int = 16, start: int = 12) -> Effect:
    outcomes = np.random.default_rng(3).normal(50, 2, (12, periods))
    outcomes[0, start:] -= 9
    first = np.array([start, *[periods] * 11])
    names = tuple(f"a{area}" for area in range(12))
    return methods.estimate(Panel(names, tuple(map(str, range(periods))), outcomes, first), Setting("did"))


def test_each_check_is_what_its_own_function_finds() -> None:
    found = effect()
    told = checks.run(found, ("in-time", "leave-one-out", "worst-first"))
    assert told["in-time"]["starts"] == placebos.in_time(found)
    assert [one["unit"] for one in told["leave-one-out"]["left_out"]] == [
        f"a{area}" for area in (1, 10, 11, *range(2, 10))
    ]
    assert told["worst-first"]["expected"] == worstfirst.redo(found).expected
    said = checks.sentences(told)
    assert len(said) == 3
    assert "11 left out in turn" in said[1]


def test_nothing_before_the_start_is_a_fall_of_its_own_size() -> None:
    starts = checks.run(effect(), ("in-time",))["in-time"]["starts"]
    assert max(abs(one["value"]) for one in starts) < 5


def test_a_check_that_cannot_be_made_says_why() -> None:
    told = checks.run(effect(periods=4, start=2), ("worst-first",))
    assert "regression to the mean cannot be checked" in told["worst-first"]["problem"]
    assert checks.sentences(told)[0].startswith("worst-first: regression")


def test_names_are_checked() -> None:
    with pytest.raises(OptionError, match="Did you mean 'in-time'"):
        checks.named(["intime"])
