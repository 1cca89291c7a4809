"""The made-up tables about the sample town: whole, the same from one seed, and blind to crime but for its domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.sample import censuses
from abate.sources import area_tables, census, deprivation

if TYPE_CHECKING:
    from abate.sample.towns import Town


def test_everybody_is_in_one_group(town: Town):
    found = census.table(area_tables.parse(censuses.ethnic_groups(town).encode(), name="census.csv"))
    assert found["group"].unique().tolist() == ["A", "B", "C"]
    by_area = found.groupby("area_code")["residents"].sum()
    assert by_area.to_dict() == town.areas.set_index("area_code")["residents"].astype(int).to_dict()


def test_ranks_are_each_there_once_and_the_crime_domain_follows_what_was_planted(town: Town):
    found = deprivation.table(area_tables.parse(censuses.deprivation(town).encode(), name="imd.csv"))
    for name in found.columns[1:]:
        assert sorted(found[name]) == list(range(1, len(town.areas) + 1))
    rates = town.truth.rates.merge(town.streets[["segment_id", "area_code"]], on="segment_id")
    yearly = rates.groupby("area_code")["all_yearly"].sum()
    residents = town.areas.set_index("area_code")["residents"]
    each = (yearly.reindex(residents.index).fillna(0) / residents).reindex(found["area_code"])
    order = pd.Series(each.to_numpy()).rank(ascending=False)
    assert np.corrcoef(order, found["crime"])[0, 1] > 0.98
    assert np.corrcoef(found["income"], found["employment"])[0, 1] > 0.5
    assert abs(np.corrcoef(found["income"], found["crime"])[0, 1]) < 0.35


def test_the_same_seed_gives_the_same_tables(town: Town):
    assert censuses.ethnic_groups(town) == censuses.ethnic_groups(town)
    assert censuses.deprivation(town) == censuses.deprivation(town)
