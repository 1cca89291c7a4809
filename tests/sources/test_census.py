"""Census tables: broad groups, totals checked, words kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import area_tables, census

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def read(text: str) -> list[tuple[str, str, int]]:
    found = census.table(area_tables.parse(text.encode(), name="census.csv"))
    return list(found.itertuples(index=False, name=None))


def test_broad_groups_are_taken_and_what_they_all_begin_with_is_left_off():
    text = (
        "code,Ethnic group: Total: All usual residents,Ethnic group: Asian,Ethnic group: Asian: Indian,"
        "Ethnic group: White,Ethnic group: White: Irish\nE01000001,100,40,30,60,5\n"
    )
    assert read(text) == [("E01000001", "Asian", 40), ("E01000001", "White", 60)]


def test_a_table_of_totals_only_is_one_group():
    assert read("lsoa21_code,total_residents\nE01000001,1474\n") == [("E01000001", "total_residents", 1474)]


def test_names_of_areas_are_no_group():
    text = "name,code,Male,Female\nCity 001A,E01000001,3,4\nCity 001B,E01000002,5,6\n"
    assert [row[1] for row in read(text)] == ["Female", "Male", "Female", "Male"]


def test_counts_swapped_a_little_pass_and_groups_that_miss_people_do_not():
    assert len(read("code,Total,A,B\nE01000001,100,60,41\n")) == 2
    with pytest.raises(SourceError, match="add up to 70 residents, 'Total' says 100"):
        read("code,Total,A,B\nE01000001,100,60,10\n")


def test_percentages_are_refused():
    with pytest.raises(SourceError, match=r"'A' is '40\.5', where a whole number would be right"):
        read("code,A,B\nE01000001,40.5,59.5\n")


def test_a_table_without_numbers_is_refused():
    with pytest.raises(SourceError, match="no column holds numbers of residents"):
        read("code,name\nE01000001,City\n")


@pytest.mark.slow
def test_real_tables_are_read(shared: Callable[[str], Path]):
    ages = census.read(shared("population/mid2020-population-lsoa2011-age-bands.csv.gz"))
    assert ages["area_code"].nunique() == 34_753
    assert "total" not in set(ages["group"])
    hartlepool = ages[ages["area_code"] == "E01011949"].set_index("group")["residents"]
    assert hartlepool.sum() == 1944
    assert hartlepool["age_0_9"] == 264
    everyone = census.read(shared("population/census2021-usual-residents-lsoa2021.csv.gz"))
    assert len(everyone) == 35_672
