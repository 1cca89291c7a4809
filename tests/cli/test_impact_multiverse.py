from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ASKED = ("--unit", "state", "--time", "year", "--outcomes", "cigsale", "--treated", "California", "--from", "1989")


@pytest.mark.slow
def test_proposition_99_in_every_way(shared: Callable[[str], Path], tmp_path: Path) -> None:
    words = ["impact", "multiverse", str(shared("evaluation/prop99/smoking.csv")), *ASKED, "--methods", "did,sdid"]
    told = CliRunner().invoke(
        app, [*words, "--window", "1975..2000", "-o", str(tmp_path / "out"), "--json"], catch_exceptions=False
    )
    runs = json.loads(told.stdout)["runs"]
    assert [(row["estimator"], row["window"]) for row in runs] == [
        *(("did", "all periods"), ("sdid", "all periods"), ("did", "1975 to 2000"), ("sdid", "1975 to 2000"))
    ]
    assert [row["value"] for row in runs[:2]] == pytest.approx([-27.34911108, -15.60382787], abs=1e-5)
    page = (tmp_path / "out" / "multiverse.html").read_text()
    assert "4 of 4 runs could be made" in page
    assert "did, cigsale, 1975 to 2000" in page


def test_a_window_has_two_ends(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["impact", "multiverse", str(tmp_path / "p.csv"), *ASKED, "--window", "1975"])
    assert isinstance(told.exception, OptionError)
    assert "--window 1975: should be FIRST..LAST" in str(told.exception)
