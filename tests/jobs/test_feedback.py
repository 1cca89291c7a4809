"""The feedback check as a job: on the user's own places, with a sentence and a document."""

from __future__ import annotations

import json

import pytest

from abate.cli.answers import _plain as plain
from abate.errors import OptionError
from abate.hotspots.histories import forecasts
from abate.jobs import feedback
from hotspots.worlds import squares


def last_year(past, window):
    return forecasts(past, (past.totals(max(0, past.span.days - 365)) + 0.5) * window.days / 365)


@pytest.mark.slow
def test_the_check_tells_what_runs_away_and_what_does_not():
    heard: list[float] = []
    checked = feedback.check(
        squares(14),
        incidents=4000,
        months=24,
        method="last-year",
        forecast=last_year,
        tell=lambda share, _words: heard.append(share),
    )
    table = checked.table.set_index("scheme")
    assert table.loc["counts of finds", "runs_away"]
    assert table.loc["counts of finds", "held"] == 1.0
    assert table.loc["counts of both", "runs_away"]
    assert not table.loc["last-year, some by lot", "runs_away"]
    assert not checked.runs_away
    assert "sent 100% of patrols to the same 5 places (5% would be even)" in checked.sentence
    assert checked.sentence.endswith("it does not run away.")
    assert any("100 of 196 places nearest their middle" in note for note in checked.notes)
    assert heard == sorted(heard)
    document = plain(checked.document())
    assert json.loads(json.dumps(document, allow_nan=False))["schemes"][0]["correlation"] is None
    assert document["runs_away"] is False


@pytest.mark.slow
def test_a_record_with_finds_in_it_is_said_to_run_away():
    checked = feedback.check(
        squares(10), incidents=500, months=24, method="last-year", forecast=last_year, uses="both", explore=0.0
    )
    assert checked.runs_away
    assert checked.sentence.endswith("so the method runs away with its own record.")


@pytest.mark.slow
def test_a_registered_method_is_found_by_its_name():
    checked = feedback.check(squares(7), incidents=500, months=24, method="counts", sites=2)
    assert checked.table["scheme"].iloc[-1] == "counts, some by lot"
    assert not checked.runs_away


def test_what_cannot_be_checked_is_said():
    with pytest.raises(OptionError, match="at least 10 places for 5 sites, and there are 9"):
        feedback.check(squares(3), incidents=10, months=1)
    with pytest.raises(OptionError, match="Did you mean 'counts'"):
        feedback.check(squares(10), incidents=10, months=1, method="count")
    with pytest.raises(OptionError, match="cannot run 'risk', which needs features"):
        feedback.check(squares(10), incidents=10, months=1, method="risk")
