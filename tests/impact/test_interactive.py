"""Interactive fixed effects: published answers, planted truth, gaps, starts, refusals, and how often errors cover."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import methods
from abate.impact.effects import Setting, path
from abate.impact.panels import Panel
from impact.forces import forced

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def simulated(shared: Callable[[str], Path]) -> tuple[Panel, np.ndarray]:
    rows = pd.read_csv(shared("evaluation/ife-simulated/simdata.csv"))
    wide = {name: rows.pivot(index="id", columns="time", values=name) for name in ("Y", "D", "X1", "X2", "eff")}
    begun = wide["D"].to_numpy()
    panel = Panel(
        tuple(map(str, wide["Y"].index)),
        tuple(map(str, wide["Y"].columns)),
        wide["Y"].to_numpy(),
        np.where(begun.any(axis=1), begun.argmax(axis=1), begun.shape[1]).astype(np.int64),
        {name: wide[name].to_numpy() for name in ("X1", "X2")},
    )
    return panel, wide["eff"].to_numpy()


@pytest.fixture(scope="module")
def published(shared: Callable[[str], Path]) -> dict:
    return json.loads(shared("evaluation/ife-simulated/expected.json").read_text(encoding="utf-8"))["ife"]


def test_the_simulated_panel_as_published(simulated: tuple[Panel, np.ndarray], published: dict):
    panel, planted = simulated
    found = methods.estimate(panel, Setting("ife", covariates=("X1", "X2")))
    told = found.diagnostics
    assert told["r"] == published["r"]
    assert found.value == pytest.approx(published["att_avg"], abs=1e-3)
    assert [told["beta"][name] for name in ("X1", "X2")] == pytest.approx(published["beta"], abs=1e-3)
    assert told["cv_mspe"] == pytest.approx(published["cv_mspe_r2"], abs=1e-3)
    after = [line["value"] for line in found.aggregations["dynamic"].by if line["at"] >= 0]
    assert after == pytest.approx(published["att_event_time_1_to_10"], abs=1e-3)
    assert path(found).gap[20:] == pytest.approx(after)
    assert found.value == pytest.approx(planted[panel.treated].mean(), abs=0.3)


@pytest.mark.slow
def test_the_simulated_panels_error_as_published(simulated: tuple[Panel, np.ndarray], published: dict):
    panel, planted = simulated
    setting = Setting("ife", covariates=("X1", "X2"), inference=("bootstrap",), draws=500)
    found = methods.estimate(panel, setting)
    assert found.se == pytest.approx(published["parametric_bootstrap_se_500"], abs=0.03)
    assert found.low < planted[panel.treated].mean() < found.high
    low, high = found.band
    truth = planted[panel.ever].mean(axis=0)
    assert ((low <= truth) & (truth <= high))[20:].sum() >= 8


def test_factors_put_right_what_means_get_wrong():
    """Treated areas lean on the common force, so that comparing means goes wrong."""
    wrong, right = [], []
    for seed in range(20):
        panel = forced(seed, effect=-2.0, noise=0.3)
        right.append(methods.estimate(panel, Setting("ife", options={"r": 1})).value)
        wrong.append(methods.estimate(panel, Setting("did")).value)
    assert np.mean(right) == pytest.approx(-2, abs=3 * np.std(right) / np.sqrt(20))
    assert np.mean((np.array(right) + 2) ** 2) < 0.2 * np.mean((np.array(wrong) + 2) ** 2)


def test_gaps_are_borne_and_starts_may_differ():
    panel = forced(3, first=(9, 12, 16), effect=4.0, noise=0.0, slope=1.0)
    whole = methods.estimate(panel, Setting("ife", covariates=("x",), options={"r": 1}))
    assert whole.value == pytest.approx(4, abs=1e-5)
    panel.outcomes[[5, 9, 0, 1], [2, 15, 4, 18]] = np.nan
    panel.covariates["x"][7, 3] = np.nan
    found = methods.estimate(panel, Setting("ife", covariates=("x",), options={"r": 1}))
    assert found.value == pytest.approx(4, abs=1e-4)
    assert found.diagnostics["missing_cells"] == 5
    assert any("4 missing values" in note for note in found.notes)
    assert np.isnan(found.counterfactual[7, 3])
    assert [line["at"] for line in found.aggregations["group"].by] == ["2009", "2012", "2016"]


def test_without_factors_it_is_the_difference_of_changes():
    panel = forced(4)
    found = methods.estimate(panel, Setting("ife", options={"r": 0}))
    gap = panel.outcomes[:3].mean(axis=0) - panel.outcomes[3:].mean(axis=0)
    assert found.value == pytest.approx(gap[14:].mean() - gap[:14].mean())
    plain = methods.estimate(panel, Setting("ife", options={"r": 0, "force": "time"}))
    assert plain.value == pytest.approx(gap[14:].mean())


def test_the_weights_come_to_one_and_areas_with_few_values_are_left_out():
    panel = forced(5)
    panel.outcomes[8, :17] = np.nan
    found = methods.estimate(panel, Setting("ife"))
    assert sum(found.weights.values()) == pytest.approx(1)
    assert "a08" not in found.weights
    assert any("a08" in note for note in found.notes)
    assert np.isnan(found.counterfactual[8]).all()


@pytest.mark.parametrize(
    "inference", ["placebo", pytest.param("conformal", marks=pytest.mark.slow), "jackknife", "bootstrap"]
)
def test_every_inference_gives_an_interval(inference: str):
    panel = forced(6, effect=-6.0, areas=16)
    found = methods.estimate(panel, Setting("ife", inference=(inference,), draws=50, options={"r_max": 2}))
    assert found.low < found.value < found.high
    assert found.high < 0 or inference == "conformal"
    assert found.setting.options == {"r_max": 2}


def test_all_faults_are_told_at_once():
    wrong = {"factors": 2, "r": -1, "force": "both", "bootstrap": "wild"}
    with pytest.raises(OptionError) as told:
        methods.estimate(forced(1), Setting("ife", controls="notyet", inference=("analytic",), options=wrong))
    said = str(told.value)
    for part in (
        "'factors' is not one",
        "option r '-1'",
        "option force 'both'",
        "bootstrap 'wild'",
        "analytic",
        "notyet",
    ):
        assert part in said


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(OptionError, match="a00: fewer than 4 known periods before the start"):
        methods.estimate(forced(1, first=(3, 14)), Setting("ife", options={"r": 2}))
    with pytest.raises(OptionError, match="no such column"):
        methods.estimate(forced(1), Setting("ife", covariates=("y",)))
    with pytest.raises(OptionError, match="known periods"):
        methods.estimate(forced(1), Setting("ife", options={"r": 25}))
    panel = forced(1)
    panel.outcomes[3:, 16] = np.nan
    with pytest.raises(OptionError, match="in 2016 no area without the programme is known"):
        methods.estimate(panel, Setting("ife"))


def covers(runs: int, *, lean: float) -> tuple[float, np.ndarray]:
    """The share of intervals that hold 0 where nothing happened, and the estimates."""
    covered, values = [], []
    for seed in range(runs):
        panel = forced(seed, areas=35, periods=24, first=(18,) * 5, factors=2, lean=lean)
        found = methods.estimate(panel, Setting("ife", inference=("bootstrap",), draws=80, options={"r_max": 3}))
        covered.append(found.low <= 0 <= found.high)
        values.append(found.value)
    return float(np.mean(covered)), np.array(values)


@pytest.mark.slow
def test_intervals_cover_when_nothing_happened():
    share, values = covers(40, lean=1.0)
    assert abs(values.mean()) < 3 * values.std() / np.sqrt(40)
    assert share >= 0.85


@pytest.mark.long
@pytest.mark.parametrize("lean", [0.0, 1.0])
def test_cover_of_the_bootstrap(lean: float, proof: Callable[[str, str, str], None]):
    share, values = covers(300, lean=lean)
    proof(f"cover of ife's 95% interval, treated areas lean by {lean:g}", f"{share:.1%}", "90% to 98%")
    assert 0.90 <= share <= 0.98
    error = values.std() / np.sqrt(300)
    proof(f"bias of ife, treated areas lean by {lean:g}", f"{values.mean():.3f}", f"within {3 * error:.3f}")
    assert abs(values.mean()) <= 3 * error
