"""`abate trial analyse` at the prompt: one JSON document, words for a person, sentences for bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.jobs import trial_files

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def analyse(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    words = [ABATE, "trial", "analyse", "place_days.csv", "--schedule", "schedule.csv", "--draws", "499"]
    return subprocess.run([*words, *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False)


def test_json_is_one_document(tmp_path):
    trial_files.trial(tmp_path)
    done = analyse(tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["itt"]["rate_ratio"]["low"] < 0.5 < told["itt"]["rate_ratio"]["high"]
    assert told["n"] == {**told["n"], "place_days": 168, "treated": 56, "control": 112}
    assert analyse(tmp_path, "--json").stdout == done.stdout


def test_a_person_gets_the_paragraph_and_the_files(tmp_path):
    trial_files.trial(tmp_path)
    done = analyse(tmp_path, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Chance decided each day")
    assert "nothing here is registered" in done.stdout
    assert {"trial.html", "trial.pdf", "trial.docx"} <= {path.name for path in (tmp_path / "out").iterdir()}


def test_the_time_before_is_told_with_its_fall(tmp_path):
    rows = trial_files.trial(tmp_path)
    trial_files.before(tmp_path, sorted(rows["site_id"].unique()))
    done = analyse(tmp_path, "--before", "before.csv", "--json")
    told = json.loads(done.stdout)["before_after"]
    assert told["sentence"].startswith("The 6 sites were chosen among 46 candidates.")
    assert analyse(tmp_path, "--ring-m", "100").returncode == 1


def test_bad_input_is_a_sentence(tmp_path):
    trial_files.trial(tmp_path)
    (tmp_path / "place_days.csv").write_text("date,site_id,incidents\n2025-03-03,H01,many\n")
    done = analyse(tmp_path, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "incidents is 'many'" in done.stderr
    assert "Traceback" not in done.stderr
