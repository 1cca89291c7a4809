"""A roll-out from its table to its effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import TableError
from abate.trials import rollouts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def wide(first: list[float], seed: int = 1, periods: int = 6) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(len(first), periods))
    frame = pd.DataFrame(values, columns=[f"m{period}" for period in range(1, periods + 1)])
    return frame.assign(unit=[f"u{place}" for place in range(len(first))], start=first)


NAMES = {"identifier": "unit", "first_treated": "start"}


def test_the_published_answer_comes_out_of_the_published_table(shared: Callable[[str], Path]):
    table = pd.read_csv(shared("evaluation/police-training-rollout/complaints_wide.csv"))
    found = rollouts.estimate(table, identifier="uid", first_treated="first_trained", draws=200, seed=2)
    assert (found.estimate, found.se) == pytest.approx((-0.001126981, 0.002115194), abs=1e-8)
    assert found.p_fisher == pytest.approx(0.62, abs=0.1)
    assert (found.units, found.periods, found.cohorts) == (7785, 72, 48)
    assert found.high - found.low == pytest.approx(2 * 1.959964 * found.se, rel=1e-6)


def test_blank_starts_are_never_and_columns_may_stand_in_any_order():
    first = [2, 2, 3, 3, 5, 5, np.nan, np.nan]
    table = wide(first)
    found = rollouts.estimate(table, **NAMES)
    shuffled = rollouts.estimate(table[sorted(table.columns, reverse=True)], **NAMES)
    late = rollouts.estimate(table.fillna({"start": 99}), **NAMES)
    assert found == shuffled == late
    assert found.cohorts == 4
    assert found.p_fisher is None


def test_cohorts_without_a_variance_or_a_past_are_left_out_and_noted():
    found = rollouts.estimate(wide([1, 1, 2, 2, 3, 4, 4, 5, 5]), **NAMES)
    assert found.units == 6
    assert found.notes == (
        "1 cohorts of one unit were left out: one unit has no variance",
        "2 units that started in the first period were left out: nothing is before",
    )


def test_faults_are_told():
    table = wide([2, 2, 4, 4])
    with pytest.raises(TableError, match="no column 'start'"):
        rollouts.estimate(table.drop(columns="start"), **NAMES)
    with pytest.raises(TableError, match="no column for period 3"):
        rollouts.estimate(table.drop(columns="m3"), **NAMES)
    with pytest.raises(TableError, match=r"1 units twice.*\n?.*"):
        rollouts.estimate(table.assign(unit=["a", "a", "b", "c"]), **NAMES)
    with pytest.raises(TableError, match=r"blank in 1 unit-periods, first in row 2 \('u1'\)"):
        rollouts.estimate(table.assign(m2=[1.0, np.nan, 1, 1]), **NAMES)
    with pytest.raises(TableError, match="names end in the period's number"):
        rollouts.estimate(table[["unit", "start"]], **NAMES)
