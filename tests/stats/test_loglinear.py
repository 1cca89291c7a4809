"""Quasi-Poisson regression of one series, against statsmodels and plain sums."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import loglinear


def made(seed: int, number: int = 80) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    columns = np.column_stack([np.ones(number), np.linspace(0, 1, number), rng.normal(size=number)])
    offset = rng.uniform(-1, 1, number)
    counts = rng.poisson(np.exp(2 + offset + columns @ [0, 0.4, -0.2]) * rng.gamma(4, 0.25, number)).astype(float)
    return counts, columns, offset


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_slopes_errors_and_tests_are_those_of_statsmodels(seed: int):
    import statsmodels.api as sm
    from statsmodels.stats.diagnostic import acorr_ljungbox

    counts, columns, offset = made(seed)
    found = loglinear.poisson(counts, columns, offset=offset)
    oracle = sm.GLM(counts, columns, family=sm.families.Poisson(), offset=offset)
    plain = oracle.fit(scale="X2", tol=1e-12)
    assert found.settled
    assert_allclose(found.slopes, plain.params, atol=1e-8)
    assert_allclose(found.covariance, plain.cov_params(), rtol=1e-6)
    assert found.dispersion == pytest.approx(plain.scale, rel=1e-8)
    robust = oracle.fit(cov_type="HAC", cov_kwds={"maxlags": 4, "use_correction": False}, tol=1e-12)
    lagged = loglinear.newey_west(found, columns, lags=4)
    assert_allclose(lagged * (80 - 3) / 80, robust.cov_params(), rtol=1e-6)
    boxed = acorr_ljungbox(found.residual, lags=[10])
    assert loglinear.ljung_box(found.residual, lags=10)[0] == pytest.approx(float(boxed["lb_stat"].iloc[0]))
    assert loglinear.ljung_box(found.residual, lags=10)[1] == pytest.approx(float(boxed["lb_pvalue"].iloc[0]))


def test_missing_periods_drop_out():
    counts, columns, offset = made(3)
    holed = counts.copy()
    holed[[4, 30, 31]] = np.nan
    kept = np.isfinite(holed)
    found = loglinear.poisson(holed, columns, offset=offset)
    other = loglinear.poisson(counts[kept], columns[kept], offset=offset[kept])
    assert_allclose(found.slopes, other.slopes, atol=1e-12)
    assert np.isnan(found.mean[4])


def test_memory_makes_the_fit_that_of_dense_generalised_least_squares():
    counts, columns, offset = made(4)
    counts[10] = np.nan
    found = loglinear.poisson(counts, columns, offset=offset, memory=0.5)
    kept = np.isfinite(counts)
    at = np.flatnonzero(kept)
    inverse = np.linalg.inv(0.5 ** np.abs(at[:, None] - at[None, :]))
    design = columns[kept] * np.sqrt(found.mean[kept])[:, None]
    assert_allclose(design.T @ inverse @ found.residual[kept], 0, atol=1e-6)
    assert_allclose(found.covariance, found.dispersion * np.linalg.inv(design.T @ inverse @ design), rtol=1e-8)


def test_memory_that_was_planted_is_found_without_bias():
    rng = np.random.default_rng(5)
    columns = np.column_stack([np.ones(120), np.linspace(0, 1, 120), *(rng.normal(size=(8, 120)))])
    found = []
    for _ in range(40):
        drift = np.zeros(120)
        for at in range(1, 120):
            drift[at] = 0.6 * drift[at - 1] + rng.normal(0, 0.16)
        found.append(loglinear.autoregressive(rng.poisson(np.exp(7 + drift)).astype(float), columns).memory)
    assert np.mean(found) == pytest.approx(0.6, abs=0.06)


def test_newey_west_without_lags_is_the_plain_sandwich():
    counts, columns, offset = made(6)
    found = loglinear.poisson(counts, columns, offset=offset)
    bread = np.linalg.inv(columns.T @ (columns * found.mean[:, None]))
    meat = columns.T @ (columns * ((counts - found.mean) ** 2)[:, None])
    assert_allclose(loglinear.newey_west(found, columns, lags=0), bread @ meat @ bread * 80 / 77, rtol=1e-8)


def test_a_series_that_runs_off_does_not_settle():
    columns = np.column_stack([np.ones(20), np.arange(20) >= 10]).astype(float)
    assert not loglinear.poisson(np.where(columns[:, 1] == 1, 0.0, 5.0), columns).settled
