"""Slopes of covariates found together with the weights of a block, as the published descent finds them.

Rows are weighted, columns are weighted and what covariates explain is taken out, all in one sum; a step of the weights
(Frank-Wolfe) and a step of the slopes (down the gradient, ever shorter) take turns.

Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021, American Economic Review 111, 4088-4118, footnote 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, no_type_check

import numba
import numpy as np

from abate.stats.blockweights import FITTED_COLUMNS, Rules, Weights, weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_STEPS = 10_000
_SHORTFALL = 1e-5


def _compiled(function: Callable[..., Any]) -> Any:
    return numba.njit(cache=True, nogil=True)(function)


@_compiled
@no_type_check
def _step(design, target, weights, eta):
    """Take one Frank-Wolfe step with exact line search, in place; give what is left of the target."""
    left = design @ weights - target
    slopes = left @ design + eta * weights
    chosen = np.argmin(slopes)
    way = -weights
    way[chosen] += 1.0
    along = design[:, chosen] - (left + target)
    bend = np.sum(along * along) + eta * np.sum(way * way)
    if bend > 0.0:
        weights += min(1.0, max(0.0, -np.sum(slopes * way) / bend)) * way
    return design @ weights - target


@_compiled
@no_type_check
def _level(values):
    """Take from each row its mean."""
    found = np.empty_like(values)
    for row in range(values.shape[0]):
        found[row] = values[row] - np.mean(values[row])
    return found


@_compiled
@no_type_check
def _both(block, by_row, by_column, ridges, fits):
    """One step of either kind of weights; give what is left by row and by column."""
    rows, columns = block.shape[0] - 1, block.shape[1] - 1
    across = _level(np.ascontiguousarray(block[:rows].T)).T
    design, target = np.ascontiguousarray(across[:, :columns]), np.ascontiguousarray(across[:, columns])
    left_rows = _step(design, target, by_column, rows * ridges[1] ** 2) if fits[1] else design @ by_column - target
    before = np.ascontiguousarray(block[:, :columns])
    down = _level(before) if fits[2] else before
    design, target = np.ascontiguousarray(down[:rows].T), down[rows].copy()
    left_columns = _step(design, target, by_row, columns * ridges[0] ** 2) if fits[0] else design @ by_row - target
    return left_rows, left_columns


@_compiled
@no_type_check
def _descend(block, covariates, by_row, by_column, ridges, fits, least):  # noqa: PLR0917 - a kernel takes plain arrays
    rows, columns = block.shape[0] - 1, block.shape[1] - 1
    slopes = np.zeros(len(covariates))
    left_rows, left_columns = _both(block, by_row, by_column, ridges, fits)
    before = np.inf
    for step in range(1, _STEPS + 1):
        adjusted = block.copy()
        for one in range(len(covariates)):
            own = covariates[one]
            within = np.ascontiguousarray(own[:rows, :columns])
            by_units = within @ by_column - own[:rows, columns]
            by_times = by_row @ within - own[rows, :columns]
            slopes[one] += (np.sum(left_rows * by_units) / rows + np.sum(left_columns * by_times) / columns) / step
        for one in range(len(covariates)):
            adjusted -= slopes[one] * covariates[one]
        left_rows, left_columns = _both(adjusted, by_row, by_column, ridges, fits)
        now = ridges[0] ** 2 * np.sum(by_row**2) + ridges[1] ** 2 * np.sum(by_column**2)
        now += np.sum(left_rows**2) / rows + np.sum(left_columns**2) / columns
        if step >= 2 and before - now <= least:
            break
        before = now
    return slopes


def _collapsed(unchanged: Real, changed: Real, start: int) -> Real:
    """Put the changed rows' mean beneath the others, and the mean after the change in one last column."""
    rows = np.column_stack([unchanged[:, :start], unchanged[:, start:].mean(axis=1)])
    last = np.append(changed[:start], 0.0)
    return np.concatenate([rows, last[None]])


def fit(
    unchanged: Real, changed: Real, covariates: tuple[Real, Real], *, start: int, number: int = 1, rules: Rules
) -> tuple[Real, Weights]:
    """Find slopes and weights together; `covariates` holds those of the unchanged rows and the changed rows' means.

    Their shapes are (covariates, rows, columns) and (covariates, columns); they should be of one scale, because the
    slopes' steps are. The rest is as in `blockweights.weigh`.

    >>> level = np.arange(4.0)[:, None] + np.array([0.0, 1, 0, 2, 1, 3])
    >>> own = np.sin(np.arange(24.0)).reshape(4, 6)
    >>> mean, other = level.mean(axis=0), np.cos(np.arange(6.0))
    >>> slopes, _ = fit(level + 2 * own, mean + 2 * other, (own[None], other[None]), start=4, rules=Rules())
    >>> abs(float(slopes[0]) - 2) < 0.2
    True
    """
    plain = weigh(unchanged, changed, start=start, number=number, rules=rules._replace(rows=False, columns=1))
    ridges = weigh(unchanged, changed, start=start, number=number, rules=rules)
    block = _collapsed(unchanged, changed, start)
    own = np.stack([_collapsed(free, mean, start) for free, mean in zip(*covariates, strict=True)])
    by_row, by_column = plain.rows.copy(), plain.columns * (rules.columns > 0)
    fits = (rules.rows, rules.columns == FITTED_COLUMNS, rules.level)
    given = (ridges.row_ridge, ridges.column_ridge)
    slopes: Real = _descend(block, own, by_row, by_column, given, fits, (_SHORTFALL * ridges.noise) ** 2)
    return slopes, Weights(by_row, by_column, ridges.noise, *given)
