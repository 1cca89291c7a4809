"""The indices of deprivation as published, in both headings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import area_tables, deprivation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OFFICIAL = (
    "LSOA code (2021),LSOA name (2021),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived),"
    "Income Score (rate),Income Rank (where 1 is most deprived),Employment Rank (where 1 is most deprived),"
    '"Education, Skills and Training Rank (where 1 is most deprived)",'
    "Health Deprivation and Disability Rank (where 1 is most deprived),Crime Rank (where 1 is most deprived),"
    "Barriers to Housing and Services Rank (where 1 is most deprived),"
    "Living Environment Rank (where 1 is most deprived),"
    "Income Deprivation Affecting Children Index (IDACI) Rank (where 1 is most deprived)"
)


def test_the_ministry_s_headings_are_known_and_parts_of_domains_are_not_taken_for_them():
    text = f"{OFFICIAL}\nE01000001,City 001A,9,0.1,1,2,3,4,5,6,7,8\n"
    found = deprivation.table(area_tables.parse(text.encode(), name="file-7.csv"))
    assert found.iloc[0].tolist()[1:] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.slow
def test_the_real_files_are_read_whole(shared: Callable[[str], Path]):
    for name, areas in (
        ("imd2025-england-lsoa2021.csv.gz", 33_755),
        ("imd2019-england-lsoa2011-ranks-deciles.csv.gz", 32_844),
    ):
        found = deprivation.read(shared(f"deprivation/{name}"))
        assert len(found) == areas
        assert int(found["income"].min()) == 1
        assert int(found.drop(columns="area_code").max().max()) == areas


def test_missing_domains_are_all_named():
    text = "code,Income_rank,Crime_rank\nE01000001,1,2\n"
    with pytest.raises(SourceError, match="no column of ranks for employment, education, health, housing, environment"):
        deprivation.table(area_tables.parse(text.encode(), name="f.csv"))


def test_a_rank_that_is_none_is_named():
    text = f"{OFFICIAL}\nE01000001,City 001A,9,0.1,-,2,3,4,5,6,7,8\n"
    with pytest.raises(SourceError, match="area E01000001: 'Income Rank"):
        deprivation.table(area_tables.parse(text.encode(), name="file-7.csv"))
