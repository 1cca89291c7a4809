"""Errors, bootstraps and bands from influence, against plain loops and against what is known of normal numbers."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from abate.stats import bands


def influence(rows: int = 400, columns: int = 3, seed: int = 1) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    drawn = np.random.default_rng(seed).normal(0, [1.0, 2.0, 5.0][:columns], (rows, columns))
    return drawn - drawn.mean(axis=0)


def test_errors_are_those_of_means() -> None:
    drawn = influence()
    np.testing.assert_allclose(bands.errors(drawn), drawn.std(axis=0) / 20)
    assert np.isnan(bands.errors(np.zeros((5, 1))))[0]


def test_gathered_influence_is_the_sum_by_cluster() -> None:
    drawn, clusters = influence(rows=30), np.array([0, 2, 1] * 10)
    expected = [[drawn[clusters == one, column].sum() / 10 for column in range(3)] for one in range(3)]
    np.testing.assert_allclose(bands.gather(drawn, clusters), expected)
    np.testing.assert_allclose(bands.errors(bands.gather(drawn, np.arange(30))), bands.errors(drawn))


def test_errors_by_cluster_are_those_of_cluster_totals() -> None:
    drawn, clusters = influence(rows=60), np.arange(60) // 4
    totals = np.array([drawn[clusters == one].sum(axis=0) for one in range(15)])
    found = bands.errors(bands.gather(drawn, clusters))
    np.testing.assert_allclose(found, np.sqrt((totals**2).sum(axis=0)) / 60)


@pytest.mark.parametrize("multiplier", ["mammen", "rademacher"])
def test_bootstrapped_errors_are_near_the_analytic(multiplier: bands.Multiplier) -> None:
    drawn = influence()
    redrawn = bands.redraw(drawn, draws=4000, seed=1, multiplier=multiplier)
    np.testing.assert_allclose(redrawn.errors, bands.errors(drawn), rtol=0.06)
    np.testing.assert_allclose(redrawn.deviations.std(axis=0), bands.errors(drawn), rtol=0.05)


@pytest.mark.parametrize("multiplier", ["mammen", "rademacher"])
def test_a_draw_is_the_mean_of_multiplied_influence(
    multiplier: bands.Multiplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = influence(rows=7)
    at_once = bands.redraw(drawn, draws=20, seed=3, multiplier=multiplier).deviations
    monkeypatch.setattr(bands, "_AT_ONCE", 21)
    np.testing.assert_allclose(bands.redraw(drawn, draws=20, seed=3, multiplier=multiplier).deviations, at_once)
    low, high, share = bands._LEVELS[multiplier]
    chosen = np.random.default_rng(3).random((20, 7)) < share
    plain = [
        [sum((low if c else high) * v for c, v in zip(row, drawn[:, k], strict=True)) / 7 for k in range(3)]
        for row in chosen
    ]
    np.testing.assert_allclose(at_once, plain, atol=1e-12)


def test_multipliers_have_mean_0_variance_1_and_mammen_third_moment_1() -> None:
    for name, third in (("mammen", 1.0), ("rademacher", 0.0)):
        low, high, share = bands._LEVELS[name]
        assert share * low + (1 - share) * high == pytest.approx(0, abs=1e-12)
        assert share * low**2 + (1 - share) * high**2 == pytest.approx(1)
        assert share * low**3 + (1 - share) * high**3 == pytest.approx(third)


def test_a_band_of_independent_estimates_is_as_wide_as_sidak_says() -> None:
    generator = np.random.default_rng(2)
    redrawn = bands.redraw(generator.normal(0, 1, (3000, 10)), draws=6000, seed=1, multiplier="rademacher")
    expected = NormalDist().inv_cdf((1 + 0.95**0.1) / 2)
    assert redrawn.critical(np.arange(10), 0.95) == pytest.approx(expected, rel=0.03)
    assert redrawn.critical(np.arange(1), 0.95) == pytest.approx(1.96, rel=0.05)


def test_an_estimate_that_cannot_vary_has_no_error_and_widens_no_band() -> None:
    drawn = np.column_stack([influence(columns=1), np.zeros(400)])
    redrawn = bands.redraw(drawn, draws=500, seed=1)
    assert np.isnan(redrawn.errors[1])
    assert redrawn.critical(np.array([0, 1]), 0.95) == redrawn.critical(np.array([0]), 0.95)
    assert redrawn.critical(np.array([1]), 0.95) is None


def test_wald_is_the_quadratic_form() -> None:
    drawn, values = influence(), np.array([0.1, -0.1, 0.2])
    found = bands.wald(values, drawn)
    statistic = 400 * values @ np.linalg.inv(drawn.T @ drawn / 400) @ values
    assert found is not None
    assert (found.statistic, found.freedom) == (pytest.approx(statistic), 3)
    assert found.p == pytest.approx(stats.chi2.sf(statistic, 3))


def test_wald_is_not_reckoned_from_too_few_rows() -> None:
    assert bands.wald(np.ones(3), influence(rows=3)) is None
    assert bands.wald(np.empty(0), np.empty((5, 0))) is None
    assert bands.wald(np.ones(2), influence(columns=1)[:, [0, 0]]) is None
