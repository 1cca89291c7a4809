"""What the tables for the person who approves promise."""

from __future__ import annotations

import pytest

from abate.errors import TableError
from abate.tables import ALL
from abate.tables.fairness import DECILES, DEPRIVATION, EQUALITY, FEEDBACK, RESIDENTS
from conftest import table


def test_a_decile_is_one_of_ten() -> None:
    known = table("""
        area_code  score  rank  decile
        E01000001  40.5   1     1
    """)
    assert DECILES.check(known) is known
    with pytest.raises(TableError, match="at most 10"):
        DECILES.check(known.assign(decile=11))


def test_residents_are_of_one_group_once() -> None:
    known = table("""
        area_code  group  residents
        E01000001  A      10
        E01000001  A      20
    """)
    with pytest.raises(TableError, match="1 rows repeat an earlier area_code"):
        RESIDENTS.check(known)


def test_the_tables_stand_in_the_dictionary_and_speak_of_areas_and_groups_only() -> None:
    for one in (DEPRIVATION, DECILES, RESIDENTS, EQUALITY, FEEDBACK):
        assert one in ALL
        assert not {"name", "person", "place_id"} & set(one.columns)
