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


def analyse(folder, **more):
    options = jobs.Options(folder / "place_days.csv", folder / "schedule.csv", **{"draws": 499, **more})
    return jobs.trial_analyse(options, today=TODAY, by="analyst")


def test_a_planted_fall_is_found_and_written(tmp_path):
    trial_files.trial(tmp_path, harm=True)
    found = analyse(tmp_path, out=tmp_path / "out")
    told = found.document()
    assert told["itt"]["rate_ratio"]["low"] < 0.5 < told["itt"]["rate_ratio"]["high"]
    assert told["itt"]["p_randomisation"] <= 0.01
    assert told["harm"]["difference"]["value"] < 0
    assert told["n"]["place_days"] == 168
    assert (told["protocol"], told["not_registered"], told["buffers"], told["dose"]) == (None, [], None, None)
    assert found.sentence.startswith("Chance decided each day which places were patrolled: 56 of 168 place-days")
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == {"trial.html", "effects.csv", "places.csv", "provenance.json"}
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
