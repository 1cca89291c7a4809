from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from impact.blockworlds import blocks

DESIGN = """
pre = [1, 8]
post = [9, 12]
absent = "zero"
match_outcomes = ["thefts", "assaults"]
match_covariates = ["people"]
test = "lower"
permutations = 9
jackknife = 3
"""


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    made = blocks(3, places=300, effect=-0.4)
    frame = pd.DataFrame({"id": made.ids, "treated": made.treated.astype(int), **made.covariates})
    frame.to_csv(tmp_path / "blocks.csv", index=False)
    at, when = np.meshgrid(np.arange(300), np.arange(12), indexing="ij")
    long = pd.DataFrame({"id": np.array(made.ids)[at.ravel()], "time": when.ravel() + 1})
    long = long.assign(**{name: values.ravel().astype(int) for name, values in made.outcomes.items()})
    long[long[list(made.outcomes)].any(axis=1)].to_csv(tmp_path / "counts.csv", index=False)
    (tmp_path / "design.toml").write_text(DESIGN)
    options = {"--blocks": "blocks.csv", "--counts": "counts.csv", "--design": "design.toml"}
    return ["impact", "calibrate", *(word for name, file in options.items() for word in (name, str(tmp_path / file)))]


def test_json_has_the_keys_of_the_contract(words: list[str]) -> None:
    told = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
    found = json.loads(told.stdout)
    keys = {"observed", "expected", "change", "p_linear", "p_permutation", "p_jackknife", "low", "high"}
    assert set(found["outcomes"]) == {"thefts", "assaults"}
    assert set(found["outcomes"]["thefts"]) >= keys
    assert set(found["omnibus"]) >= {"p_linear", "p_permutation", "p_jackknife"}
    assert found["diagnostics"]["balanced"] == "everything"
    assert found["diagnostics"]["relaxed"] == []
    assert found["ends"]["12"]["outcomes"] == found["outcomes"]


def test_options_go_before_the_design_and_the_seed_decides(words: list[str]) -> None:
    runs = [
        CliRunner().invoke(app, [*words, "--permutations", "5", "--jackknife", "0", "--seed", seed, "--json"])
        for seed in ("4", "4", "5")
    ]
    first, again, other = (one.stdout for one in runs)
    assert first == again
    assert first != other
    assert json.loads(first)["diagnostics"]["permutations"] == 5
    assert json.loads(first)["outcomes"]["thefts"]["p_jackknife"] is None


def test_a_person_reads_a_table_and_gets_files(words: list[str], tmp_path: Path) -> None:
    told = CliRunner().invoke(app, [*words, "-o", str(tmp_path / "out")], catch_exceptions=False)
    assert "thefts: " in told.stdout
    assert "were to be expected" in told.stdout
    assert "all together" in told.stdout
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "calibration.html",
        "calibration.pdf",
        "calibration.docx",
        "weights.csv",
        "outcomes.csv",
        "balance.csv",
        "provenance.json",
    }
    weights = pd.read_csv(tmp_path / "out" / "weights.csv")
    assert weights.loc[weights["treated"] == 0, "weight"].sum() == pytest.approx(20)


def test_bad_input_is_a_sentence(words: list[str]) -> None:
    design = Path(words[-1])
    design.write_text(DESIGN.replace('"people"', '"peopel"'))
    told = CliRunner().invoke(app, words)
    assert told.exit_code != 0
    assert "there is no column 'peopel'. Did you mean 'people'?" in str(told.exception)
