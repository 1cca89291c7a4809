"""Two-way Poisson panels through the command line: Seattle as published, from one file of all blocks and quarters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OUTCOMES = ("any_crime", "i_felony", "i_misdemea", "i_drugs")


@pytest.fixture(scope="module")
def seattle(shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every block and quarter, 0 where the file of counts has no row, and 1 where and when the programme ran."""
    blocks = pd.read_csv(shared("evaluation/seattle-dmi/blocks.csv"), usecols=["ID", "treated"])
    seen = pd.read_csv(shared("evaluation/seattle-dmi/counts_nonzero.csv"), usecols=["ID", "time", *OUTCOMES])
    whole = blocks.merge(pd.DataFrame({"time": np.arange(1, 17)}), how="cross").merge(
        seen, how="left", on=["ID", "time"]
    )
    whole[list(OUTCOMES)] = whole[list(OUTCOMES)].fillna(0).astype(int)
    whole["running"] = whole["treated"] * (whole["time"] >= 13)
    path = tmp_path_factory.mktemp("seattle") / "panel.csv"
    whole.to_csv(path, index=False)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_seattle_as_published(outcome: str, seattle: Path, shared: Callable[[str], Path]) -> None:
    expected = json.loads(shared("evaluation/seattle-dmi/expected.json").read_text(encoding="utf-8"))
    columns = ["--unit", "ID", "--time", "time", "--outcome", outcome, "--treatment", "running"]
    said = CliRunner().invoke(app, ["impact", str(seattle), *columns, "--method", "fepois", "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    coefficient, error, rows = expected["poisson_two_way_fe_did"][outcome]
    assert found["diagnostics"]["coefficient"] == pytest.approx(coefficient, abs=1e-4)
    assert found["diagnostics"]["se"] == pytest.approx(error, rel=0.01)
    assert found["diagnostics"]["rows_used"] == rows
    assert found["estimate"]["value"] == pytest.approx(np.expm1(coefficient), abs=1e-4)
    total = found["total_prevented"]
    assert total["low"] < total["value"] < total["high"]


def test_treated_rows_without_any_incident_get_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("area,year,n,on\na,1,3,0\na,2,0,1\nb,1,2,0\nb,2,4,0\n", encoding="utf-8")
    columns = ["--unit", "area", "--time", "year", "--outcome", "n", "--treatment", "on"]
    said = CliRunner().invoke(app, ["impact", str(path), *columns, "--method", "fepois"])
    assert said.exit_code == 1
    assert "n is 0 in every area and period with the programme" in " ".join(str(said.exception).split())
