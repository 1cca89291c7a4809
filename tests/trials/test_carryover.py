"""What a patrol leaves behind: counted by hand, found where planted, not found where not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.errors import OptionError
from abate.trials import carryover
from trials.calibrations import SHAPES
from trials.trial_panels import rotations, trial

if TYPE_CHECKING:
    from collections.abc import Callable

FALL = 0.56


def lasting(patrol: np.ndarray, remains: float) -> np.ndarray:
    """How much of a patrol acts on each day: all of it on the day, then `remains` of it a day, for three days."""
    since = carryover.days_since(patrol)
    return np.where((since >= 0) & (since <= 3), remains ** np.maximum(since, 0), 0.0)


def by_the_book(patrol: np.ndarray) -> tuple[list[list[int]], list[list[int]]]:
    since, running = [], []
    for row in patrol:
        last, run, found, runs = None, 0, [], []
        for day, on in enumerate(row):
            last, run = (day, run + 1) if on else (last, 0)
            found.append(-1 if last is None else day - last)
            runs.append(run)
        since.append(found)
        running.append(runs)
    return since, running


def test_days_are_counted_as_by_hand():
    patrol = np.random.default_rng(1).random((12, 40)) < 0.35
    since, running = by_the_book(patrol)
    assert carryover.days_since(patrol).tolist() == since
    assert carryover.days_running(patrol).tolist() == running


@pytest.mark.slow
def test_planted_carry_over_biases_the_plain_comparison_and_not_the_adjusted_one():
    rng = np.random.default_rng(2)
    raw, adjusted, p = [], [], []
    for _ in range(10):
        patrol = rotations(rng, 1, days=200)[0].T
        found = carryover.examine(trial(rng, days=200, ratio=0.5, rate=0.6, patrol=patrol, acting=lasting(patrol, 0.6)))
        assert found.adjusted is not None
        raw.append(np.log(found.raw.value / 0.5))
        adjusted.append(np.log(found.adjusted.value / 0.5))
        p.append(found.p)
    assert np.mean(raw) > 0.15
    assert abs(np.mean(adjusted)) < 3.5 * np.std(adjusted) / np.sqrt(10) + 0.01
    assert np.mean(np.array(p) < 0.05) > 0.5


@pytest.mark.slow
def test_the_steps_fade_as_planted_and_the_advice_follows():
    rng = np.random.default_rng(3)
    patrol = rotations(rng, 1, sites=60, days=200, treat=20)[0].T
    panel = trial(rng, sites=60, days=200, ratio=0.4, rate=1.0, patrol=patrol, acting=lasting(patrol, 0.6))
    found = carryover.examine(panel, rotations(rng, 99, sites=60, days=200, treat=20))
    assert [step.label for step in found.since] == ["patrol day", "1 day after", "2 days after", "3 days after"]
    assert [step.effect.value for step in found.since] == pytest.approx(0.4**0.6 ** np.arange(4), rel=0.15)
    assert found.p is not None
    assert found.p < 1e-4
    assert found.p_redraws == pytest.approx(0.01)
    assert "use the one adjusted for it" in found.advice
    assert sum(step.place_days for step in found.since) < panel.drawn.sum()


def test_without_carry_over_the_plain_comparison_stands():
    rng = np.random.default_rng(4)
    found = carryover.examine(trial(rng, ratio=0.56, rate=0.5), rotations(rng, 199))
    assert "the plain comparison" in found.advice
    assert "stands" in found.advice
    assert found.runs[0].label == "patrol day 1 in a row"
    assert sum(step.place_days for step in found.runs) == 720


def test_designs_that_cannot_tell_say_why():
    rng = np.random.default_rng(5)
    patrol = np.zeros((10, 30), dtype=bool)
    patrol[:5] = True
    parallel = carryover.examine(trial(rng, sites=10, days=30, rate=1.0, patrol=patrol))
    assert "No place has both" in parallel.advice
    assert (parallel.adjusted, parallel.p, parallel.since) == (None, None, ())
    often = carryover.examine(trial(rng, treat=16, rate=1.0))
    assert "too often to tell" in often.advice


def test_lasting_for_less_than_a_day_is_refused():
    with pytest.raises(OptionError, match="at least 1 day"):
        carryover.examine(trial(np.random.default_rng(6)), lasting=0)


def found_where_none_is(shape: str, runs: int, *, ratio: float, seed: int) -> tuple[float, float]:
    """How often either test finds carry-over at 5% where patrol acts on its own day alone."""
    rng = np.random.default_rng(seed)
    sites, days, treat = SHAPES[shape]
    pool = rotations(rng, 399, sites=sites, days=days, treat=treat)
    made = (trial(rng, sites=sites, days=days, treat=treat, ratio=ratio, memory=0.3, scatter=0.4) for _ in range(runs))
    found = [carryover.examine(panel, pool) for panel in made]
    return tuple(
        float(np.mean([p <= 0.05 for p in one])) for one in zip(*((f.p, f.p_redraws) for f in found), strict=True)
    )


@pytest.mark.slow
def test_the_tests_seldom_find_what_is_not_there():
    fitted, redrawn = found_where_none_is("Southend", 25, ratio=0.56, seed=7)
    assert fitted <= 0.2
    assert redrawn <= 0.2


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("ratio", [1.0, 0.56])
def test_size_of_the_tests(shape: str, ratio: float, proof: Callable[[str, str, str], None]):
    fitted, redrawn = found_where_none_is(shape, 2000, ratio=ratio, seed=8)
    what = f"size at 5% of the carry-over test, {shape}, direct ratio {ratio}"
    proof(f"{what}, Poisson by place", f"{fitted:.1%}", "measured, no band")
    proof(f"{what}, redraws", f"{redrawn:.1%}", "4% to 6%")
    assert 0.04 <= redrawn <= 0.06


def with_carry_over(shape: str, runs: int, *, seed: int) -> dict[str, np.ndarray]:
    """A fall of 44% of which half is left a day later, a quarter after two, an eighth after three.

    Logarithms of each estimate over that of the truth, and whether each interval holds it.
    """
    rng = np.random.default_rng(seed)
    sites, days, treat = SHAPES[shape]
    rows = []
    for _ in range(runs):
        patrol = rotations(rng, 1, sites=sites, days=days, treat=treat)[0].T
        made = {"ratio": FALL, "memory": 0.3, "scatter": 0.4, "patrol": patrol, "acting": lasting(patrol, 0.5)}
        found = carryover.examine(trial(rng, sites=sites, days=days, **made))
        both = found.raw, found.adjusted
        rows.append([np.log(effect.value) / np.log(FALL) for effect in both] + [e.low <= FALL <= e.high for e in both])
    names = ("raw", "adjusted", "raw_held", "adjusted_held")
    return dict(zip(names, np.array(rows, dtype=float).T, strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_carry_over_biases_the_plain_estimate_and_not_the_adjusted_one(shape: str):
    found = with_carry_over(shape, 60, seed=10)
    noise = np.std(found["adjusted"]) / np.sqrt(60)
    assert found["raw"].mean() < 0.9
    assert found["adjusted"].mean() == pytest.approx(1, abs=3.5 * noise + 0.02)
    assert found["adjusted_held"].mean() > 0.85


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_bias_and_cover_under_carry_over(shape: str, proof: Callable[[str, str, str], None]):
    found = with_carry_over(shape, 2000, seed=9)
    raw, adjusted = (float(found[name].mean() - 1) for name in ("raw", "adjusted"))
    proof(f"bias of the log rate ratio with carry-over, {shape}, plain", f"{raw:+.1%}", "biased: below -10%")
    proof(f"bias of the log rate ratio with carry-over, {shape}, adjusted", f"{adjusted:+.1%}", "-2% to 2%")
    for name, words in (("raw_held", "plain"), ("adjusted_held", "adjusted")):
        band = "93% to 97%" if words == "adjusted" else "measured, no band"
        proof(f"cover of the 95% interval with carry-over, {shape}, {words}", f"{found[name].mean():.1%}", band)
    assert raw < -0.1
    assert abs(adjusted) <= 0.02
    assert 0.93 <= found["adjusted_held"].mean() <= 0.97


def test_harm_can_be_examined_too():
    panel = trial(np.random.default_rng(9), rate=0.8)
    assert panel.harm is not None
    same = carryover.examine(replace(panel, harm=panel.incidents * 3.0), outcome="harm")
    assert same.raw.value == pytest.approx(carryover.examine(panel).raw.value)
