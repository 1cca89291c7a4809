"""Group-time effects: the published answers, planted effects, and how often intervals and bands hold the truth."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import effects, methods
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel
from impact.rollouts import rollout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = {
    "nocov reg never analytic": Setting("cs", options={"estimator": "reg"}),
    "lpop dr never analytic": Setting("cs", covariates=("lpop",)),
    "lpop dr nyt analytic": Setting("cs", covariates=("lpop",), controls="notyet"),
}


@pytest.fixture(scope="module")
def employment(shared: Callable[[str], Path]) -> tuple[Panel, dict[str, Any]]:
    """County teen employment and minimum-wage rises, with the published answers."""
    frame = pd.read_csv(shared("evaluation/mpdta/mpdta.csv"))
    wide = frame.pivot(index="countyreal", columns="year", values=["lemp", "lpop"])
    first = frame.groupby("countyreal")["first.treat"].first().loc[wide.index].to_numpy()
    years = sorted(frame["year"].unique())
    panel = Panel(
        tuple(str(unit) for unit in wide.index),
        tuple(str(year) for year in years),
        wide["lemp"].to_numpy(dtype=float),
        np.array([years.index(one) if one else len(years) for one in first], dtype=np.int64),
        {"lpop": wide["lpop"].to_numpy(dtype=float)},
        outcome="lemp",
    )
    return panel, json.loads(shared("evaluation/mpdta/expected.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_published_effect_and_error_comes_out(name: str, employment: tuple[Panel, dict[str, Any]]) -> None:
    panel, answers = employment
    effect, answer = methods.estimate(panel, SETTINGS[name]), answers[name]
    found = {(int(panel.times[one.group]), int(panel.times[one.time])): one for one in effect.groups}
    assert len(found) == len(answer["att_gt"])
    for one in answer["att_gt"]:
        near(found[one["g"], one["t"]].att, found[one["g"], one["t"]].se, one["att"], one["se"])
    assert effect.diagnostics["pretest_p"] == pytest.approx(answer["wald_pretest_p"], abs=1e-4)
    for kind in ("simple", "dynamic", "group", "calendar"):
        mine, theirs = effect.aggregations[kind], answer[kind]
        near(mine.value, mine.se, theirs["overall"], theirs["se"])
        assert len(mine.by) == len(theirs["by"])
        for part, one in zip(mine.by, theirs["by"], strict=True):
            assert int(part["at"]) == one["e"]
            near(part["value"], part["se"], one["att"], one["se"])
    assert (effect.value, effect.se) == (effect.aggregations["simple"].value, effect.aggregations["simple"].se)


def near(value: float, se: float | None, published: float, error: float) -> None:
    assert value == pytest.approx(published, abs=1e-4)
    assert se == pytest.approx(error, abs=2e-4)


def test_without_covariates_all_estimators_agree(employment: tuple[Panel, dict[str, Any]]) -> None:
    found = [methods.estimate(employment[0], Setting("cs", options={"estimator": how})) for how in ("dr", "reg", "ipw")]
    for other in found[1:]:
        assert other.value == pytest.approx(found[0].value)
        assert [one.se for one in other.groups] == pytest.approx([one.se for one in found[0].groups])


@pytest.mark.parametrize("multiplier", ["mammen", "rademacher"])
def test_bootstrapped_errors_are_near_the_analytic(multiplier: str, employment: tuple[Panel, dict[str, Any]]) -> None:
    setting = Setting(
        "cs", covariates=("lpop",), inference=("bootstrap", "analytic"), draws=4000, options={"multiplier": multiplier}
    )
    effect = methods.estimate(employment[0], setting)
    analytic = methods.estimate(employment[0], replace(setting, inference=("analytic",)))
    assert effect.se == pytest.approx(analytic.se, rel=0.05)
    assert [one.se for one in effect.groups] == pytest.approx([one.se for one in analytic.groups], rel=0.12)
    assert effect.diagnostics["intervals"]["analytic"]["se"] == pytest.approx(analytic.se)
    again = methods.estimate(employment[0], setting)
    assert (again.se, again.diagnostics) == (effect.se, effect.diagnostics)
    assert 2.4 < effect.diagnostics["band_errors"]["cells"] < 3.1


def grown(group: int, since: int) -> float:
    """An effect that grows, and the more the earlier a group began."""
    return -1.5 * (since + 1) * (3 if group == 2 else 1)


def two_way(panel: Panel) -> float:
    """The coefficient of treatment in a regression with effects of area and period."""
    cells = panel.treated.astype(float)
    even = [
        each - each.mean(axis=1, keepdims=True) - each.mean(axis=0) + each.mean() for each in (cells, panel.outcomes)
    ]
    return float((even[0] * even[1]).sum() / (even[0] ** 2).sum())


def planted(panel: Panel, effect: Callable[[int, int], float]) -> float:
    """The mean effect over treated areas and periods."""
    cells = [
        effect(int(first), time - int(first)) for first in panel.first for time in range(int(first), len(panel.times))
    ]
    return float(np.mean(cells))


def test_effects_that_grow_mislead_the_two_way_regression_and_not_this() -> None:
    panel = rollout(1, areas=600, periods=10, starts=(2, 6, 10), effect=grown, noise=0.5)
    truth = planted(panel, grown)
    effect = methods.estimate(panel, Setting("cs", controls="notyet"))
    assert effect.se is not None
    assert effect.value == pytest.approx(truth, abs=3 * effect.se)
    assert effect.se < 0.5
    assert abs(two_way(panel) - truth) > 1.5
    for one in effect.groups:
        expected = grown(one.group, one.time - one.group) if one.time >= one.group else 0.0
        assert one.att == pytest.approx(expected, abs=4.5 * (one.se or 0))


def test_a_trend_that_goes_with_a_covariate_is_taken_out_by_it() -> None:
    panel = rollout(2, areas=2000, starts=(3, 5, 8, 8), lean=0.8, noise=0.5)
    without = methods.estimate(panel, Setting("cs"))
    assert abs(without.value) > 5 * (without.se or 0)
    for how in ("dr", "reg", "ipw"):
        held = methods.estimate(panel, Setting("cs", covariates=("x",), options={"estimator": how}))
        assert abs(held.value) < 3.5 * (held.se or 0), how


def test_the_path_is_the_outcome_less_the_effect_where_it_can_be_said() -> None:
    panel = rollout(3, areas=40, starts=(0, 3, 5, 8), effect=grown)
    effect = methods.estimate(panel, Setting("cs"))
    assert effect.counterfactual is not None
    after = panel.treated & (panel.first > 0)[:, None]
    assert (np.isfinite(effect.counterfactual) == after).all()
    att = {(one.group, one.time): one.att for one in effect.groups}
    for area, time in np.argwhere(after):
        gap = panel.outcomes[area, time] - effect.counterfactual[area, time]
        assert gap == pytest.approx(att[panel.first[area], time])
    path, band = effects.path(effect), effect.band
    assert path is not None
    assert band is not None
    calendar = {part["at"]: part for part in effect.aggregations["calendar"].by}
    for time in range(3, 8):
        part = calendar[panel.times[time]]
        assert path.gap[time] == pytest.approx(part["value"])
        assert (band[0][time], band[1][time]) == (pytest.approx(part["low"]), pytest.approx(part["high"]))
    assert np.isnan(path.gap[:3]).all()
    assert "80 treated areas and periods have no effect of their own: a total takes the mean for them" in effect.notes


def test_exposure_weighs_areas_like_so_many_alike() -> None:
    panel = rollout(4, areas=40, effect=grown)
    times = np.random.default_rng(1).integers(1, 4, 40)
    rows = np.repeat(np.arange(40), times)
    copied = Panel(
        tuple(f"{place}" for place in range(len(rows))), panel.times, panel.outcomes[rows], panel.first[rows]
    )
    exposed = replace(panel, exposure=np.repeat(times[:, None] * 10.0, 8, axis=1))
    weighed = methods.estimate(exposed, Setting("cs", options={"weights": "exposure"}))
    found = methods.estimate(copied, Setting("cs"))
    assert weighed.value == pytest.approx(found.value)
    assert [one.att for one in weighed.groups] == pytest.approx([one.att for one in found.groups])
    assert "Areas count by their exposure" in " ".join(weighed.notes)


def test_clusters_of_copies_have_the_errors_of_one_of_each() -> None:
    panel = rollout(5, areas=40, effect=grown)
    rows = np.repeat(np.arange(40), 5)
    region = {"region": np.repeat(rows[:, None].astype(float), 8, axis=1)}
    units = tuple(f"{place}" for place in range(200))
    copied = Panel(units, panel.times, panel.outcomes[rows], panel.first[rows], region)
    single = methods.estimate(panel, Setting("cs"))
    clustered = methods.estimate(copied, Setting("cs", options={"clusters": "region"}))
    careless = methods.estimate(copied, Setting("cs"))
    assert clustered.se == pytest.approx(single.se)
    assert careless.se == pytest.approx((single.se or 0) / 5**0.5)
    assert clustered.diagnostics["clusters"] == 40


@pytest.mark.parametrize(
    ("values", "said"),
    [(np.arange(8.0)[None, :] + np.zeros((60, 1)), "stays the same"), (np.ones((60, 8)), "in one cluster")],
)
def test_clusters_that_cannot_be_are_told(values: np.ndarray, said: str) -> None:
    panel = replace(rollout(6), covariates={"region": values})
    with pytest.raises(OptionError, match=said):
        methods.estimate(panel, Setting("cs", options={"clusters": "region"}))


def test_small_groups_and_groups_without_controls_are_said() -> None:
    panel = rollout(7, areas=12, starts=(3, 5, 8))
    assert any(
        "fewer than 5 areas" in note and "2004 (4)" in note for note in methods.estimate(panel, Setting("cs")).notes
    )
    apart = replace(panel, covariates={"x": np.where(panel.first == 5, 50.0, 0.0)[:, None] + panel.covariates["x"]})
    notes = methods.estimate(apart, Setting("cs", covariates=("x",))).notes
    assert any(note.startswith("No effect on the areas that began in 2006 for 2002, 2003") for note in notes)
    with pytest.raises(OptionError, match="no effect after the start can be had"):
        methods.estimate(apart.only(panel.first != 3), Setting("cs", covariates=("x",)))


def test_diagnostics_print_as_json() -> None:
    effect = methods.estimate(rollout(8), Setting("cs", inference=("bootstrap",), draws=50))
    assert json.loads(json.dumps(effect.diagnostics)) == effect.diagnostics
    assert json.dumps([dict(part) for one in effect.aggregations.values() for part in one.by])


def covered(areas: int, repeats: int) -> dict[str, float]:
    """How often the interval and the whole band hold, the pre-test and that of one drift are below 5%, and the bias.

    Who begins when is drawn anew each time, so that the groups' sizes vary as the errors suppose.
    """
    truths = {since: grown(2, since) for since in (2, 3)} | dict.fromkeys(range(-3, 0), 0.0)
    truths |= {since: (grown(2, since) + grown(4, since)) / 2 for since in (0, 1)}
    truth = (sum(grown(2, since) for since in range(4)) + sum(grown(4, since) for since in range(2))) / 6
    seen: dict[str, list[float]] = {name: [] for name in ("held", "whole", "told", "drift", "off")}
    for seed in range(repeats):
        panel = rollout(seed, areas=areas, periods=6, starts=(2, 4, 6, 6), effect=grown, dealt=False)
        effect: Effect = methods.estimate(panel, Setting("cs", inference=("bootstrap",), draws=400))
        by = effect.aggregations["dynamic"].by
        seen["held"].append((effect.low or 0) <= truth <= (effect.high or 0))
        seen["whole"].append(all(part["band_low"] <= truths[part["at"]] <= part["band_high"] for part in by))
        seen["told"].append((effect.diagnostics["pretest_p"] or 1.0) < 0.05)
        seen["drift"].append(effect.diagnostics["pretest_drift"]["p"] < 0.05)
        seen["off"].append(effect.value - truth)
    return {name: float(np.mean(each)) for name, each in seen.items()}


@pytest.mark.slow
def test_intervals_and_bands_hold_the_truth_about_as_often_as_they_say() -> None:
    seen = covered(80, 120)
    assert seen["held"] > 0.88
    assert seen["whole"] > 0.86
    assert seen["told"] < 0.18
    assert seen["drift"] < 0.11
    assert abs(seen["off"]) < 0.3


@pytest.mark.long
@pytest.mark.parametrize("areas", [40, 200])
def test_cover_of_intervals_and_bands(areas: int, proof: Callable[[str, str, str], None]) -> None:
    seen = covered(areas, 1000)
    bands = {
        "held": ("cover of 95% intervals of group-time effects", (0.91, 0.97)),
        "whole": ("cover of 95% bands of the event study", (0.84 if areas == 40 else 0.915, 0.97)),
        "told": ("joint pre-test of group-time effects, size at 5%", (0.03, 0.2 if areas == 40 else 0.1)),
        "drift": ("test of one drift before the start, size at 5%", (0.03, 0.07)),
    }
    for name, (what, (least, most)) in bands.items():
        proof(f"{what}, {areas} areas", f"{seen[name]:.3f}", f"{least} to {most}")
    for name, (_, (least, most)) in bands.items():
        assert least <= seen[name] <= most, name
