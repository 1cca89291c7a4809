from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.costs import patrolcosts, pricing, returns
from abate.costs.pricing import Prevented, Terms
from abate.costs.unitcosts import published
from abate.estimate import Estimate
from abate.reports import chapterpages, costs
from reports import readable

if TYPE_CHECKING:
    from pathlib import Path

PRICED = pricing.price([Prevented("violence_with_injury", 100, 20, 180), Prevented("arson", 5)], published(), Terms())
STORY = costs.Story(PRICED, returns.weigh(PRICED, spent=[1e6]), None, ("A note.",), "2015-16")


def test_the_total_is_said_with_its_interval_and_what_is_assumed() -> None:
    said = costs.sentences(STORY)
    assert said[0].startswith("Worth £1.45 million to society in 2015-16 prices, 95% interval £338,")
    assert "With unit costs 20% lower or higher (an assumption): £1.16 million to £1.74 million." in said[0]
    assert said[1] == (
        "Where the response part is known (offences worth £1.41 million), £250,000 of it could come back to public "
        "bodies, in the long run."
    )


def test_the_page_holds_parts_break_even_and_notes() -> None:
    page = chapterpages.draw(costs.report(STORY, made=[("code", "abate")], made_on=date(2026, 3, 1)))
    for words in ("violence_with_injury", "£14,050", "not known", "Break-even", "A note."):
        assert words in page


def test_rows_are_one_an_offence() -> None:
    rows = costs.rows(PRICED)
    assert [(row["offence"], row["worth"], row["worth_low"] is None) for row in rows] == [
        ("violence_with_injury", 1_405_000, False),
        ("arson", 42_100, True),
    ]


@pytest.mark.parametrize(
    ("value", "low", "words"),
    [
        (20.0, 10.0, "£200 an offence prevented (95% interval £100 to £400)"),
        (20.0, -1.0, "no limit"),
        (-2.0, -9.0, "nothing was bought"),
    ],
)
def test_a_trials_price_is_said_whatever_it_found(value: float, low: float, words: str) -> None:
    fall = Estimate(value, low, 40.0, 0.95, "trial")
    cost = patrolcosts.weigh(fall, fall, hours=100, hour_cost=40, unit_cost=8000)
    story = costs.Story(None, None, cost, (), "2015-16")
    assert words in costs.sentences(story)[0]
    assert "harm" in chapterpages.draw(costs.report(story, made=[], made_on=date(2026, 3, 1)))


@pytest.mark.slow
@pytest.mark.parametrize("width", readable.WIDTHS)
def test_everybody_can_read_it_and_nothing_runs_off_the_side(tmp_path: Path, width: int) -> None:
    report = costs.report(STORY, made=[("code", "abate")], made_on=date(2026, 3, 1))
    assert readable.faults(chapterpages.draw(report), tmp_path, width=width) == []
