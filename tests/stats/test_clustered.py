"""Clustered errors against dense algebra by the book, and their cover with few rows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import clustered, panelfits


def made(seed: int, *, gaps: bool = False) -> tuple[panelfits.Fit, np.ndarray, np.ndarray, np.ndarray]:
    """A fit, and its dense scaled design, residuals and row labels."""
    rng = np.random.default_rng(seed)
    columns, counts = rng.normal(size=(2, 6, 9)), rng.poisson(2.0, (6, 9)).astype(float)
    weights = (rng.random((6, 9)) < 0.8).astype(float) if gaps else np.ones((6, 9))
    fit = panelfits.poisson(counts, columns, weights=weights)
    row, column = (one.ravel() for one in np.indices((6, 9)))
    design = np.column_stack([columns.reshape(2, -1).T, np.eye(6)[row], np.eye(9)[column][:, 1:]])
    roots = np.sqrt(fit.layout.weights.ravel())
    kept = roots > 0
    return fit, (design * roots[:, None])[kept], (fit.residual.ravel() * roots)[kept], row[kept]


@pytest.mark.parametrize("gaps", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_bias_reduced_errors_are_those_of_the_book(seed: int, gaps: bool):
    fit, design, left, row = made(seed, gaps=gaps)
    bread = np.linalg.inv(design.T @ design)
    leftover = np.eye(len(design)) - design @ bread @ design.T
    meat, vectors = np.zeros((2, 2)), {0: [], 1: []}
    for group in np.unique(row):
        mine = row == group
        values, turn = np.linalg.eigh(leftover[np.ix_(mine, mine)])
        stretch = turn @ np.diag(np.where(values > 1e-8, 1 / np.sqrt(np.maximum(values, 1e-8)), 0)) @ turn.T
        spread = (bread @ design[mine].T @ stretch)[:2]
        moved = spread @ left[mine]
        meat += np.outer(moved, moved)
        for slope in (0, 1):
            vectors[slope].append(leftover[:, mine] @ spread[slope])
    found = clustered.bias_reduced(fit)
    assert_allclose(found.covariance, meat, rtol=1e-7)
    for slope in (0, 1):
        values = np.linalg.eigvalsh(np.array(vectors[slope]) @ np.array(vectors[slope]).T)
        assert found.freedom[slope] == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-6)


def test_one_way_errors_are_the_sandwich_with_its_correction():
    fit, design, left, row = made(3)
    bread = np.linalg.inv(design.T @ design)
    meat = sum(np.outer(s, s) for s in (design[row == g].T @ left[row == g] for g in range(6)))
    few = 6 / 5 * 53 / (54 - 2 - 9)
    assert_allclose(clustered.one_way(fit).covariance, (bread @ meat @ bread)[:2, :2] * few, rtol=1e-7)
    assert clustered.one_way(fit).freedom.tolist() == [5.0, 5.0]


def test_influences_add_up_to_nothing():
    fit, *_ = made(4)
    assert_allclose(clustered.influence(fit).sum(axis=0), 0, atol=1e-8)
    assert clustered.influence(fit, by="columns").shape == (9, 2)


def test_two_way_errors_are_no_smaller_than_either_way():
    for seed in range(8):
        fit, *_ = made(seed)
        found = clustered.two_way(fit).error[0]
        ways = [clustered.one_way(fit, by=by).error[0] for by in ("rows", "columns")]
        assert found >= min(ways) - 1e-12


def test_plain_errors_scale_with_the_scatter():
    fit, design, *_ = made(5)
    assert_allclose(clustered.plain(fit).covariance, np.linalg.inv(design.T @ design)[:2, :2], rtol=1e-7)
    assert_allclose(clustered.plain(fit, scale=4.0).error, 2 * clustered.plain(fit).error)


def test_intervals_of_few_rows_cover_as_often_as_said():
    from scipy.special import stdtrit

    rng = np.random.default_rng(9)
    held = []
    for _ in range(500):
        column = rng.normal(size=(1, 8, 10)) + rng.normal(size=(1, 8, 1))
        values = 0.7 * rng.normal(size=(8, 1)) * column[0] + rng.normal(size=(8, 10))
        fit = panelfits.linear(values, column)
        errors = clustered.bias_reduced(fit)
        held.append(abs(fit.slopes[0]) <= stdtrit(errors.freedom[0], 0.975) * errors.error[0])
    assert 0.92 < np.mean(held) < 0.985


@pytest.mark.parametrize("seed", range(1, 9))
def test_two_way_errors_add_both_ways_and_take_the_cells_off_once(seed: int):
    rng = np.random.default_rng(seed)
    columns = rng.normal(size=(2, 12, 14)) + rng.normal(size=(2, 12, 1)) + rng.normal(size=(2, 1, 14))
    shocks = np.exp(0.6 * rng.normal(size=(12, 1)) * columns[0] + 0.6 * rng.normal(size=(1, 14)) * columns[1])
    fit = panelfits.poisson(rng.poisson(4.0 * shocks).astype(float), columns)
    row, column = (one.ravel() for one in np.indices((12, 14)))
    roots = np.sqrt(fit.layout.weights.ravel())
    design = np.column_stack([columns.reshape(2, -1).T, np.eye(12)[row], np.eye(14)[column][:, 1:]]) * roots[:, None]
    bread = np.linalg.pinv(design.T @ design)
    scores = design * (fit.residual.ravel() * roots)[:, None]
    alone = (bread @ scores.T @ scores @ bread)[:2, :2]
    ways = [clustered.one_way(fit, by=by).covariance for by in ("rows", "columns")]
    summed, widest = ways[0] + ways[1] - alone, max(ways, key=np.trace)
    enough = (np.diag(summed) >= np.maximum(*(np.diag(way) for way in ways))).all()
    assert_allclose(clustered.two_way(fit).covariance, summed if enough else widest, rtol=1e-8)
