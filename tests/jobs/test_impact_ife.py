"""Interactive fixed effects and matrix completion through the command line: their published answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_COLUMNS = ["--unit", "id", "--time", "time", "--outcome", "Y", "--treatment", "D", "--covariates", "X1,X2"]


@pytest.fixture
def asked(shared: Callable[[str], Path]) -> Callable[..., dict[str, Any]]:
    def ask(*more: str) -> dict[str, Any]:
        path = str(shared("evaluation/ife-simulated/simdata.csv"))
        said = CliRunner().invoke(app, ["impact", path, *_COLUMNS, *more, "--json"])
        assert said.exit_code == 0, said.output
        return dict(json.loads(said.stdout))

    return ask


@pytest.fixture
def published(shared: Callable[[str], Path]) -> dict[str, Any]:
    return dict(json.loads(shared("evaluation/ife-simulated/expected.json").read_text(encoding="utf-8")))


@pytest.mark.slow
def test_interactive_fixed_effects_as_published(
    asked: Callable[..., dict[str, Any]], published: dict[str, Any]
) -> None:
    found, told = asked("--method", "ife", "--inference", "bootstrap", "--draws", "500"), published["ife"]
    assert found["diagnostics"]["r"] == told["r"]
    assert found["estimate"]["value"] == pytest.approx(told["att_avg"], abs=1e-3)
    assert list(found["diagnostics"]["beta"].values()) == pytest.approx(told["beta"], abs=1e-3)
    assert found["diagnostics"]["cv"][2]["mspe"] == pytest.approx(told["cv_mspe_r2"], abs=1e-3)
    assert found["se"] == pytest.approx(told["parametric_bootstrap_se_500"], abs=0.03)
    after = [line["value"] for line in found["aggregations"]["dynamic"]["by"] if line["at"] >= 0]
    assert after == pytest.approx(told["att_event_time_1_to_10"], abs=1e-3)
    assert [line["gap"] for line in found["path"]][20:] == pytest.approx(after)
    assert all(line["low"] < line["gap"] < line["high"] for line in found["path"])
    assert sum(found["weights"].values()) == pytest.approx(1)


def test_matrix_completion_as_published(asked: Callable[..., dict[str, Any]], published: dict[str, Any]) -> None:
    found, told = asked("--method", "mc", "--inference", "jackknife"), published["matrix_completion"]
    assert found["estimate"]["value"] == pytest.approx(told["att_avg"], abs=1e-3)
    assert found["diagnostics"]["lambda_norm"] == pytest.approx(told["lambda_norm"], abs=1e-7)
    assert 0.2 < found["se"] < 0.5


@pytest.mark.slow
def test_matrix_completion_of_smoking_as_published(shared: Callable[[str], Path]) -> None:
    path = str(shared("evaluation/prop99/smoking.csv"))
    columns = ["--unit", "state", "--time", "year", "--outcome", "cigsale", "--treated", "California", "--from", "1989"]
    said = CliRunner().invoke(app, ["impact", path, *columns, "--method", "mc", "--inference", "placebo", "--json"])
    found = json.loads(said.stdout)
    assert round(found["estimate"]["value"], 1) == -20.2
    assert found["se"] == pytest.approx(11.5, abs=0.5)


def test_a_refusal_is_a_sentence(shared: Callable[[str], Path]) -> None:
    path = str(shared("evaluation/prop99/smoking.csv"))
    columns = ["--unit", "state", "--time", "year", "--outcome", "cigsale", "--treated", "California", "--from", "1989"]
    said = CliRunner().invoke(app, ["impact", path, *columns, "--method", "ife", "--inference", "jackknife"])
    assert said.exit_code == 1
    assert "one alone had the programme" in str(said.exception)
