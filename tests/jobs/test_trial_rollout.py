"""Roll-outs: the published answers of the efficient estimator, and the sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from abate.errors import OptionError, TableError
from abate.jobs import trial_rollout as jobs


@pytest.mark.slow
@pytest.mark.parametrize("estimand", ["simple", "cohort", "calendar"])
def test_the_published_answers_come_out(shared, estimand):
    folder = "evaluation/police-training-rollout"
    expected = json.loads(shared(f"{folder}/expected.json").read_text())
    file = shared(f"{folder}/complaints_wide.csv")
    draws = 500 if estimand == "simple" else 0
    options = jobs.Options(file, "uid", "first_trained", estimand, draws=draws)
    told = jobs.trial_rollout(options).document()
    assert (told["estimate"], told["se"]) == pytest.approx(expected["efficient"][estimand], rel=1e-5)
    assert told["se_neyman"] == pytest.approx(expected["se_neyman"][estimand], rel=1e-5)
    assert (told["units"], told["periods"]) == (expected["n_officers"], expected["n_periods"])
    if draws:
        assert told["p_fisher"] == pytest.approx(expected["fisher_p_simple_500_draws"], abs=0.07)
    else:
        assert told["p_fisher"] is None


def test_a_planted_effect_is_said(tmp_path):
    rows = [f"u{unit},{1 + unit % 3},{unit % 5},{unit % 5 + 2 * (unit % 3 == 0)},{unit % 7 + 2}" for unit in range(30)]
    file = tmp_path / "w.csv"
    file.write_text("unit,from,p0,p1,p2\n" + "\n".join(rows) + "\n")
    found = jobs.trial_rollout(jobs.Options(file, "unit", "from", draws=99))
    assert found.effect.estimate > 0
    assert found.sentence.startswith("Having started changed the outcome by +")
    assert "30 units, 3 periods" in found.sentence
    assert 0 < found.document()["p_fisher"] <= 1


def test_what_will_not_do_is_refused(tmp_path):
    with pytest.raises(OptionError, match="between 0 and 1"):
        jobs.Options(Path("w.csv"), "a", "b", level=95)
    with pytest.raises(OptionError, match="both name 'a'"):
        jobs.Options(Path("w.csv"), "a", "a")
    file = tmp_path / "w.csv"
    file.write_text("unit,from,p0,p2\nA,1,0,0\nB,2,0,0\n")
    with pytest.raises(TableError, match="no column for period 1"):
        jobs.trial_rollout(jobs.Options(file, "unit", "from"))
