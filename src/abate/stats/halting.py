"""Matrix completion stopped where published software stops, which is before the least sum is reached.

Both descents lower the same sum as `abate.stats.factors.fit` does with a threshold. Published figures are those of the
place where their programs stop, so that figures can be reproduced only by stopping there; `factors.fit` goes on.

Sources: Athey and others 2021, Journal of the American Statistical Association 116, 1716-1730, with their package
MCPanel (`path`); Xu 2017, Political Analysis 25, 57-76, with the package gsynth (`alternate`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from abate.stats.factors import Rectangles

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_ALTERNATE = 1e-3
_PATH = 1e-5
_MOST = 1_000


def path(outcomes: Real, used: Truth, thresholds: Real, *, rows: bool = True, across: bool = True) -> Iterator[Real]:
    """Give the fitted rectangle at each threshold in turn, each beginning where the one before ended.

    Effects of rows, effects of columns and the common part are renewed in turn until the sum (mean squared residual
    plus its share of the common part's singular values) falls by less than 1e-5 of itself in a round.

    >>> seen = np.array([[1.0, 2.0], [3.0, 0.0]])
    >>> used = np.array([[True, True], [True, False]])
    >>> round(float(next(path(seen, used, np.array([9.0])))[1, 1]), 2)
    4.0
    """
    weights = used.astype(np.float64)
    counts = np.maximum(weights.sum(axis=1), 1.0), np.maximum(weights.sum(axis=0), 1.0)
    row, column, common = np.zeros(len(outcomes)), np.zeros(outcomes.shape[1]), np.zeros(outcomes.shape)
    level = 0.0 if rows or across else float((outcomes * weights).sum() / weights.sum())
    rest, singular = outcomes - level, np.zeros(1)
    for _ in range(_MOST):
        before = row, column
        row, column = _renewed((rest, weights, counts), common, column, rows=rows, across=across)
        if max(np.abs(row - before[0]).max(), np.abs(column - before[1]).max()) < _PATH * np.abs(rest).max() / 100:
            break
    for threshold in thresholds:
        last = np.inf
        for rounds in range(_MOST):
            residual = (rest - common - row[:, None] - column) * weights
            total = float((residual**2).sum() + 2 * threshold * singular.sum())
            if rounds and last - total < _PATH * last:
                break
            last = total
            row, column = _renewed((rest, weights, counts), common, column, rows=rows, across=across)
            common, singular = _shrunk(common + (rest - common - row[:, None] - column) * weights, threshold)
        yield common + row[:, None] + column + level


def alternate(given: Rectangles, begin: Real, slopes: Real, threshold: float) -> tuple[Real, Real]:
    """Give the fitted rectangle and the slopes, beginning at a fit without a common part.

    Slopes are renewed on all cells, with missing ones filled by the fit; then effects and common part together; until
    the fit changes by less than a thousandth of its spread. `given` holds one rectangle; covariates must be known in
    all cells.
    """
    outcomes, used, columns = given.outcomes[0], given.used[0], given.columns[0]
    bread = np.linalg.pinv(np.einsum("prc,qrc->pq", columns, columns), hermitian=True)
    explained = np.tensordot(slopes, columns, 1)
    fitted = begin + _shrunk(np.where(used, outcomes - begin, 0.0), threshold)[0]
    rest = fitted - explained
    for _ in range(_MOST):
        filled = np.where(used, outcomes, fitted)
        slopes = bread @ np.einsum("prc,rc->p", columns, filled - rest)
        explained = np.tensordot(slopes, columns, 1)
        target = np.where(used, filled - explained, rest)
        inside = given.centred(target) if given.rows or given.across else target - target.mean()
        rest = target - inside + _shrunk(inside, threshold)[0]
        change = float(np.linalg.norm(explained + rest - fitted))
        spread = float(np.linalg.norm(fitted - fitted.mean()))
        fitted = explained + rest
        if change <= _ALTERNATE * spread:
            break
    return fitted, slopes


def _renewed(
    fixed: tuple[Real, Real, tuple[Real, Real]], common: Real, column: Real, *, rows: bool, across: bool
) -> tuple[Real, Real]:
    outcomes, weights, counts = fixed
    left = outcomes - common
    row = ((left - column) * weights).sum(axis=1) / counts[0] if rows else np.zeros(len(outcomes))
    late = ((left - row[:, None]) * weights).sum(axis=0) / counts[1] if across else column
    return row, late


def _shrunk(values: Real, threshold: float) -> tuple[Real, Real]:
    left, singular, right = np.linalg.svd(values, full_matrices=False)
    kept = np.maximum(singular - threshold, 0.0)
    return (left * kept) @ right, kept
