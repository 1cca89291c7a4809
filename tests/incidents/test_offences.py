from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from abate.incidents import offences
from conftest import SHARED

if TYPE_CHECKING:
    from pathlib import Path


def test_codes_are_those_of_the_facts_and_additions_are_marked(request):
    facts: Path = SHARED / "facts/ho_offence_groups.csv"
    known = offences.codes()
    added = {code for code, offence in known.items() if offence.standing == "unverified"}
    assert added == {"4/2", "8T", "104B"}
    if facts.exists():
        with facts.open(encoding="utf-8", newline="") as file:
            rows = {row["ho_offence_code"]: row for row in csv.DictReader(file)}
        assert set(rows) == set(known) - added
        for code, row in rows.items():
            assert (known[code].group, known[code].subgroup) == (row["offence_group"], row["offence_subgroup"])
            assert known[code].knife_collection == row["knife_collection_offence"]


def test_no_code_is_listed_twice_and_every_field_is_filled():
    for code, offence in offences.codes().items():
        assert code == offence.code == offence.code.strip().upper()
        assert all(vars(offence).values())
