import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from abate.errors import OptionError
from abate.impact import effects, methods, placebos, synthetic
from abate.impact.effects import Setting
from abate.impact.panels import Panel
from impact import regions
from impact.regions import published

SC = Setting("sc")


@pytest.fixture(scope="module")
def california(shared: Callable[[str], Path]) -> Panel:
    file = shared("evaluation/prop99/smoking.csv")
    return published(file, ("state", "year", "cigsale"), "California", "1989")


@pytest.fixture(scope="module")
def kansas(shared: Callable[[str], Path]) -> Panel:
    file = shared("evaluation/kansas/kansas.csv")
    return published(file, ("fips", "year_qtr", "lngdpcapita"), "20", "2012.25")


@pytest.fixture(scope="module")
def expected(shared: Callable[[str], Path]) -> dict[str, dict]:
    return {
        name: json.loads(shared(f"evaluation/{name}/expected.json").read_text(encoding="utf-8"))
        for name in ("prop99", "kansas")
    }


def test_proposition_99_is_as_the_exact_programme_has_it(california: Panel, expected: dict[str, dict]) -> None:
    said = expected["prop99"]["sdid_family_outcome_only"]["sc_exact_simplex_qp"]
    found = methods.estimate(california, SC)
    assert found.value == pytest.approx(said["att_1989_2000"], abs=5e-6)
    assert found.pre_rmse == pytest.approx(said["pre_rmse_1970_88"], abs=5e-8)
    assert found.diagnostics["unique_weights"]
    assert not found.diagnostics["inside_hull"]
    path = effects.path(found)
    assert path is not None
    assert path.gap[19:].mean() == pytest.approx(found.value)


def test_kansas_is_as_published(kansas: Panel, expected: dict[str, dict]) -> None:
    said = expected["kansas"]
    found = methods.estimate(kansas, SC)
    assert found.value == pytest.approx(said["att_mean_over_all_post_periods"]["scm"], abs=1e-7)
    assert found.diagnostics["pre_l2_imbalance"] == pytest.approx(said["pre_l2_imbalance"]["scm"], abs=1e-7)
    heavy = {name: round(weight, 3) for name, weight in found.weights.items() if weight > 0.04}
    assert heavy == pytest.approx(said["scm_weights"], abs=1e-3)
    path = effects.path(found)
    assert path is not None
    gaps = {f"{float(time):g}": gap for time, gap in zip(kansas.times, path.gap, strict=True)}
    for quarter, gap in said["att_path_scm"].items():
        assert gaps[quarter] == pytest.approx(gap, abs=1e-5)


def test_kansas_with_an_intercept_is_as_published(kansas: Panel, expected: dict[str, dict]) -> None:
    said = expected["kansas"]
    found = methods.estimate(kansas, replace(SC, options={"intercept": True}))
    assert found.value == pytest.approx(said["att_mean_over_all_post_periods"]["demeaned_scm"], abs=1e-7)
    assert found.diagnostics["pre_l2_imbalance"] == pytest.approx(said["pre_l2_imbalance"]["demeaned_scm"], abs=1e-7)


def slow(target: np.ndarray, donors: np.ndarray) -> np.ndarray:
    from scipy.optimize import nnls

    heavy = 1e5
    weights, _ = nnls(np.vstack([donors.T, np.full(len(donors), heavy)]), np.append(target, heavy))
    return weights / weights.sum()


@pytest.mark.parametrize("controls", ["never", "notyet"])
def test_each_start_has_its_own_time_before_and_its_own_controls(controls: str) -> None:
    panel = regions.panel(5, areas=12, before=20, after=10)
    first = np.full(12, 30)
    first[:5] = [15, 15, 20, 26, 26]
    panel = panel.begun(first)
    found = methods.estimate(panel, replace(SC, controls=controls))
    total = []
    for area in range(5):
        start = first[area]
        for time in range(start, 30):
            donors = first == 30 if controls == "never" else first > time
            later = [one for one in first if one > start and one < 30]
            if controls == "notyet":
                donors = first >= min([one for one in later if one > time], default=30)
            weights = slow(panel.outcomes[area, :start], panel.outcomes[donors, :start])
            gap = panel.outcomes[area, time] - weights @ panel.outcomes[donors, time]
            assert found.gaps is not None
            assert found.gaps[area, time] == pytest.approx(gap, abs=1e-4)
            total.append(gap)
    assert found.value == pytest.approx(np.mean(total), abs=1e-4)


def test_a_planted_effect_is_found_where_the_mix_is_exact() -> None:
    panel = regions.panel(3, areas=20, before=40, after=5)
    outcomes = panel.outcomes.copy()
    outcomes[0] = 0.6 * outcomes[4] + 0.4 * outcomes[9]
    outcomes[0, 40:] -= 7
    found = methods.estimate(replace(panel, outcomes=outcomes), SC)
    assert found.value == pytest.approx(-7, abs=1e-8)
    assert {name for name, weight in found.weights.items() if weight > 1e-6} == {"area 04", "area 09"}
    assert effects.prevented(found) == pytest.approx((35, None, None), abs=1e-6)
    assert found.diagnostics["inside_hull"]


def test_several_areas_are_the_mean_of_each_and_the_pooled_mix_matches_their_mean() -> None:
    panel = regions.panel(8, areas=20, treated=3)
    found = methods.estimate(panel, SC)
    alone = [methods.estimate(panel.only((np.arange(20) == one) | (np.arange(20) > 2)), SC).value for one in range(3)]
    assert found.value == pytest.approx(np.mean(alone))
    assert set(found.diagnostics["by_area"]) == set(panel.units[:3])
    pooled = methods.estimate(panel, replace(SC, options={"pooled": True}))
    weights = slow(panel.outcomes[:3, :24].mean(axis=0), panel.outcomes[3:, :24])
    gap = panel.outcomes[:3].mean(axis=0) - weights @ panel.outcomes[3:]
    path = effects.path(pooled)
    assert path is not None
    assert path.gap == pytest.approx(gap, abs=1e-4)


def test_many_controls_and_few_periods_are_told_to_be_not_unique() -> None:
    panel = regions.panel(2, areas=60, before=6, after=2)
    inside = replace(panel, outcomes=np.vstack([panel.outcomes[1:].mean(axis=0), panel.outcomes[1:]]))
    found = methods.estimate(inside, SC)
    assert not found.diagnostics["unique_weights"]
    assert any("other weights fit" in note for note in found.notes)
    assert methods.estimate(inside, replace(SC, options={"penalty": 0.1})).diagnostics["unique_weights"]


def test_what_cannot_be_done_gets_a_sentence() -> None:
    panel = regions.panel(1, areas=5)
    with pytest.raises(OptionError, match=r"'intercpt'. Did you mean 'intercept'"):
        methods.estimate(panel, replace(SC, options={"intercpt": True}))
    with pytest.raises(OptionError, match="penalty -1: is a number of 0 or more"):
        methods.estimate(panel, replace(SC, options={"penalty": -1}))
    with pytest.raises(OptionError, match="pooled 'yes': is either true or false"):
        methods.estimate(panel, replace(SC, options={"pooled": "yes"}))
    with pytest.raises(OptionError, match="area 00: had the programme from the first period on"):
        methods.estimate(panel.begun(np.array([0, 32, 32, 32, 32])), SC)
    with pytest.raises(OptionError, match="no area has the programme"):
        methods.estimate(panel.begun(np.full(5, 32)), SC)
    with pytest.raises(OptionError, match=r"every area has the programme in the end.*notyet"):
        methods.estimate(panel.begun(np.array([9, 9, 12, 12, 20])), SC)
    with pytest.raises(OptionError, match="sc matches outcomes alone"):
        methods.estimate(panel, replace(SC, covariates=("income",)))
    gaps = panel.outcomes.copy()
    gaps[2, 3] = np.nan
    with pytest.raises(OptionError, match="missing for area 02 in 4"):
        methods.estimate(replace(panel, outcomes=gaps), SC)


def test_the_quick_placebos_are_those_of_the_method_itself() -> None:
    panel = regions.panel(6, areas=15)
    for options in ({}, {"intercept": True}, {"placebo_donors": "all"}, {"penalty": 0.05}):
        setting = replace(SC, options=options)
        found = placebos.in_space(methods.estimate(panel, setting))
        for place in (0, 7, 13):
            first = np.full(15, 32)
            first[place + 1] = 24
            made = panel.begun(first)
            keep = np.ones(15, dtype=bool)
            keep[0] = options.get("placebo_donors") == "all"
            alone = methods.estimate(made.only(keep), setting)
            assert found.effects[place] == pytest.approx(alone.value)
            assert found.before[place] == pytest.approx(alone.pre_rmse)
            assert found.sets[place] == (panel.units[place + 1],)


def test_mixing_is_the_same_for_areas_together_and_alone() -> None:
    panel = regions.panel(7, areas=8)
    together = synthetic.mix(panel.outcomes[:2], panel.outcomes[2:], 24, synthetic.Choices())
    alone = synthetic.mix(panel.outcomes[1:2], panel.outcomes[2:], 24, synthetic.Choices())
    assert together.weights[1] == pytest.approx(alone.weights[0])
    assert together.shortfall < 1e-9
