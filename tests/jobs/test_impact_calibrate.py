"""Calibration weights through the command line: the published answers of Seattle's drug market intervention."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Asked = Callable[..., dict[str, Any]]


@pytest.fixture
def published(shared: Callable[[str], Path]) -> dict[str, Any]:
    return dict(json.loads(shared("evaluation/seattle-dmi/expected.json").read_text(encoding="utf-8")))


@pytest.fixture
def asked(shared: Callable[[str], Path], tmp_path: Path, published: dict[str, Any]) -> Asked:
    def ask(*more: str, extra: str = "", windows: str = "") -> dict[str, Any]:
        design = tmp_path / "design.toml"
        design.write_text(
            f'id = "ID"\nabsent = "zero"\ntest = "lower"\npre = {published["pre"]}\npost = {published["post"]}\n'
            f"match_outcomes = {published['match_outcomes']}\nmatch_covariates = {published['match_covariates']}\n"
            f"{extra}\n{windows}\n"
        )
        folder = "evaluation/seattle-dmi"
        files = [
            "--blocks",
            str(shared(f"{folder}/blocks.csv")),
            "--counts",
            str(shared(f"{folder}/counts_nonzero.csv")),
            "--design",
            str(design),
        ]
        said = CliRunner().invoke(app, ["impact", "calibrate", *files, *more, "--json"], catch_exceptions=False)
        return dict(json.loads(said.stdout))

    return ask


def test_totals_and_linearised_figures_as_published(asked: Asked, published: dict[str, Any]) -> None:
    found = asked("--permutations", "0", "--jackknife", "0")
    for name in published["match_outcomes"]:
        one, told = found["outcomes"][name], published["end_post_16"][name]
        assert one["observed"] == told["trt"]
        assert one["expected"] == pytest.approx(told["con"], rel=1e-3)
        assert one["change"] == pytest.approx(told["pct"], abs=1e-3)
        assert one["p_linear"] == pytest.approx(told["linear_p"], abs=1e-3)
        assert one["low"] == pytest.approx(told["linear_lo"], abs=1e-3)
        assert one["high"] == pytest.approx(told["linear_hi"], abs=1e-3)
    weights = found["diagnostics"]["weights"]
    assert (weights["treated"], weights["untreated"]) == (39, 9603)
    assert len(found["diagnostics"]["balance"]) == 58
    for row in found["diagnostics"]["balance"]:
        assert row["weighted"] == pytest.approx(row["treated"], abs=1e-6)


@pytest.mark.slow
def test_random_inferences_lie_where_two_published_runs_lie(asked: Asked, published: dict[str, Any]) -> None:
    found = asked("--permutations", "250")
    first, second = published["end_post_16"], published["second_run_end_post_16"]
    everything = {**found["outcomes"], "omnibus": found["omnibus"]}
    for name, one in everything.items():
        for key, kind in (("p_permutation", "perm_p"), ("p_jackknife", "jack_p")):
            low, high = sorted((first[name][kind], second[kind][name]))
            assert low - 0.05 <= one[key] <= high + 0.05, (name, key)
    assert found["omnibus"]["p_linear"] < 0.01
    felonies = found["outcomes"]["i_felony"]
    assert felonies["jackknife"]["low"] == pytest.approx(first["i_felony"]["jack_lo"], abs=0.1)
    assert felonies["permutation"]["low"] == pytest.approx(first["i_felony"]["perm_lo"], abs=0.1)
    assert felonies["permutation"]["high"] == pytest.approx(first["i_felony"]["perm_hi"], abs=0.1)
    assert found["diagnostics"]["permutations_relaxed"] == 0
    assert found["diagnostics"]["jackknife_groups"] == 39


def test_effects_to_two_ends_share_one_set_of_weights(asked: Asked) -> None:
    found = asked("--permutations", "0", "--jackknife", "0", extra="end_post = [14, 16]")
    early, late = found["ends"]["14"]["outcomes"]["any_crime"], found["ends"]["16"]["outcomes"]["any_crime"]
    assert early["observed"] < late["observed"] == 788
    assert late["expected"] == pytest.approx(986.43897, rel=1e-3)


@pytest.mark.slow
def test_more_outcomes_than_can_agree_are_relaxed_and_named(asked: Asked, published: dict[str, Any]) -> None:
    nine = [
        "i_robbery",
        "i_aggassau",
        "i_burglary",
        "i_larceny",
        "i_felony",
        "i_misdemea",
        "i_drugsale",
        "i_drugposs",
        "any_crime",
    ]
    published["match_outcomes"] = nine
    found = asked("--permutations", "0", "--jackknife", "0")
    diagnostics = found["diagnostics"]
    exact = [row for row in diagnostics["balance"] if row["exact"]]
    for row in exact:
        assert row["weighted"] == pytest.approx(row["treated"], abs=1e-4)
    assert diagnostics["balanced"] == "outcome sums"
    assert any(line.startswith("i_robbery in ") for line in diagnostics["relaxed"])
    windows = "[windows]\n" + "\n".join(f"{name} = 4" for name in nine[:8])
    merged = asked("--permutations", "0", "--jackknife", "0", windows=windows)
    assert len(merged["diagnostics"]["balance"]) < len(diagnostics["balance"])
    assert merged["diagnostics"]["balanced"] == "everything"


def test_a_panel_of_areas_may_be_calibrated(shared: Callable[[str], Path]) -> None:
    words = ["--unit", "state", "--time", "year", "--outcome", "cigsale", "--treated", "California,Nevada"]
    file = str(shared("evaluation/prop99/smoking.csv"))
    options = [*words, "--from", "1980", "--method", "calibrate", "--level", "0.9", "--json"]
    said = CliRunner().invoke(app, ["impact", file, *options], catch_exceptions=False)
    found = json.loads(said.stdout)
    assert sum(found["weights"].values()) == pytest.approx(1)
    before = [row for row in found["path"] if row["time"] < 1980]
    if found["diagnostics"]["balanced"] == "everything":
        assert max(abs(row["gap"]) for row in before) < 1e-6
    else:
        assert found["notes"][0].startswith("No weights of 0 or more match everything")
        assert sum(row["gap"] for row in before) == pytest.approx(0, abs=1e-4)
    assert found["estimate"]["low"] < found["estimate"]["value"] < found["estimate"]["high"]
    assert found["diagnostics"]["intervals"]["analytic"] == [found["estimate"]["low"], found["estimate"]["high"]]
