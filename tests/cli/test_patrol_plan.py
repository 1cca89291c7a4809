"""The command prints one JSON document, or words; help ends with an example."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

import rota_files_made
from abate.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path


def test_json_is_the_whole_output(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    answer = CliRunner().invoke(app, ["patrols", "plan", str(path), "--rounds", "2", "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["bound"] >= told["value"] > 0
    assert 0 <= told["gap"] < 1


def test_words_say_the_bound_and_why_visits_are_missing(tmp_path: Path) -> None:
    path = rota_files_made.write(tmp_path)
    answer = CliRunner().invoke(app, ["patrols", "plan", str(path), "--rounds", "2", "-o", str(tmp_path / "out")])
    assert "no plan can be worth more than" in answer.stdout
    assert "not planned: visit 1 of H4" in answer.stdout
    assert (tmp_path / "out" / "rota.html").is_file()


def test_help_has_an_example() -> None:
    assert "Example: abate patrols plan" in CliRunner().invoke(app, ["patrols", "plan", "--help"]).stdout
