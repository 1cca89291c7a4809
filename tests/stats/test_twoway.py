"""Row and column effects taken out, against dense least squares."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from abate.stats import twoway


def dummies(layout: twoway.Layout) -> np.ndarray:
    rows, columns = layout.weights.shape
    row, column = (one.ravel() for one in np.indices((rows, columns)))
    parts = []
    if layout.rows:
        parts.append(np.eye(rows)[row])
    if layout.columns:
        parts.append(np.eye(columns)[column])
    return np.hstack(parts) if parts else np.ones((rows * columns, 1))


def cases() -> list[twoway.Layout]:
    rng = np.random.default_rng(3)
    full = rng.uniform(0.2, 2, (4, 7))
    gaps = full * (rng.random((4, 7)) < 0.7)
    split = np.zeros((4, 6))
    split[:2, :3], split[2:, 3:] = 1.0, 2.0
    shapes = [full, full.T, gaps, gaps.T, split]
    return [
        *(twoway.Layout(weights) for weights in shapes),
        *(twoway.Layout(gaps, rows, columns) for rows, columns in ((True, False), (False, True), (False, False))),
    ]


@pytest.mark.parametrize("layout", cases())
def test_residuals_are_those_of_least_squares(layout: twoway.Layout):
    values = np.random.default_rng(1).normal(size=(3, *layout.weights.shape))
    design, roots = dummies(layout), np.sqrt(layout.weights.ravel())
    found = twoway.residuals(values, layout)
    for one, left in zip(values, found, strict=True):
        fitted = design @ np.linalg.lstsq(design * roots[:, None], one.ravel() * roots, rcond=None)[0]
        assert_allclose(left.ravel(), np.where(roots > 0, one.ravel() - fitted, 0), atol=1e-9)


@pytest.mark.parametrize("layout", cases())
def test_the_part_of_a_row_is_its_block_of_the_projection(layout: twoway.Layout):
    rows, columns = layout.weights.shape
    design = dummies(layout) * np.sqrt(layout.weights.ravel())[:, None]
    projection = design @ np.linalg.pinv(design)
    found = twoway.own_part(np.broadcast_to(np.eye(columns), (rows, columns, columns)), layout)
    for row in range(rows):
        block = slice(row * columns, (row + 1) * columns)
        assert_allclose(found[row], projection[block, block], atol=1e-9)


@pytest.mark.parametrize("layout", cases())
def test_free_effects_are_the_rank(layout: twoway.Layout):
    design = dummies(layout) * np.sqrt(layout.weights.ravel())[:, None]
    assert layout.parameters() == np.linalg.matrix_rank(design)


def test_a_wide_and_a_tall_rectangle_agree():
    weights = np.random.default_rng(2).uniform(0.1, 1, (3, 50))
    values = np.random.default_rng(3).normal(size=(3, 50))
    assert_allclose(
        twoway.residuals(values, twoway.Layout(weights)), twoway.residuals(values.T, twoway.Layout(weights.T)).T
    )
