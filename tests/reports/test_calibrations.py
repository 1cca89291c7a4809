from __future__ import annotations

from datetime import date

import pytest

from abate.impact import calibration
from abate.reports import calibrations, chapterpages
from impact.blockworlds import blocks, design


@pytest.fixture(scope="module")
def found() -> calibration.Calibration:
    return calibration.estimate(blocks(1, treated=5), design(permutations=9, jackknife=3, ends=("10", "12")))


def test_the_page_holds_outcomes_balance_notes_and_how_it_was_made(found: calibration.Calibration) -> None:
    page = chapterpages.draw(calibrations.report(found, made=[("code", "abate")], made_on=date(2026, 3, 1)))
    for words in ("thefts in 8", "number of places", "nearly", "exactly", "Only 5 treated blocks", "a fall"):
        assert words in page
    assert "untreated blocks have a weight above 0" in page


def test_tables_are_one_row_a_block_an_outcome_and_end_and_a_total(found: calibration.Calibration) -> None:
    tables = calibrations.tables(found)
    assert sum(row["treated"] == 1 for row in tables["weights.csv"]) == 5
    assert all(float(str(row["weight"])) > 0 for row in tables["weights.csv"])
    assert [(row["end"], row["outcome"]) for row in tables["outcomes.csv"]] == [
        ("10", "thefts"),
        ("10", "assaults"),
        ("12", "thefts"),
        ("12", "assaults"),
    ]
    assert {row["kind"] for row in tables["balance.csv"]} == {"number", "covariate", "outcome", "sum"}
