"""`abate score` at the prompt, on the sample town from its files to the scores."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from abate.jobs.demo import publish

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))
CONTRACT = {"method", "window", "flagged_km2", "events", "hits", "hit_rate", "pai", "pei_star", "log_score"}


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ABATE, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    publish(folder, seed=1)
    loaded = abate("load", folder / "published", "--lake", folder / "lake", "--json")
    assert loaded.returncode == 0, loaded.stderr
    return folder


@pytest.fixture
def extract(town):
    folder = town / "extract"
    return ("--events", folder / "sample-extract.csv", "--mapping", folder / "sample-extract.toml")


def test_json_is_a_list_of_records_and_nothing_else(town, extract):
    asked = ("--within", town / "maps" / "areas.geojson", "--place", "square:150", "--train-to", "2025-06-30")
    answer = abate(
        *("score", *extract, *asked, "--crime", "violence", "--windows", "14d,1m"),
        *("--flag-km2", "0.2,0.5", "--method", "recommended,counts", "--json"),
    )
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert isinstance(found, list)
    assert len(found) == 2 * 2 * 2
    assert all(set(row) >= CONTRACT for row in found)
    assert all(row["pai"] > 1 for row in found if row["events"] > 50)
    assert all(row["without_coordinates"] >= 0 for row in found)


def test_a_lake_of_months_gives_a_sentence_a_table_and_a_report(town, tmp_path):
    asked = ("--lake", town / "lake", "--force", "sample", "--crime", "violence,robbery", "--place", "square:150")
    answer = abate("score", *asked, "--method", "counts,counts-12m", "--origins", 4, "-o", tmp_path / "out")
    assert answer.returncode == 0, answer.stderr
    words = " ".join(answer.stdout.split())
    assert "In 4 windows of 1m" in words
    assert "Working copy, not for publication." in words
    assert "no PAI: its area is unknown without --within" in words
    assert "counts-12m" in answer.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "score.html",
        "scores.csv",
        "scores.json",
        "provenance.json",
    }


def test_what_cannot_be_done_is_a_sentence_and_exit_1(town):
    lake = ("--lake", town / "lake", "--force", "sample")
    answer = abate("score", *lake, "--windows", "7d", "--json")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "window 7d: the record has months, not days" in answer.stderr
    wrong = abate("score", *lake, "--method", "cuonts")
    assert wrong.returncode == 1
    assert "Did you mean 'counts'?" in wrong.stderr
    assert "Traceback" not in wrong.stderr + answer.stderr


def test_wrong_usage_is_exit_2(town):
    assert abate("score", "--no-such-option").returncode == 2
    assert abate("score", "--lake", town / "lake", "--force", "sample", "--origins", "0").returncode == 2
