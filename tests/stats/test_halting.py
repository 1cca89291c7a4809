"""Descents that stop early: on their way to the least sum, and at it where there is nothing left to gain."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import factors, halting
from abate.stats.factors import Rectangles


def seen(seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    made = (
        rng.normal(size=(16, 2)) @ rng.normal(size=(2, 12)) * 3 + rng.normal(size=(16, 1)) + rng.normal(size=(16, 12))
    )
    made[0, 8:] = np.nan
    return made


def total(given: Rectangles, fitted: np.ndarray, strength: float) -> float:
    """The sum that is made least, with the common part got back from what was fitted."""
    common = given.centred(fitted)
    squares = (np.where(given.used[0], given.outcomes[0] - fitted, 0.0) ** 2).sum()
    return float(squares / 2 + strength * np.linalg.svd(common, compute_uv=False).sum())


def test_the_path_ends_near_the_least_sum_and_above_it():
    given = Rectangles.of(seen())
    strengths = factors.largest(given)[0] * np.array([1.0, 0.5, 0.25, 0.1])
    for strength, fitted in zip(strengths, halting.path(given.outcomes[0], given.used[0], strengths), strict=True):
        exact = factors.fit(given, threshold=np.array([strength])).expected(given.columns)[0]
        least = total(given, exact, strength)
        assert least * (1 - 1e-9) <= total(given, fitted, strength) <= least * 1.01


def test_at_the_largest_strength_only_effects_are_left():
    given = Rectangles.of(seen())
    largest = factors.largest(given)
    fitted = next(halting.path(given.outcomes[0], given.used[0], largest * 1.001))
    plain = factors.fit(given, rank=0).expected(given.columns)[0]
    assert_allclose(fitted, plain, atol=1e-3)


@pytest.mark.parametrize(("rows", "across"), [(True, False), (False, True), (False, False)])
def test_fewer_effects_are_known_to_both(rows: bool, across: bool):
    given = Rectangles.of(seen(), rows=rows, across=across)
    strength = 0.3 * factors.largest(given)[0]
    exact = factors.fit(given, threshold=np.array([strength])).expected(given.columns)[0]
    fitted = next(halting.path(given.outcomes[0], given.used[0], np.array([strength]), rows=rows, across=across))
    plain = factors.fit(given, rank=0)
    turned, _ = halting.alternate(given, plain.expected(given.columns)[0], plain.slopes[0], strength)
    known = given.used[0]
    assert np.abs(fitted - exact)[known].mean() < 0.1
    assert np.abs(turned - exact)[known].mean() < 0.1


def test_alternating_finds_a_slope_that_was_planted():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(1, 16, 12))
    given = Rectangles.of(seen(3) + 2 * x[0])
    given = Rectangles(given.outcomes, x[None], given.used)
    plain = factors.fit(given, rank=0)
    strength = 0.2 * factors.largest(given)[0]
    _, slopes = halting.alternate(given, plain.expected(given.columns)[0], plain.slopes[0], strength)
    assert slopes[0] == pytest.approx(2, abs=0.25)
