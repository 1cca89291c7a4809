"""Interrupted series through the command line: the seat-belt law, every published figure."""

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


def asked(path: Path, outcome: str, *more: str) -> dict[str, Any]:
    columns = ["--time", "time", "--outcome", outcome, "--treatment", "law", "--season", "months", "--trend"]
    said = CliRunner().invoke(app, ["impact", str(path), *columns, "--method", "its", *more, "--json"])
    assert said.exit_code == 0, said.output
    return dict(json.loads(said.stdout))


def expected(shared: Callable[[str], Path]) -> dict[str, Any]:
    return dict(json.loads(shared("evaluation/seatbelts/expected.json").read_text(encoding="utf-8")))


def near(found: dict[str, Any], target: list[float]) -> None:
    assert [found["estimate"][name] for name in ("value", "low", "high")] == pytest.approx(target, abs=1e-4)


def test_drivers_as_published(shared: Callable[[str], Path]) -> None:
    target = expected(shared)["quasi_poisson_drivers_law_time_month"]
    found = asked(shared("evaluation/seatbelts/seatbelts.csv"), "drivers")
    near(found, [target["irr"], *target["ci95"]])
    assert found["diagnostics"]["dispersion"] == pytest.approx(target["dispersion"], abs=1e-3)
    assert found["total_prevented"]["low"] < found["total_prevented"]["value"] < found["total_prevented"]["high"]
    assert len(found["path"]) == 192


def test_the_start_may_be_named_instead(shared: Callable[[str], Path]) -> None:
    path, target = shared("evaluation/seatbelts/seatbelts.csv"), expected(shared)
    columns = ["--time", "time", "--outcome", "drivers", "--from", "170", "--season", "months"]
    said = CliRunner().invoke(app, ["impact", str(path), *columns, "--method", "its", "--json"])
    known = target["quasi_poisson_drivers_law_time_month"]
    near(json.loads(said.stdout), [known["irr"], *known["ci95"]])


def test_all_five_outcomes_with_petrol_and_kilometres(shared: Callable[[str], Path], tmp_path: Path) -> None:
    seen = pd.read_csv(shared("evaluation/seatbelts/seatbelts.csv"))
    seen = seen.assign(petrol=np.log(seen["PetrolPrice"]), distance=np.log(seen["kms"]))
    seen.to_csv(tmp_path / "logs.csv", index=False)
    targets = expected(shared)["quasi_poisson_with_logpetrol_logkms"]
    assert len(targets) == 5
    for outcome, target in targets.items():
        near(asked(tmp_path / "logs.csv", outcome, "--covariates", "petrol,distance"), target)


@pytest.mark.slow
def test_the_other_models(shared: Callable[[str], Path]) -> None:
    path = shared("evaluation/seatbelts/seatbelts.csv")
    coefficient, error = expected(shared)["sarima_011_011_12_log_drivers_law"]
    boxed = asked(path, "drivers", "--model", "arima")["diagnostics"]
    assert boxed["coefficient"] == pytest.approx(coefficient, abs=1e-3)
    assert boxed["se"] == pytest.approx(error, abs=1e-3)
    assert asked(path, "drivers", "--model", "structural")["diagnostics"]["coefficient"] == pytest.approx(
        -0.24, abs=0.01
    )
