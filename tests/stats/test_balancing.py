from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import optimize, sparse

from abate.stats import balancing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]


def ground(seed: int, rows: int = 60, totals: int = 6) -> tuple[Real, Real, Truth]:
    """Columns of counts with a first one of ones, targets that weights of 0 or more can meet, and the free rows."""
    generator = np.random.default_rng(seed)
    columns = generator.poisson(2.0, (rows, totals)).astype(float)
    columns[:, 0] = 1.0
    free = np.arange(rows) >= 5
    held = generator.exponential(1.0, rows) * (generator.random(rows) < 0.3) * free
    return columns, held @ columns, free


def by_clarabel(columns: Real, targets: Real, base: float) -> Real:
    """Solve the same problem by an interior-point solver."""
    clarabel = pytest.importorskip("clarabel")
    rows = len(columns)
    constraints = sparse.vstack([sparse.csc_matrix(columns.T), -sparse.eye(rows)]).tocsc()
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    solver = clarabel.DefaultSolver(
        sparse.eye(rows).tocsc() / base,
        -np.ones(rows),
        constraints,
        np.concatenate([targets, np.zeros(rows)]),
        [clarabel.ZeroConeT(len(targets)), clarabel.NonnegativeConeT(rows)],
        settings,
    )
    return np.array(solver.solve().x)


@given(some.integers(0, 10_000))
def test_weights_are_those_of_an_interior_point_solver(seed: int) -> None:
    columns, targets, free = ground(seed)
    base = float(targets[0]) / int(free.sum())
    found = balancing.balance(balancing.prepare(columns), targets, free, base=base)
    assert found.met
    assert np.allclose(found.weights @ columns, targets, atol=1e-8)
    assert (found.weights >= 0).all()
    assert not found.weights[~free].any()
    assert np.allclose(found.weights[free], by_clarabel(columns[free], targets, base), atol=1e-5)


def test_targets_of_the_base_give_the_base() -> None:
    columns, _, free = ground(3)
    found = balancing.balance(balancing.prepare(columns), 0.5 * columns[free].sum(axis=0), free, base=0.5)
    assert np.allclose(found.weights[free], 0.5)
    assert found.steps == 0


def test_columns_that_say_the_same_twice_do_no_harm() -> None:
    columns, targets, free = ground(5)
    twice = np.column_stack([columns, columns[:, 1] + columns[:, 2], columns[:, 3] * 1000])
    plain = balancing.balance(balancing.prepare(columns), targets, free, base=0.3)
    told = balancing.balance(
        balancing.prepare(twice), np.append(targets, [targets[1] + targets[2], targets[3] * 1000]), free, base=0.3
    )
    assert told.met
    assert np.allclose(told.weights, plain.weights, atol=1e-7)


def test_a_total_of_nothing_empties_the_rows_that_have_it() -> None:
    columns, _, free = ground(8)
    targets = columns[free & (columns[:, 4] == 0)].sum(axis=0)
    found = balancing.balance(balancing.prepare(columns), targets, free, base=0.2)
    assert found.met
    assert float(found.weights[columns[:, 4] > 0].max()) < 1e-9


@given(some.integers(0, 10_000), some.floats(0.5, 3.0))
def test_it_says_when_no_weights_can_do_it(seed: int, stretch: float) -> None:
    columns, targets, free = ground(seed, rows=20)
    targets = targets.copy()
    targets[1] *= stretch
    if not targets.any():
        return
    found = balancing.balance(balancing.prepare(columns), targets, free, base=0.2)
    possible = optimize.linprog(np.zeros(int(free.sum())), A_eq=columns[free].T, b_eq=targets).status == 0
    assert found.met == possible


def test_loose_totals_come_as_near_as_can_be_while_the_others_are_met() -> None:
    columns, targets, free = ground(11)
    targets = targets.copy()
    targets[2] = 10 * targets[0] * columns[:, 2].max()
    loose = np.array([0, 0, balancing.LOOSE, 0, 0, 0.0])
    made = balancing.prepare(columns)
    assert not balancing.balance(made, targets, free, base=0.3).met
    found = balancing.balance(made, targets, free, base=0.3, loose=loose)
    assert found.met
    assert np.allclose(np.delete(found.misfit, 2), 0, atol=1e-6)
    others = np.delete(columns[free], 2, axis=1)
    most = optimize.linprog(-columns[free, 2], A_eq=others.T, b_eq=np.delete(targets, 2))
    assert float(found.weights @ columns[:, 2]) == pytest.approx(-most.fun, rel=1e-4)


def test_some_columns_can_be_taken() -> None:
    columns, targets, free = ground(2)
    chosen = np.array([True, False, True, True, False, True])
    taken = balancing.balance(balancing.prepare(columns).take(chosen), targets[chosen], free, base=0.4)
    alone = balancing.balance(balancing.prepare(columns[:, chosen]), targets[chosen], free, base=0.4)
    assert np.allclose(taken.weights, alone.weights, atol=1e-9)
