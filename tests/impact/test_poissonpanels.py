"""Two-way Poisson panels: Seattle as published, all dummies as the oracle, planted truth, and cover."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from abate.errors import OptionError
from abate.impact import effects, methods
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def panel(outcomes: np.ndarray, first: np.ndarray, **more: Any) -> Panel:
    units, times = (
        tuple(f"{letter}{at}" for at in range(size)) for letter, size in zip("ut", outcomes.shape, strict=True)
    )
    return Panel(units, times, outcomes.astype(float), first, **more)


def fitted(given: Panel, **more: Any) -> Effect:
    return methods.estimate(given, Setting("fepois", **more))


def made(seed: int, *, units: int = 12, periods: int = 8, effect: float = -0.3) -> Panel:
    rng = np.random.default_rng(seed)
    first = np.where(np.arange(units) < units // 3, periods // 2, periods)
    treated = np.arange(periods)[None, :] >= first[:, None]
    rate = np.exp(2 + rng.normal(0, 0.6, (units, 1)) + rng.normal(0, 0.2, (1, periods)) + effect * treated)
    return panel(rng.poisson(rate), first)


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["any_crime", "i_felony", "i_misdemea", "i_drugs"])
def test_seattle_as_published(outcome: str, shared: Callable[[str], Path]):
    blocks = pd.read_csv(shared("evaluation/seattle-dmi/blocks.csv"))
    seen = pd.read_csv(shared("evaluation/seattle-dmi/counts_nonzero.csv"))
    expected = json.loads(shared("evaluation/seattle-dmi/expected.json").read_text(encoding="utf-8"))
    coefficient, error, rows = expected["poisson_two_way_fe_did"][outcome]
    counts = np.zeros((len(blocks), 16))
    counts[pd.Index(blocks["ID"]).get_indexer(seen["ID"]), seen["time"] - 1] = seen[outcome]
    found = fitted(panel(counts, np.where(blocks["treated"] == 1, 12, 16)))
    assert found.diagnostics["coefficient"] == pytest.approx(coefficient, abs=1e-6)
    assert found.diagnostics["se"] == pytest.approx(error, rel=1e-4)
    assert found.diagnostics["rows_used"] == rows
    assert found.value == pytest.approx(np.expm1(coefficient), abs=1e-6)


def dense(given: Panel, covariates: tuple[str, ...] = ()) -> Any:
    """The same regression with a dummy an area and a period, by statsmodels, clustered by area."""
    import statsmodels.api as sm

    known = np.isfinite(given.outcomes)
    row, column = (one[known] for one in np.indices(known.shape))
    parts = [
        given.treated[known].astype(float)[:, None],
        *(given.covariates[name][known][:, None] for name in covariates),
    ]
    design = np.column_stack([*parts, np.eye(known.shape[0])[row], np.eye(known.shape[1])[column][:, 1:]])
    shift = None if given.exposure is None else np.log(given.exposure[known])
    model = sm.GLM(given.outcomes[known], design, family=sm.families.Poisson(), offset=shift)
    return model.fit(cov_type="cluster", cov_kwds={"groups": row, "use_correction": False}, tol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_coefficients_and_errors_are_those_of_all_dummies(seed: int):
    rng = np.random.default_rng(seed + 100)
    plain = made(seed)
    outcomes = np.where(rng.random(plain.outcomes.shape) < 0.1, np.nan, plain.outcomes)
    given = panel(
        outcomes,
        plain.first,
        covariates={"rain": rng.normal(size=outcomes.shape)},
        exposure=rng.uniform(50, 500, outcomes.shape),
    )
    found, oracle = fitted(given, covariates=("rain",)), dense(given, ("rain",))
    rows, units, periods = int(np.isfinite(outcomes).sum()), *outcomes.shape
    few = units / (units - 1) * (rows - 1) / (rows - 2 - periods)
    assert found.diagnostics["coefficient"] == pytest.approx(float(oracle.params[0]), abs=1e-7)
    assert found.diagnostics["covariates"]["rain"]["coefficient"] == pytest.approx(float(oracle.params[1]), abs=1e-7)
    assert found.diagnostics["se"] == pytest.approx(float(oracle.bse[0]) * np.sqrt(few), rel=1e-5)
    assert found.diagnostics["rows_used"] == rows


def test_a_ratio_planted_without_noise_is_found_whatever_the_exposure():
    rng = np.random.default_rng(5)
    first = np.array([3, 4, 6, 6, 6])
    people = rng.uniform(100, 900, (5, 6))
    treated = np.arange(6)[None, :] >= first[:, None]
    rates = np.exp(rng.normal(0, 1, (5, 1)) + rng.normal(0, 1, (1, 6))) * np.where(treated, 0.7, 1.0)
    found = fitted(panel(people * rates, first, exposure=people))
    assert found.value == pytest.approx(-0.3, abs=1e-8)
    before = people * rates / np.where(treated, 0.7, 1.0)
    assert found.counterfactual == pytest.approx(before, rel=1e-7)
    assert effects.prevented(found)[0] == pytest.approx((before - people * rates).sum(), rel=1e-6)
    assert found.pre_rmse == pytest.approx(0, abs=1e-6)


def test_what_tells_nothing_drops_out_is_told_and_changes_nothing():
    given = made(4)
    padded = np.vstack([given.outcomes, np.zeros((2, 8))])
    padded = np.column_stack([padded, np.zeros(14)])
    lone = np.full((1, 9), np.nan)
    lone[0, 2] = 5.0
    found = fitted(panel(np.vstack([padded, lone]), np.append(np.minimum(given.first, 9), [4, 9, 9])))
    plain = fitted(given)
    assert found.diagnostics["coefficient"] == pytest.approx(plain.diagnostics["coefficient"], abs=1e-9)
    assert found.diagnostics["se"] == pytest.approx(plain.diagnostics["se"], rel=1e-9)
    assert found.diagnostics["rows_used"] == 96
    assert found.diagnostics["dropped"] == {
        "rows_missing": 8,
        "units_without_incidents": 2,
        "units_named": ["u12", "u13"],
        "periods_without_incidents": ["t8"],
        "units_of_one_row": 1,
        "periods_of_one_row": 0,
        "rows_separated": 0,
    }
    assert "2 areas without any incident" in found.notes[0]


def test_the_band_holds_the_gap_and_the_totals_agree():
    found = fitted(made(6), options={"linear": True})
    seen = effects.path(found)
    low, high = found.band
    assert np.isnan(low[:4]).all()
    assert (low[4:] < seen.gap[4:]).all()
    assert (seen.gap[4:] < high[4:]).all()
    total = effects.prevented(found)
    assert total[0] == pytest.approx(-found.gaps[found.panel.treated].sum(), rel=1e-8)
    assert total[1] < total[0] < total[2]
    assert found.diagnostics["linear"]["low"] < found.diagnostics["linear"]["value"] < 0


@pytest.mark.parametrize("errors", ["bias-reduced", "unit-and-time"])
def test_other_errors_keep_the_coefficient(errors: str):
    plain, other = fitted(made(7)), fitted(made(7), options={"errors": errors})
    assert other.value == plain.value
    assert other.diagnostics["errors"] == errors
    assert 0.5 < other.diagnostics["se"] / plain.diagnostics["se"] < 2


def test_a_covariate_that_areas_say_already_is_left_out_and_told():
    given = made(8)
    steady = panel(given.outcomes, given.first, covariates={"size": np.arange(12.0)[:, None] + np.zeros((12, 8))})
    found = fitted(steady, covariates=("size",))
    assert found.value == pytest.approx(fitted(given).value, abs=1e-12)
    assert found.diagnostics["covariates"] == {"size": None}
    assert any("size" in note for note in found.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcomes": -1.0}, "is below 0"),
        ({"first": 0}, "had it at the same time|both before and after"),
        ({"first": 4}, "same time"),
        ({"quiet": True}, "is 0 in every area and period with the programme"),
        ({"options": {"eror": 1}}, "Did you mean 'errors'"),
        ({"options": {"errors": "units"}}, "Did you mean 'unit'"),
        ({"options": {"linear": 1}}, "true or false"),
        ({"covariates": ("rian",)}, "Did you mean 'rain'"),
        ({"exposure": 0.0}, "not above 0"),
    ],
)
def test_what_cannot_be_estimated_gets_a_sentence(change: dict[str, Any], said: str):
    given = made(9)
    outcomes, first = given.outcomes.copy(), given.first
    if "outcomes" in change:
        outcomes[0, 0] = change["outcomes"]
    if "quiet" in change:
        outcomes[given.treated] = 0
    if "first" in change:
        first = np.full(12, change["first"])
    exposure = np.full(outcomes.shape, change["exposure"]) if "exposure" in change else None
    changed = panel(outcomes, first, covariates={"rain": outcomes}, exposure=exposure)
    with pytest.raises(OptionError, match=said):
        fitted(changed, covariates=change.get("covariates", ()), options=change.get("options", {}))


def clumped(seed: int, units: int, treated: int, periods: int = 12) -> Panel:
    """Counts that scatter more than Poisson counts and hang together within an area; nothing happens."""
    rng = np.random.default_rng(seed)
    first = np.where(np.arange(units) < treated, periods // 2, periods)
    drift = np.zeros((units, periods))
    drift[:, 0] = rng.normal(0, 0.3, units)
    for at in range(1, periods):
        drift[:, at] = 0.7 * drift[:, at - 1] + rng.normal(0, 0.3 * np.sqrt(1 - 0.49), units)
    rate = np.exp(2 + rng.normal(0, 0.5, (units, 1)) + drift) * rng.gamma(5, 0.2, (units, periods))
    return panel(rng.poisson(rate), first)


def cover(draws: int, units: int, treated: int, seed: int, errors: str) -> float:
    """How often the 95% interval holds no effect, when there is none."""
    held = 0
    for draw in range(draws):
        found = fitted(clumped(seed * 100_000 + draw, units, treated), options={"errors": errors})
        held += found.low <= 0 <= found.high
    return held / draws


def test_intervals_cover_where_counts_scatter_and_hang_together():
    assert 0.9 <= cover(200, 40, 20, 1, "unit") <= 0.985


@pytest.mark.long
@pytest.mark.parametrize(
    ("units", "treated", "errors", "band"),
    [
        (60, 30, "unit", (0.93, 0.97)),
        (40, 10, "unit", (0.88, 0.97)),
        (40, 10, "bias-reduced", (0.92, 0.98)),
        (40, 3, "unit", (0.6, 0.9)),
        (40, 3, "bias-reduced", (0.88, 0.99)),
    ],
)
def test_cover_by_number_of_treated_areas(
    units: int, treated: int, errors: str, band: tuple[float, float], proof: Callable[[str, str, str], None]
):
    found = cover(1500, units, treated, units + treated, errors)
    name = f"FE Poisson: cover of 95% intervals, {treated} of {units} areas treated, errors {errors}"
    proof(name, f"{found:.1%}", f"{band[0]:.0%} to {band[1]:.0%}")
    assert band[0] <= found <= band[1]
