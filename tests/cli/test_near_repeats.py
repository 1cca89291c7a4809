"""`abate near-repeats` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ABATE, "near-repeats", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def arson(shared) -> Path:
    return shared("hotspots/chicago_near_repeat/arson_2016.csv.gz")


def test_json_is_one_document_with_four_tables(arson):
    asked = ("--bins-m", "0,200,400,600", "--bins-days", "0,1,2,3", "--metric", "manhattan", "--draws", 99, "--json")
    answer = abate(arson, *asked)
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert document["observed"][1] == [9, 1, 1, 45]
    assert document["ratio"][0][0] is None or document["expected"][0][0] > 0
    assert document["p"][1][0] == 0.01
    assert all(len(document[name]) == 5 for name in ("observed", "expected", "ratio", "p", "rows"))


def test_a_person_gets_a_sentence_a_table_and_a_page(arson, tmp_path):
    answer = abate(arson, "--bins-m", "0,200,400,600", "--bins-days", "0,1,2,3", "--draws", 99, "-o", tmp_path / "near")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Incidents repeat nearby: ")
    assert "same place" in answer.stdout
    assert (tmp_path / "near" / "near-repeats.html").is_file()


def test_bad_rows_are_sentences_and_exit_1(tmp_path):
    (tmp_path / "bad.csv").write_text("x,y,date\n1,2,2025-13-01\nq,2,2025-01-01\n")
    answer = abate(tmp_path / "bad.csv", "--json")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("bad.csv, row") == 2
    assert "Traceback" not in answer.stderr


def test_wrong_usage_is_exit_2(arson):
    assert abate(arson, "--metric", "crow").returncode == 2
    assert abate(arson, "--draws", "0").returncode == 2
