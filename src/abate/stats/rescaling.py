"""Whether a process in time comes as its fitted rate says: residuals that should be evenly spread from 0 to 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.excitation import Rates

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]


def rescale(t: Real, weight: Real, *, rates: Rates, lag: float) -> Real:
    """Stretch time so that the process, if fitted rightly, comes evenly: the chances of the waits between events.

    `t` are exact times in order, from 0; `weight` the followers that each event is expected to have where events are
    seen. The expected number of events up to each is taken, and the differences d given as 1 - exp(-d), which are then
    uniform. Source: Ogata 1988, Journal of the American Statistical Association 83, 9-27.
    """
    expected = rates.background * t + _followed(t, weight, rates.decay, lag)
    return -np.expm1(-np.diff(expected, prepend=0.0))


def _followed(t: Real, weight: Real, decay: float, lag: float) -> Real:
    """Give the followers expected up to each time: sums of weight times the share of followers that has come."""
    whole = -np.expm1(-decay * lag)
    oldest, done, active, fading, last = 0, 0.0, 0.0, 0.0, 0.0
    sums = np.empty(len(t))
    for event, now in enumerate(t.tolist()):
        fading *= np.exp(-decay * (now - last))
        while t[oldest] < now - lag:
            fading -= weight[oldest] * np.exp(-decay * (now - t[oldest]))
            active, done, oldest = active - weight[oldest], done + weight[oldest], oldest + 1
        sums[event] = done + (active - fading) / whole
        active, fading, last = active + weight[event], fading + weight[event], now
    return sums


def daily(day: Whole, weight: Real, *, days: int, rates: Rates, lag: float) -> Real:
    """Give the events expected on each day, from the background and from all that came on days before.

    `day` counts from 0, `weight` is as for `rescale`.
    """
    wait = np.arange(1, int(lag) + 1)
    share = np.expm1(rates.decay) * np.exp(-rates.decay * wait) / -np.expm1(-rates.decay * int(lag))
    a_day = np.bincount(day, weights=weight, minlength=days)
    followed = np.convolve(a_day, share)[: days - 1] if days > 1 else np.empty(0)
    expected: Real = rates.background + np.concatenate([[0.0], followed])
    return expected


def randomised(seen: Whole, expected: Real, *, generator: np.random.Generator) -> Real:
    """Give the chance of fewer than each Poisson count, plus a random part of the chance of that count.

    If the counts come as expected these are uniform. Source: Smith 1985, Journal of Forecasting 4, 283-291.
    """
    from scipy.special import pdtr

    below = np.where(seen > 0, pdtr(np.maximum(seen - 1, 0), expected), 0.0)
    chances: Real = below + generator.random(len(seen)) * (pdtr(seen, expected) - below)
    return chances


def uneven(chances: Real) -> tuple[float, float]:
    """Give the largest gap between chances and an even spread from 0 to 1, and its p (Kolmogorov and Smirnov).

    The p is the limit for many values, and too large where the rates were fitted to the same values.

    >>> gap, p = uneven(np.linspace(0.005, 0.995, 100))
    >>> round(gap, 3), round(p, 3)
    (0.005, 1.0)
    """
    from scipy.special import kolmogorov

    ordered, many = np.sort(chances), len(chances)
    gap = max(float((np.arange(1, many + 1) / many - ordered).max()), float((ordered - np.arange(many) / many).max()))
    return gap, float(kolmogorov(np.sqrt(many) * gap))
