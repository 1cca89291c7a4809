from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from abate.funding import rules, steadiness
from abate.funding.rules import Terms
from abate.reports import chapterpages, funding
from abate.tables.funding import ALLOCATIONS, RULES
from reports import readable

if TYPE_CHECKING:
    from pathlib import Path

AREAS = pd.DataFrame(
    {
        "area": ["North & West", "South"],
        "population": [4e6, 0.0],
        "need": [500.0, 300.0],
        "current_grant": [1e6, 1e6],
        "floor": [0.0, 0.0],
        "cap": [float("nan")] * 2,
        "prevented_per_pound": [0.001, 0.002],
        "prevented_low": [0.0005, 0.001],
        "prevented_high": [0.002, 0.004],
    }
)
TERMS = Terms(3e6)


def story(known: bool = True) -> funding.Story:
    areas = AREAS if known else AREAS.assign(prevented_per_pound=float("nan"))
    asked = RULES if known else ("today", "need")
    made = tuple(rules.allocate(areas, rule, TERMS) for rule in asked)
    return funding.Story(areas, TERMS, made, made[0], steadiness.examine(areas, TERMS) if known else None, ("A note.",))


def test_each_rule_is_said_with_what_it_prevents() -> None:
    said = funding.sentences(story())
    assert len(said) == len(RULES)
    assert said[1].startswith(
        "need, in proportion to need: 2 areas get money, most North & West (£1,875,000); expected to prevent"
    )
    assert "95% interval" in said[1]


def test_the_page_shows_amounts_changes_and_steadiness() -> None:
    page = chapterpages.draw(funding.report(story(), made=[], made_on=date(2026, 3, 1)))
    for words in (
        "North &amp; West",
        "£1,875,000.00",
        "£3,000,000.00",
        "+375,000",
        "How steady it is",
        "A note.",
        "<svg",
    ):
        assert words in page


def test_without_rates_nothing_is_said_of_what_is_prevented() -> None:
    page = chapterpages.draw(funding.report(story(known=False), made=[], made_on=date(2026, 3, 1)))
    assert "what it would prevent is not known" in page
    assert "next pound" not in page


def test_the_lede_sets_the_least_beside_the_most_and_says_whether_they_overlap() -> None:
    said = funding.report(story(), made=[], made_on=date(2026, 3, 1)).lede
    assert said.startswith("£3,000,000.00 for 2 areas, shared by 6 rules. Expected to be prevented are from")
    assert "(harm); the intervals of these two overlap." in said
    assert "What they would prevent is not known." in (
        funding.report(story(known=False), made=[], made_on=date(2026, 3, 1)).lede
    )


def test_an_area_without_money_has_no_next_pound_and_no_change_is_nought() -> None:
    alone = rules.allocate(AREAS.assign(need=[500.0, 0.0]), "need", TERMS)
    shown = replace(story(), allocations=(story().allocations[0], alone))
    page = chapterpages.draw(funding.report(shown, made=[], made_on=date(2026, 3, 1)))
    assert "no money yet" in page
    assert "+0<" not in page


def test_rows_are_the_table_of_the_dictionary() -> None:
    rows = funding.rows(story())
    assert list(rows[0]) == list(ALLOCATIONS.columns)
    assert len(rows) == 2 * len(RULES)
    assert sum(float(str(row["amount"])) for row in rows if row["rule"] == "need") == pytest.approx(3e6)
    assert [row["per_head"] for row in rows[:2]] == ["0.3750", ""]


@pytest.mark.slow
@pytest.mark.parametrize("width", readable.WIDTHS)
def test_everybody_can_read_it_and_nothing_runs_off_the_side(tmp_path: Path, width: int) -> None:
    report = funding.report(story(), made=[("code", "abate")], made_on=date(2026, 3, 1))
    assert readable.faults(chapterpages.draw(report), tmp_path, width=width) == []
