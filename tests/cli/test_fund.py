from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from pathlib import Path

AREAS = "area,population,need,current_grant\nKent,1900000,300,1160000\nEssex,1850000,200,1160000\n"


def test_one_rule_as_json(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(AREAS)
    words = ["fund", str(tmp_path / "a.csv"), "--budget", "1000000.01", "--rule", "need", "--json"]
    told = json.loads(CliRunner().invoke(app, words, catch_exceptions=False).stdout)
    assert [one["amount"] for one in told["allocations"]] == [600_000.01, 400_000.0]
    assert told["total"] == 1_000_000.01


@pytest.mark.slow
def test_all_rules_as_words_and_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(AREAS)
    words = ["fund", str(tmp_path / "a.csv"), "--budget", "1000000", "-o", str(tmp_path / "out")]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    assert "need, in proportion to need: 2 areas get money, most Kent (£600,000)" in told.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("funding.html", "funding.pdf", "funding.docx", "allocations.csv", "provenance.json")
    }


def test_large_amounts_are_shown_in_millions_and_no_name_is_cut(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(AREAS.replace("Kent", "Kent and the Medway towns"))
    words = ["fund", str(tmp_path / "a.csv"), "--budget", "30000000"]
    told = CliRunner().invoke(app, words, catch_exceptions=False)
    assert "£m" in told.stdout
    row = next(line.split() for line in told.stdout.splitlines() if line.startswith("Kent and the Medway towns "))
    assert row[5:8] == ["15.000", "18.000", "18.000"]
