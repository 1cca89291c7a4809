from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.funding import rules, steadiness
from abate.funding.rules import Terms


def areas(low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area": ["A", "B"],
            "population": [1e6, 1e6],
            "need": [100.0, 100.0],
            "current_grant": [1e6, 1e6],
            "floor": 0.0,
            "cap": np.nan,
            "prevented_per_pound": [0.002, 0.001],
            "prevented_low": [0.002 * low, 0.001 * low],
            "prevented_high": [0.002 * high, 0.001 * high],
        }
    )


def test_certain_effects_are_steady() -> None:
    found = steadiness.examine(areas(1, 1), Terms(5e6))
    assert (found["kept_place"] == 1).all()
    assert found["amount_low"].tolist() == pytest.approx(found["amount_high"].tolist())
    assert found["amount_low"].tolist() == pytest.approx(
        rules.allocate(areas(1, 1), "harm", Terms(5e6)).pounds.tolist(), rel=0.01
    )


def test_unsure_effects_are_not() -> None:
    found = steadiness.examine(areas(0.1, 1.9), Terms(5e6))
    assert ((found["kept_place"] > 0.6) & (found["kept_place"] < 1)).all()
    assert found["rank_low"].tolist() == [1, 1]
    assert found["rank_high"].tolist() == [2, 2]
    assert (found["amount_low"] < found["amount_high"]).all()


def test_the_same_seed_gives_the_same_answer() -> None:
    pd.testing.assert_frame_equal(
        steadiness.examine(areas(0.1, 1.9), Terms(5e6)), steadiness.examine(areas(0.1, 1.9), Terms(5e6))
    )
