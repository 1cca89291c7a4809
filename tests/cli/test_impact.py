from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROP99 = ("--unit", "state", "--time", "year", "--outcome", "cigsale", "--treated", "California", "--from", "1989")


def asked(*words: str) -> dict[str, Any]:
    told = CliRunner().invoke(app, ["impact", *words, "--json"], catch_exceptions=False)
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def test_the_word_panel_may_be_left_out(shared: Callable[[str], Path]) -> None:
    file = str(shared("evaluation/prop99/smoking.csv"))
    short, long = asked(file, *PROP99, "--method", "did"), asked("panel", file, *PROP99, "--method", "did")
    assert short == long
    assert short["estimate"]["value"] == pytest.approx(-27.34911108, abs=1e-6)


def test_the_answer_has_every_key_of_the_contract(shared: Callable[[str], Path]) -> None:
    told = asked(str(shared("evaluation/prop99/smoking.csv")), *PROP99, "--method", "sc")
    keys = ("method", "estimate", "se", "p_value", "total_prevented", "weights", "pre_rmse", "path", "groups")
    assert set(told) >= {*keys, "aggregations", "diagnostics"}
    assert set(told["path"][0]) == {"time", "observed", "counterfactual", "gap", "low", "high"}
    assert [row["time"] for row in told["path"]] == list(range(1970, 2001))
    assert sum(told["weights"].values()) == pytest.approx(1)


def test_a_person_reads_sentences(shared: Callable[[str], Path]) -> None:
    file = str(shared("evaluation/prop99/smoking.csv"))
    told = CliRunner().invoke(app, ["impact", file, *PROP99, "--method", "sc"])
    assert told.exit_code == 0
    assert "cigsale in California: -19.51 a period and area" in told.stdout
