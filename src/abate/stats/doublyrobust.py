"""The change of one group against that of another, by regression, by weighting, or by both, with its influence.

Sant'Anna and Zhao 2020, *Journal of Econometrics* 219, 101-122: of the regression of the controls' change and the
model of who is treated, only one has to be right for the doubly robust difference to be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

How = Literal["dr", "reg", "ipw"]

_STEPS = 25
_CERTAIN = 0.999
"""A fitted chance this near to 1 tells the treated from the controls outright: there is nobody to compare with."""
_TRIMMED = 0.995


@dataclass(frozen=True)
class Comparison:
    """Differences of changes, one a column of changes, and what each row did to them, in the shape (rows, columns).

    A difference's variance is the mean of its squared influence over the number of rows. Where the comparison cannot
    be made `values` are NaN, `influence` is 0 and `fault` says what is wanting: controls or overlap.
    """

    values: Real
    influence: Real
    fault: str | None = None


@dataclass(frozen=True)
class _Rows:
    """The rows as the estimators need them: who is treated, the design with its 1, weights of mean 1."""

    treated: Real
    design: Real
    weights: Real

    def inverse(self, weights: Real) -> Real:
        """Give the inverse of the mean of weighted cross products; redundant columns count for nothing."""
        products = self.design.T @ (weights[:, None] * self.design) / len(weights)
        return np.asarray(np.linalg.pinv(products, hermitian=True), dtype=np.float64)


def compare(
    changes: Real, treated: Truth, covariates: Real, *, weights: Real | None = None, how: How = "dr"
) -> Comparison:
    """Compare the mean change of treated rows with what it would have been, judged by the others of like covariates.

    `changes` has the shape (rows, columns), `covariates` (rows, any number, also 0) without a constant. `dr` is doubly
    robust (logistic model of treatment and linear regression of change), `reg` the regression alone, `ipw` the
    weighting alone, its weights adding up to 1. Without covariates all three are the difference of two means.

    >>> both = compare(np.array([[3.0], [5.0], [1.0], [2.0]]), np.array([True, True, False, False]), np.empty((4, 0)))
    >>> both.values.round(9).tolist(), both.influence.ravel().round(9).tolist()
    ([2.5], [-2.0, 2.0, 1.0, -1.0])
    """
    rows = _rows(treated, covariates, weights)
    if fault := _uncompared(rows, treated, how):
        return _nothing(changes, fault)
    expected, by_regression = _regressed(changes, rows) if how != "ipw" else (np.zeros_like(changes), None)
    if how == "reg":
        return _by_regression(changes, rows, expected, by_regression)
    chances, by_chance = _logistic(rows)
    if float(chances.max()) >= _CERTAIN:
        return _nothing(changes, "overlap")
    return _by_weighting(changes - expected, rows, chances, by_chance, by_regression)


def _rows(treated: Truth, covariates: Real, weights: Real | None) -> _Rows:
    spread = covariates.std(axis=0)
    even = (covariates - covariates.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    design = np.column_stack([np.ones(len(treated)), even])
    given = np.ones(len(treated)) if weights is None else weights / weights.mean()
    return _Rows(treated.astype(np.float64), design, given)


def _uncompared(rows: _Rows, treated: Truth, how: How) -> str | None:
    if treated.all() or not treated.any():
        return "controls"
    if how == "ipw" or rows.design.shape[1] == 1:
        return None
    return "controls" if np.linalg.matrix_rank(rows.design[~treated]) < np.linalg.matrix_rank(rows.design) else None


def _nothing(changes: Real, fault: str) -> Comparison:
    return Comparison(np.full(changes.shape[1], np.nan), np.zeros_like(changes), fault)


def _regressed(changes: Real, rows: _Rows) -> tuple[Real, _Influence]:
    """Regress the controls' changes; give what is expected of each row, and the influence on the coefficients."""
    weights = rows.weights * (1 - rows.treated)
    inverse = rows.inverse(weights)
    weighted = rows.design * weights[:, None]
    coefficients = inverse @ (weighted.T @ changes) / len(weights)
    expected: Real = rows.design @ coefficients
    return expected, _Influence(weighted @ inverse, changes - expected)


@dataclass(frozen=True)
class _Influence:
    """What each row did to coefficients: the product of a part by coefficient and a part by column of changes."""

    scores: Real
    residuals: Real

    def along(self, direction: Real) -> Real:
        """Give the influence on the coefficients' sum in one direction, (coefficients,) or (coefficients, columns)."""
        leaning = self.scores @ direction
        found: Real = (leaning[:, None] if leaning.ndim == 1 else leaning) * self.residuals
        return found


def _logistic(rows: _Rows) -> tuple[Real, _Influence]:
    """Fit the chance of being treated by Newton's steps; give it, and the influence on the coefficients."""
    coefficients = np.zeros(rows.design.shape[1])
    share = float((rows.weights * rows.treated).mean())
    coefficients[0] = np.log(share / (1 - share))
    for _ in range(_STEPS):
        chances = _chance(rows.design @ coefficients)
        inverse = rows.inverse(rows.weights * chances * (1 - chances))
        step = inverse @ (rows.design.T @ (rows.weights * (rows.treated - chances))) / len(chances)
        coefficients = coefficients + step
        if float(np.abs(step).max()) < 1e-10 or not np.isfinite(step).all():
            break
    chances = _chance(rows.design @ coefficients)
    inverse = rows.inverse(rows.weights * chances * (1 - chances))
    scores = (rows.design * (rows.weights * (rows.treated - chances))[:, None]) @ inverse
    return chances, _Influence(scores, np.ones((len(chances), 1)))


def _chance(leaning: Real) -> Real:
    found: Real = 1 / (1 + np.exp(-np.clip(leaning, -35, 35)))
    return found


def _by_regression(changes: Real, rows: _Rows, expected: Real, regression: _Influence | None) -> Comparison:
    counted = (rows.weights * rows.treated)[:, None]
    size = float(counted.mean())
    values = (counted * (changes - expected)).mean(axis=0) / size
    influence = counted * (changes - expected - values)
    if regression is not None:
        influence = influence - regression.along((counted * rows.design).mean(axis=0))
    return Comparison(values, influence / size)


def _by_weighting(
    left: Real, rows: _Rows, chances: Real, model: _Influence, regression: _Influence | None
) -> Comparison:
    """Compare what the regression left over (all, where there was none), controls weighted to look like the treated."""
    chances = np.minimum(chances, 1 - 1e-6)
    kept = chances < _TRIMMED
    treated = (rows.weights * rows.treated)[:, None]
    control = (rows.weights * kept * (1 - rows.treated) * chances / (1 - chances))[:, None]
    sizes = float(treated.mean()), float(control.mean())
    if sizes[1] <= 0:
        return _nothing(left, "overlap")
    theirs, others = (treated * left).mean(axis=0) / sizes[0], (control * left).mean(axis=0) / sizes[1]
    of_treated = treated * (left - theirs)
    of_control = control * (left - others)
    of_control = of_control + model.along(rows.design.T @ of_control / len(chances))
    if regression is not None:
        of_treated = of_treated - regression.along((treated * rows.design).mean(axis=0))
        of_control = of_control - regression.along((control * rows.design).mean(axis=0))
    return Comparison(theirs - others, of_treated / sizes[0] - of_control / sizes[1])
