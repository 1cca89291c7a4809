"""A trial from its files: what is found, how it stands to its protocol, and files that come out the same twice."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from tests.jobs import trial_files

from abate.errors import TableError
from abate.jobs import trial_analyse as jobs

TODAY = date(2025, 5, 1)
FILES = ("trial.html", "trial.pdf", "trial.docx", "effects.csv", "places.csv")


def analyse(folder, **more):
    options = jobs.Options(folder / "place_days.csv", folder / "schedule.csv", **{"draws": 499, **more})
    return jobs.trial_analyse(options, today=TODAY, by="analyst")


@pytest.mark.slow
def test_a_planted_fall_is_found_and_written(tmp_path):
    trial_files.trial(tmp_path, harm=True)
    found = analyse(tmp_path, out=tmp_path / "out")
    told = found.document()
    assert told["itt"]["rate_ratio"]["low"] < 0.5 < told["itt"]["rate_ratio"]["high"]
    assert told["itt"]["p_randomisation"] <= 0.01
    assert told["harm"]["difference"]["value"] < 0
    assert told["n"]["place_days"] == 168
    assert (told["protocol"], told["not_registered"], told["buffers"], told["dose"]) == (None, [], None, None)
    assert (told["before_after"], found.sentence.startswith("Chance decided each day which places")) == (None, True)
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == {*FILES, "provenance.json"}
    analyse(tmp_path, out=tmp_path / "out")
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    record = json.loads(first["provenance.json"])
    assert [each["file"] for each in record["inputs"]] == ["place_days.csv", "schedule.csv"]


def test_as_registered_is_registered(tmp_path):
    trial_files.trial(tmp_path)
    found = analyse(tmp_path, protocol=trial_files.protocol(tmp_path))
    assert found.departures == ()
    assert found.analysis.incidents.ratio.standing == "registered"
    assert found.document()["protocol"].startswith("Registered 2025-03-02")


def test_what_differs_from_the_protocol_is_named(tmp_path):
    rows = trial_files.trial(tmp_path, harm=True)
    rows[["date", "site_id"]].assign(incidents=np.arange(len(rows)) % 5).to_csv(tmp_path / "b.csv", index=False)
    record = trial_files.protocol(tmp_path)
    found = analyse(tmp_path, protocol=record, level=0.9, lasting=2, buffers=tmp_path / "b.csv")
    assert list(found.departures) == [
        "level: 0.95 was registered and 0.9 was used: not registered",
        "lasting: 2 was used: not registered",
        "buffers: b.csv was used: not registered",
        "outcome 'harm' was analysed: not registered",
    ]
    assert found.analysis.incidents.ratio.standing == "supporting"


def test_a_primary_outcome_that_is_not_there_is_named(tmp_path):
    trial_files.trial(tmp_path)
    text = trial_files.PROTOCOL.replace('name = "incidents"', 'name = "harm"')
    found = analyse(tmp_path, protocol=trial_files.protocol(tmp_path, text))
    assert "outcome 'harm' was registered and was not analysed here" in found.departures
    assert found.analysis.asked.primary == "incidents"
    assert found.analysis.incidents.ratio.standing == "supporting"


def test_nothing_is_written_when_the_files_will_not_do(tmp_path):
    trial_files.trial(tmp_path)
    file = tmp_path / "place_days.csv"
    pd.read_csv(file).assign(incidents=0).to_csv(file, index=False)
    with pytest.raises(TableError, match="no incident at any place"):
        analyse(tmp_path, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_before_and_ground_stand_beside_the_analysis_and_leave_it_alone(tmp_path):
    rows = trial_files.trial(tmp_path)
    trial_files.before(tmp_path, sorted(rows["site_id"].unique()))
    alone = analyse(tmp_path).document()
    found = analyse(
        tmp_path, before=tmp_path / "before.csv", sites=tmp_path / "SITES.csv", ring_m=150.0, out=tmp_path / "out"
    )
    told = found.document()
    beside = told["before_after"]
    assert {name: told[name] for name in alone if name not in ("before_after", "files")} == {
        name: alone[name] for name in alone if name not in ("before_after", "files")
    }
    assert (beside["candidates"], beside["sites"], beside["before"]["place_days"]) == (46, 6, 360.0)
    assert beside["expected"]["incidents"]["low"] < beside["expected"]["incidents"]["value"]
    assert 0 < beside["fall_by_choosing"] < 1
    page = (tmp_path / "out/trial.html").read_text()
    assert 'id="before"' in page
    assert "ring of 150 m" in page
    record = json.loads((tmp_path / "out/provenance.json").read_text())
    names = [each["file"] for each in record["inputs"]]
    assert names == ["place_days.csv", "schedule.csv", "before.csv", "SITES.csv"]


@pytest.mark.parametrize("bare", [False, True])
def test_a_stepped_roll_out_is_offered_the_efficient_estimator(tmp_path, bare):
    trial_files.trial(tmp_path, scheme="stepped", treat=None, waves=3)
    if bare:
        (tmp_path / "schedule.json").unlink()
        (tmp_path / "schedule.ledger.jsonl").unlink()
    told = analyse(tmp_path).document()
    (rollout,) = told["rollout"]
    assert rollout["method"] == "efficient estimator for random timing"
    assert rollout["low"] < rollout["value"] < rollout["high"]
    assert 0 < rollout["p"] <= 1
    assert told["itt"]["p_randomisation"] <= 1
    assert told["carry_over"]["adjusted"] is None
    assert "order" in told["sentence"]


def test_days_left_out_and_an_early_end_are_named(tmp_path):
    trial_files.trial(tmp_path)
    record = trial_files.protocol(tmp_path)
    seen = pd.read_csv(tmp_path / "place_days.csv")
    seen[(seen["date"] != "2025-03-10") & (seen["date"] < "2025-03-28")].to_csv(
        tmp_path / "place_days.csv", index=False
    )
    found = analyse(tmp_path, protocol=record)
    early, gap = found.departures
    assert early.startswith("stopping: 'After 28 days.' was registered, and the analysis ends with 2025-03-27, day 25")
    assert gap == ("exclusions: 2025-03-10 was left out and named by no exclusion: not registered")
    assert found.analysis.incidents.ratio.standing == "supporting"
