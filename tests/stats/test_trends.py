"""Trends: the fit against a general solver, planted slopes, and the calibration of the interval."""

from __future__ import annotations

import numpy as np
import pytest

from abate.stats.trends import fit

YEARS = np.arange(13) / 12


def deviance(intercept: float, slope: float, counts: np.ndarray, exposure: np.ndarray) -> float:
    mean = exposure * np.exp(intercept + slope * YEARS)
    return float((mean - counts * np.log(mean)).sum())


def test_the_slope_is_the_most_likely_one() -> None:
    from scipy.optimize import minimize

    generator = np.random.default_rng(1)
    exposure = generator.integers(28, 32, 13).astype(float)
    counts = generator.poisson(exposure * np.exp(-1 + 0.8 * YEARS), (5, 13))
    fitted = fit(counts, times=YEARS, exposure=exposure)
    for row, ratio in zip(counts, fitted.ratio, strict=True):
        best = minimize(lambda at, row=row: deviance(*at, row, exposure), [0.0, 0.0], method="Nelder-Mead", tol=1e-10)
        assert ratio == pytest.approx(np.exp(best.x[1]), rel=1e-4)


def test_a_doubling_without_noise_is_a_doubling() -> None:
    counts = np.rint(1e6 * np.exp(np.log(2) * YEARS)).astype(int)[None]
    fitted = fit(counts, times=YEARS, exposure=np.ones(13))
    assert fitted.ratio[0] == pytest.approx(2, abs=1e-4)
    assert fitted.low[0] < 2 < fitted.high[0]


def test_what_cannot_be_told_is_not_told() -> None:
    empty, last, first, two = np.zeros((4, 13), dtype=int)
    last[-1], first[0], two[3] = 4, 4, 1
    fitted = fit(np.array([empty, last, first]), times=YEARS, exposure=np.ones(13))
    assert np.isnan(fitted.ratio).all()
    assert np.isnan(fitted.low).all()
    short = fit(np.array([[3, 4]]), times=YEARS[:2], exposure=np.ones(2))
    assert np.isnan(short.ratio[0])


@pytest.mark.parametrize(("burst", "ratio"), [(1.0, 1.0), (1.0, 2.0), (2.5, 1.0)])
def test_the_interval_covers_about_as_often_as_it_says(burst: float, ratio: float) -> None:
    generator = np.random.default_rng(3)
    mean = np.repeat(10 * np.exp(np.log(ratio) * YEARS)[None], 3000, axis=0)
    if burst > 1:
        mean = (burst - 1) * generator.standard_gamma(mean / (burst - 1))
    fitted = fit(generator.poisson(mean), times=YEARS, exposure=np.ones(13))
    covered = ((fitted.low <= ratio) & (fitted.high >= ratio)).mean()
    assert 0.93 < covered < 0.985
