from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.errors import OptionError

if TYPE_CHECKING:
    from pathlib import Path

HEADLINE = ("costs", "--prevented", "violence_with_injury=7636", "--prevented", "violence_without_injury=41377")


def test_the_headline_is_one_command() -> None:
    told = CliRunner().invoke(app, [*HEADLINE, "--json"], catch_exceptions=False)
    assert json.loads(told.stdout)["total"]["value"] == pytest.approx(352_651_410, abs=0.5)
    uplifted = CliRunner().invoke(app, [*HEADLINE, "--uplift", "1.0917", "--json"], catch_exceptions=False)
    assert json.loads(uplifted.stdout)["total"]["value"] == pytest.approx(385e6, rel=0.005)


@pytest.mark.slow
def test_a_person_reads_it_and_gets_files(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, [*HEADLINE, "-o", str(tmp_path / "out")], catch_exceptions=False)
    assert told.exit_code == 0
    assert "Worth £352.65 million to society in 2015-16 prices" in told.stdout
    assert "note: Most of this is harm to people" in told.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("costs.html", "costs.pdf", "costs.docx", "costs.csv", "provenance.json")
    }


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--prevented", "arson"), "--prevented arson: should be OFFENCE=..."),
        (("--prevented", "arson=1", "--prevented", "arson=2"), "--prevented arson: is given twice"),
        (("--prevented", "arson=1", "--programme-cost", "lots"), "--programme-cost: 'lots' is not a number"),
    ],
)
def test_what_is_typed_wrongly_is_told(words: tuple[str, ...], fault: str) -> None:
    told = CliRunner().invoke(app, ["costs", *words])
    assert isinstance(told.exception, OptionError)
    assert fault in str(told.exception)


def test_years_after_the_first_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("offence,value,area,year\narson,5,North,1\narson,5,North,2\n")
    told = CliRunner().invoke(app, ["costs", "--table", str(tmp_path / "p.csv")], catch_exceptions=False)
    assert [line.split("  ")[0].strip() for line in told.stdout.splitlines() if line.startswith("arson")] == [
        "arson, North",
        "arson, North, year 2",
    ]
