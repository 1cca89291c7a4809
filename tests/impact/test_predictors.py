"""Synthetic control matched on predictors: published answers, planted truth, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from abate.errors import OptionError
from abate.impact import methods, predictors
from abate.impact.designs import Design, Predictor, Window
from abate.impact.effects import Setting
from abate.impact.panels import Panel
from impact import regions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PUBLISHED = {"Utah": 0.334, "Nevada": 0.234, "Montana": 0.199, "Colorado": 0.164, "Connecticut": 0.069}


def over(column: str, first: int, last: int) -> Predictor:
    return Predictor(column, Window(str(first), str(last)), "value" if first == last else "mean")


PROP99 = Design(
    (
        *(over(name, 1980, 1988) for name in ("lnincome", "retprice", "age15to24")),
        over("beer", 1984, 1988),
        *(over("cigsale", year, year) for year in (1988, 1980, 1975)),
    ),
    Window("1970", "1988"),
)


@pytest.fixture(scope="module")
def tobacco(request: pytest.FixtureRequest) -> Panel:
    shared: Callable[[str], Path] = request.getfixturevalue("shared")
    rows = pd.read_csv(shared("evaluation/prop99/smoking.csv"))
    wide = {name: rows.pivot(index="state", columns="year", values=name) for name in rows.columns[2:]}
    outcomes = wide.pop("cigsale")
    return Panel(
        tuple(outcomes.index),
        tuple(str(year) for year in outcomes.columns),
        outcomes.to_numpy(),
        np.where(outcomes.index == "California", 19, 31),
        {name: values.to_numpy() for name, values in wide.items()},
        outcome="cigsale",
    )


@pytest.mark.slow
def test_proposition_99_comes_out_as_published(tobacco: Panel) -> None:
    found = methods.estimate(tobacco, Setting("sc-predictors", options={"design": PROP99}))
    assert found.pre_rmse is not None
    assert found.pre_rmse**2 <= 3.21
    assert set(found.weights) == set(PUBLISHED)
    assert all(abs(found.weights[state] - weight) < 0.03 for state, weight in PUBLISHED.items())
    gaps = found.gaps
    assert gaps is not None
    assert -26.0 <= gaps[tobacco.units.index("California"), -1] <= -25.4
    assert -20.0 <= found.value <= -18.7
    told = found.diagnostics
    assert told["fit_mspe"] == pytest.approx(found.pre_rmse**2)
    assert sum(one["importance"] for one in told["importances"]) == pytest.approx(1)
    assert len(told["without_predictor"]) == 7
    assert max(one["pre_rmse"] for one in told["without_predictor"]) > found.pre_rmse
    beer = next(one for one in told["balance"] if one["predictor"].startswith("beer"))
    assert beer["area"] == pytest.approx(24.28, abs=0.01)


def test_given_importances_give_the_weights_of_a_general_solver(tobacco: Panel) -> None:
    given = (1.0, 2.0, 0.5, 1.5, 3.0, 1.0, 1.0)
    design = Design(
        tuple(
            Predictor(one.column, one.window, one.summary, weight=weight)
            for one, weight in zip(PROP99.predictors, given, strict=True)
        )
    )
    found = methods.estimate(tobacco, Setting("sc-predictors", options={"design": design, "leave_out": False}))
    values = np.array(
        [
            np.nanmean(
                (tobacco.outcomes if one.column == "cigsale" else tobacco.covariates[one.column])[
                    :, int(one.window.first) - 1970 : int(one.window.last) - 1969
                ],
                axis=1,
            )
            for one in PROP99.predictors
        ]
    ).T
    values = values / values.std(axis=0, ddof=1)
    own, others = values[tobacco.ever][0], values[~tobacco.ever]

    def loss(mix: np.ndarray) -> float:
        return float(np.array(given) @ (own - mix @ others) ** 2)

    best = loss(np.array([found.weights.get(unit, 0.0) for unit in np.array(tobacco.units)[~tobacco.ever]]))
    other = minimize(
        loss,
        np.full(38, 1 / 38),
        bounds=[(0, 1)] * 38,
        constraints={"type": "eq", "fun": lambda mix: mix.sum() - 1},
        options={"ftol": 1e-13, "maxiter": 300},
    )
    assert best <= other.fun * (1 + 1e-6)


def planted(seed: int, *, first: tuple[int, ...] = (8,), effect: float = -3.0) -> Panel:
    """Make areas whose outcomes follow two traits that stand as covariates; treated ones are mixes of others."""
    generator = np.random.default_rng(seed)
    traits = generator.normal(size=(14, 2))
    mixes = generator.dirichlet(np.ones(14) / 2, len(first))
    traits = np.vstack([mixes @ traits, traits])
    outcomes = 20 + traits @ generator.normal(size=(2, 12)) + 0.05 * generator.normal(size=(14 + len(first), 12))
    starts = np.array([*first, *([12] * 14)])
    outcomes += effect * (np.arange(12) >= starts[:, None])
    covariates = {f"trait {at}": np.repeat(traits[:, at : at + 1], 12, axis=1) for at in (0, 1)}
    names = tuple(f"area {at:02d}" for at in range(len(outcomes)))
    return Panel(names, tuple(str(at) for at in range(1, 13)), outcomes, starts, covariates)


TRAITS = Design((over("trait 0", 1, 5), over("trait 1", 1, 5), over("outcome", 4, 4)), Window("1", "5"))


def test_a_planted_effect_is_found_by_traits_in_areas_that_began_at_different_times() -> None:
    panel = planted(2, first=(6, 8))
    found = methods.estimate(panel, Setting("sc-predictors", options={"design": TRAITS, "search": "quick"}))
    assert found.value == pytest.approx(-3.0, abs=0.1)
    assert set(found.diagnostics["by_area"]) == {"area 00", "area 01"}
    assert found.diagnostics["cells"] == 10
    assert sum(found.weights.values()) == pytest.approx(1)
    each = [methods.estimate(panel.only(keep), found.setting).value for keep in (~np.eye(16, dtype=bool)[:2])]
    assert found.value == pytest.approx((each[1] * 6 + each[0] * 4) / 10, abs=1e-6)


@pytest.mark.slow
def test_over_many_panels_the_effect_is_right_on_average() -> None:
    setting = Setting("sc-predictors", options={"design": TRAITS, "search": "quick", "leave_out": False})
    errors = [methods.estimate(planted(seed), setting).value + 3.0 for seed in range(20)]
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(20) + 0.01
    assert np.std(errors) < 0.15


def test_a_training_window_weighs_predictors_and_the_main_window_matches_them() -> None:
    panel = planted(3)
    trained = Design(
        tuple(
            Predictor(one.column, Window("5", "8"), "mean", training=Window("1", "4"))
            for one in (over("trait 0", 1, 1), over("outcome", 1, 1))
        ),
        Window("5", "8"),
    )
    setting = Setting("sc-predictors", options={"design": trained, "search": "quick", "leave_out": False})
    told = methods.estimate(panel, setting)
    weights = {one["predictor"]: one["importance"] for one in told.diagnostics["importances"]}
    fixed = Design(
        tuple(Predictor(one.column, one.window, "mean", weight=weights[one.name]) for one in trained.predictors),
        trained.fit,
    )
    again = methods.estimate(panel, Setting("sc-predictors", options={"design": fixed, "leave_out": False}))
    assert again.value == pytest.approx(told.value, abs=1e-6)


@pytest.mark.slow
def test_placebos_rank_a_large_effect_first_and_the_setting_stays() -> None:
    panel = planted(5)
    setting = Setting("sc-predictors", options={"design": TRAITS, "search": "quick"}, inference=("placebo",), level=0.9)
    found = methods.estimate(panel, setting)
    assert found.p == pytest.approx(1 / 15)
    assert found.low is not None
    assert found.high is not None
    assert found.low < -3 < found.high < 0
    assert found.setting is setting


def test_without_a_design_one_is_made_and_said() -> None:
    panel = planted(1)
    found = predictors.estimate(panel, Setting("sc-predictors", covariates=("trait 0",), options={"search": "quick"}))
    assert "trait 0 1 to 8, mean; outcome 8; outcome 4; outcome 1" in found.notes[-1]


def test_what_cannot_be_is_refused_all_at_once() -> None:
    options = {"desing": 1, "design": "x", "leave_out": 1, "search": "deep"}
    with pytest.raises(OptionError) as caught:
        methods.estimate(planted(1), Setting("sc-predictors", options=options, inference=("jackknife",)))
    assert [fault.split(":")[0].split(".")[0] for fault in caught.value.faults] == [
        "sc-predictors has no option 'desing'",
        "sc-predictors, design",
        "sc-predictors, leave_out 1",
        "sc-predictors, search 'deep'",
        "--inference jackknife",
    ]


def test_same_panel_same_bytes() -> None:
    panel = regions.panel(4, areas=10, before=10, after=3)
    setting = Setting("sc-predictors", options={"search": "quick"})
    one, two = methods.estimate(panel, setting), methods.estimate(panel, setting)
    assert one.counterfactual is not None
    assert two.counterfactual is not None
    assert one.counterfactual.tobytes() == two.counterfactual.tobytes()
    assert one.diagnostics == two.diagnostics
