"""What the tables of trials promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables.trials import DISPLACEMENT_CASES, PLACE_DAYS, PLACE_EFFECTS, TRIAL_EFFECTS
from conftest import table


def test_a_place_has_one_row_a_day() -> None:
    days = table("""
        date        site_id  incidents
        2026-01-01  a        0
        2026-01-01  a        1
    """)
    with pytest.raises(TableError, match="repeat an earlier date"):
        PLACE_DAYS.check(days)
    assert len(PLACE_DAYS.check(days.head(1))) == 1


def test_an_area_is_one_of_four() -> None:
    row = dict.fromkeys(DISPLACEMENT_CASES.columns, 1)
    import pandas as pd

    case = pd.DataFrame([{**row, "case": "a", "area": "treatment"}])
    with pytest.raises(TableError, match="treated, control, displacement_treated, displacement_control"):
        DISPLACEMENT_CASES.check(case.astype({"pre_time": float, "post_time": float}))


def test_every_effect_says_how_much_weight_it_bears() -> None:
    assert TRIAL_EFFECTS.columns["standing"].one_of == ("registered", "supporting", "descriptive")
    assert PLACE_EFFECTS.key == ("site_id",)
