from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from abate.costs import unitcosts
from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_published_figures_are_those_of_the_facts(shared: Callable[[str], Path]) -> None:
    table = shared("README.md").parent.parent / "facts" / "costs_unit_2015_16.csv"
    with table.open(encoding="utf-8") as file:
        rows = {row["offence"]: row for row in csv.DictReader(file)}
    known = unitcosts.published()
    assert set(rows) <= set(known)
    for offence, row in rows.items():
        assert known[offence].unit_cost == pytest.approx(float(row["unit_cost_gbp_2015_16"]), rel=0.006)
        for ours, theirs in (("response", "response_cost_gbp"), ("police", "police_cost_gbp")):
            if row[theirs]:
                assert getattr(known[offence], ours) == float(row[theirs])


@pytest.mark.parametrize("offence", ["homicide", "violence_with_injury"])
def test_known_parts_add_up_to_the_whole_but_for_rounding(offence: str) -> None:
    cost = unitcosts.published()[offence]
    parts = [cost.anticipation, cost.consequence, cost.response]
    assert sum(part for part in parts if part is not None) == pytest.approx(cost.unit_cost, abs=10)


def test_what_was_not_seen_says_so() -> None:
    known = unitcosts.published()
    assert {name for name, cost in known.items() if cost.standing == "unverified"} == {
        *("homicide", "violence_without_injury", "domestic_burglary", "theft_from_person", "fraud")
    }


def test_a_users_own_cost_goes_first() -> None:
    own = unitcosts.UnitCost("rape", 50_000, price_year="2022-23", source="ours")
    assert unitcosts.of("rape", given={"rape": own}) is own


@pytest.mark.parametrize("offence", ["drug_possession", "possession_of_weapons"])
def test_police_activity_is_not_priced(offence: str) -> None:
    with pytest.raises(OptionError, match="is not priced, because records"):
        unitcosts.of(offence, given={})


def test_an_unknown_offence_is_answered_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'robbery_individual'"):
        unitcosts.of("robbery_individuals", given={})
