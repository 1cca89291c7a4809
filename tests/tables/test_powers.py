"""The table of powers holds shares, and tells its rows apart."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.tables.powers import POWERS

ROW = {
    "outcome": "any",
    "effect": 0.7,
    "carry_over": 0.0,
    "days": 90,
    "trials": 100,
    "found": 80,
    "power": 0.8,
    "power_low": 0.7,
    "power_high": 0.9,
    "seen": 0.7,
}


def test_a_power_is_a_share_and_an_outcome_is_known():
    assert len(POWERS.check(pd.DataFrame([ROW]))) == 1
    with pytest.raises(TableError, match="should be at most 1"):
        POWERS.check(pd.DataFrame([{**ROW, "power": 80.0}]))
    with pytest.raises(TableError, match="should be one of incidents, any, harm"):
        POWERS.check(pd.DataFrame([{**ROW, "outcome": "crime"}]))
    with pytest.raises(TableError, match="repeat an earlier"):
        POWERS.check(pd.DataFrame([ROW, ROW]))
