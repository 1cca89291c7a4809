"""Two groups' changes compared: against statsmodels, against planted truth, and against chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abate.stats.doublyrobust import compare

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.stats import doublyrobust

    Real = NDArray[np.float64]

HOWS: tuple[doublyrobust.How, ...] = ("dr", "reg", "ipw")


def drawn(seed: int, rows: int = 300, columns: int = 2) -> tuple[Real, NDArray[np.bool_], Real, Real]:
    generator = np.random.default_rng(seed)
    covariates = generator.normal(5, 2, (rows, 2))
    treated = generator.random(rows) < 1 / (1 + np.exp(-(covariates - 5) @ np.array([0.4, -0.2])))
    changes = (
        covariates @ generator.normal(0, 1, (2, columns)) + treated[:, None] + generator.normal(0, 1, (rows, columns))
    )
    return changes, treated, covariates, generator.uniform(0.5, 2, rows)


def plainly(change: Real, treated: NDArray[np.bool_], covariates: Real, weights: Real, how: str) -> float:
    """The estimate from statsmodels' two models, written out."""
    import statsmodels.api as sm

    design = np.column_stack([np.ones(len(change)), covariates])
    outcome = sm.WLS(change[~treated], design[~treated], weights=weights[~treated]).fit().predict(design)
    family = sm.families.Binomial()
    chance = sm.GLM(treated.astype(float), design, family=family, freq_weights=weights).fit(tol=1e-12).predict(design)
    odds = weights * ~treated * chance / (1 - chance)
    left = change if how == "ipw" else change - outcome
    mine = float(np.average(left[treated], weights=weights[treated]))
    return mine if how == "reg" else mine - float(np.average(left, weights=odds))


@pytest.mark.slow
@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("seed", range(4))
def test_the_estimate_is_that_of_statsmodels(how: doublyrobust.How, seed: int) -> None:
    changes, treated, covariates, weights = drawn(seed)
    found = compare(changes, treated, covariates, weights=weights, how=how)
    expected = [plainly(changes[:, column], treated, covariates, weights, how) for column in range(2)]
    np.testing.assert_allclose(found.values, expected, rtol=1e-7)


@pytest.mark.parametrize("how", HOWS)
def test_the_influence_is_what_a_little_more_weight_on_a_row_does(how: doublyrobust.How) -> None:
    changes, treated, covariates, weights = drawn(1, rows=60)
    found = compare(changes, treated, covariates, weights=weights, how=how)
    even = weights / weights.mean()
    for row in range(0, 60, 7):
        more = weights.copy()
        step = 1e-5 * weights[row]
        more[row] += step
        moved = compare(changes, treated, covariates, weights=more, how=how).values - found.values
        np.testing.assert_allclose(moved / 1e-5 * 60, found.influence[row], rtol=2e-3, atol=2e-3 * even[row])


@given(st.integers(0, 10_000), st.sampled_from(HOWS))
def test_without_covariates_it_is_the_difference_of_two_means(seed: int, how: doublyrobust.How) -> None:
    generator = np.random.default_rng(seed)
    treated = np.arange(12) < generator.integers(1, 12)
    changes = generator.normal(0, 3, (12, 1))
    found = compare(changes, treated, np.empty((12, 0)), how=how)
    assert found.values[0] == pytest.approx(changes[treated].mean() - changes[~treated].mean())
    variance = changes[treated].var() / treated.sum() + changes[~treated].var() / (~treated).sum()
    assert (found.influence**2).sum() / 12**2 == pytest.approx(variance, abs=1e-12)


def test_either_model_is_enough() -> None:
    """The change bends where the regression is straight, and the start is by the bend: one of the two is right."""
    generator = np.random.default_rng(5)
    x = generator.uniform(-2, 2, (200_000, 1))
    bent = x**2
    noise = generator.normal(0, 0.5, x.shape)
    by_line = generator.random(len(x)) < 1 / (1 + np.exp(1 - x[:, 0]))
    by_bend = generator.random(len(x)) < 1 / (1 + np.exp(2 - bent[:, 0]))
    right_chance = {how: compare(bent + noise + 1.0 * by_line[:, None], by_line, x, how=how).values[0] for how in HOWS}
    right_line = {how: compare(x + noise + 1.0 * by_bend[:, None], by_bend, x, how=how).values[0] for how in HOWS}
    assert right_chance["dr"] == pytest.approx(1, abs=0.02)
    assert right_line["dr"] == pytest.approx(1, abs=0.02)
    assert abs(right_chance["reg"] - 1) > 0.05
    neither = compare(bent + noise + 1.0 * by_bend[:, None], by_bend, x).values[0]
    assert abs(neither - 1) > 0.2


def test_what_cannot_be_compared_is_said() -> None:
    changes, treated, covariates, _ = drawn(2, rows=40)
    apart = covariates[:, :1] + np.where(treated, 90.0, -90.0)[:, None]
    assert compare(changes, treated, apart).fault == "overlap"
    assert compare(changes, np.ones(40, dtype=bool), covariates).fault == "controls"
    few = np.arange(40) >= 2
    assert compare(changes, few, covariates).fault == "controls"
    assert np.isnan(compare(changes, few, covariates).values).all()
    assert compare(changes, few, np.empty((40, 0))).fault is None


@pytest.mark.parametrize("how", HOWS)
def test_a_column_said_twice_changes_nothing(how: doublyrobust.How) -> None:
    changes, treated, covariates, weights = drawn(3)
    once = compare(changes, treated, covariates, weights=weights, how=how)
    twice = compare(changes, treated, covariates[:, [0, 1, 1]], weights=weights, how=how)
    np.testing.assert_allclose(once.values, twice.values, rtol=1e-8)
    np.testing.assert_allclose(once.influence, twice.influence, atol=1e-6)


@pytest.mark.long
@pytest.mark.parametrize("how", HOWS)
def test_intervals_hold_the_truth(how: doublyrobust.How, proof: Callable[[str, str, str], None]) -> None:
    held, found = [], []
    for seed in range(2000):
        changes, treated, covariates, _ = drawn(seed, columns=1)
        one = compare(changes, treated, covariates, how=how)
        error = float(np.sqrt((one.influence**2).sum())) / len(changes)
        held.append(abs(one.values[0] - 1) < 1.96 * error)
        found.append(one.values[0])
    cover = float(np.mean(held))
    proof(f"cover of 95% intervals of one comparison of 300 rows, {how}", f"{cover:.3f}", "0.93 to 0.965")
    assert 0.93 <= cover <= 0.965
    assert abs(float(np.mean(found)) - 1) < 4 * float(np.std(found)) / 2000**0.5
