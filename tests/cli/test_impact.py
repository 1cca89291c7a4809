from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.errors import OptionError

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


def small(tmp_path: Path) -> list[str]:
    """Write a file of four areas and six years, and give the words that ask about it."""
    rows = [
        f"{area},{year},{10 * (1 + place) + year % 3 - (4 if area == 'A' and year >= 2018 else 0)}"
        for place, area in enumerate("ABCD")
        for year in range(2014, 2020)
    ]
    (tmp_path / "p.csv").write_text("\n".join(["area,year,n", *rows]) + "\n")
    columns = ["--unit", "area", "--time", "year", "--outcome", "n"]
    return [str(tmp_path / "p.csv"), *columns, "--treated", "A", "--from", "2018", "--method", "sc"]


def test_choices_of_a_method_are_read_as_truths_numbers_and_words(tmp_path: Path) -> None:
    plain, moved = asked(*small(tmp_path)), asked(*small(tmp_path), "--choice", "intercept=true")
    assert plain["estimate"]["value"] != pytest.approx(-4, abs=0.1)
    assert moved["estimate"]["value"] == pytest.approx(-4, abs=1e-6)
    pulled = asked(*small(tmp_path), "--choice", "intercept=true", "--choice", "ridge=0.5")
    assert set(pulled["weights"].values()) != set(moved["weights"].values())


@pytest.mark.parametrize(
    ("choice", "fault"),
    [
        ("intercept", "--choice intercept: should be NAME=VALUE, such as intercept=true"),
        ("=true", "--choice =true: should be NAME=VALUE"),
        ("intercpt=true", "Did you mean 'intercept'?"),
    ],
)
def test_a_choice_that_is_none_is_told(tmp_path: Path, choice: str, fault: str) -> None:
    told = CliRunner().invoke(app, ["impact", *small(tmp_path), "--choice", choice])
    assert isinstance(told.exception, OptionError)
    assert fault in str(told.exception)


def test_choices_of_a_method_reach_it(shared: Callable[[str], Path]) -> None:
    difp = asked(str(shared("evaluation/prop99/smoking.csv")), *PROP99, "--method", "sdid", "--choice", "weights=difp")
    assert difp["estimate"]["value"] == pytest.approx(-11.1, abs=0.05)
    kansas = ("--unit", "state", "--time", "year_qtr", "--outcome", "lngdpcapita", "--treatment", "treated")
    file = str(shared("evaluation/kansas/kansas.csv"))
    demeaned = asked(file, *kansas, "--method", "sc", "--choice", "intercept=true", "--inference", "jackknife")
    assert demeaned["estimate"]["value"] == pytest.approx(-0.03352804, abs=1e-4)
    assert demeaned["diagnostics"]["pre_l2_imbalance"] == pytest.approx(0.08206454, abs=1e-5)
