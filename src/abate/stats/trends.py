"""How fast counts rise or fall over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.stats import quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 50
_STEEPEST = 50.0


@dataclass(frozen=True)
class Trends:
    """Rate ratios, one a series, for one unit of time, with their intervals; not a number where none can be told."""

    ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    dispersion: NDArray[np.float64]


def fit(
    counts: NDArray[np.int64], *, times: NDArray[np.float64], exposure: NDArray[np.float64], level: float = 0.95
) -> Trends:
    """Fit a steady rise or fall to each series: log(rate) = a + b·time, and give exp(b) with its interval.

    `counts` has the shape (series, times), `exposure` is how long (or how much) each count stands for. Given a
    series' total, its counts are multinomial, so b solves Σ time·count = total·(mean time under b) and its variance
    is dispersion / (total·variance of time under b) (quasi-Poisson; dispersion is Pearson's, at least 1, on times - 2
    degrees of freedom, which Student's t allows for). Source: McCullagh and Nelder 1989, Generalized Linear Models,
    chapters 6 and 9. A series that is empty, or whose every count lies at the first or last time, has no finite
    slope.

    >>> one = fit(np.array([[8, 12, 18, 27]]), times=np.arange(4.0), exposure=np.ones(4))
    >>> round(float(one.ratio[0]), 3)
    1.5
    """
    totals = counts.sum(axis=1).astype(np.float64)
    middle = times.mean()
    slope = _slopes(counts.astype(np.float64), times - middle, exposure)
    shares = _shares(slope, times - middle, exposure)
    spread = shares @ (times - middle) ** 2 - (shares @ (times - middle)) ** 2
    freedom = len(times) - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = totals[:, None] * shares
        pearson = np.where(expected > 0, (counts - expected) ** 2 / expected, 0.0).sum(axis=1)
        extra = np.maximum(1.0, pearson / freedom) if freedom > 0 else np.full(len(counts), np.nan)
        error = np.sqrt(extra / (totals * spread))
        wide = quantiles.student(level, max(freedom, 1)) * error
    known = (np.abs(slope) < _STEEPEST) & (totals > 0) & (freedom > 0)
    with np.errstate(over="ignore", invalid="ignore"):
        ratio, low, high = (np.where(known, np.exp(x), np.nan) for x in (slope, slope - wide, slope + wide))
    return Trends(ratio, low, high, np.where(known, extra, np.nan))


def _slopes(
    counts: NDArray[np.float64], times: NDArray[np.float64], exposure: NDArray[np.float64]
) -> NDArray[np.float64]:
    totals = counts.sum(axis=1)
    with np.errstate(invalid="ignore"):
        target = np.where(totals > 0, counts @ times / np.maximum(totals, 1), np.nan)
    steep = (target >= times.max()) | (target <= times.min()) | np.isnan(target)
    slope = np.zeros(len(counts))
    widest = 2.0 / max(float(np.ptp(times)), 1e-9)
    for _ in range(_STEPS):
        shares = _shares(slope, times, exposure)
        mean = shares @ times
        spread = np.maximum(shares @ times**2 - mean**2, 1e-12)
        step = np.where(steep, 0.0, np.clip((target - mean) / spread, -widest, widest))
        slope = slope + step
        if np.abs(step).max(initial=0.0) < 1e-12:
            break
    return np.where(steep, np.inf, slope)


def _shares(
    slope: NDArray[np.float64], times: NDArray[np.float64], exposure: NDArray[np.float64]
) -> NDArray[np.float64]:
    finite = np.where(np.isfinite(slope), slope, 0.0)
    height = finite[:, None] * times + np.log(exposure)
    height -= height.max(axis=1, keepdims=True)
    parts = np.exp(height)
    shares: NDArray[np.float64] = parts / parts.sum(axis=1, keepdims=True)
    return shares
