"""Models with row and column effects, against published answers, dense regressions and planted truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from abate.stats import clustered, panelfits

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEATTLE = {
    "any_crime": (-0.26378, 0.0932, 153_040),
    "i_felony": (-0.08613, 0.1796, 80_800),
    "i_misdemea": (-0.42487, 0.1893, 84_160),
    "i_drugs": (-0.33921, 0.3092, 42_976),
}


@pytest.mark.slow
@pytest.mark.parametrize("outcome", SEATTLE)
def test_seattle_as_published(outcome: str, shared: Callable[[str], Path]):
    blocks = pd.read_csv(shared("evaluation/seattle-dmi/blocks.csv"))
    seen = pd.read_csv(shared("evaluation/seattle-dmi/counts_nonzero.csv"))
    counts = np.zeros((len(blocks), 16))
    counts[pd.Index(blocks["ID"]).get_indexer(seen["ID"]), seen["time"] - 1] = seen[outcome]
    treated = np.zeros((1, len(blocks), 16))
    treated[0, blocks["treated"].to_numpy() == 1, 12:] = 1
    fit = panelfits.poisson(counts, treated)
    value, error, cells = SEATTLE[outcome]
    assert fit.slopes[0] == pytest.approx(value, abs=1e-5)
    assert clustered.one_way(fit).error[0] == pytest.approx(error, rel=5e-3)
    assert fit.cells == cells


def dense(counts: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Poisson regression on all dummies, by plain Newton steps."""
    rows, across = counts.shape
    row, column = (one.ravel() for one in np.indices(counts.shape))
    design = np.column_stack([columns.reshape(len(columns), -1).T, np.eye(rows)[row], np.eye(across)[column][:, 1:]])
    beta = np.zeros(design.shape[1])
    beta[len(columns) : len(columns) + rows] = np.log(counts.mean())
    for _ in range(60):
        mean = np.exp(design @ beta)
        beta += np.linalg.solve(design.T @ (design * mean[:, None]), design.T @ (counts.ravel() - mean))
    return beta[: len(columns)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_poisson_agrees_with_all_dummies(seed: int):
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(2, 6, 9))
    counts = rng.poisson(np.exp(1 + rng.normal(0, 0.5, (6, 1)) + 0.3 * columns[0])).astype(float)
    found = panelfits.poisson(counts, columns)
    assert found.settled
    assert_allclose(found.slopes, dense(counts, columns), atol=1e-8)
    assert_allclose(found.mean.sum(axis=0), counts.sum(axis=0), rtol=1e-7)
    assert_allclose(found.mean.sum(axis=1), counts.sum(axis=1), rtol=1e-7)


def test_quiet_rows_and_days_drop_out_and_change_nothing():
    rng = np.random.default_rng(4)
    columns, counts = rng.normal(size=(1, 5, 8)), rng.poisson(2.0, (5, 8)).astype(float)
    wider = np.zeros((1, 6, 9))
    wider[:, :5, :8] = columns
    padded = np.zeros((6, 9))
    padded[:5, :8] = counts
    assert_allclose(panelfits.poisson(padded, wider).slopes, panelfits.poisson(counts, columns).slopes, atol=1e-9)
    assert panelfits.poisson(padded, wider).cells == 40


def test_a_side_without_incidents_does_not_settle():
    rng = np.random.default_rng(5)
    treated = (rng.random((1, 5, 20)) < 0.4).astype(float)
    counts = rng.poisson(2.0, (5, 20)) * (1 - treated[0])
    assert not panelfits.poisson(counts, treated).settled


def test_linear_agrees_with_all_dummies():
    rng = np.random.default_rng(6)
    columns, values = rng.normal(size=(2, 5, 7)), rng.normal(size=(5, 7))
    row, column = (one.ravel() for one in np.indices((5, 7)))
    design = np.column_stack([columns.reshape(2, -1).T, np.eye(5)[row], np.eye(7)[column][:, 1:]])
    fit = panelfits.linear(values, columns)
    assert_allclose(fit.slopes, np.linalg.lstsq(design, values.ravel(), rcond=None)[0][:2], atol=1e-10)
    assert fit.freedom == 35 - 2 - 11


def test_the_size_of_the_negative_binomial_is_found():
    rng = np.random.default_rng(7)
    mean = np.exp(rng.normal(0.5, 0.4, (40, 1)) + rng.normal(0, 0.3, (1, 90)))
    treated = (rng.random((1, 40, 90)) < 0.4).astype(float)
    counts = rng.poisson(mean * 0.6 ** treated[0] * rng.gamma(2.0, 0.5, mean.shape)).astype(float)
    fit = panelfits.negative_binomial(counts, treated)
    assert fit.size == pytest.approx(2.0, rel=0.2)
    assert panelfits.dispersion(fit) == pytest.approx(1.0, abs=1e-3)
    assert fit.slopes[0] == pytest.approx(np.log(0.6), abs=0.1)


def test_counts_without_extra_scatter_stay_poisson():
    rng = np.random.default_rng(8)
    counts, treated = rng.binomial(6, 0.5, (10, 30)).astype(float), (rng.random((1, 10, 30)) < 0.5).astype(float)
    assert panelfits.negative_binomial(counts, treated).size == float("inf")
