"""Matrix completion: published answers, planted truth, plain soft-imputing, refusals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import completion, methods
from abate.impact.effects import Setting, path
from abate.impact.panels import Panel
from impact.forces import forced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def smoking(shared: Callable[[str], Path]) -> Panel:
    rows = pd.read_csv(shared("evaluation/prop99/smoking.csv"))
    wide = rows.pivot(index="state", columns="year", values="cigsale")
    first = np.where(wide.index == "California", list(wide.columns).index(1989), len(wide.columns))
    return Panel(tuple(wide.index), tuple(map(str, wide.columns)), wide.to_numpy(), first.astype(np.int64))


@pytest.fixture(scope="module")
def published(shared: Callable[[str], Path]) -> dict:
    told = json.loads(shared("evaluation/prop99/expected.json").read_text(encoding="utf-8"))
    return told["sdid_family_outcome_only"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_smoking_as_published_whatever_the_lots(smoking: Panel, published: dict, seed: int):
    found = methods.estimate(smoking, Setting("mc", seed=seed))
    assert round(found.value, 1) == published["published"]["mc"]
    assert path(found).gap[19:].mean() == pytest.approx(found.value)
    assert found.diagnostics["after"] == "athey"
    held = {"solver": "exact", "lambda_norm": found.diagnostics["lambda_norm"]}
    exact = methods.estimate(smoking, Setting("mc", options=held))
    assert found.diagnostics["value_exact"] == pytest.approx(exact.value)


@pytest.mark.slow
def test_smoking_placebo_error_as_published(smoking: Panel, published: dict):
    found = methods.estimate(smoking, Setting("mc", inference=("placebo",)))
    assert found.se == pytest.approx(published["published_placebo_se"]["mc"], abs=0.5)
    assert found.low < -20.2 < found.high


def test_the_exact_answer_is_that_of_plain_soft_imputing(smoking: Panel):
    setting = Setting("mc", options={"solver": "exact", "lambda_norm": 0.1})
    found = methods.estimate(smoking, setting)
    known = ~smoking.treated
    strength = found.diagnostics["lambda"]
    fitted = np.where(known, smoking.outcomes, 100.0)
    for _ in range(1_000):
        filled = np.where(known, smoking.outcomes, fitted)
        effects = filled.mean(axis=0) + filled.mean(axis=1, keepdims=True) - filled.mean()
        left, sizes, right = np.linalg.svd(filled - effects, full_matrices=False)
        fitted = effects + (left * np.maximum(sizes - strength, 0)) @ right
    assert found.value == pytest.approx((smoking.outcomes - fitted)[~known].mean(), abs=1e-4)


def test_at_full_strength_it_is_difference_in_differences(smoking: Panel, published: dict):
    for solver in ("published", "exact"):
        found = methods.estimate(smoking, Setting("mc", options={"lambda_norm": 1.0, "solver": solver}))
        assert found.value == pytest.approx(published["did"], abs=0.01)
        assert found.diagnostics["rank"] == 0 or solver == "published"


@pytest.mark.slow
def test_what_moves_treated_areas_otherwise_is_filled_in():
    right, wrong = [], []
    for seed in range(20):
        panel = forced(seed, effect=-2.0, noise=0.3, areas=30)
        right.append(methods.estimate(panel, Setting("mc", seed=seed)).value + 2)
        wrong.append(methods.estimate(panel, Setting("did")).value + 2)
    assert np.mean(np.square(right)) < 0.3 * np.mean(np.square(wrong))
    assert abs(np.mean(right)) < 0.4


@pytest.mark.long
@pytest.mark.parametrize(("lean", "least"), [(0.0, 0.88), (1.0, 0.6)])
def test_cover_of_the_jackknife(lean: float, least: float, proof: Callable[[str, str, str], None]):
    covered = []
    for seed in range(150):
        panel = forced(seed, areas=35, periods=24, first=(18,) * 5, factors=2, lean=lean)
        found = methods.estimate(panel, Setting("mc", inference=("jackknife",)))
        covered.append(found.low <= 0 <= found.high)
    share = float(np.mean(covered))
    proof(f"cover of mc's 95% jackknife, treated areas lean by {lean:g}", f"{share:.1%}", f"{least:.0%} to 100%")
    assert share >= least


def test_covariates_gaps_and_starts():
    panel = forced(3, first=(9, 12, 16), effect=4.0, noise=0.1, slope=1.0)
    panel.outcomes[[5, 9, 0, 1], [2, 15, 4, 18]] = np.nan
    panel.covariates["x"][7, 3] = np.nan
    for solver in ("published", "exact"):
        found = methods.estimate(panel, Setting("mc", covariates=("x",), options={"solver": solver}))
        assert found.value == pytest.approx(4, abs=1.2)
        assert found.diagnostics["beta"]["x"] == pytest.approx(1, abs=0.35)
        assert found.diagnostics["after"] == "xu"
        assert np.isnan(found.counterfactual[7, 3])
        assert any("4 missing values" in note for note in found.notes)


def test_areas_that_had_not_yet_begun_are_compared_with_too():
    panel = forced(3, areas=13, first=tuple(range(8, 20)), effect=-3.0, noise=0.1, factors=0)
    found = methods.estimate(panel, Setting("mc", options={"lambda_norm": 1.0, "solver": "exact"}))
    assert found.value == pytest.approx(-3, abs=0.3)


@pytest.mark.parametrize(
    "inference", ["placebo", pytest.param("conformal", marks=pytest.mark.slow), "jackknife", "bootstrap"]
)
def test_every_inference_gives_an_interval(inference: str):
    panel = forced(6, effect=-8.0, areas=20)
    found = methods.estimate(panel, Setting("mc", inference=(inference,), draws=40))
    assert found.low < found.value < found.high
    assert inference == "conformal" or found.high < 0
    assert found.setting.options == {}


def test_the_jackknife_is_that_of_plain_runs():
    panel = forced(3, areas=12)
    held = {"lambda_norm": 0.3}
    found = methods.estimate(panel, Setting("mc", inference=("jackknife",), options=held))
    values = [
        methods.estimate(panel.only(np.arange(12) != out), Setting("mc", options=held)).value for out in range(12)
    ]
    spread = np.sqrt(11 / 12 * np.sum((np.array(values) - np.mean(values)) ** 2))
    assert found.se == pytest.approx(spread)


def test_the_grid_falls_to_a_thousandth():
    grid = completion.choose(Setting("mc")).grid
    assert (len(grid), grid[0], grid[-1]) == (19, 1.0, pytest.approx(1e-3))
    fewer = completion.choose(Setting("mc", covariates=("x",))).grid
    assert fewer[2] == pytest.approx(0.1778279)


def test_all_faults_are_told_at_once():
    wrong = {"lambda": 1, "lambda_norm": 2.0, "solver": "quick", "after": "bai"}
    with pytest.raises(OptionError) as told:
        methods.estimate(forced(1), Setting("mc", inference=("analytic",), options=wrong))
    for part in ("'lambda' is not one", "lambda_norm '2.0'", "solver 'quick'", "after 'bai'", "analytic"):
        assert part in str(told.value)


def test_what_cannot_be_filled_in_is_refused():
    panel = forced(1, first=(0, 14))
    panel.outcomes[:, 5] = np.nan
    with pytest.raises(OptionError) as told:
        methods.estimate(panel, Setting("mc"))
    assert "a00: no known value without the programme" in str(told.value)
    assert "2005: no known value without the programme" in str(told.value)
    with pytest.raises(OptionError, match="at least two with the programme"):
        methods.estimate(forced(1, first=(14,)), Setting("mc", inference=("bootstrap",)))
