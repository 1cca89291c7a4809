"""The table of scores takes blank figures where there are none, and nothing out of range."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.tables.scores import SCORES


def test_the_first_columns_are_those_of_the_contract() -> None:
    contract = ["method", "window", "flagged_km2", "events", "hits", "hit_rate", "pai", "pei_star", "log_score"]
    assert list(SCORES.columns)[:9] == contract


def test_figures_that_cannot_be_are_blank_and_those_that_must_not_be_are_refused() -> None:
    row = {name: 1 if column.kind == "whole" else 0.5 for name, column in SCORES.columns.items()}
    row |= {name: "x" for name, column in SCORES.columns.items() if column.kind == "text"}
    good = pd.DataFrame([{**row, "pai": None, "log_score": None, "churn": None}]).astype({"pai": float})
    assert SCORES.check(good) is good
    with pytest.raises(TableError) as found:
        SCORES.check(pd.DataFrame([{**row, "hit_rate": 1.2, "cover_95": -0.1, "hits": -1}]))
    assert len(found.value.faults) == 3
