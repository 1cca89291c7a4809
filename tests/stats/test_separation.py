"""Which cells tell something: against the iterative rectifier of the paper, a plain linear program, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import linprog

from abate.stats import panelfits, separation


def dummies(columns: np.ndarray, present: np.ndarray) -> np.ndarray:
    """All columns, with one dummy a row and a column, for the cells that are there."""
    rows, across = present.shape
    row, column = (one[present] for one in np.indices(present.shape))
    return np.column_stack([columns[:, present].T, np.eye(rows)[row], np.eye(across)[column]])


def rectified(outcomes: np.ndarray, design: np.ndarray) -> np.ndarray:
    """The iterative rectifier of Correia, Guimarães and Zylkin, step by step as the paper has it."""
    zero = outcomes == 0
    weights = np.where(zero, 1.0, 1e6)
    target = zero.astype(float)
    roots = np.sqrt(weights)[:, None]
    solver = np.linalg.pinv(design * roots, rcond=1e-13)
    for _ in range(20_000):
        fitted = design @ (solver @ (target * roots[:, 0]))
        if np.abs(fitted - target)[zero].max(initial=0) < 1e-7:
            break
        target = np.where(zero, np.maximum(fitted, 0), 0)
    return target > 1e-4


def programmed(outcomes: np.ndarray, design: np.ndarray) -> np.ndarray:
    """The same by one linear program over every effect and slope: lift as many zeros as can be lifted."""
    zero = outcomes == 0
    size, number = design.shape[1], int(zero.sum())
    solved = linprog(
        np.concatenate([np.zeros(size), -np.ones(number)]),
        A_ub=np.hstack([-design[zero], np.eye(number)]),
        b_ub=np.zeros(number),
        A_eq=np.hstack([design[~zero], np.zeros(((~zero).sum(), number))]),
        b_eq=np.zeros((~zero).sum()),
        bounds=[(None, None)] * size + [(0, 1)] * number,
    )
    found = np.zeros(len(outcomes), dtype=bool)
    found[zero] = solved.x[size:] > 0.5
    return found


def sparse(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rare counts with gaps, a late programme and now and then a rare covariate."""
    rng = np.random.default_rng(seed)
    rows, across = int(rng.integers(3, 8)), int(rng.integers(3, 7))
    outcomes = rng.poisson(rng.choice([0.15, 0.4, 0.9]), (rows, across)).astype(float)
    started = np.arange(across)[None, :] >= rng.integers(1, across + 2, rows)[:, None]
    columns = [started.astype(float)]
    if seed % 3 == 1:
        columns.append((rng.random((rows, across)) < 0.2).astype(float))
    if seed % 3 == 2:
        columns.append(rng.normal(size=(rows, across)))
    return outcomes, np.stack(columns), rng.random((rows, across)) < 0.9


@pytest.mark.parametrize("part", range(4))
def test_separated_cells_are_those_of_the_plain_linear_program(part: int):
    found_any = 0
    for seed in range(part * 40, part * 40 + 40):
        outcomes, columns, present = sparse(seed)
        told = separation.tell(outcomes, columns, present)
        expected = np.zeros(present.shape, dtype=bool)
        expected[present] = programmed(outcomes[present], dummies(columns, present))
        quiet = told.quiet_rows[:, None] | told.quiet_columns[None, :]
        assert_array_equal(told.separated | (quiet & present), expected, err_msg=str(seed))
        found_any += int(told.separated.any())
    assert found_any > 5


def test_separated_cells_are_those_of_the_papers_rectifier():
    compared = 0
    for seed in range(0, 60, 3):
        outcomes, columns, present = sparse(seed)
        told = separation.tell(outcomes, columns, present)
        kept = present & ~told.quiet_rows[:, None] & ~told.quiet_columns[None, :]
        if not kept.any():
            continue
        assert_array_equal(told.separated[kept], rectified(outcomes[kept], dummies(columns, kept)), err_msg=str(seed))
        compared += 1
    assert compared > 10


def test_a_fit_of_the_cells_that_tell_settles_and_one_of_all_runs_off():
    outcomes = np.array([[3.0, 2.0, 0.0, 0.0], [4.0, 3.0, 0.0, 0.0], [2.0, 3.0, 2.0, 4.0], [3.0, 1.0, 3.0, 2.0]])
    rare = np.zeros((1, 4, 4))
    rare[0, :2, 2:] = 1.0
    told = separation.tell(outcomes, rare, np.ones((4, 4), dtype=bool))
    assert_array_equal(told.separated, rare[0] == 1)
    assert not panelfits.poisson(outcomes, rare).settled
    assert separation.independent(rare, told.used).tolist() == [False]
    assert panelfits.poisson(outcomes, rare[:0], weights=told.used.astype(float)).settled


def test_rows_left_with_one_cell_are_dropped_until_none_is_left():
    outcomes, present = np.ones((3, 3)), np.array([[True, True, False], [True, True, False], [False, True, True]])
    told = separation.tell(outcomes, np.zeros((0, 3, 3)), present)
    assert told.used.sum() == 4
    assert told.single_rows.tolist() == [False, False, True]
    assert told.single_columns.tolist() == [False, False, True]


def test_a_column_that_areas_and_periods_say_already_is_not_independent():
    rng = np.random.default_rng(1)
    other = rng.normal(size=(5, 6))
    columns = np.stack([other, np.arange(6.0) + np.zeros((5, 6)), 3 * other + np.arange(5.0)[:, None], other**2])
    assert separation.independent(columns, np.ones((5, 6), dtype=bool)).tolist() == [True, False, False, True]
