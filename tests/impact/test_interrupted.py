"""Interrupted series: the seat-belt law as published, planted truth, and cover with and without memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from abate.errors import OptionError
from abate.impact import effects, interruptions, loneseries, methods
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def fitted(given: Panel, covariates: tuple[str, ...] = (), **options: Any) -> Effect:
    return methods.estimate(given, Setting("its", covariates=covariates, options=options))


def belts(shared: Callable[[str], Path], outcome: str = "drivers") -> tuple[Panel, dict[str, Any]]:
    seen = pd.read_csv(shared("evaluation/seatbelts/seatbelts.csv"))
    expected = json.loads(shared("evaluation/seatbelts/expected.json").read_text(encoding="utf-8"))
    times = tuple(f"{year}-{month:02d}" for year, month in zip(seen["year"], seen["month"], strict=True))
    logs = {name: np.log(seen[[name]].to_numpy(dtype=float).T) for name in ("PetrolPrice", "kms")}
    counts = seen[[outcome]].to_numpy(dtype=float).T
    return Panel((outcome,), times, counts, np.array([169]), logs, outcome=outcome), expected


def test_the_law_as_published(shared: Callable[[str], Path]):
    given, expected = belts(shared)
    target = expected["quasi_poisson_drivers_law_time_month"]
    found = fitted(given, season="months")
    assert [found.value, found.low, found.high] == pytest.approx([target["irr"], *target["ci95"]], abs=1e-5)
    assert found.diagnostics["dispersion"] == pytest.approx(target["dispersion"], abs=1e-3)
    assert found.diagnostics["ljung_box"]["p"] < 1e-10
    assert any("plain errors are then too small" in note for note in found.notes)


@pytest.mark.parametrize("outcome", ["drivers", "DriversKilled", "front", "rear", "VanKilled"])
def test_with_petrol_and_kilometres_as_published(outcome: str, shared: Callable[[str], Path]):
    given, expected = belts(shared, outcome)
    found = fitted(given, ("PetrolPrice", "kms"), season="months")
    target = expected["quasi_poisson_with_logpetrol_logkms"][outcome]
    assert [found.value, found.low, found.high] == pytest.approx(target, abs=1e-5)


@pytest.mark.slow
def test_seasonal_arima_as_published(shared: Callable[[str], Path]):
    given, expected = belts(shared)
    found = fitted(given, season="months", model="arima")
    coefficient, error = expected["sarima_011_011_12_log_drivers_law"]
    assert found.diagnostics["coefficient"] == pytest.approx(coefficient, abs=1e-3)
    assert found.diagnostics["se"] == pytest.approx(error, rel=0.005)
    assert found.counterfactual[0, 169:] == pytest.approx(given.outcomes[0, 169:] / found.value, rel=1e-9)
    assert np.isnan(found.counterfactual[0, :13]).all()


@pytest.mark.slow
@pytest.mark.parametrize("season", ["months", "harmonics:3"])
def test_the_structural_model_says_about_a_fifth_fewer(season: str, shared: Callable[[str], Path]):
    given, _ = belts(shared)
    found = fitted(given, season=season, model="structural")
    assert found.diagnostics["coefficient"] == pytest.approx(-0.24, abs=0.01)
    assert found.low < found.value < found.high < 1


def series(outcomes: np.ndarray, began: int, **more: Any) -> Panel:
    times = tuple(str(at + 1) for at in range(outcomes.shape[-1]))
    rows = np.atleast_2d(outcomes).astype(float)
    units = tuple(f"s{at}" for at in range(len(rows)))
    first = more.pop("first", np.full(len(rows), began))
    return Panel(units, times, rows, first, **more)


def smooth(
    periods: int = 72, began: int = 48, *, level: float = -0.4, slope: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """A series without noise, with and without its programme."""
    at = np.arange(periods)
    before = np.exp(5 + 0.004 * at + 0.2 * np.cos(at / 6 * np.pi))
    after = at >= began
    return before * np.exp(after * (level + slope * (at - began))), before


def test_a_planted_fall_without_noise_is_found_with_its_path_and_total():
    seen, before = smooth()
    found = fitted(series(seen, 48), season="harmonics:1")
    assert found.value == pytest.approx(np.exp(-0.4), abs=1e-8)
    assert found.counterfactual[0] == pytest.approx(before, rel=1e-7)
    assert effects.prevented(found)[0] == pytest.approx((before - seen)[48:].sum(), rel=1e-7)
    assert found.pre_rmse == pytest.approx(0, abs=1e-5)


def test_a_slope_is_told_and_the_ratio_is_that_of_the_whole_time_after():
    seen, before = smooth(level=-0.1, slope=-0.02)
    found = fitted(series(seen, 48), season="harmonics:1", slope=True)
    assert found.value == pytest.approx(seen[48:].sum() / before[48:].sum(), rel=1e-7)
    assert found.diagnostics["terms"]["level"]["coefficient"] == pytest.approx(-0.1, abs=1e-7)
    assert found.diagnostics["terms"]["slope"]["coefficient"] == pytest.approx(-0.02, abs=1e-8)


def test_the_exposure_is_the_base_of_the_rate():
    rng = np.random.default_rng(1)
    people = rng.uniform(1000, 9000, (1, 72))
    seen, before = smooth()
    found = fitted(series(seen * people[0] / 1000, 48, exposure=people), season="harmonics:1")
    assert found.value == pytest.approx(np.exp(-0.4), abs=1e-8)
    assert found.counterfactual[0] == pytest.approx(before * people[0] / 1000, rel=1e-7)


def test_several_series_are_fitted_alone_and_their_totals_compared():
    rng = np.random.default_rng(2)
    one, two = smooth(level=-0.5)[0], 3 * smooth(began=36, level=-0.1)[0]
    rows = rng.poisson(np.array([one, two, smooth(level=0)[0]]))
    found = fitted(series(rows, 0, first=np.array([48, 36, 72])), season="harmonics:1")
    alone = [fitted(series(rows[at], began), season="harmonics:1") for at, began in ((0, 48), (1, 36))]
    told = found.diagnostics["series"]
    assert [each["ratio"] for each in told] == pytest.approx([each.value for each in alone])
    assert [each["low"] for each in told] == pytest.approx([each.low for each in alone])
    assert min(each.value for each in alone) < found.value < max(each.value for each in alone)
    totals = [effects.prevented(each)[0] for each in alone]
    assert effects.prevented(found)[0] == pytest.approx(sum(totals), rel=1e-9)
    assert found.diagnostics["untreated"][0]["unit"] == "s2"
    assert found.diagnostics["untreated"][0]["ratio"] == pytest.approx(1, abs=0.1)
    assert np.isnan(found.counterfactual[2]).all()


def test_the_interval_of_one_series_is_that_of_its_coefficient():
    rng = np.random.default_rng(3)
    found = fitted(series(rng.poisson(smooth()[0]), 48), season="harmonics:1")
    level = found.diagnostics["terms"]["level"]
    assert np.log(found.value) == pytest.approx(level["coefficient"], abs=1e-9)
    assert np.log(found.high / found.low) == pytest.approx(2 * 1.959964 * level["se"], rel=1e-5)


def test_same_seed_same_answer_and_the_band_lies_about_the_gap():
    rng = np.random.default_rng(4)
    given = series(rng.poisson(smooth()[0]), 48)
    one, two = fitted(given, season="harmonics:1"), fitted(given, season="harmonics:1")
    assert np.array_equal(one.band[0], two.band[0], equal_nan=True)
    assert np.isnan(one.band[0][:48]).all()
    gap = one.gaps[0, 48:]
    assert (one.band[0][48:] < gap).all()
    assert (gap < one.band[1][48:]).all()


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        ({"began": 72}, {}, "at least one series with a start"),
        ({"value": -1.0}, {}, "counts begin at 0"),
        ({"zeros": True}, {}, "every count before or after the start is 0"),
        ({"short": 6}, {"season": "months"}, "to estimate"),
        ({"began": 0}, {}, "no period with a value before the start"),
        ({"exposure": 0.0}, {}, "the exposure is 0"),
        ({"one_zero": True}, {"model": "arima"}, "takes logs"),
        ({"years": True}, {"season": "months"}, "do not tell the time of year"),
    ],
)
def test_what_cannot_be_estimated_gets_a_sentence(change: dict[str, Any], options: dict[str, Any], said: str):
    outcomes, began = np.rint(smooth()[0]), change.get("began", 48)
    if "value" in change:
        outcomes[3] = change["value"]
    if "zeros" in change:
        outcomes[began:] = 0
    if "one_zero" in change:
        outcomes[5] = 0
    if "short" in change:
        outcomes, began = outcomes[: change["short"]], 4
    exposure = np.full((1, len(outcomes)), change["exposure"]) if "exposure" in change else None
    given = series(outcomes, began, exposure=exposure)
    if "years" in change:
        given = Panel(given.units, tuple(str(1920 + at) for at in range(72)), given.outcomes, given.first)
    with pytest.raises(OptionError, match=said):
        fitted(given, **options)


def test_a_covariate_that_is_not_there_gets_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'rain'"):
        fitted(series(smooth()[0], 48, covariates={"rain": np.ones((1, 72))}), ("rian",))


def remembering(rng: np.random.Generator, periods: int, memory: float) -> Panel:
    """Counts that scatter about three times as much as Poisson counts, with memory; nothing happens."""
    drift = np.zeros(periods)
    drift[0] = rng.normal(0, 0.14)
    for at in range(1, periods):
        drift[at] = memory * drift[at - 1] + rng.normal(0, 0.14 * np.sqrt(1 - memory**2))
    at = np.arange(periods)
    rate = np.exp(4.6 + 0.002 * at + 0.2 * np.cos(at / 6 * np.pi) + drift)
    return series(rng.poisson(rate), periods * 2 // 3)


def cover(draws: int, periods: int, memory: float, errors: str, seed: int) -> float:
    """How often the 95% interval holds a ratio of 1, when nothing happened."""
    rng = np.random.default_rng(seed)
    choices = interruptions.choose({"season": "harmonics:1", "errors": errors})
    held = 0
    for _ in range(draws):
        made = remembering(rng, periods, memory)
        one = loneseries.fit(
            loneseries.Given(0, "s", made.times, made.outcomes[0], None, {}, int(made.first[0])), choices
        )
        log, se, freedom = loneseries.together([one])
        held += abs(log) <= se * (stdtrit(freedom, 0.975) if np.isfinite(freedom) else 1.959964)
    return held / draws


@pytest.mark.slow
def test_plain_intervals_cover_without_memory_and_miss_with_it():
    assert cover(150, 120, 0.0, "plain", 1) > 0.9
    assert cover(150, 120, 0.6, "plain", 2) < 0.85
    assert cover(150, 120, 0.6, "ar1", 2) > 0.88


@pytest.mark.long
@pytest.mark.parametrize("periods", [60, 180])
@pytest.mark.parametrize(
    ("memory", "errors", "band"),
    [
        (0.0, "plain", (0.92, 0.97)),
        (0.0, "newey-west", (0.86, 0.97)),
        (0.0, "ar1", (0.92, 0.985)),
        (0.5, "plain", (0.6, 0.85)),
        (0.5, "newey-west", (0.7, 0.92)),
        (0.5, "ar1", (0.89, 0.98)),
    ],
)
def test_cover_by_memory_and_errors(
    periods: int, memory: float, errors: str, band: tuple[float, float], proof: Callable[[str, str, str], None]
):
    found = cover(1000, periods, memory, errors, seed=periods + int(memory * 10))
    name = f"Interrupted series of {periods} months, memory {memory:g}: cover of 95% intervals, errors {errors}"
    proof(name, f"{found:.1%}", f"{band[0]:.0%} to {band[1]:.0%}")
    assert band[0] <= found <= band[1]
