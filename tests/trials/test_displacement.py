"""The weighted displacement difference and its relatives, as published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError, TableError
from abate.trials import displacement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def case(*rows: tuple[str, int, int], **weights: list[float]) -> pd.DataFrame:
    laid = pd.DataFrame(rows, columns=["area", "pre", "post"]).assign(case="one")
    return laid.assign(**weights)


def test_all_published_cases(shared: Callable[[str], Path]):
    cases = pd.read_csv(shared("evaluation/wdd/cases.csv"))
    expected = json.loads(shared("evaluation/wdd/expected.json").read_text())
    found = {one.case: one for one in displacement.weigh(cases)}
    assert list(found) == list(expected)
    for name, said in expected.items():
        assert found[name].wdd == pytest.approx(said["wdd"], abs=1e-9)
        assert found[name].se == pytest.approx(said["se"], abs=5e-5)
    paper, said = found["paper"], expected["paper"]
    assert paper.se**2 == pytest.approx(said["variance"])
    assert paper.z == pytest.approx(said["z"], abs=5e-3)
    assert (round(paper.low), round(paper.high)) == tuple(said["ci95"])
    assert paper.local == said["local"]
    assert paper.wdq == pytest.approx(said["wdq_bowers_johnson"], abs=5e-4)
    ninety = {one.case: one for one in displacement.weigh(cases, level=0.9)}["mid"]
    assert (ninety.low, ninety.high) == pytest.approx(tuple(expected["mid"]["ci90"]), abs=0.05)


def test_area_weights_as_published():
    rows = case(("treated", 207, 110), ("control", 308, 318), area_weight=[1.2, 0.9])
    (found,) = displacement.weigh(rows)
    assert (found.wdd, found.se) == pytest.approx((-91.9, 31.5), abs=0.06)


def test_harm_of_several_offences_adds_up_as_published_for_independent_estimates():
    counts = {
        "vehicle": ((130, 74), (133, 91), 3),
        "theft": ((327, 202), (388, 305), 2),
        "burglary": ((398, 190), (148, 97), 5),
        "robbery": ((144, 92), (86, 64), 7),
        "assault": ((183, 96), (94, 67), 10),
    }
    rows = [(area, *pair[place]) for *pair, _ in counts.values() for place, area in enumerate(("treated", "control"))]
    weights = [float(weight) for *_, weight in counts.values() for _ in range(2)]
    (found,) = displacement.weigh(case(*rows, harm_weight=weights))
    alone = [
        displacement.weigh(case(("treated", *treated), ("control", *control)))[0]
        for treated, control, _ in counts.values()
    ]
    heavy = np.array([weight for *_, weight in counts.values()])
    assert found.wdd == pytest.approx(heavy @ [one.wdd for one in alone])
    assert found.se == pytest.approx(np.sqrt(heavy**2 @ [one.se**2 for one in alone]))


def test_longer_times_before_are_divided_out():
    rows = case(("treated", 500, 80), ("control", 500, 90), pre_time=[5.0, 5.0], post_time=[1.0, 1.0])
    (found,) = displacement.weigh(rows)
    assert found.wdd == pytest.approx(-10)
    assert found.se**2 == pytest.approx(80 + 90 + 1000 / 25)
    (treated, _) = displacement.change(rows)
    assert treated.ratio == pytest.approx(0.8)
    assert treated.p_exact == found.p_exact


def test_blank_weights_are_one_and_areas_without_displacement_have_no_quotient():
    (found,) = displacement.weigh(case(("treated", 20, 10), ("control", 20, 20), harm_weight=[np.nan, np.nan]))
    assert (found.wdd, found.wdq, found.displaced) == (-10, None, None)
    assert found.p_exact == pytest.approx(0.0688, abs=1e-4)


def test_rows_with_different_times_have_no_single_test():
    rows = case(("treated", 20, 10), ("treated", 9, 9), ("control", 20, 20), pre_time=[1, 2, 1.0])
    assert displacement.weigh(rows)[0].p_exact is None
    assert [one.area for one in displacement.change(rows)] == ["control"]


def test_empty_areas_have_no_z_and_no_quotient():
    (found,) = displacement.weigh(
        case(("treated", 0, 0), ("control", 0, 0), ("displacement_treated", 0, 0), ("displacement_control", 0, 0))
    )
    assert (found.z, found.wdq, found.p_exact) == (None, None, 1.0)


def test_every_fault_is_told_at_once():
    rows = case(("treated", 20, 10), ("displacement_treated", 20, 20), area_weight=[0.0, 1.0])
    with pytest.raises(TableError) as told:
        displacement.weigh(rows)
    assert "row 1: area_weight is above 0, not 0" in str(told.value)
    assert "case 'one' has no row with area 'control'" in str(told.value)
    with pytest.raises(OptionError, match="between 0 and 1"):
        displacement.weigh(rows, level=95)


def test_the_interval_covers_as_often_as_said():
    rng = np.random.default_rng(1)
    counts = rng.poisson([[120, 80], [100, 90]], size=(600, 2, 2)).reshape(-1, 2)
    cases = pd.DataFrame(counts, columns=["pre", "post"]).assign(
        case=np.repeat(np.arange(600).astype(str), 2), area=["treated", "control"] * 600
    )
    held = [one.low <= -30 <= one.high for one in displacement.weigh(cases)]
    assert 0.93 < np.mean(held) < 0.975


def test_a_planted_cut_is_found_and_its_worth_is_that_of_the_best_of_many():
    rng = np.random.default_rng(2)
    control = rng.poisson(60, 24).astype(float)
    treated = rng.poisson([60] * 14 + [20] * 10).astype(float)
    found = displacement.scan(treated, control, seed=1)
    assert found.cut == 14
    assert found.p == pytest.approx(0.001)
    one = found.table.set_index("cut").loc[10]
    rows = case(
        ("treated", int(treated[:10].sum()), int(treated[10:].sum())),
        ("control", int(control[:10].sum()), int(control[10:].sum())),
        pre_time=[10.0] * 2,
        post_time=[14.0] * 2,
    )
    (alone,) = displacement.weigh(rows)
    assert (one["wdd"], one["se"]) == pytest.approx((alone.wdd, alone.se))


def test_a_scan_of_nothing_seldom_finds_a_cut():
    rng = np.random.default_rng(3)
    p = [
        displacement.scan(rng.poisson(8, 20).astype(float), rng.poisson(20, 20).astype(float), draws=199, seed=seed).p
        for seed in range(400)
    ]
    assert 0.025 < np.mean(np.array(p) <= 0.05) < 0.08
    assert np.mean([displacement.scan(np.ones(6), np.ones(6), draws=50, seed=1).p]) > 0.5


def test_series_too_short_are_refused():
    with pytest.raises(OptionError, match="at least 4 periods"):
        displacement.scan(np.ones(3), np.ones(3), seed=1)


def sizes(cases: int, *, scatter: float, seed: int) -> dict[str, float]:
    """How often WDD and the exact test are at or below 5% where nothing changed; areas share a season, not a level."""
    rng = np.random.default_rng(seed)
    levels = rng.uniform(40, 200, (cases, 4))
    means = levels[:, :, None] * np.ones(2)
    if scatter > 1:
        means = rng.gamma(means / (scatter - 1), scatter - 1)
    counts = rng.poisson(means)
    areas = ("treated", "control", "displacement_treated", "displacement_control")
    rows = pd.DataFrame({"case": np.repeat([f"c{number:05d}" for number in range(cases)], 4), "area": [*areas] * cases})
    found = displacement.weigh(rows.assign(pre=counts[:, :, 0].ravel(), post=counts[:, :, 1].ravel()))
    return {
        "weighted displacement difference": float(np.mean([abs(one.z) >= 1.959964 for one in found])),
        "E-test of the treated area": float(np.mean([one.p_exact <= 0.05 for one in found])),
    }


@pytest.mark.slow
def test_nothing_is_seldom_called_a_change():
    for name, size in sizes(400, scatter=1.0, seed=5).items():
        assert 0.02 <= size <= 0.09, name


@pytest.mark.long
def test_size_of_both_tests(proof: Callable[[str, str, str], None]):
    for name, size in sizes(4000, scatter=1.0, seed=6).items():
        proof(f"size at 5%, {name}, Poisson counts", f"{size:.1%}", "4% to 6%")
        assert 0.04 <= size <= 0.06, name
    for name, size in sizes(4000, scatter=1.5, seed=7).items():
        proof(f"size at 5%, {name}, counts that scatter 1.5 times as much", f"{size:.1%}", "measured, no band")
