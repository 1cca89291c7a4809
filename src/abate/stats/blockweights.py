"""Weights of rows and of columns that make a block of outcomes follow the rows kept apart from it.

A rectangle (rows, columns) has rows that change at some column and rows that never do. The unchanged rows are weighted
so that they run along with the changed ones before the change, the columns before it so that they stand for those
after it; the double difference under both weights is what changed. Several changes (one block each) and many redraws
of which row changes when are done in one compiled call that holds no lock.

Sources: Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021, American Economic Review 111, 4088-4118 (the weights and
the two-round Frank-Wolfe descent); Jaggi 2013, ICML 28, 427-435 (its steps).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, no_type_check

import numba
import numpy as np

from abate.stats import descents

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

NO_COLUMNS, EVEN_COLUMNS, FITTED_COLUMNS = 0, 1, 2
_FIRST_STEPS = 100
_STEPS = 10_000
_SHORTFALL = 1e-5
_LIGHT = 1e-6
_EXACT_DESCENT = descents.descend


class Rules(NamedTuple):
    """How the weights are found.

    `rows` tells whether the rows' weights are fitted (else they are even), `level` whether the weighted rows may stand
    at another height; `columns` is `NO_COLUMNS` (nothing is subtracted), `EVEN_COLUMNS` or `FITTED_COLUMNS`. `spread`
    asks for the published ridge of the rows, (changed cells)^(1/4) times the noise; otherwise it is a millionth of
    the noise. `row_ridge` and `column_ridge` are the ridges themselves where they are given, NaN where not. `exact`
    asks for the minimiser; otherwise the published descent stops where its steps gain little.
    """

    rows: bool = True
    level: bool = True
    columns: int = FITTED_COLUMNS
    spread: bool = True
    row_ridge: float = np.nan
    column_ridge: float = np.nan
    exact: bool = False


@dataclass(frozen=True)
class Weights:
    """Weights of the unchanged rows and of the columns before the change, the noise, and the ridges used."""

    rows: Real
    columns: Real
    noise: float
    row_ridge: float
    column_ridge: float


def _compiled(function: Callable[..., Any]) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
@no_type_check
def _walk(products, along, rows, ridge, weights, least, most):  # noqa: PLR0917 - a kernel takes plain arrays
    """Take Frank-Wolfe steps with exact line search until one gains at most `least`; `weights` are changed in place.

    The sum is |A w - b|² / rows + ridge² |w|²; `products` are A'A and `along` A'b.
    """
    size = len(weights)
    eta = rows * ridge * ridge
    point = products @ weights
    for step in range(most):
        best, chosen, inner, square, length = np.inf, 0, 0.0, 0.0, 0.0
        for one in range(size):
            slope = point[one] - along[one] + eta * weights[one]
            inner += slope * weights[one]
            square += point[one] * weights[one]
            length += weights[one] * weights[one]
            if slope < best:
                best, chosen = slope, one
        falls = inner - best
        bend = products[chosen, chosen] - 2 * point[chosen] + square + eta * (1 - 2 * weights[chosen] + length)
        if weights[chosen] == 1.0 or bend <= 0.0:
            break
        share = min(1.0, max(0.0, falls / bend))
        for one in range(size):
            weights[one] *= 1 - share
            point[one] += share * (products[chosen, one] - point[one])
        weights[chosen] += share
        if step >= 1 and (2 * share * falls - share * share * bend) / rows <= least:
            break


@_compiled
@no_type_check
def _two_rounds(products, along, rows, ridge, least):
    """Descend for a hundred steps, drop weights below a quarter of the largest, and descend to the end."""
    weights = np.full(len(along), 1 / len(along))
    _walk(products, along, rows, ridge, weights, least, _FIRST_STEPS)
    largest = np.max(weights)
    for one in range(len(weights)):
        if weights[one] <= largest / 4:
            weights[one] = 0.0
    weights /= np.sum(weights)
    _walk(products, along, rows, ridge, weights, least, _STEPS)
    return weights


@_compiled
@no_type_check
def _mix(design, target, ridge, least, exact):
    """Weights on the columns of `design` that come nearest to `target`."""
    rows, size = design.shape
    if exact:
        points = np.empty((rows, size))
        for row in range(rows):
            for one in range(size):
                points[row, one] = design[row, one] - target[row]
        found, _, _ = _EXACT_DESCENT(points, np.zeros(size), rows * ridge * ridge, -1)
        return found
    return _two_rounds(design.T @ design, design.T @ target, rows, ridge, least)


@_compiled
@no_type_check
def _centred(values):
    """Take from each column its mean."""
    left = np.empty_like(values)
    for column in range(values.shape[1]):
        mean = np.mean(values[:, column])
        for row in range(values.shape[0]):
            left[row, column] = values[row, column] - mean
    return left


@_compiled
@no_type_check
def _noise(before):
    """Standard deviation of the steps from one column to the next."""
    rows, columns = before.shape
    number = rows * (columns - 1)
    if number < 2:
        return np.nan
    mean = np.sum(before[:, -1] - before[:, 0]) / number
    total = 0.0
    for row in range(rows):
        for column in range(1, columns):
            total += (before[row, column] - before[row, column - 1] - mean) ** 2
    return np.sqrt(total / (number - 1))


@_compiled
@no_type_check
def _weigh(unchanged, changed, start, number, rules):
    """Weights for one block: unchanged rows, the mean of the `number` changed ones, and the column of the change."""
    rows, columns = unchanged.shape
    before = np.ascontiguousarray(unchanged[:, :start])
    noise = _noise(before)
    if np.isnan(noise):
        noise = 0.0
    least = (_SHORTFALL * noise) ** 2
    row_ridge = rules.row_ridge
    if np.isnan(row_ridge):
        row_ridge = ((number * (columns - start)) ** 0.25 if rules.spread else _LIGHT) * noise
    column_ridge = _LIGHT * noise if np.isnan(rules.column_ridge) else rules.column_ridge
    by_row = np.full(rows, 1 / rows)
    if rules.rows and (start > 1 or not rules.level):
        design, target = np.ascontiguousarray(before.T), changed[:start].copy()
        if rules.level:
            design, target = _centred(design), target - np.mean(target)
        by_row = _mix(design, target, row_ridge, least, rules.exact)
    by_column = np.full(start, 1 / start if rules.columns > 0 else 0.0)
    if rules.columns == FITTED_COLUMNS and start > 1:
        after = np.empty(rows)
        for row in range(rows):
            after[row] = np.mean(unchanged[row, start:])
        by_column = _mix(_centred(before), after - np.mean(after), column_ridge, least, rules.exact)
    return by_row, by_column, noise, row_ridge, column_ridge


@_compiled
@no_type_check
def _path(unchanged, changed, by_row, by_column):
    """The changed rows' mean less the weighted rows, less what that was in the weighted columns before."""
    gap = changed - by_row @ unchanged
    return gap - np.sum(by_column * gap[: len(by_column)])


@_compiled
@no_type_check
def _redraw(outcomes, rows, first, starts, rules, found):  # noqa: PLR0917 - a kernel takes plain arrays
    columns = outcomes.shape[2]
    for draw in range(len(rows)):
        for block in range(len(starts)):
            changed, number, free = np.zeros(columns), 0, 0
            unchanged = np.empty((rows.shape[1], columns))
            for place in range(rows.shape[1]):
                if first[draw, place] == starts[block]:
                    changed += outcomes[block, rows[draw, place]]
                    number += 1
                elif first[draw, place] >= columns:
                    unchanged[free] = outcomes[block, rows[draw, place]]
                    free += 1
            if number == 0 or free == 0:
                found[draw, block] = np.nan
                continue
            changed /= number
            used = unchanged[:free].copy()
            by_row, by_column, _, _, _ = _weigh(used, changed, starts[block], number, rules)
            found[draw, block] = _path(used, changed, by_row, by_column)


def weigh(unchanged: Real, changed: Real, *, start: int, number: int = 1, rules: Rules | None = None) -> Weights:
    """Find the weights for one block.

    `unchanged` has the shape (rows, columns), `changed` is the mean of the `number` changed rows, `start` the place of
    the first column after the change. With one column before it, rows that may stand at any level all follow equally
    well, and weights are even.

    >>> unchanged, changed = np.array([[1.0, 2, 1, 2], [5, 4, 5, 4]]), np.array([3.0, 4, 3, 9])
    >>> found = weigh(unchanged, changed, start=3, rules=Rules(exact=True))
    >>> bool(found.rows[0] > found.rows[1]), round(float(found.rows.sum()), 9), round(float(found.columns.sum()), 9)
    (True, 1.0, 1.0)
    """
    by_row, by_column, noise, row_ridge, column_ridge = _weigh(
        np.ascontiguousarray(unchanged, dtype=np.float64),
        np.ascontiguousarray(changed, dtype=np.float64),
        start,
        number,
        rules or Rules(),
    )
    return Weights(by_row, by_column, float(noise), float(row_ridge), float(column_ridge))


def gaps(unchanged: Real, changed: Real, weights: Weights) -> Real:
    """Give the changed rows' mean less what the weights make of the others, for every column.

    >>> even = Weights(np.array([0.5, 0.5]), np.array([1.0]), 1.0, 0.0, 0.0)
    >>> gaps(np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([5.0, 9.0]), even).tolist()
    [0.0, 2.0]
    """
    found: Real = _path(unchanged, changed, weights.rows, weights.columns)
    return found


def redraw(outcomes: Real, rows: Whole, first: Whole, starts: Whole, *, rules: Rules) -> Real:
    """Find the gaps of every block for many redraws of the rows: an array (draws, blocks, columns).

    `outcomes` has the shape (blocks, rows, columns), the same for each block unless something was taken out of them;
    `rows` (draws, places) are the rows drawn and `first` the column at which each is taken to change (the number of
    columns: never); `starts` are the blocks' columns of change. A block without a changed row in a draw is NaN.
    """
    found = np.empty((len(rows), len(starts), outcomes.shape[2]))
    _redraw(
        np.ascontiguousarray(outcomes, dtype=np.float64),
        np.ascontiguousarray(rows),
        np.ascontiguousarray(first),
        np.ascontiguousarray(starts),
        rules,
        found,
    )
    return found
