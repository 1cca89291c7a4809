"""Redraws of the schedule: exact under no effect, unbiased and covering under a planted one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.trials import randomisation, regressions, schemes
from abate.trials.outcomes import Panel, Washout
from abate.trials.schemes import Exclusion, Scheme
from trials import enumerations
from trials.trial_panels import expected_harm, rotations, trial

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES = {"Southend": (20, 90, 8), "Bedfordshire": (21, 90, 7)}


def test_the_quick_way_and_the_slow_way_agree():
    rng = np.random.default_rng(1)
    panel, pool = trial(rng, ratio=0.6), rotations(rng, 400)
    redraws = randomisation.prepare(panel, pool)
    quick = randomisation.ratio(panel, redraws)
    almost = panel.patrol + np.where(panel.patrol, 1e-12, 0.0)
    slow = randomisation.ratio(panel, redraws, exposure=almost)
    assert (quick.value, quick.low, quick.high) == pytest.approx((slow.value, slow.low, slow.high), rel=1e-3)
    assert quick.p == slow.p


def test_the_value_is_near_that_of_the_regression():
    rng = np.random.default_rng(2)
    panel = trial(rng, ratio=0.56)
    redraws = randomisation.prepare(panel, rotations(rng, 200))
    assert randomisation.ratio(panel, redraws).value == pytest.approx(regressions.rate_ratio(panel).value, rel=0.02)
    difference = randomisation.difference(panel, redraws, outcome="harm")
    assert difference.value == pytest.approx(regressions.difference(panel, outcome="harm").value, rel=0.02)


def test_redraws_are_brought_into_the_order_of_the_panel():
    rng = np.random.default_rng(10)
    panel = trial(rng, sites=4, days=6, treat=2)
    names = ["site 02", "site 00", "site 03", "site 01"]
    draws = rotations(rng, 5, sites=4, days=8, treat=2)
    found = randomisation.arrange(panel, draws, sites=names, starts=date(2025, 12, 31))
    for place, name in enumerate(panel.sites):
        assert (found[:, :, place] == draws[:, 1:7, names.index(name)]).all()
    with pytest.raises(OptionError, match="4 sites and 8 days from 2026-01-02"):
        randomisation.arrange(panel, draws, sites=names, starts=date(2026, 1, 2))


def test_schedules_drawn_by_the_scheme_itself_are_redrawn_by_it():
    sites = pd.DataFrame({"site_id": [f"site {place:02d}" for place in range(19, -1, -1)]})
    scheme = schemes.Scheme(starts=date(2026, 1, 1), days=90, treat=8)
    real, pool = (schemes.draw(scheme, sites, seed=seed, draws=draws) for seed, draws in ((1, 1), (2, 300)))
    patrol = real[0].T[::-1]
    panel = trial(np.random.default_rng(11), ratio=0.4, rate=0.6, patrol=patrol)
    laid = randomisation.arrange(panel, pool, sites=list(sites["site_id"]), starts=scheme.starts)
    found = randomisation.ratio(panel, randomisation.prepare(panel, laid))
    assert found.low < 0.4 < found.high
    assert found.p == pytest.approx(1 / 301)


def test_the_same_draws_give_the_same_answer():
    panel = trial(np.random.default_rng(3), ratio=0.7)
    answers = {
        randomisation.ratio(panel, randomisation.prepare(panel, rotations(np.random.default_rng(4), 300))) for _ in "ab"
    }
    assert len(answers) == 1


def test_place_days_left_out_before_the_draw_change_nothing():
    rng = np.random.default_rng(5)
    panel, pool = trial(rng, ratio=0.6), rotations(rng, 300)
    drawn = panel.drawn.copy()
    drawn[3, 10:20] = False
    left_out = replace(panel, drawn=drawn, patrol=panel.patrol & drawn)
    changed = replace(left_out, incidents=np.where(drawn, panel.incidents, 99.0))
    one, other = (randomisation.ratio(each, randomisation.prepare(each, pool)) for each in (left_out, changed))
    assert one == other
    assert one.low < one.value < one.high


def test_places_that_keep_one_arm_throughout_are_compared_with_each_other():
    rng = np.random.default_rng(6)
    patrol = np.zeros((20, 60), dtype=bool)
    patrol[rng.permutation(20)[:10]] = True
    panel = trial(rng, days=60, ratio=0.4, rate=0.8, scatter=0.2, patrol=patrol)
    order = np.argsort(rng.random((500, 20)), axis=1) < 10
    pool = np.repeat(order[:, None, :], 60, axis=1)
    found = randomisation.ratio(panel, randomisation.prepare(panel, pool))
    assert found.low < 0.4 < found.high
    assert found.value < 1


def test_unequal_chances_are_weighted_so_that_busy_places_drawn_more_often_do_not_bias():
    rng = np.random.default_rng(7)
    chance = np.where(np.arange(12) < 6, 0.75, 0.25)[None, None, :]
    pool = rng.random((600, 60, 12)) < chance
    values = []
    for _ in range(60):
        patrol = (rng.random((60, 12)) < chance[0]).T
        panel = trial(rng, sites=12, days=60, ratio=0.6, rate=0.6, patrol=patrol)
        redraws = randomisation.prepare(panel, pool)
        assert not redraws.even
        values.append(np.log(randomisation.ratio(panel, redraws).value))
    assert np.mean(values) == pytest.approx(np.log(0.6), abs=3.5 * np.std(values) / np.sqrt(60))


def test_a_family_is_no_smaller_than_its_members():
    rng = np.random.default_rng(8)
    panel = trial(rng, ratio=0.7)
    redraws = randomisation.prepare(panel, rotations(rng, 500))
    alone = randomisation.ratio(panel, redraws).p
    together = randomisation.family(panel, redraws, [panel.incidents, panel.incidents, panel.of("harm")])
    assert together[0] == together[1]
    assert alone is not None
    assert together[0] >= alone


def test_a_side_without_incidents_still_has_an_upper_bound():
    rng = np.random.default_rng(9)
    panel = trial(rng, sites=8, days=20, treat=3, rate=0.5)
    empty = replace(panel, incidents=np.where(panel.patrol, 0.0, panel.incidents))
    found = randomisation.ratio(empty, randomisation.prepare(empty, rotations(rng, 400, sites=8, days=20, treat=3)))
    assert found.p is not None
    assert found.p < 0.05
    assert found.low == 0.0
    difference = randomisation.difference(
        empty, randomisation.prepare(empty, rotations(rng, 400, sites=8, days=20, treat=3))
    )
    assert difference.high < 0


STARTS = date(2026, 1, 1)
TINY = {
    "daily": (Scheme(STARTS, 3, treat=2), 4),
    "area": (Scheme(STARTS, 3, treat=2, block=("area",)), 5),
    "weekday": (Scheme(STARTS, 9, treat=1, block=("weekday",)), 3),
    "rest": (Scheme(STARTS, 4, treat=1, longest_run=2, rest=2), 4),
    "excluded": (Scheme(STARTS, 4, treat=1, longest_run=1, rest=2, excluded=(Exclusion(date(2026, 1, 2), "S1"),)), 4),
    "coin": (Scheme(STARTS, 4, chance=0.4, longest_run=1), 3),
    "parallel": (Scheme(STARTS, 3, kind="parallel", treat=3), 6),
    "pairs": (Scheme(STARTS, 3, kind="pairs"), 6),
    "stepped": (Scheme(STARTS, 5, kind="stepped", begins=(1, 1, 3, 3, 5)), 5),
    "washout": (Scheme(STARTS, 4, treat=1, longest_run=2, washout=1), 4),
    "washout with days left out": (Scheme(STARTS, 5, treat=1, washout=1, excluded=(Exclusion(date(2026, 1, 3)),)), 4),
}


def left_of(values: np.ndarray, able: np.ndarray, patrol: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """What a fit of place times day leaves, by turns, in the shape (sites, days)."""
    both = [(patrol & drawn).any(axis=axis) & (~patrol & drawn).any(axis=axis) for axis in (1, 0)]
    fitted = able * (values * able).sum() / able.sum()
    for _ in range(500):
        for axis, tells in ((1, both[0].any()), (0, both[1].any())):
            if tells:
                seen, meant = (np.where(able, one, 0).sum(axis=axis, keepdims=True) for one in (values, fitted))
                fitted = fitted * np.divide(seen, meant, out=np.ones_like(meant), where=meant > 0)
    return np.where(able, values - fitted, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", TINY)
def test_redraws_give_the_p_value_of_all_schedules_there_are(name):
    scheme, number = TINY[name]
    areas = ["a", "a", "b", "b", "b", "b"][:number]
    sites = pd.DataFrame({"site_id": [f"S{site}" for site in range(number)], "area": areas})
    sites["pair"] = ["p", "q", "r", "r", "q", "p"][:number] if scheme.kind == "pairs" else ""
    whole = enumerations.every(scheme, sites)
    assert sum(chance for chance, _ in whole) == pytest.approx(1)
    drawn = schemes.drawable(scheme, sites)
    pool = schemes.draw(scheme, sites, seed=3, draws=6001)
    days = drawn.any(axis=1)
    values = np.random.default_rng(1).gamma(1.0, 1.0, (number, scheme.days)) * drawn.T
    panel = Panel(
        tuple(sites["site_id"]), pd.date_range(STARTS, periods=scheme.days)[days], values[:, days], pool[0].T[:, days],
        drawn.T[:, days],
    )  # fmt: skip
    washed = [schemes.washed(scheme, one) & drawn for one in (pool[0], pool[1:])]
    washout = Washout(washed[0][days].T, washed[1][:, days]) if scheme.washout else None
    redraws = randomisation.prepare(panel, pool[1:, days], washout=washout)
    p = randomisation.ratio(panel, redraws).p
    asides = [schemes.washed(scheme, one) & drawn for _, one in whole]
    chance = sum(share * one for share, one in whole)[days]
    usual = (
        sum(share * ~(one | set_aside) for (share, one), set_aside in zip(whole, asides, strict=True))[days]
        * drawn[days]
    )
    if redraws.even:
        chance, usual = (np.repeat(one.mean(axis=1, keepdims=True), number, axis=1) for one in (chance, usual))
    np.testing.assert_allclose(redraws.chance.T, chance, atol=0.04)
    np.testing.assert_allclose(redraws.usual.T[redraws.open.T], usual[redraws.open.T], atol=0.04)
    able = (chance > 1e-9) & (usual > 1e-9)
    assert (able == redraws.open.T).all()
    chance, usual = redraws.chance.T, redraws.usual.T
    left = left_of(panel.incidents, able.T, panel.patrol, panel.drawn).T
    mine = schemes.washed(scheme, pool[0]) & drawn
    far = abs(enumerations.statistic(pool[0][days], mine[days], left, chance, usual)) * (1 - 1e-6)
    exact = sum(
        share
        for (share, one), aside in zip(whole, asides, strict=True)
        if abs(enumerations.statistic(one[days], aside[days], left, chance, usual)) >= far
    )
    assert p == pytest.approx(exact, abs=0.03)


def measure(shape: str, ratio: float, runs: int, *, seed: int) -> dict[str, np.ndarray]:
    """Simulate trials of one shape, with scatter and memory, and keep what the analyses say."""
    rng = np.random.default_rng(seed)
    sites, days, treat = SHAPES[shape]
    pool = rotations(rng, 499, sites=sites, days=days, treat=treat)
    change, rows = (ratio - 1) * expected_harm(0.3), []
    for _ in range(runs):
        panel = trial(rng, sites=sites, days=days, treat=treat, ratio=ratio, memory=0.3, scatter=0.4)
        redraws = randomisation.prepare(panel, pool)
        drawn = randomisation.ratio(panel, redraws)
        fitted = regressions.rate_ratio(panel)
        harm = randomisation.difference(panel, redraws, outcome="harm")
        harm_ratio = randomisation.ratio(panel, redraws, outcome="harm")
        rows.append(
            [
                *(np.log(drawn.value), drawn.low <= ratio <= drawn.high, drawn.p),
                *(np.log(fitted.value), fitted.low <= ratio <= fitted.high, fitted.p),
                *(harm.value, harm.low <= change <= harm.high, harm.p),
                *(np.log(harm_ratio.value), harm_ratio.low <= ratio <= harm_ratio.high, harm_ratio.p),
            ]
        )
    names = [
        "log",
        "held",
        "p",
        "log_fit",
        "held_fit",
        "p_fit",
        "harm",
        "harm_covered",
        "harm_p",
        "harm_log",
        "harm_held",
        "harm_ratio_p",
    ]
    return dict(zip(names, np.array(rows, dtype=float).T, strict=True))


@pytest.mark.slow
def test_no_effect_is_seldom_refused_and_a_planted_one_is_covered():
    nothing = measure("Southend", 1.0, 90, seed=11)
    for name in ("p", "p_fit", "harm_p", "harm_ratio_p"):
        assert np.mean(nothing[name] <= 0.05) < 0.12, name
    planted = measure("Southend", 0.56, 90, seed=12)
    assert np.mean(planted["log"]) == pytest.approx(np.log(0.56), abs=0.05)
    assert np.mean(planted["held"]) > 0.88
    assert np.mean(planted["held_fit"]) > 0.88


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_size_under_no_effect(shape: str, proof: Callable[[str, str, str], None]):
    found = measure(shape, 1.0, 2500, seed=21)
    said = {"p": "count, redraws", "p_fit": "count, Poisson by place", "harm_p": "harm difference, redraws"}
    for name, words in said.items():
        size = float(np.mean(found[name] <= 0.05))
        proof(f"size at 5%, {shape}, {words}", f"{size:.1%}", "4% to 6%")
        assert 0.04 <= size <= 0.06, name


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_bias_and_cover_of_a_planted_fall(shape: str, proof: Callable[[str, str, str], None]):
    found = measure(shape, 0.56, 2500, seed=31)
    truth = np.log(0.56)
    for name, held, words in (("log", "held", "redraws"), ("log_fit", "held_fit", "Poisson by place")):
        bias, cover = float(np.mean(found[name]) / truth - 1), float(np.mean(found[held]))
        proof(f"bias of the log rate ratio, {shape}, {words}", f"{bias:+.1%}", "-2% to 2%")
        proof(f"cover of the 95% interval, {shape}, {words}", f"{cover:.1%}", "93% to 97%")
        assert abs(bias) <= 0.02
        assert 0.93 <= cover <= 0.97
    miss = np.mean(found["harm"]) / ((0.56 - 1) * expected_harm(0.3)) - 1
    noise = np.std(found["harm"]) / np.sqrt(len(found["harm"])) / (0.44 * expected_harm(0.3))
    proof(
        f"bias of the harm difference, {shape}", f"{miss:+.1%}", f"within {3 * noise:.1%}, the simulation's own error"
    )
    assert abs(miss) <= 3 * noise
    covered = float(np.mean(found["harm_covered"]))
    proof(f"cover of the harm difference's interval, {shape}", f"{covered:.1%}", "measured, no band")
    bias, cover = float(np.mean(found["harm_log"]) / truth - 1), float(np.mean(found["harm_held"]))
    proof(f"bias of the log harm ratio, {shape}", f"{bias:+.1%}", "measured, no band")
    proof(f"cover of the harm ratio's interval, {shape}", f"{cover:.1%}", "measured, no band")
