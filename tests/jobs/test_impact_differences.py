"""Synthetic and plain difference in differences through the command line: the published answers of Proposition 99."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def asked(shared: Callable[[str], Path]) -> Callable[..., Any]:
    def ask(*more: str) -> Any:
        path = str(shared("evaluation/prop99/smoking.csv"))
        columns = ["--unit", "state", "--time", "year", "--outcome", "cigsale", "--treated", "California"]
        return CliRunner().invoke(app, ["impact", path, *columns, "--from", "1989", *more, "--json"])

    return ask


@pytest.fixture
def published(shared: Callable[[str], Path]) -> dict[str, Any]:
    told = json.loads(shared("evaluation/prop99/expected.json").read_text(encoding="utf-8"))
    return dict(told["sdid_family_outcome_only"])


def test_synthetic_differences_as_published(asked: Callable[..., Any], published: dict[str, Any]) -> None:
    said = asked("--method", "sdid", "--inference", "placebo")
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    assert found["estimate"]["value"] == pytest.approx(published["sdid"], abs=1e-6)
    for state, weight in published["sdid_omega_top"].items():
        assert found["weights"][state] == pytest.approx(weight, abs=5.1e-5)
    times = found["diagnostics"]["time_weights"]
    assert {time: round(weight, 4) for time, weight in times.items()} == published["sdid_lambda"]
    assert found["diagnostics"]["zeta_omega"] == pytest.approx(published["zeta_omega"], abs=5e-6)
    assert 8.4 <= found["se"] <= 9.9
    after = [one["gap"] for one in found["path"] if int(one["time"]) >= 1989]
    assert sum(after) / len(after) == pytest.approx(found["estimate"]["value"])
    assert [one["at"] for one in found["aggregations"]["dynamic"]["by"]] == list(range(-19, 12))


def test_differences_as_published(asked: Callable[..., Any], published: dict[str, Any]) -> None:
    found = json.loads(asked("--method", "did", "--inference", "placebo").stdout)
    assert found["estimate"]["value"] == pytest.approx(published["did"], abs=1e-6)
    assert found["se"] == pytest.approx(published["published_placebo_se"]["did"], abs=1)
    after = [one["gap"] for one in found["path"] if int(one["time"]) >= 1989]
    assert sum(after) / len(after) == pytest.approx(found["estimate"]["value"])


def test_a_refusal_is_a_sentence(asked: Callable[..., Any]) -> None:
    said = asked("--method", "sdid", "--inference", "jackknife")
    assert said.exit_code == 1
    assert "only one began in 1989" in str(said.exception)
    assert "Take --inference placebo" in str(said.exception)


def test_cohorts_come_through_the_command_line(shared: Callable[[str], Path]) -> None:
    path = str(shared("evaluation/mpdta/mpdta.csv"))
    columns = ["--unit", "countyreal", "--time", "year", "--outcome", "lemp", "--first-treated", "first.treat"]
    for method in ("sdid", "did"):
        said = CliRunner().invoke(app, ["impact", path, *columns, "--method", method, "--json"])
        assert said.exit_code == 0, said.output
        found = json.loads(said.stdout)
        assert -0.06 < found["estimate"]["value"] < -0.03
        assert [one["at"] for one in found["aggregations"]["dynamic"]["by"]] == list(range(-4, 4))
        assert any("different periods" in note for note in found["notes"])
