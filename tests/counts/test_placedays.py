"""Place-days: whole, quiet days included, and nothing on days that the record does not cover."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from abate.counts import placedays
from abate.errors import TableError

DAYS = pd.DatetimeIndex(["2026-01-01", "2026-01-02", "2026-01-05"])


def rows(generator, number):
    days = pd.to_datetime(generator.choice(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05"], number))
    return pd.DataFrame(
        {
            "period": days,
            "incidents": generator.integers(1, 4, number),
            "harm": np.where(generator.random(number) < 0.2, np.nan, generator.choice([1.0, 365.5], number)),
        }
    )


def test_each_place_and_day_beside_a_plain_count():
    generator = np.random.default_rng(1)
    seen, place = rows(generator, 200), generator.integers(-1, 3, 200)
    laid = placedays.lay(seen, place, site_ids=["c", "a", "b"], days=DAYS)
    assert len(laid) == 9
    for row in laid.itertuples():
        mine = seen[(place == ["c", "a", "b"].index(row.site_id)) & (seen["period"] == row.date)]
        assert row.incidents == mine["incidents"].sum()
        assert row.harm == pytest.approx((mine["incidents"] * mine["harm"].fillna(0)).sum())
    assert laid["site_id"].tolist()[:3] == ["c", "a", "b"]


def test_quiet_days_stay_and_a_day_that_is_not_known_is_none():
    seen = pd.DataFrame({"period": pd.to_datetime(["2026-01-02", None]), "incidents": [2, 5]})
    laid = placedays.lay(seen, np.array([0, 0]), site_ids=["a"], days=DAYS)
    assert laid["incidents"].tolist() == [0, 2, 0]
    assert "harm" not in laid.columns


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_places_are_named_once(names):
    with pytest.raises(TableError, match="each place is named once"):
        placedays.lay(rows(np.random.default_rng(1), 3), np.zeros(3, dtype=int), site_ids=names, days=DAYS)
