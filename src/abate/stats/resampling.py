"""Intervals from what was seen: by drawing it again (the bootstrap), or leaving parts of it out (the jackknife)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.stats import quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray


def repeats(units: int, *, draws: int, seed: int) -> NDArray[np.int64]:
    """Draw units with replacement: how often each of them comes up, in the shape (draws, units).

    Each row adds up to `units`. Source: Efron 1979, Annals of Statistics 7, 1-26.

    >>> repeats(4, draws=2, seed=1).sum(axis=1).tolist()
    [4, 4]
    """
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=draws)


def centred(value: float, drawn: NDArray[np.float64], *, level: float) -> tuple[float, float]:
    """Give the interval of a figure from its redrawn values, after taking off their common shift.

    Drawing again adds noise, and noise makes a figure such as "share of the busiest" larger than it is. The redrawn
    values are therefore moved so that their middle lies on the figure itself. Gives (low, high) in the unit of
    `value`; it always holds `value`.

    >>> centred(10.0, np.array([11.0, 12.0, 13.0]), level=0.9)
    (9.1, 10.9)
    """
    moved = drawn - drawn.mean() + value
    low, high = np.quantile(moved, [(1 - level) / 2, (1 + level) / 2])
    return float(round(min(low, value), 12)), float(round(max(high, value), 12))


def jackknife(
    value: NDArray[np.float64], left_out: NDArray[np.float64], *, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give intervals of figures from what they become when each part of the data is left out in turn.

    `value` holds the figures from all parts, `left_out` has the shape (parts, figures). Since every part is left out
    once, all the figures rest on equally much data, so that measures which grow with noise are not thrown off as they
    are by drawing again. The error is sqrt((n - 1)/n Σ (figure - mean)²), on n - 1 degrees of freedom. Gives the lower
    and the upper ends. Source: Tukey 1958; Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 11.

    >>> ends = jackknife(np.array([2.0]), np.array([[2.5], [2.0], [1.5]]), level=0.95)
    >>> [round(float(end[0]), 2) for end in ends]
    [-0.48, 4.48]
    """
    parts = len(left_out)
    error = np.sqrt((parts - 1) / parts * ((left_out - left_out.mean(axis=0)) ** 2).sum(axis=0))
    wide = quantiles.student(level, parts - 1) * error
    return value - wide, value + wide
