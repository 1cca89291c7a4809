"""Published targets of `sc-predictors` and `ascm`, through the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WINDOWS = {"lnincome": (1980, 1988), "retprice": (1980, 1988), "age15to24": (1980, 1988), "beer": (1984, 1988)}
PUBLISHED = {"Utah": 0.334, "Nevada": 0.234, "Montana": 0.199, "Colorado": 0.164, "Connecticut": 0.069}
LOGS = ("revstatecapita", "revlocalcapita", "avgwklywagecapita")


def run(*arguments: str) -> Any:
    result = CliRunner().invoke(app, ["impact", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def design(tmp_path: Path) -> Path:
    parts = ["[fit]\nfrom = 1970\nto = 1988\n"]
    parts += [
        f'[[predictors]]\ncolumn = "{name}"\nfrom = {first}\nto = {last}\nsummary = "mean"\n'
        for name, (first, last) in WINDOWS.items()
    ]
    parts += [f'[[predictors]]\ncolumn = "cigsale"\nat = {year}\n' for year in (1988, 1980, 1975)]
    path = tmp_path / "design.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path


def tobacco(shared: Callable[[str], Path]) -> list[str]:
    panel = str(shared("evaluation/prop99/smoking.csv"))
    who = ["--treated", "California", "--from", "1989", "--method", "sc-predictors"]
    return [panel, "--unit", "state", "--time", "year", "--outcome", "cigsale", *who]


@pytest.mark.slow
def test_proposition_99_by_the_published_design(shared: Callable[[str], Path], design: Path) -> None:
    found = run(*tobacco(shared), "--design", str(design))
    assert found["pre_rmse"] ** 2 <= 3.21
    assert set(found["weights"]) == set(PUBLISHED)
    assert all(abs(found["weights"][state] - weight) < 0.03 for state, weight in PUBLISHED.items())
    assert -20.0 <= found["estimate"]["value"] <= -18.7
    assert found["path"][-1]["time"] == 2000
    assert -26.0 <= found["path"][-1]["gap"] <= -25.4


def test_a_wrong_design_is_said_in_sentences(shared: Callable[[str], Path], design: Path) -> None:
    design.write_text(design.read_text().replace("from = 1984", "from = 1960").replace("to = 1988\n", "to = 1989\n", 1))
    result = CliRunner().invoke(app, ["impact", *tobacco(shared), "--design", str(design)])
    assert result.exit_code == 1
    said = str(result.exception)
    assert "no period '1960' in the panel, which runs from 1970 to 2000" in said
    assert "the fit window: the window ends in 1989, when the programme had begun (1989)" in said


@pytest.fixture
def kansas(shared: Callable[[str], Path], tmp_path: Path) -> list[str]:
    rows = pd.read_csv(shared("evaluation/kansas/kansas.csv"))
    for name in LOGS:
        rows[f"log {name}"] = np.log(rows[name])
    rows.to_csv(tmp_path / "kansas.csv", index=False)
    columns = ["--unit", "state", "--time", "year_qtr", "--outcome", "lngdpcapita", "--treatment", "treated"]
    return [str(tmp_path / "kansas.csv"), *columns, "--method", "ascm"]


def test_kansas_by_the_augmented_mix_with_its_interval(kansas: list[str]) -> None:
    found = run(*kansas, "--inference", "jackknife")
    estimate = found["estimate"]
    assert estimate["value"] == pytest.approx(-0.0401, abs=2e-3)
    assert estimate["value"] == pytest.approx(-0.04006291, abs=1e-5)
    assert (estimate["low"], estimate["high"]) == pytest.approx((-0.05757, -0.02061), abs=1e-4)
    assert found["diagnostics"]["lambda"] == pytest.approx(0.07866223, rel=1e-4)
    assert found["diagnostics"]["pre_l2_imbalance"] == pytest.approx(0.06151525, abs=1e-5)


def test_kansas_with_covariates(kansas: list[str]) -> None:
    names = ["lngdpcapita", *(f"log {name}" for name in LOGS), "estabscapita", "emplvlcapita"]
    found = run(*kansas, "--covariates", ",".join(names))
    assert found["estimate"]["value"] == pytest.approx(-0.06093688, abs=1e-5)
    assert found["diagnostics"]["lambda"] == pytest.approx(0.01286077, rel=1e-4)
    assert found["diagnostics"]["pre_l2_imbalance"] == pytest.approx(0.05385456, abs=1e-5)
