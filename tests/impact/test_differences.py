"""Difference in differences: published answers, regressions on all dummies, planted effects, and how often it errs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from abate.errors import OptionError
from abate.impact import methods
from abate.impact.effects import Setting, path
from abate.impact.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def made(
    seed: int, *, areas: int = 24, periods: int = 10, first: dict[int, int] | None = None, effect: float = 0.0
) -> Panel:
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(areas, periods))
    for time in range(1, periods):
        noise[:, time] = 0.5 * noise[:, time - 1] + 0.87 * noise[:, time]
    begins = np.full(areas, periods, dtype=np.int64)
    for area, start in (first or dict.fromkeys(range(8), 6)).items():
        begins[area] = start
    outcomes = rng.normal(0, 3, (areas, 1)) + rng.normal(size=periods).cumsum() + noise
    outcomes += effect * (np.arange(periods) >= begins[:, None])
    return Panel(tuple(f"{n:02d}" for n in range(areas)), tuple(map(str, range(periods))), outcomes, begins)


def dummies(panel: Panel, columns: list[np.ndarray], weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least squares on a dummy for each area and period, with the usual sandwich by area."""
    areas, periods = panel.outcomes.shape
    used = weights.ravel() > 0
    unit, time = (one.ravel()[used] for one in np.indices((areas, periods)))
    own = np.column_stack([values.ravel()[used] for values in columns])
    design = np.column_stack([own, np.eye(areas)[unit], np.eye(periods)[time][:, 1:]])
    design = design[:, np.abs(design).sum(axis=0) > 0]
    target, weight = panel.outcomes.ravel()[used], weights.ravel()[used]
    bread = np.linalg.pinv(design.T @ (design * weight[:, None]))
    slopes = bread @ design.T @ (weight * target)
    left = target - design @ slopes
    scores = np.array([(design * (weight * left)[:, None])[unit == one].sum(axis=0) for one in np.unique(unit)])
    groups, cells = len(scores), len(target)
    free = len(columns) + len(np.unique(time))
    few = groups / (groups - 1) * (cells - 1) / (cells - free)
    covariance = bread @ scores.T @ scores @ bread * few
    return slopes[: len(columns)], np.sqrt(np.diag(covariance))[: len(columns)]


@pytest.fixture(scope="module")
def smoking(shared: Callable[[str], Path]) -> Panel:
    wide = pd.read_csv(shared("evaluation/prop99/smoking.csv")).pivot(index="state", columns="year", values="cigsale")
    first = np.where(wide.index == "California", list(wide.columns).index(1989), len(wide.columns))
    return Panel(tuple(wide.index), tuple(map(str, wide.columns)), wide.to_numpy(), first.astype(np.int64))


def test_smoking_as_published(smoking: Panel, shared: Callable[[str], Path]):
    told = json.loads(shared("evaluation/prop99/expected.json").read_text(encoding="utf-8"))
    found = methods.estimate(smoking, Setting("did", inference=("placebo",)))
    assert found.value == pytest.approx(told["sdid_family_outcome_only"]["did"], abs=1e-6)
    assert found.se == pytest.approx(told["sdid_family_outcome_only"]["published_placebo_se"]["did"], abs=1)
    assert path(found).gap[19:].mean() == pytest.approx(found.value)


def test_counties_as_other_software_has_them(shared: Callable[[str], Path]):
    rows = pd.read_csv(shared("evaluation/mpdta/mpdta.csv"))
    wide = rows.pivot(index="countyreal", columns="year", values="lemp")
    begins = rows.groupby("countyreal")["first.treat"].first().reindex(wide.index).to_numpy()
    years = list(wide.columns)
    first = np.array([years.index(year) if year else len(years) for year in begins], dtype=np.int64)
    panel = Panel(tuple(map(str, wide.index)), tuple(map(str, years)), wide.to_numpy(), first)
    found = methods.estimate(panel, Setting("did"))
    slopes, errors = dummies(panel, [panel.treated.astype(float)], np.ones(wide.shape))
    assert found.value == pytest.approx(-0.0365, abs=5e-5)
    assert (found.value, found.se) == (pytest.approx(slopes[0]), pytest.approx(errors[0]))
    assert "--method cs" in found.notes[0]
    assert 0 < found.diagnostics["negative_weight"] < 0.1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_slopes_and_errors_are_those_of_all_dummies(seed: int):
    rng = np.random.default_rng(seed)
    panel = made(seed, first={0: 4, 1: 4, 2: 6, 3: 6, 4: 8}, effect=1.0)
    outcomes = np.where(rng.random(panel.outcomes.shape) < 0.1, np.nan, panel.outcomes)
    workers = np.where(rng.random(outcomes.shape) < 0.05, np.nan, rng.normal(size=outcomes.shape))
    people = rng.uniform(1, 5, (24, 1)) * np.ones(outcomes.shape)
    panel = replace(panel, outcomes=outcomes + 2 * np.nan_to_num(workers), covariates={"w": workers}, exposure=people)
    known = np.isfinite(outcomes) & np.isfinite(workers)
    setting = Setting("did", covariates=("w",), options={"exposure_weights": True})
    found = methods.estimate(panel, setting)
    slopes, errors = dummies(panel, [panel.treated.astype(float), np.nan_to_num(workers)], np.where(known, people, 0.0))
    assert found.value == pytest.approx(slopes[0])
    assert found.se == pytest.approx(errors[0])
    assert found.diagnostics["slopes"]["w"] == pytest.approx(slopes[1])
    assert found.diagnostics["missing_cells"] == int((~known).sum())


def test_the_event_study_is_that_of_all_dummies():
    panel = made(5, effect=2.0)
    since = np.arange(10)[None, :] - panel.first[:, None]
    at = [event for event in range(-6, 4) if event != -1]
    slopes, errors = dummies(
        panel, [((since == event) & panel.ever[:, None]).astype(float) for event in at], np.ones(panel.outcomes.shape)
    )
    by = {line["at"]: line for line in methods.estimate(panel, Setting("did")).aggregations["dynamic"].by}
    assert by[-1]["value"] == 0
    assert_allclose([by[event]["value"] for event in at], slopes, atol=1e-10)
    assert_allclose([by[event]["se"] for event in at], errors, rtol=1e-8)
    change = panel.outcomes - panel.outcomes[:, [5]]
    plain = change[:8].mean(axis=0) - change[8:].mean(axis=0)
    assert_allclose(slopes, [plain[6 + event] for event in at], atol=1e-10)


def test_means_of_the_event_study_and_of_the_path_are_the_effect():
    panel = made(6, effect=-1.5)
    found = methods.estimate(panel, Setting("did"))
    means = panel.outcomes[:8].mean(axis=0) - panel.outcomes[8:].mean(axis=0)
    assert found.value == pytest.approx(means[6:].mean() - means[:6].mean())
    assert path(found).gap[6:].mean() == pytest.approx(found.value)
    assert path(found).gap[:6].mean() == pytest.approx(0, abs=1e-9)


def test_jackknife_and_placebo_are_the_same_work_done_again():
    panel = made(7, areas=10, first={0: 6, 1: 6})
    found = methods.estimate(panel, Setting("did", inference=("jackknife", "placebo"), draws=50))
    every = np.arange(10)
    left = [methods.estimate(panel.only(every != one), Setting("did")).value for one in every]
    assert found.se == pytest.approx(np.sqrt(9 / 10 * np.sum((np.array(left) - np.mean(left)) ** 2)))
    free = panel.only(every >= 2)
    pairs = [(one, other) for one in range(8) for other in range(one + 1, 8)]
    dealt = [
        methods.estimate(free.begun(np.where(np.isin(np.arange(8), pair), 6, 10)), Setting("did")).value
        for pair in pairs
    ]
    told = found.diagnostics["inference"]["placebo"]
    assert (told["runs"], told["every_way"]) == (28, True)
    assert told["se"] == pytest.approx(np.std(dealt))
    assert found.diagnostics["intervals"]["jackknife"] == [found.low, found.high]


def test_an_effect_that_grows_is_missed_where_starts_differ():
    panel = made(8, areas=30, periods=20, first={n: 4 + n // 2 for n in range(28)})
    since = np.arange(20)[None, :] - panel.first[:, None]
    moved = replace(panel, outcomes=panel.outcomes + np.where((since >= 0) & panel.ever[:, None], 1.0 + since, 0))
    true = float((1.0 + since)[panel.treated].mean())
    found = methods.estimate(moved, Setting("did"))
    assert found.value < 0.7 * true
    assert found.diagnostics["negative_weight"] > 0.02
    assert methods.estimate(made(8), Setting("did")).diagnostics["negative_weight"] == 0


def test_gaps_are_borne_and_told():
    panel = made(9, effect=3.0, areas=60)
    outcomes = panel.outcomes.copy()
    outcomes[5, 2] = outcomes[30, 7] = np.nan
    outcomes[:, 3] = np.nan
    found = methods.estimate(replace(panel, outcomes=outcomes), Setting("did"))
    assert found.value == pytest.approx(3, abs=1.2)
    assert np.isnan(path(found).gap[3])
    assert np.isfinite(np.delete(path(found).gap, 3)).all()
    assert "62 missing values" in " ".join(found.notes)
    assert -3 not in [line["at"] for line in found.aggregations["dynamic"].by]


def test_areas_treated_from_the_first_period_are_left_out():
    panel = made(10, first={0: 0, 1: 5, 2: 5, 3: 5})
    found = methods.estimate(panel, Setting("did"))
    rest = methods.estimate(panel.only(panel.first > 0), Setting("did"))
    assert (found.value, found.se) == (pytest.approx(rest.value), pytest.approx(rest.se))
    assert any(note.startswith("Left out") for note in found.notes)


def test_one_treated_area_has_no_error_of_its_own(smoking: Panel):
    found = methods.estimate(smoking, Setting("did"))
    assert (found.se, found.low) == (None, None)
    assert "pretest_p" not in found.diagnostics
    assert any("--inference placebo" in note for note in found.notes)
    with pytest.raises(OptionError, match="one area alone"):
        methods.estimate(smoking, Setting("did", inference=("analytic",)))


def test_reduced_errors_are_wider_with_few_treated_areas():
    panel = made(11, first={0: 6, 1: 6, 2: 6})
    usual = methods.estimate(panel, Setting("did"))
    reduced = methods.estimate(panel, Setting("did", options={"errors": "reduced"}))
    assert reduced.high - reduced.low > 1.2 * (usual.high - usual.low)
    assert reduced.diagnostics["inference"]["analytic"]["freedom"] < 5
    assert any("reduced" in note for note in usual.notes)


def test_conformal_goes_through_the_shared_door():
    panel = made(12, periods=30, first=dict.fromkeys(range(8), 25), effect=4.0)
    found = methods.estimate(panel, Setting("did", inference=("conformal",)))
    assert found.p < 0.05
    assert found.low < found.value < found.high


REFUSED = {
    "option": (Setting("did", options={"error": "x"}), "Did you mean 'errors'"),
    "errors": (Setting("did", options={"errors": "robust"}), "Known are: clustered, reduced"),
    "exposure": (Setting("did", options={"exposure_weights": True}), "--exposure"),
    "covariate": (Setting("did", covariates=("x",)), "no such column"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_a_sentence(case: str):
    setting, said = REFUSED[case]
    with pytest.raises(OptionError, match=said):
        methods.estimate(made(1), setting)


def test_panels_in_which_nothing_can_be_told():
    panel = made(1)
    with pytest.raises(OptionError, match="cannot tell the programme"):
        methods.estimate(panel.begun(np.full(24, 6)), Setting("did"))
    with pytest.raises(OptionError, match="no area"):
        methods.estimate(panel.begun(np.full(24, 10)), Setting("did"))


def rates(panels: int, treated: int) -> dict[str, float]:
    told = {"cover": 0, "reduced": 0, "pretest": 0}
    for seed in range(panels):
        panel = made(seed, areas=40, first=dict.fromkeys(range(treated), 6))
        usual = methods.estimate(panel, Setting("did"))
        reduced = methods.estimate(panel, Setting("did", options={"errors": "reduced"}))
        told["cover"] += usual.low <= 0 <= usual.high
        told["reduced"] += reduced.low <= 0 <= reduced.high
        told["pretest"] += usual.diagnostics["pretest_p"] < 0.05
    return {name: number / panels for name, number in told.items()}


@pytest.mark.slow
def test_intervals_and_pretest_hold_where_nothing_happened():
    found = rates(60, treated=18)
    assert 0.86 <= found["cover"] <= 0.99, found
    assert 0.9 <= found["reduced"] <= 1.0, found
    assert found["pretest"] <= 0.15, found


@pytest.mark.long
@pytest.mark.parametrize("treated", [5, 18])
def test_coverage_and_size(treated: int, proof: Callable[[str, str, str], None]):
    found = rates(1000, treated=treated)
    proof(f"cover of did's usual 95% interval, {treated} of 40 areas", f"{found['cover']:.1%}", "85% to 97%")
    proof(f"cover of did's reduced 95% interval, {treated} of 40 areas", f"{found['reduced']:.1%}", "92% to 98%")
    proof(f"did's pre-test at 5%, {treated} of 40 areas", f"{found['pretest']:.1%}", "2% to 9%")
    assert 0.85 <= found["cover"] <= 0.97
    assert 0.92 <= found["reduced"] <= 0.98
    assert 0.02 <= found["pretest"] <= 0.09
