"""Models of a rectangle of outcomes with an effect of each row and of each column: Poisson, negative binomial, linear.

The fit carries what its errors need (`abate.stats.clustered`): the columns with the effects taken out, the working
weights and the working residuals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.stats import twoway

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_STEPS = 200
_STEEPEST = 25.0
_SMALLEST = 1e-10


@dataclass(frozen=True)
class Fit:
    """Slopes of a fit, and what it leaves.

    `slopes` has one entry a column; `inside` the columns with the effects taken out, in the shape (columns, rows,
    columns of the rectangle); `residual` the working residuals and `layout` the working weights; `mean` the fitted
    outcome; `bread` the inverse of the curvature; `used` the cells that tell something (a row or a column without any
    incident drops out of a model of rates); `size` that of the negative binomial, infinite for others; `settled` is
    false where the slopes run off because a group has no incident at all.
    """

    slopes: Real
    inside: Real
    residual: Real
    layout: twoway.Layout
    mean: Real
    bread: Real
    used: Truth
    size: float
    settled: bool

    @property
    def cells(self) -> int:
        """How many cells tell something."""
        return int(self.used.sum())

    @property
    def freedom(self) -> int:
        """Cells less the slopes and the effects."""
        return self.cells - len(self.slopes) - self.layout.parameters()


def poisson(
    outcomes: Real,
    columns: Real,
    *,
    weights: Real | None = None,
    rows: bool = True,
    across: bool = True,
    size: float = float("inf"),
    offset: Real | None = None,
) -> Fit:
    """Fit log(mean) = row effect + column effect + columns · slopes to counts, or to harm, which may have fractions.

    `outcomes` has the shape (rows, columns), `columns` (slopes, rows, columns); `weights` of 0 leave a cell out. Rows
    and columns without any incident tell nothing about a ratio and are left out. With `size` the variance is that of
    the negative binomial, mean + mean²/size. An `offset`, such as the log of the population at risk, is added to
    log(mean) as it stands. Iteratively weighted least squares; the maximum is unique. Source:
    Correia, Guimarães and Zylkin 2020, Stata Journal 20, 95-115 (existence and the cells that drop out).

    >>> counts = np.array([[2.0, 8.0], [4.0, 4.0]])
    >>> fitted = poisson(counts, np.array([[[0.0, 1.0], [0.0, 0.0]]]))
    >>> round(float(np.exp(fitted.slopes[0])), 6)
    4.0
    """
    given = np.ones(outcomes.shape) if weights is None else weights
    used = _telling(outcomes, given > 0, rows=rows, across=across)
    prior = np.where(used, given, 0.0)
    mean = np.where(used, (outcomes + outcomes[used].mean()) / 2 if used.any() else 1.0, 1.0)
    line, slopes, settled = np.log(mean), np.zeros(len(columns)), False
    shift = np.zeros(()) if offset is None else np.where(used, offset, 0.0)
    for _ in range(_STEPS):
        layout = twoway.Layout(prior * mean / (1 + mean / size), rows, across)
        left = twoway.residuals(np.concatenate([columns, (line - shift + (outcomes - mean) / mean)[None]]), layout)
        inside, target = left[:-1], left[-1]
        curve = np.einsum("krc,lrc,rc->kl", inside, inside, layout.weights)
        slopes = np.linalg.lstsq(curve, np.einsum("krc,rc,rc->k", inside, target, layout.weights), rcond=1e-12)[0]
        missed = target - np.tensordot(slopes, inside, 1)
        moved = np.where(used, np.clip(line + (outcomes - mean) / mean - missed, -_STEEPEST, _STEEPEST), 0.0)
        change = float(np.abs(np.exp(moved) - mean)[used].max()) if used.any() else 0.0
        line, mean = moved, np.exp(moved)
        if change <= _SMALLEST * (1 + float(mean[used].max() if used.any() else 0)):
            settled = True
            break
    settled = settled and bool((np.abs(line) < _STEEPEST * 0.6).all())
    working = twoway.Layout(prior * mean / (1 + mean / size), rows, across)
    inside = twoway.residuals(columns, working)
    bread = _bread(inside, working)
    residual = np.where(used, (outcomes - mean) / mean, 0.0)
    return Fit(slopes, inside, residual, working, np.where(used, mean, 0.0), bread, used, size, settled)


def _bread(inside: Real, layout: twoway.Layout) -> Real:
    curve = np.einsum("krc,lrc,rc->kl", inside, inside, layout.weights)
    return np.asarray(np.linalg.pinv(curve, rcond=1e-10, hermitian=True), dtype=np.float64)


def linear(
    outcomes: Real, columns: Real, *, weights: Real | None = None, rows: bool = True, across: bool = True
) -> Fit:
    """Fit mean = row effect + column effect + columns · slopes by (weighted) least squares.

    Shapes as in `poisson`; every cell with a weight above 0 counts.

    >>> fitted = linear(np.array([[2.0, 8.0], [4.0, 4.0]]), np.array([[[0.0, 1.0], [0.0, 0.0]]]))
    >>> round(float(fitted.slopes[0]), 6)
    6.0
    """
    given = np.ones(outcomes.shape) if weights is None else weights
    layout = twoway.Layout(np.asarray(given, dtype=np.float64), rows, across)
    left = twoway.residuals(np.concatenate([columns, outcomes[None]]), layout)
    inside, target = left[:-1], left[-1]
    bread = _bread(inside, layout)
    slopes = bread @ np.einsum("krc,rc,rc->k", inside, target, layout.weights)
    residual = target - np.tensordot(slopes, inside, 1)
    return Fit(slopes, inside, residual, layout, outcomes - residual, bread, given > 0, float("inf"), settled=True)


def dispersion(fit: Fit) -> float:
    """Give how many times more the outcomes scatter than the model says: Pearson's statistic over its freedom.

    1 is what the model says; for a linear fit it is the variance of the residuals.
    """
    return float((fit.layout.weights * fit.residual**2).sum() / max(fit.freedom, 1))


def negative_binomial(
    outcomes: Real, columns: Real, *, weights: Real | None = None, rows: bool = True, across: bool = True
) -> Fit:
    """Fit the negative binomial whose size makes Pearson's statistic equal its degrees of freedom.

    Counting the effects among the degrees of freedom keeps many of them from hiding the scatter, which the likelihood
    of the size does not. Source: Breslow 1984, Applied Statistics 33, 38-44. The size is infinite (Poisson) where
    counts scatter no more than Poisson counts do.
    """
    plain = poisson(outcomes, columns, weights=weights, rows=rows, across=across)
    if dispersion(plain) <= 1 or not plain.settled:
        return plain
    low, high = -4.0, 9.0
    fitted = plain
    for _ in range(30):
        middle = (low + high) / 2
        size = float(np.exp(middle))
        fitted = poisson(outcomes, columns, weights=weights, rows=rows, across=across, size=size)
        low, high = (middle, high) if dispersion(fitted) < 1 else (low, middle)
        if high - low < 1e-4:
            break
    return fitted


def _telling(outcomes: Real, present: Truth, *, rows: bool, across: bool) -> Truth:
    """Leave out rows and columns whose outcomes are all 0, until none is left."""
    used = present.copy()
    while True:
        seen = np.asarray((outcomes > 0) & used)
        kept = used.copy()
        if rows:
            kept &= seen.any(axis=1, keepdims=True)
        if across:
            kept &= seen.any(axis=0, keepdims=True)
        if (kept == used).all():
            return used
        used = kept
