from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import tasked
from abate.cli.main import app
from abate.errors import OptionError


@pytest.fixture
def words(tmp_path) -> list[str]:
    beat = tasked.written(tmp_path / "beat")
    files = ["--sites", str(beat["sites"]), "--loops", str(beat["loops"]), "--streets", str(beat["streets"])]
    return ["patrols", "print", str(beat["visits"]), *files, "-o", str(tmp_path / "out")]


def test_one_json_document_and_nothing_else(words):
    answer = CliRunner().invoke(app, [*words, "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert set(told) == {"sheets", "files", "expires", "marking", "notes"}
    assert set(told["sheets"][0]) == {"team", "shift", "sites", "pages", "file", "expires"}


def test_a_person_reads_the_sheets_the_expiry_and_the_files(words, tmp_path):
    answer = CliRunner().invoke(app, [*words, "--team", "P2"], env={"COLUMNS": "200"})
    assert answer.exit_code == 0, answer.output
    assert "Mon 1 Sep 2025, 22:30 to Tue 00:55" in answer.output
    assert "OFFICIAL-SENSITIVE; to be destroyed by 2025-09-02T12:55:00+01:00." in answer.output
    assert (tmp_path / "out" / "tasking.csv").is_file()


def test_more_than_seven_days_are_refused_in_a_sentence(words):
    answer = CliRunner().invoke(app, [*words, "--days", "8"])
    assert isinstance(answer.exception, OptionError)
    assert "never for more than the next 7" in str(answer.exception)


def test_sites_are_asked_for(words):
    assert CliRunner().invoke(app, ["patrols", "print", words[2]]).exit_code == 2
