"""Synthetic difference in differences: published answers, planted truth, plain loops, and how often errors cover."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import methods
from abate.impact.effects import Setting, path
from abate.impact.panels import Panel
from abate.stats import blockweights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def smoking(shared: Callable[[str], Path]) -> Panel:
    rows = pd.read_csv(shared("evaluation/prop99/smoking.csv"))
    wide = rows.pivot(index="state", columns="year", values="cigsale")
    prices = rows.pivot(index="state", columns="year", values="retprice")
    beer = rows.pivot(index="state", columns="year", values="beer")
    first = np.where(wide.index == "California", list(wide.columns).index(1989), len(wide.columns))
    return Panel(
        tuple(wide.index),
        tuple(map(str, wide.columns)),
        wide.to_numpy(),
        first.astype(np.int64),
        covariates={"retprice": prices.to_numpy(), "beer": beer.to_numpy()},
        outcome="cigsale",
    )


@pytest.fixture(scope="module")
def published(shared: Callable[[str], Path]) -> dict:
    told = json.loads(shared("evaluation/prop99/expected.json").read_text(encoding="utf-8"))
    return told["sdid_family_outcome_only"]


def walks(seed: int, *, areas: int = 20, periods: int = 16, first: dict[int, int] | None = None, effect: float = 0.0):
    """Random walks about a common path with levels of their own; `first` says which areas begin when."""
    rng = np.random.default_rng(seed)
    outcomes = rng.normal(0, 3, (areas, 1)) + rng.normal(size=periods).cumsum()
    outcomes = outcomes + rng.normal(0, 0.5, (areas, periods)).cumsum(axis=1)
    begins = np.full(areas, periods, dtype=np.int64)
    for area, start in (first or {0: 12, 1: 12}).items():
        begins[area] = start
    outcomes += effect * (np.arange(periods) >= begins[:, None])
    names = tuple(f"area {place:02d}" for place in range(areas))
    return Panel(names, tuple(map(str, range(2000, 2000 + periods))), outcomes, begins)


@pytest.mark.parametrize("weights", ["sdid", "sc", "did"])
def test_smoking_as_published(smoking: Panel, published: dict, weights: str):
    found = methods.estimate(smoking, Setting("sdid", options={"weights": weights}))
    assert found.value == pytest.approx(published[weights], abs=1e-6)
    assert path(found).gap[19:].mean() == pytest.approx(found.value)


def test_smoking_with_weighted_areas_and_even_periods(smoking: Panel, published: dict):
    found = methods.estimate(smoking, Setting("sdid", options={"weights": "difp"}))
    assert round(found.value, 1) == published["published"]["difp"]


def test_smoking_weights_as_published(smoking: Panel, published: dict):
    found = methods.estimate(smoking, Setting("sdid"))
    for state, weight in published["sdid_omega_top"].items():
        assert found.weights[state] == pytest.approx(weight, abs=5.1e-5)
    times = found.diagnostics["time_weights"]
    assert {time: round(weight, 4) for time, weight in times.items()} == published["sdid_lambda"]
    assert found.diagnostics["zeta_omega"] == pytest.approx(published["zeta_omega"], abs=5e-6)
    alone = methods.estimate(smoking, Setting("sdid", options={"weights": "sc"})).weights
    for state, weight in published["sc_omega"].items():
        assert alone[state] == pytest.approx(weight, abs=5.1e-5)


def test_smoking_at_the_exact_minimum(smoking: Panel, published: dict):
    exact = methods.estimate(smoking, Setting("sdid", options={"weights": "sc", "solver": "exact"}))
    assert exact.value == pytest.approx(published["sc_exact_simplex_qp"]["att_1989_2000"], abs=1e-4)
    assert exact.pre_rmse == pytest.approx(published["sc_exact_simplex_qp"]["pre_rmse_1970_88"], abs=1e-5)
    whole = methods.estimate(smoking, Setting("sdid", options={"solver": "exact"}))
    assert whole.value == pytest.approx(published["sdid"], abs=5e-3)


@pytest.mark.parametrize(("weights", "low", "high"), [("sdid", 8.4, 9.9), ("did", 16.5, 18.5), ("sc", 9.0, 11.0)])
def test_smoking_placebo_errors(smoking: Panel, weights: str, low: float, high: float):
    found = methods.estimate(smoking, Setting("sdid", inference=("placebo",), options={"weights": weights}))
    assert low < found.se < high
    assert found.low == pytest.approx(found.value - 1.959964 * found.se, abs=1e-4)
    assert found.diagnostics["inference"]["placebo"]["runs"] == 38
    assert np.isfinite(found.band[0][25])
    assert found.band[0][25] < path(found).gap[25] < found.band[1][25]


def test_an_effect_planted_in_a_mix_of_areas_is_found_whole():
    rng = np.random.default_rng(4)
    common = rng.normal(size=(3, 24)).cumsum(axis=1)
    loads = rng.dirichlet(np.ones(3), size=30)
    outcomes = loads @ common * 4 + rng.normal(0, 2, (30, 1))
    begins = np.full(30, 24, dtype=np.int64)
    begins[:4] = 18
    outcomes[:4, 18:] -= 5
    panel = Panel(tuple(f"{n:02d}" for n in range(30)), tuple(map(str, range(24))), outcomes, begins)
    found = methods.estimate(panel, Setting("sdid", options={"zeta_omega": 0.0, "solver": "exact"}))
    assert found.value == pytest.approx(-5, abs=0.05)
    assert found.pre_rmse < 0.05


def slow_cohorts(panel: Panel) -> tuple[float, dict[int, float]]:
    """Each cohort by itself as a panel of its own, put together by counting treated cells."""
    values, cells, events = [], [], {}
    for start in panel.cohorts:
        alone = panel.only((panel.first == start) | ~panel.ever)
        effect = methods.estimate(alone, Setting("sdid"))
        number = int(alone.ever.sum())
        values.append(effect.value)
        cells.append(number * (len(panel.times) - start))
        for line in effect.aggregations["dynamic"].by:
            events.setdefault(line["at"], []).append((line["value"], number))
    dynamic = {at: sum(v * n for v, n in told) / sum(n for _, n in told) for at, told in events.items()}
    return float(np.average(values, weights=cells)), dynamic


def test_cohorts_are_each_their_own_and_count_by_treated_cells():
    panel = walks(7, first={0: 8, 1: 8, 2: 11, 3: 14}, effect=2.0)
    found = methods.estimate(panel, Setting("sdid"))
    value, dynamic = slow_cohorts(panel)
    assert found.value == pytest.approx(value)
    assert {line["at"]: pytest.approx(line["value"]) for line in found.aggregations["dynamic"].by} == dynamic
    assert [line["at"] for line in found.aggregations["group"].by] == ["2008", "2011", "2014"]
    after = [line for line in found.aggregations["dynamic"].by if line["at"] >= 0]
    assert len(after) == 8
    assert "3 different periods" in found.notes[0]
    gaps = found.gaps[panel.treated]
    assert gaps.mean() == pytest.approx(found.value)


def test_a_cohort_with_one_period_before_it_is_compared_evenly():
    panel = walks(9, first={0: 1, 1: 1})
    found = methods.estimate(panel, Setting("sdid"))
    even = methods.estimate(panel, Setting("sdid", options={"weights": "did"}))
    assert found.value == pytest.approx(even.value)
    assert any("one period before it" in note for note in found.notes)


def test_jackknife_is_leave_one_out_with_weights_held():
    panel = walks(12, first={0: 12, 1: 12, 2: 12})
    found = methods.estimate(panel, Setting("sdid", inference=("jackknife",)))
    cohort = found.diagnostics["cohorts"][0]
    columns = np.array([cohort["time_weights"].get(time, 0.0) for time in panel.times[:12]])
    free = [unit for unit in range(20) if unit > 2]
    values = []
    for left_out in range(20):
        kept = [unit for unit in free if unit != left_out]
        rows = np.array([cohort["weights"][panel.units[unit]] for unit in kept])
        changed = panel.outcomes[[unit for unit in range(3) if unit != left_out]].mean(axis=0)
        gap = changed - rows / rows.sum() @ panel.outcomes[kept]
        values.append(gap[12:].mean() - columns @ gap[:12])
    values = np.array(values)
    assert found.se == pytest.approx(np.sqrt(19 / 20 * np.sum((values - values.mean()) ** 2)))


def test_bootstrap_and_placebo_do_not_depend_on_parcels(monkeypatch: pytest.MonkeyPatch):
    from abate.impact import lots

    panel = walks(13, first={0: 12, 1: 12, 2: 9})
    setting = Setting("sdid", inference=("bootstrap", "placebo"), draws=60)
    whole = methods.estimate(panel, setting)
    monkeypatch.setattr(lots, "_TOGETHER", 7)
    assert methods.estimate(panel, setting).diagnostics == whole.diagnostics
    assert methods.estimate(panel, replace(setting, seed=2)).se != whole.se
    assert whole.se == whole.diagnostics["inference"]["bootstrap"]["se"]


@pytest.mark.parametrize("adjust", ["projected", "optimised"])
def test_a_covariate_that_drives_outcomes_is_taken_out(adjust: str):
    panel = walks(15, areas=30, effect=-3.0)
    rng = np.random.default_rng(16)
    workers = rng.normal(size=panel.outcomes.shape)
    moved = replace(panel, outcomes=panel.outcomes + 4 * workers, covariates={"workers": workers})
    clean = methods.estimate(panel, Setting("sdid")).value
    found = methods.estimate(moved, Setting("sdid", covariates=("workers",), options={"adjust": adjust}))
    assert found.diagnostics["cohorts"][0]["slopes"]["workers"] == pytest.approx(4, abs=0.25)
    assert found.value == pytest.approx(clean, abs=0.5)


def test_projected_slopes_are_those_of_areas_without(smoking: Panel):
    found = methods.estimate(smoking, Setting("sdid", covariates=("retprice",)))
    free = ~smoking.ever
    values = [smoking.outcomes[free], smoking.covariates["retprice"][free]]
    left = [v - v.mean(axis=0) - v.mean(axis=1, keepdims=True) + v.mean() for v in values]
    slope = np.sum(left[0] * left[1]) / np.sum(left[1] ** 2)
    assert found.diagnostics["cohorts"][0]["slopes"]["retprice"] == pytest.approx(slope)
    adjusted = replace(smoking, outcomes=smoking.outcomes - slope * smoking.covariates["retprice"])
    assert found.value == pytest.approx(methods.estimate(adjusted, Setting("sdid")).value)


def test_few_treated_areas_are_warned_of():
    few = methods.estimate(walks(3), Setting("sdid", inference=("jackknife",)))
    assert "Only 2 areas had the programme" in few.notes[-1]
    more = walks(3, first=dict.fromkeys(range(6), 12))
    assert not methods.estimate(more, Setting("sdid", inference=("jackknife",))).notes


REFUSED = {
    "jackknife with one area": (Setting("sdid", inference=("jackknife",)), "only one began in 1989"),
    "bootstrap with one area": (Setting("sdid", inference=("bootstrap",)), "1 area with it. Take --inference placebo"),
    "other inference": (Setting("sdid", inference=("conformal",)), "take placebo, bootstrap, jackknife"),
    "option": (Setting("sdid", options={"wieghts": "sc"}), "Did you mean 'weights'"),
    "word": (Setting("sdid", options={"solver": "exat"}), "Did you mean 'exact'"),
    "number": (Setting("sdid", options={"zeta_omega": -1}), "at least 0"),
    "controls": (Setting("sdid", controls="notyet"), "take never"),
    "covariate": (Setting("sdid", covariates=("price",)), "no such column"),
    "covariate with gaps": (Setting("sdid", covariates=("beer",)), "beer: is missing in 663 places"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_a_sentence(smoking: Panel, case: str):
    setting, said = REFUSED[case]
    with pytest.raises(OptionError, match=said):
        methods.estimate(smoking, setting)


def test_placebos_need_more_areas_without_than_with():
    panel = walks(1, areas=8, first=dict.fromkeys(range(4), 12))
    with pytest.raises(OptionError, match="more of them than the 4 that had it; there are 4"):
        methods.estimate(panel, Setting("sdid", inference=("placebo",)))


def test_panels_that_cannot_be_worked_on():
    panel = walks(2)
    gap = panel.outcomes.copy()
    gap[3, 4] = np.nan
    with pytest.raises(OptionError, match="missing for area 03 in 2004"):
        methods.estimate(replace(panel, outcomes=gap), Setting("sdid"))
    with pytest.raises(OptionError, match="every area had the programme"):
        methods.estimate(panel.begun(np.full(20, 12)), Setting("sdid"))
    with pytest.raises(OptionError, match="area 00 began in 2000"):
        methods.estimate(walks(2, first={0: 0}), Setting("sdid"))
    with pytest.raises(OptionError, match="no area"):
        methods.estimate(panel.begun(np.full(20, 16)), Setting("sdid"))


def serial(seed: int, *, treated: int, areas: int = 40, periods: int = 24, start: int = 16) -> Panel:
    """Outcomes that hang together over time (0.6) and load on a common wave; nothing happened."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(size=(areas, periods))
    for time in range(1, periods):
        noise[:, time] = 0.6 * noise[:, time - 1] + 0.8 * noise[:, time]
    wave = rng.normal(size=periods).cumsum() * 0.4
    outcomes = rng.normal(0, 2, (areas, 1)) + rng.normal(1, 0.4, (areas, 1)) * wave + noise
    begins = np.full(areas, periods, dtype=np.int64)
    begins[:treated] = start
    return Panel(tuple(f"{n:02d}" for n in range(areas)), tuple(map(str, range(periods))), outcomes, begins)


def coverage(panels: int, treated: int) -> dict[str, float]:
    kinds = ("placebo", "bootstrap", "jackknife")
    inside = dict.fromkeys(kinds, 0)
    for seed in range(panels):
        setting = Setting("sdid", inference=kinds, draws=100)
        told = methods.estimate(serial(seed, treated=treated), setting).diagnostics["inference"]
        for kind in kinds:
            inside[kind] += told[kind]["low"] <= 0 <= told[kind]["high"]
    return {kind: inside[kind] / panels for kind in kinds}


@pytest.mark.slow
def test_intervals_cover_where_nothing_happened():
    found = coverage(40, treated=10)
    assert all(0.83 <= share <= 1.0 for share in found.values()), found


@pytest.mark.long
@pytest.mark.parametrize("treated", [5, 15])
def test_coverage_of_the_three_errors(treated: int, proof: Callable[[str, str, str], None]):
    found = coverage(250, treated=treated)
    for kind, share in found.items():
        low = 0.8 if kind != "placebo" and treated == 5 else 0.9
        proof(f"cover of sdid's 95% interval, {kind}, {treated} of 40 areas", f"{share:.1%}", f"{low:.0%} to 100%")
        assert share >= low


def test_every_rule_has_a_name():
    from abate.impact import weighteddifferences

    assert set(weighteddifferences._RULES) == {"sdid", "difp", "sc", "did"}
    assert weighteddifferences._RULES["sdid"] == blockweights.Rules()
