"""Folds: every cell once, the shape of the ends, and no row or column left bare."""

from __future__ import annotations

import numpy as np

from abate.stats import folds


def test_every_known_cell_is_held_out_once():
    known = np.random.default_rng(1).random((9, 7)) < 0.8
    known[:, :2] = True
    found = folds.cells(known, count=5, seed=2)
    assert (found.sum(axis=0) == known).all()
    assert found.sum(axis=(1, 2)).max() - found.sum(axis=(1, 2)).min() <= 1
    assert (found == folds.cells(known, count=5, seed=2)).all()
    assert (found != folds.cells(known, count=5, seed=3)).any()


def test_a_row_or_column_is_never_left_bare():
    known = np.eye(4, dtype=bool)
    assert not folds.cells(known, count=4, seed=1).any()


def test_ends_hold_out_free_rows_from_the_starts_on():
    known, first = np.ones((8, 10), dtype=bool), np.array([6, 8, *[10] * 6])
    found = folds.ends(known, first=first, free=first == 10, count=3, seed=1)
    assert len(found) == 3
    assert not found[:, :2].any()
    held = found.any(axis=0)
    lengths = sorted(held.sum(axis=1)[2:].tolist())
    assert lengths == [2, 2, 2, 4, 4, 4]
    assert all(held[row, 10 - length :].all() for row, length in zip(range(2, 8), held.sum(axis=1)[2:], strict=True))
