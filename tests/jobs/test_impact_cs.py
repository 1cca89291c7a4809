"""Group-time effects through the command line: every published answer of the county panel."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ASKED = {
    "nocov reg never analytic": ["--controls", "never"],
    "lpop dr never analytic": ["--controls", "never", "--covariates", "lpop", "--inference", "analytic"],
    "lpop dr nyt analytic": ["--controls", "notyet", "--covariates", "lpop"],
}


def asked(path: Path, *more: str) -> list[str]:
    columns = ["--unit", "countyreal", "--time", "year", "--outcome", "lemp", "--first-treated", "first.treat"]
    return ["impact", str(path), *columns, "--method", "cs", *more]


@pytest.mark.parametrize("name", ASKED)
def test_the_published_answers_come_through_the_command_line(name: str, shared: Callable[[str], Path]) -> None:
    answer: dict[str, Any] = json.loads(shared("evaluation/mpdta/expected.json").read_text(encoding="utf-8"))[name]
    said = CliRunner().invoke(app, [*asked(shared("evaluation/mpdta/mpdta.csv"), *ASKED[name]), "--json"])
    assert said.exit_code == 0, said.output
    found = json.loads(said.stdout)
    groups = {(one["group"], one["time"]): one for one in found["groups"]}
    assert len(groups) == len(answer["att_gt"])
    for one in answer["att_gt"]:
        near(groups[one["g"], one["t"]], "att", one["att"], one["se"])
    assert found["diagnostics"]["pretest_p"] == pytest.approx(answer["wald_pretest_p"], abs=1e-4)
    for kind, one in found["aggregations"].items():
        near(one, "value", answer[kind]["overall"], answer[kind]["se"])
        assert len(one["by"]) == len(answer[kind]["by"])
        for part, published in zip(one["by"], answer[kind]["by"], strict=True):
            assert int(part["at"]) == published["e"]
            near(part, "value", published["att"], published["se"])
    assert found["estimate"]["value"] == pytest.approx(answer["simple"]["overall"], abs=1e-4)
    assert found["se"] == pytest.approx(answer["simple"]["se"], abs=2e-4)


def near(found: dict[str, Any], name: str, value: float, error: float) -> None:
    assert found[name] == pytest.approx(value, abs=1e-4)
    assert found["se"] == pytest.approx(error, abs=2e-4)


def test_bootstrapped_bands_come_through_the_command_line(shared: Callable[[str], Path]) -> None:
    path = shared("evaluation/mpdta/mpdta.csv")
    said = CliRunner().invoke(app, [*asked(path, "--inference", "bootstrap,analytic", "--draws", "999"), "--json"])
    found = json.loads(said.stdout)
    both = found["diagnostics"]["intervals"]
    assert found["se"] == both["bootstrap"]["se"] == pytest.approx(both["analytic"]["se"], rel=0.1)
    assert all(part["band_low"] < part["low"] for part in found["aggregations"]["dynamic"]["by"])


def test_an_inference_that_it_has_not_gets_a_sentence(shared: Callable[[str], Path]) -> None:
    said = CliRunner().invoke(app, asked(shared("evaluation/mpdta/mpdta.csv"), "--inference", "conformal"))
    assert said.exit_code == 1
    assert "--inference conformal: the errors of cs come from influence functions" in str(said.exception)
