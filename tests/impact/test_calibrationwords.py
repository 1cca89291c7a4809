from __future__ import annotations

from dataclasses import replace

import pytest

from abate.impact import calibration, calibrationwords
from impact.blockworlds import blocks, design


@pytest.fixture(scope="module")
def found() -> calibration.Calibration:
    return calibration.estimate(blocks(3), design(permutations=60, jackknife=5))


def test_a_person_reads_seen_and_expected(found: calibration.Calibration) -> None:
    said = calibrationwords.sentences(found)
    one = found.results[-1].outcomes["thefts"]
    assert said[0].startswith(f"thefts: {one.observed:,.0f} seen where {one.expected:,.1f} were to be expected, ")
    assert "permutation p" in said[0]
    assert said[-1].endswith("(60 random groups of blocks).")


def test_rows_have_a_cell_a_heading(found: calibration.Calibration) -> None:
    rows = calibrationwords.rows(found)
    assert {len(row) for row in rows} == {len(calibrationwords.HEADINGS)}
    assert [row[0] for row in rows] == ["thefts", "assaults", "all together"]


def test_the_balance_agrees_and_nothing_is_relaxed(found: calibration.Calibration) -> None:
    rows = calibrationwords.balance(found)
    assert len(rows) == 1 + 1 + 16
    assert all(row["weighted"] == pytest.approx(row["treated"]) and row["exact"] for row in rows)
    assert calibrationwords.relaxed(found) == []
    assert calibrationwords.notes(found) == ()


def test_what_was_given_up_is_said() -> None:
    found = calibration.estimate(blocks(1, treated=5), design(permutations=5, jackknife=3))
    notes = calibrationwords.notes(found)
    assert notes[0].startswith("No weights of 0 or more match everything: single periods before the start agree only")
    assert notes[1].startswith("Only 5 treated blocks")
    assert all("off by" in line for line in calibrationwords.relaxed(found))
    assert sum(not row["exact"] for row in calibrationwords.balance(found)) == 16


def test_no_ratio_where_nothing_was_to_be_expected(found: calibration.Calibration) -> None:
    results = found.results[-1]
    none = replace(results.outcomes["thefts"], change=None, low=None, high=None)
    told = replace(found, results=(replace(results, outcomes={"thefts": none}),))
    assert calibrationwords.sentences(told)[0].endswith("no ratio can be given.")


def test_clustered_errors_that_turn_the_answer_are_pointed_out(found: calibration.Calibration) -> None:
    results = found.results[-1]
    odd = replace(results.outcomes["thefts"], p_linear=0.01, p_clustered=0.2)
    told = replace(found, results=(replace(results, outcomes={"thefts": odd}),))
    assert "go by the permutation p" in calibrationwords.notes(told)[-1]
