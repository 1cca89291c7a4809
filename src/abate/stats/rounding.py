"""Rounding that keeps sums: parts are rounded so that they still add up to their rounded total.

Rounding each figure of a table by itself leaves totals that differ from the sum of their parts. Here every figure and
every total goes to the whole unit next below or above it (never farther), and all of them still add up. In one
dimension this is the method of largest remainders; in two it is controlled rounding (Cox 1987, A constructive
procedure for unbiased controlled rounding, Journal of the American Statistical Association 82), of which a
whole-number program finds the table closest to the exact one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_NEAR = 1e-9


def half_up(values: Real, *, unit: float = 1.0) -> Whole:
    """Round to whole units, halves away from nought, as people do by hand; gives how many units.

    >>> half_up(np.array([0.25, 0.35, -0.25, 12.349]), unit=0.1).tolist()
    [3, 4, -3, 123]
    """
    units = np.asarray(values, dtype=np.float64) / unit
    return (np.sign(units) * np.floor(np.abs(units) + 0.5 + _NEAR)).astype(np.int64)


def apportion(parts: Real, *, unit: float = 1.0) -> Whole:
    """Round parts to whole units so that they add up to their total, itself rounded; gives how many units each has.

    Parts are 0 or more. Those with the largest remainders go up; of equal remainders the first does.

    >>> apportion(np.array([1 / 3, 1 / 3, 1 / 3])).tolist(), apportion(np.array([0.25, 0.25]), unit=0.1).tolist()
    ([1, 0, 0], [3, 2])
    """
    units, below = _units(parts, unit)
    more = int(half_up(np.array([units.sum()]))[0]) - int(below.sum())
    ups = np.argsort(-np.round(units - below, 9), kind="stable")[:more]
    rounded = below.copy()
    rounded[ups] += 1
    return rounded


def controlled(table: Real, *, unit: float = 1.0) -> Whole:
    """Round a table to whole units so that rows, columns and the total all add up; gives how many units each cell has.

    Cells are 0 or more. Every cell, row sum and column sum becomes the whole unit below or above its exact value, and
    the total the nearest; among all such tables the one closest to the exact cells is given.

    >>> controlled(np.array([[0.5, 0.5], [0.5, 0.5]])).sum(axis=0).tolist()
    [1, 1]
    """
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    units, below = _units(table, unit)
    if 1 in units.shape or not units.size:
        return apportion(units.ravel()).reshape(units.shape)
    rows, columns = units.shape
    part = units - below
    sums = sparse.vstack(
        [
            sparse.kron(sparse.eye(rows), np.ones((1, columns))),
            sparse.kron(np.ones((1, rows)), sparse.eye(columns)),
            np.ones((1, units.size)),
        ]
    )
    exact = np.r_[part.sum(axis=1), part.sum(axis=0)]
    total = float(half_up(np.array([units.sum()]))[0] - below.sum())
    found = milp(
        (1 - 2 * part).ravel() + 1e-7 * np.arange(units.size) / units.size,
        integrality=np.ones(units.size),
        bounds=Bounds(0, (part.ravel() > _NEAR).astype(float)),
        constraints=LinearConstraint(
            sums.tocsc(), np.r_[np.floor(exact + _NEAR), total], np.r_[np.ceil(exact - _NEAR), total]
        ),
    )
    ups: Whole = np.rint(found.x).astype(np.int64).reshape(units.shape)
    return below + ups


def _units(parts: Real, unit: float) -> tuple[Real, Whole]:
    """Give parts in units, those next to a whole number put on it, and the whole numbers below them."""
    units = np.asarray(parts, dtype=np.float64) / unit
    if not (np.isfinite(units).all() and (units >= 0).all()):
        raise OptionError("parts to be rounded are finite numbers, 0 or more")
    units = np.where(np.abs(units - np.rint(units)) < _NEAR, np.rint(units), units)
    return units, np.floor(units).astype(np.int64)
