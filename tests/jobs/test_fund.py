from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.jobs import fund as jobs
from abate.tables.funding import RULES

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = (
    "area,population,need,current_grant,floor,cap,prevented_per_pound,prevented_low,prevented_high\n"
    "A,100,50,1000,,,0.1,0.05,0.15\nB,300,30,500,,,0.2,-0.1,0.4\nC,200,20,,,,0.1,0.05,0.2\n"
)


def asked(tmp_path: Path, text: str = KNOWN, rule: str = "all", budget: float = 3000) -> jobs.Options:
    (tmp_path / "a.csv").write_text(text)
    return jobs.Options(tmp_path / "a.csv", budget, rule)


def test_all_rules_stand_side_by_side(tmp_path: Path) -> None:
    found = jobs.fund(asked(tmp_path))
    told = found.document()
    assert [one["rule"] for one in told["rules"]] == list(RULES)
    for one in told["rules"]:
        assert round(sum(round(each["amount"] * 100) for each in one["allocations"])) == 300_000
        assert one["total"] == told["total"] == 3000
        assert sum(each["change"] for each in one["allocations"]) == pytest.approx(0)
    assert len(found.sentences()) == len(RULES)
    assert [each["area"] for each in told["steadiness"]] == ["A", "B", "C"]
    assert "For 1 of 3 areas the interval" in found.notes[-1]


def test_one_rule_gives_the_keys_of_the_contract(tmp_path: Path) -> None:
    told = jobs.fund(asked(tmp_path, rule="need")).document()
    assert {"rule", "allocations", "total", "marginal"} <= set(told)
    first = told["allocations"][0]
    assert (first["area"], first["amount"]) == ("A", 1500)
    assert set(first["expected_prevented"]) == {"value", "low", "high"}


def test_without_rates_the_rules_that_need_them_are_left_out(tmp_path: Path) -> None:
    found = jobs.fund(asked(tmp_path, "area,population,need\nA,1,1\nB,2,3\n"))
    assert [each.rule for each in found.allocations] == ["need", "share80", "per-head"]
    assert found.steadiness is None
    assert "harm and regret are left out" in found.notes[0]
    assert "No area holds a grant today" in found.notes[1]


def test_a_rule_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="Did you mean 'regret'"):
        asked(tmp_path, rule="regrets")


def test_a_budget_below_the_floors_is_told(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"the floors add up to £50.00, more than the budget of £10.00"):
        jobs.fund(asked(tmp_path, "area,population,need,floor\nA,1,1,50\n", budget=10))
