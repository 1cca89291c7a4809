"""Slopes and weights found together, against the same descent in plain loops and a planted slope."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import blockslopes, blockweights
from abate.stats.blockweights import Rules


def fw(design, target, weights, eta):
    slopes = (design @ weights - target) @ design + eta * weights
    way = -weights
    way[np.argmin(slopes)] += 1
    along = design @ way
    bend = along @ along + eta * way @ way
    return weights + min(1, max(0, -slopes @ way / bend)) * way if bend > 0 else weights


def plain(unchanged, changed, own, start, number):
    """Every quantity afresh at every step."""
    rows = len(unchanged)
    noise = np.diff(unchanged[:, :start], axis=1).std(ddof=1)
    ridges = (number * (unchanged.shape[1] - start)) ** 0.25 * noise, 1e-6 * noise

    def collapse(free, mean):
        top = np.column_stack([free[:, :start], free[:, start:].mean(axis=1)])
        return np.vstack([top, np.append(mean[:start], 0)])

    block, covariates = collapse(unchanged, changed), [collapse(*one) for one in own]
    by_row, by_column, slopes = np.full(rows, 1 / rows), np.full(start, 1 / start), np.zeros(len(own))

    def update(values, by_row, by_column):
        across = values[:rows] - values[:rows].mean(axis=0)
        down = values[:, :start] - values[:, :start].mean(axis=1, keepdims=True)
        by_column = fw(across[:, :start], across[:, start], by_column, rows * ridges[1] ** 2)
        by_row = fw(down[:rows].T, down[rows], by_row, start * ridges[0] ** 2)
        left = across[:, :start] @ by_column - across[:, start], down[:rows].T @ by_row - down[rows]
        value = ridges[0] ** 2 * by_row @ by_row + ridges[1] ** 2 * by_column @ by_column
        return by_row, by_column, left, value + left[0] @ left[0] / rows + left[1] @ left[1] / start

    by_row, by_column, left, _ = update(block, by_row, by_column)
    told = []
    while len(told) < 10_000 and (len(told) < 2 or told[-2] - told[-1] > (1e-5 * noise) ** 2):
        for one, values in enumerate(covariates):
            down = left[0] @ values[:rows] @ np.append(by_column, -1) / rows
            over = left[1] @ values[:, :start].T @ np.append(by_row, -1) / start
            slopes[one] += (down + over) / (len(told) + 1)
        rest = block - sum(slope * values for slope, values in zip(slopes, covariates, strict=True))
        by_row, by_column, left, value = update(rest, by_row, by_column)
        told.append(value)
    return slopes, by_row, by_column


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_as_in_plain_loops(seed: int):
    rng = np.random.default_rng(seed)
    unchanged, changed = rng.normal(size=(8, 12)).cumsum(axis=1), rng.normal(size=12).cumsum()
    own = [(rng.normal(size=(8, 12)), rng.normal(size=12)) for _ in range(2)]
    given = (np.stack([one[0] for one in own]), np.stack([one[1] for one in own]))
    slopes, weights = blockslopes.fit(unchanged, changed, given, start=9, number=2, rules=Rules())
    expected, by_row, by_column = plain(unchanged, changed, own, 9, 2)
    assert_allclose(slopes, expected, atol=1e-8)
    assert_allclose(weights.rows, by_row, atol=1e-8)
    assert_allclose(weights.columns, by_column, atol=1e-8)


def test_a_planted_slope_is_found():
    rng = np.random.default_rng(11)
    level = rng.normal(size=(30, 1)) + rng.normal(size=16).cumsum()
    own, mean = rng.normal(size=(30, 16)), rng.normal(size=16)
    unchanged = level + 2 * own + rng.normal(0, 0.05, size=level.shape)
    changed = level.mean(axis=0) + 2 * mean
    rules = Rules(columns=blockweights.EVEN_COLUMNS)
    slopes, _ = blockslopes.fit(unchanged, changed, (own[None], mean[None]), start=12, rules=rules)
    assert slopes[0] == pytest.approx(2, abs=0.1)
