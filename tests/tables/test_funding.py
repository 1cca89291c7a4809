from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.tables.funding import ALLOCATIONS, FUNDED_AREAS, RULES


def test_an_area_may_lack_a_cap_and_rates_but_no_need() -> None:
    row = dict.fromkeys(FUNDED_AREAS.columns, 1.0) | {"area": "Kent", "cap": float("nan")}
    FUNDED_AREAS.check(pd.DataFrame([row]))
    with pytest.raises(TableError, match="need"):
        FUNDED_AREAS.check(pd.DataFrame([row | {"need": -1.0}]))


def test_a_rule_and_area_stand_once() -> None:
    row = dict.fromkeys(ALLOCATIONS.columns, 1.0) | {"area": "Kent", "rule": RULES[0]}
    ALLOCATIONS.check(pd.DataFrame([row]))
    with pytest.raises(TableError):
        ALLOCATIONS.check(pd.DataFrame([row, row]))
    with pytest.raises(TableError, match="rule"):
        ALLOCATIONS.check(pd.DataFrame([row | {"rule": "luck"}]))
