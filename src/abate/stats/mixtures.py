"""Counts explained by several patterns at once: how much of each, in quiet cells and in busy ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_STEPS = 60
_STILL = 1e-5
_LEAST = 1e-300


def fit(patterns: Real, counts: Whole, *, exposure: Real, prior: Real, strength: float, steps: int = _STEPS) -> Real:
    """Find how much of each pattern makes the counts likeliest, as Poisson counts around Σ weight·pattern.

    `patterns` has the shape (patterns, cells) for the cells that have a count above 0, `exposure` what each pattern
    adds up to over *all* cells. The weights are never negative. They have a gamma prior whose mean is `prior` and
    whose weight is that of `strength` counts, so that few counts leave them near `prior`. With equal exposures the
    weights add up to what the counts do over what the patterns do. Steps of expectation and maximisation, each of
    which makes the whole likelier. Source: Dempster, Laird and Rubin 1977, Journal of the Royal Statistical Society B
    39, 1-38, for Poisson mixing also Lucy 1974, Astronomical Journal 79, 745-754.

    >>> even, own = [0.5, 0.5], [0.9, 0.1]
    >>> both = np.array([even, own])
    >>> fit(both, np.array([90, 10]), exposure=np.full(2, 100.0), prior=np.full(2, 0.5), strength=1.0).round(1).tolist()
    [0.1, 0.9]
    """
    weights = prior.copy()
    for _ in range(steps):
        mean = np.maximum(weights @ patterns, _LEAST)
        shares = weights * (patterns @ (counts / mean))
        new = (shares + strength * prior) / (exposure + strength)
        still = np.abs(new - weights).max(initial=0.0) < _STILL * max(float(new.max(initial=0.0)), _LEAST)
        weights = new
        if still:
            break
    return weights


def tents(values: Real, knots: Real) -> Real:
    """Give how near each value lies to each knot, in logarithms: rising from 0 to 1 at its knot, down to 0 at the next.

    The shape is (knots, values); each column adds up to 1. Values beyond the first or last knot belong to it alone.

    >>> tents(np.array([0.1, 2.0, 4.0]), np.array([1.0, 4.0])).round(2).tolist()
    [[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]
    """
    marks = np.log(knots)
    where = np.clip(np.log(np.maximum(values, knots[0])), marks[0], marks[-1])
    left = np.clip(np.searchsorted(marks, where, side="right") - 1, 0, len(knots) - 2)
    part = (where - marks[left]) / (marks[left + 1] - marks[left])
    near = np.zeros((len(knots), len(values)))
    column = np.arange(len(values))
    near[left, column] = 1 - part
    near[left + 1, column] += part
    return near
