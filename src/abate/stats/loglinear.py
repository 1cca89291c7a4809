"""Regression of one series of counts on columns, with a log link, variance in proportion to the mean, and memory.

Quasi-Poisson: the mean is exp(offset + columns · slopes) and the variance is a multiple of it. What is left may hang
together over time; the errors then come from `newey_west`, or the fit itself is told of it (`autoregressive`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

_STEPS = 100
_STEEPEST = 30.0
_SMALLEST = 1e-11
_ROUNDS = 60
_LARGEST = 0.98


@dataclass(frozen=True)
class Fit:
    """Slopes of a fit and how uncertain they are.

    `covariance` has the shape (columns, columns) and already holds the `dispersion`, by which outcomes scatter more
    than Poisson counts; `mean` is the fitted outcome and `residual` Pearson's, one each, NaN where the outcome is
    missing; `memory` is the correlation of neighbours that the fit was told of; `settled` is false when it ran off.
    """

    slopes: Real
    covariance: Real
    dispersion: float
    mean: Real
    residual: Real
    memory: float
    settled: bool


def poisson(outcomes: Real, columns: Real, *, offset: Real | None = None, memory: float = 0.0) -> Fit:
    """Fit a quasi-Poisson regression; `columns` has the shape (periods, columns), with the constant among them.

    Missing outcomes (NaN) drop out. With `memory` r, neighbours' residuals are taken to be correlated r to the power
    of their distance, and both sides are freed of it (a generalised estimating equation with that working correlation).
    Dispersion is Pearson's statistic over its degrees of freedom. Source: McCullagh and Nelder 1989, Generalized
    Linear Models, chapters 6 and 9; Zeger 1988, Biometrika 75, 621-629.

    >>> fitted = poisson(np.array([2.0, 4.0, 8.0, 8.0]), np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]))
    >>> round(float(np.exp(fitted.slopes[1])), 6), round(fitted.dispersion, 6)
    (2.666667, 0.333333)
    """
    known = np.isfinite(outcomes)
    seen, design = outcomes[known], columns[known]
    shift = np.zeros(len(seen)) if offset is None else offset[known]
    at = np.flatnonzero(known)
    mean = (seen + seen.mean()) / 2 + 1e-3
    line, settled = np.log(mean), False
    slopes: Real = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        roots = np.sqrt(mean)
        freed = _freed(np.column_stack([design, line - shift + (seen - mean) / mean]) * roots[:, None], at, memory)
        slopes = np.asarray(np.linalg.lstsq(freed[:, :-1], freed[:, -1], rcond=None)[0], dtype=np.float64)
        moved = np.clip(shift + design @ slopes, -_STEEPEST, _STEEPEST)
        settled = bool(np.abs(moved - line).max() <= _SMALLEST * (1 + np.abs(line).max()))
        line, mean = moved, np.exp(moved)
        if settled:
            break
    residual = np.full(len(outcomes), np.nan)
    residual[known] = (seen - mean) / np.sqrt(mean)
    dispersion = float(np.nansum(residual**2) / max(len(seen) - design.shape[1], 1))
    inner = _freed(design * np.sqrt(mean)[:, None], at, memory)
    fitted = np.full(len(outcomes), np.nan)
    fitted[known] = mean
    covariance = np.asarray(dispersion * np.linalg.pinv(inner.T @ inner, hermitian=True), dtype=np.float64)
    return Fit(
        slopes, covariance, dispersion, fitted, residual, memory, settled and bool((np.abs(line) < _STEEPEST).all())
    )


def autoregressive(outcomes: Real, columns: Real, *, offset: Real | None = None) -> Fit:
    """Fit with memory that is found from the residuals, in turns, until neither changes.

    Residuals of a fit with many columns remember less than what they are residuals of; the memory is therefore the one
    at which the residuals' correlation is what such a fit would leave of it (Gaussian, to first order).

    >>> rng = np.random.default_rng(1)
    >>> autoregressive(rng.poisson(20.0, 60).astype(float), np.ones((60, 1))).memory < 0.4
    True
    """
    fit = poisson(outcomes, columns, offset=offset)
    for _ in range(_ROUNDS):
        memory = _memory(fit, columns)
        if abs(memory - fit.memory) < 1e-8:
            break
        fit = poisson(outcomes, columns, offset=offset, memory=memory)
    return fit


def newey_west(fit: Fit, columns: Real, *, lags: int) -> Real:
    """Give the slopes' covariance when residuals hang together over up to `lags` periods.

    Bartlett's weights, with the correction n/(n - columns) for few periods. Source: Newey and West 1987, Econometrica
    55, 703-708. Missing periods count as gaps, not as neighbours.

    >>> fit = poisson(np.array([2.0, 4.0, 8.0, 8.0]), np.ones((4, 1)))
    >>> newey_west(fit, np.ones((4, 1)), lags=0).round(4).tolist()
    [[0.0744]]
    """
    known = np.isfinite(fit.residual)
    roots = np.sqrt(np.where(known, fit.mean, 0.0))
    scores = columns * (roots * np.where(known, fit.residual, 0.0))[:, None]
    meat = scores.T @ scores
    for lag in range(1, lags + 1):
        apart = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (apart + apart.T)
    bread = np.linalg.pinv((columns * roots[:, None]).T @ (columns * roots[:, None]), hermitian=True)
    number = int(known.sum())
    return np.asarray(number / max(number - columns.shape[1], 1) * bread @ meat @ bread, dtype=np.float64)


def autocorrelations(residual: Real, *, lags: int) -> Real:
    """Give the correlation of residuals that are 1, 2, ... `lags` periods apart; missing ones (NaN) are left out.

    >>> autocorrelations(np.array([1.0, -1.0, 1.0, -1.0]), lags=2).tolist()
    [-0.75, 0.5]
    """
    known = np.isfinite(residual)
    left = np.where(known, residual - residual[known].mean(), 0.0)
    total = float((left**2).sum())
    return np.array([(left[lag:] * left[:-lag]).sum() / total if total else 0.0 for lag in range(1, lags + 1)])


def ljung_box(residual: Real, *, lags: int) -> tuple[float, float]:
    """Test whether residuals hang together over up to `lags` periods: the statistic, and its p-value.

    Source: Ljung and Box 1978, Biometrika 65, 297-303.

    >>> ljung_box(np.array([1.0, -1.0] * 10), lags=1)[1] < 0.001
    True
    """
    from scipy.special import chdtrc

    number = int(np.isfinite(residual).sum())
    found = autocorrelations(residual, lags=lags)
    apart = np.maximum(number - np.arange(1, lags + 1), 1)
    statistic = float(number * (number + 2) * (found**2 / apart).sum())
    return statistic, float(chdtrc(lags, statistic))


def _freed(values: Real, at: NDArray[np.int64], memory: float) -> Real:
    """Take from each row what the row before it foretells, and bring it back to the same spread."""
    if memory == 0 or len(values) < 2:
        return values
    tie = memory ** np.diff(at)[:, None]
    return np.concatenate([values[:1], (values[1:] - tie * values[:-1]) / np.sqrt(1 - tie**2)])


def _memory(fit: Fit, columns: Real) -> float:
    """Find the memory whose residuals, after a fit on these columns, are as correlated as the ones seen."""
    known = np.isfinite(fit.residual)
    roots = np.sqrt(fit.mean[known])
    at = np.flatnonzero(known)
    design = columns[known] * roots[:, None]
    inner = _freed(design, at, fit.memory)
    tie = fit.memory ** np.abs(at[:, None] - at[None, :]) if fit.memory else np.eye(len(at))
    taken = design @ np.linalg.pinv(inner.T @ inner, hermitian=True) @ design.T
    raw = fit.residual[known]
    next_to = np.flatnonzero(np.diff(at) == 1)
    lost = tie - taken
    seen = float((raw[next_to] * raw[next_to + 1]).sum() / (raw**2).sum())
    told = float(lost[next_to, next_to + 1].sum() / np.trace(lost))
    return float(np.clip(fit.memory + seen - told, 0.0, _LARGEST))
