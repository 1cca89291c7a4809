"""Ridge-augmented synthetic control: published answers, planted truth, calibration, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import augmented, methods
from abate.impact.effects import Setting
from abate.impact.panels import Panel
from impact import regions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COVARIATES = (
    *("lngdpcapita", "log revstatecapita", "log revlocalcapita", "log avgwklywagecapita"),
    *("estabscapita", "emplvlcapita"),
)


@pytest.fixture(scope="module")
def kansas(request: pytest.FixtureRequest) -> Panel:
    shared: Callable[[str], Path] = request.getfixturevalue("shared")
    rows = pd.read_csv(shared("evaluation/kansas/kansas.csv"))
    for name in ("revstatecapita", "revlocalcapita", "avgwklywagecapita"):
        rows[f"log {name}"] = np.log(rows[name])
    wide = {name: rows.pivot(index="state", columns="year_qtr", values=name) for name in COVARIATES}
    outcomes = wide.pop("lngdpcapita")
    start = int((outcomes.columns < 2012.25).sum())
    return Panel(
        tuple(outcomes.index),
        tuple(str(time) for time in outcomes.columns),
        outcomes.to_numpy(),
        np.where(outcomes.index == "Kansas", start, outcomes.shape[1]),
        {name: values.to_numpy() for name, values in wide.items()},
        outcome="lngdpcapita",
    )


def test_kansas_comes_out_as_published(kansas: Panel) -> None:
    found = methods.estimate(kansas, Setting("ascm"))
    assert found.value == pytest.approx(-0.04006291, abs=1e-6)
    assert found.diagnostics["lambda"] == pytest.approx(0.07866223, abs=1e-7)
    assert found.diagnostics["pre_l2_imbalance"] == pytest.approx(0.06151525, abs=1e-6)
    assert found.diagnostics["without_ridge"]["value"] == pytest.approx(-0.02943473, abs=1e-6)
    gaps = found.gaps
    assert gaps is not None
    path = dict(zip(kansas.times, gaps[kansas.units.index("Kansas")], strict=True))
    published = {"2012.25": -0.02233, "2012.5": -0.04704, "2014.0": -0.05804, "2016.0": -0.03829}
    assert all(path[time] == pytest.approx(gap, abs=2e-5) for time, gap in published.items())


def test_kansas_with_covariates_comes_out_as_published(kansas: Panel) -> None:
    found = methods.estimate(kansas, Setting("ascm", covariates=COVARIATES))
    assert found.value == pytest.approx(-0.06093688, abs=1e-6)
    assert found.diagnostics["lambda"] == pytest.approx(0.01286077, abs=1e-7)
    assert found.diagnostics["pre_l2_imbalance"] == pytest.approx(0.05385456, abs=1e-6)


def test_the_interval_of_kansas_comes_out_as_published(kansas: Panel) -> None:
    setting = Setting("ascm", inference=("jackknife",))
    found = methods.estimate(kansas, setting)
    assert (found.low, found.high) == pytest.approx((-0.05757, -0.02061), abs=1e-5)
    assert found.setting is setting
    assert found.band is not None
    assert np.isfinite(found.band[0]).sum() == 16


def plain(panel: Panel, penalty: float) -> np.ndarray:
    """Give the treated mean's counterfactual as a ridge regression: the mix plus what it predicts of the misfit."""
    start = panel.start
    mix = methods.estimate(panel, Setting("sc", options={"pooled": True}))
    weights = np.array([mix.weights.get(unit, 0.0) for unit in np.array(panel.units)[~panel.ever]])
    control = panel.outcomes[~panel.ever]
    before, after = (part - part.mean(axis=0) for part in (control[:, :start], control))
    slopes = np.linalg.solve(before.T @ before + penalty * np.eye(start), before.T @ after)
    left = panel.outcomes[panel.ever].mean(axis=0)[:start] - weights @ control[:, :start]
    return weights @ control + left @ slopes


@pytest.mark.parametrize("seed", range(4))
def test_it_is_a_mix_plus_a_ridge_regression_of_what_is_left(seed: int) -> None:
    panel = regions.panel(seed, areas=12, before=10, after=4, treated=1 + seed % 2)
    found = methods.estimate(panel, Setting("ascm", options={"lambda": 3.0}))
    assert found.counterfactual is not None
    mean = found.counterfactual[panel.ever].mean(axis=0)
    np.testing.assert_allclose(mean, plain(panel, 3.0), atol=1e-8)


def test_areas_that_began_at_different_times_are_fitted_by_start() -> None:
    panel = regions.panel(3, areas=16, treated=3)
    first = panel.first.copy()
    first[0] = 20
    both = methods.estimate(panel.begun(first), Setting("ascm"))
    assert [one["began"] for one in both.diagnostics["by_target"]] == ["21", "25"]
    alone = []
    for areas in ([0], [1, 2]):
        keep = np.ones(16, dtype=bool)
        keep[[at for at in range(3) if at not in areas]] = False
        alone.append(methods.estimate(panel.begun(first).only(keep), Setting("ascm")).value)
    assert both.value == pytest.approx((alone[0] * 12 + alone[1] * 2 * 8) / 28)


def test_areas_by_themselves_have_their_own_fit() -> None:
    panel = regions.panel(3, areas=12, treated=2)
    found = methods.estimate(panel, Setting("ascm", options={"pooled": False, "lambda": 5.0}))
    keep = np.array([True, False] + [True] * 10)
    one = methods.estimate(panel.only(keep), Setting("ascm", options={"lambda": 5.0}))
    assert found.counterfactual is not None
    assert one.counterfactual is not None
    np.testing.assert_allclose(found.counterfactual[0], one.counterfactual[0])


def test_later_areas_serve_until_they_begin() -> None:
    panel = regions.panel(6, areas=8, treated=2)
    first = panel.first.copy()
    first[1] = 28
    found = methods.estimate(panel.begun(first), Setting("ascm", controls="notyet", options={"lambda": 2.0}))
    cut = panel.begun(first).until(28)
    early = methods.estimate(cut, Setting("ascm", options={"lambda": 2.0}))
    assert found.counterfactual is not None
    assert early.counterfactual is not None
    np.testing.assert_allclose(found.counterfactual[0, :28], early.counterfactual[0])


def test_levels_do_not_matter_with_an_intercept() -> None:
    panel = regions.panel(7, areas=12)
    outcomes = panel.outcomes + np.arange(12.0)[:, None] * 10
    moved = Panel(panel.units, panel.times, outcomes, panel.first)
    one, two = (methods.estimate(each, Setting("ascm", options={"intercept": True})) for each in (panel, moved))
    assert one.value == pytest.approx(two.value, abs=1e-8)
    gaps = two.gaps
    assert gaps is not None
    assert gaps[0, : panel.start].mean() == pytest.approx(0, abs=1e-9)


def bias(runs: int, *, worst: int, effect: float = -2.0) -> dict[str, Any]:
    errors: dict[str, list[float]] = {"sc": [], "ascm": []}
    covered = []
    for seed in range(runs):
        panel = regions.panel(seed, worst=worst, effect=effect)
        errors["sc"].append(methods.estimate(panel, Setting("sc")).value - effect)
        found = methods.estimate(panel, Setting("ascm", inference=("jackknife",)))
        errors["ascm"].append(found.value - effect)
        assert found.low is not None
        assert found.high is not None
        covered.append(found.low <= effect <= found.high)
    return {"cover": float(np.mean(covered)), **{name: np.array(values) for name, values in errors.items()}}


@pytest.mark.slow
def test_it_takes_off_most_of_the_bias_of_a_bad_fit() -> None:
    """The worst area lies beyond every mix: synthetic control takes that misfit for an effect."""
    found = bias(40, worst=24)
    assert abs(found["sc"].mean()) > 3 * found["sc"].std() / np.sqrt(40)
    assert abs(found["ascm"].mean()) < 0.6 * abs(found["sc"].mean())


@pytest.mark.long
@pytest.mark.parametrize(("worst", "most", "cover"), [(0, 0.35, (0.93, 0.99)), (8, 1.1, (0.9, 0.985))])
def test_bias_and_cover(
    worst: int, most: float, cover: tuple[float, float], proof: Callable[[str, str, str], None]
) -> None:
    found = bias(500, worst=worst)
    how = f"the {worst}-period worst area" if worst else "an area at random"
    off = {name: float(found[name].mean()) for name in ("sc", "ascm")}
    proof(f"bias of ascm for {how} (of sc: {off['sc']:+.2f})", f"{off['ascm']:+.2f}", f"within {most}")
    proof(f"cover of its 95% jackknife+ interval for {how}", f"{found['cover']:.3f}", f"{cover[0]} to {cover[1]}")
    assert abs(off["ascm"]) < most
    assert cover[0] <= found["cover"] <= cover[1]


def test_every_fault_of_the_options_is_told() -> None:
    options = {"lamda": 1, "lambda": -1, "holdout": 0, "rule": "max", "pooled": "yes"}
    with pytest.raises(OptionError) as caught:
        augmented.choose(Setting("ascm", options=options))
    assert [fault.split(".")[0].split(":")[0] for fault in caught.value.faults] == [
        "ascm has no option 'lamda'",
        "ascm, lambda -1",
        "ascm, holdout 0",
        "ascm, rule 'max'",
        "ascm, pooled 'yes'",
    ]


def test_what_cannot_be_balanced_or_chosen_is_refused() -> None:
    panel = regions.panel(1, areas=6, before=2, after=2)
    flat, empty = np.ones((6, 4)), np.full((6, 4), np.nan)
    made = Panel(panel.units, panel.times, panel.outcomes, panel.first, {"flat": flat, "empty": empty})
    with pytest.raises(OptionError) as caught:
        methods.estimate(made, Setting("ascm", covariates=("flat", "empty")))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "ascm chooses its penalty by leaving out periods before the start, and before 3 there are fewer than 3",
        "--covariates flat",
        "--covariates empty",
    ]
    with pytest.raises(OptionError, match="two controls or more"):
        methods.estimate(panel.only(np.arange(6) < 2), Setting("ascm", options={"lambda": 1.0}))
