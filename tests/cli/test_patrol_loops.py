from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from abate.cli.main import app
from jobs.test_patrol_loops import town

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["town"]


def test_the_document_is_all_that_is_printed(town: Path) -> None:
    told = CliRunner().invoke(
        app,
        [
            "patrols",
            "loops",
            str(town / "sites.csv"),
            "--streets",
            str(town / "streets.geojson"),
            "--minutes",
            "10",
            "--loops",
            "1",
            "-o",
            str(town / "o"),
            "--json",
        ],
    )
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    assert [loop["site_id"] for loop in answer["loops"]] == ["a", "b"]
    assert {"bound", "gap", "proven", "directions", "turns", "share"} <= set(answer["loops"][0])


def test_words_for_a_person(town: Path) -> None:
    told = CliRunner().invoke(
        app,
        [
            "patrols",
            "loops",
            str(town / "sites.csv"),
            "--streets",
            str(town / "streets.geojson"),
            "--loops",
            "1",
            "-o",
            str(town / "o"),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "walking loops for 2 sites" in " ".join(told.output.split())
    assert "walks.pdf" in told.output


def test_help_ends_with_an_example() -> None:
    assert "Example: abate patrols loops" in CliRunner().invoke(app, ["patrols", "loops", "--help"]).output
