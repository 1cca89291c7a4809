"""`abate patrols return` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import month_records

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ABATE, "patrols", "return", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def asked(paths: dict[str, Path], month: str = "2026-10") -> tuple[object, ...]:
    return ("--month", month, "--visits", paths["visits.csv"], "--sites", paths["sites.geojson"])


def test_json_is_one_document(tmp_path):
    paths = month_records.files(tmp_path)
    answer = abate(*asked(paths), "--activity", paths["activity.csv"], "--json")
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["month"] == "2026-10"
    assert {"item", "group", "value", "unit"} <= set(document["items"][0])
    assert document["files"] == []


def test_a_person_gets_a_sentence_a_table_and_files(tmp_path):
    paths = month_records.files(tmp_path)
    answer = abate(*asked(paths), "--plans", paths["plans.csv"], "-o", tmp_path / "out")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("In October 2026 officers and partners made 40 visits")
    assert "Sites without a problem plan: 2" in answer.stdout
    assert (tmp_path / "out" / "return.xlsx").is_file()


def test_faults_are_sentences_and_exit_1(tmp_path):
    paths = month_records.files(tmp_path)
    answer = abate(*asked(paths, "2031-01"), "--json")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "--month 2031-01 has not begun" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_wrong_usage_is_exit_2(tmp_path):
    assert abate("--month", "2026-10").returncode == 2
