"""How good a forecast of counts was: proper scores of negative binomial and Poisson distributions, and calibration.

Every function takes equally long arrays: `seen` are counts, `mean` the means that were forecast, `size` the sizes of
the negative binomial (variance = mean + mean²/size; not-a-number or infinite is Poisson). A score is proper when no
forecaster can expect to gain from saying anything but what they believe. Source: Gneiting and Raftery 2007, Journal of
the American Statistical Association 102, 359-378; for counts Czado, Gneiting and Held 2009, Biometrics 65, 1254-1261.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_AS_POISSON = 1e7
"""Above this many times (mean + 1) a size makes no difference that can be measured."""
_BY_QUADRATURE = 1e3


def log_score(seen: Whole, mean: Real, size: Real) -> Real:
    """Give the logarithm of the probability that was forecast for what was seen; higher is better, 0 is best.

    Minus infinity where something was seen that the forecast held impossible (a mean of 0).

    >>> log_score(np.array([0, 2]), np.array([1.0, 1.0]), np.array([np.nan, 1.0])).round(4).tolist()
    [-1.0, -2.0794]
    """
    from scipy.special import betaln, gammaln, xlogy

    poisson, sizes = _poisson(mean, size)
    rare = xlogy(seen, mean) - mean - gammaln(seen + 1.0)
    bunched = (
        -betaln(sizes, seen + 1.0)
        - np.log(sizes + seen)
        - sizes * np.log1p(mean / sizes)
        + xlogy(seen, mean / (mean + sizes))
    )
    chosen: Real = np.where(poisson, rare, bunched)
    return chosen


def below(limit: Whole, mean: Real, size: Real) -> Real:
    """Give the probability of `limit` or fewer; 0 for a negative limit.

    >>> below(np.array([-1, 0]), np.array([1.0, 1.0]), np.array([np.nan, 1.0])).round(4).tolist()
    [0.0, 0.5]
    """
    from scipy.special import betainc, gammaincc

    poisson, sizes = _poisson(mean, size)
    steps = np.maximum(limit, 0) + 1.0
    share = np.where(poisson, gammaincc(steps, mean), betainc(sizes, steps, sizes / (sizes + mean)))
    found: Real = np.where(limit < 0, 0.0, share)
    return found


def crps(seen: Whole, mean: Real, size: Real) -> Real:
    """Give the continuous ranked probability score: how far the forecast lies from what was seen, in incidents.

    Lower is better; for a forecast that names one number it is the absolute error. In closed form: E|X - y| less half
    of E|X - X'|, the mean difference of two draws, by Bessel functions (Poisson) or Gauss's hypergeometric function
    (negative binomial). Source: Wei and Held 2014, TEST 23, 787-805.

    >>> crps(np.array([0, 3]), np.array([1.0, 1.0]), np.array([np.nan, 2.0])).round(4).tolist()
    [0.4762, 1.5388]
    """
    poisson, sizes = _poisson(mean, size)
    upto, before = below(seen, mean, size), below(seen - 1, mean, size)
    # E|X - y| = (y - mean) + 2 E(X - y)+, and E[X; X > y] is a tail of the same family shifted by one
    tail = np.where(poisson, mean * (1 - before), mean * (1 - _shifted(seen, mean, sizes)))
    apart = (seen - mean) + 2 * (tail - seen * (1 - upto))
    scored: Real = apart - np.where(poisson, _poisson_spread(mean), _bunched_spread(mean, sizes)) / 2
    return scored


def _shifted(seen: Whole, mean: Real, sizes: Real) -> Real:
    """Give the probability of `seen` - 1 or fewer under the size grown by one, in which E[X; X > y] is a tail."""
    from scipy.special import betainc

    found: Real = np.where(seen < 1, 0.0, betainc(sizes + 1, np.maximum(seen, 1.0), sizes / (sizes + mean)))
    return found


def _poisson_spread(mean: Real) -> Real:
    from scipy.special import ive

    spread: Real = 2 * mean * (ive(0, 2 * mean) + ive(1, 2 * mean))
    return spread


def _bunched_spread(mean: Real, sizes: Real) -> Real:
    """Give the mean difference of two negative binomial draws; sizes above 1,000 by quadrature."""
    from scipy.special import hyp2f1

    # Pfaff's transformation keeps the argument between 0 and 1
    odds = mean / sizes
    reach = 4 * odds * (1 + odds)
    within = reach / (1 + reach)
    large = sizes > _BY_QUADRATURE
    curve = hyp2f1(1 - np.where(large, 1.0, sizes), 0.5, 2.0, within)
    if large.any():
        curve[large] = _smooth(sizes[large] - 1, within[large], mean[large])
    spread: Real = 2 * mean * (1 + odds) * (1 + reach) ** -0.5 * curve
    return spread


def _smooth(power: Real, within: Real, mean: Real) -> Real:
    """Give 4/pi times the integral of cos(a)² (1 - within·sin(a)²)^power for a from 0 to pi/2, which is 2F1 there.

    The integrand is smooth and periodic, so that the trapezoidal rule is exact to the last digits with few steps.
    """
    steps = 32 + 8 * int(np.ceil(np.sqrt(mean.max())))
    angle = np.linspace(0.0, np.pi / 2, steps + 1)
    weight = np.where((angle == 0) | (angle == angle[-1]), 0.5, 1.0) * np.cos(angle) ** 2 * 2 / steps
    total: Real = np.zeros(len(power))
    for sine, part in zip((np.sin(angle) ** 2).tolist(), weight.tolist(), strict=True):
        total += part * np.exp(power * np.log1p(-within * sine))
    return total


def brier(seen: Whole, mean: Real, size: Real) -> Real:
    """Give the squared error of the probability that anything happens at all; lower is better.

    >>> brier(np.array([0, 1]), np.array([1.0, 1.0]), np.array([1.0, 1.0])).tolist()
    [0.25, 0.25]
    """
    error: Real = (1 - below(np.zeros_like(seen), mean, size) - (seen > 0)) ** 2
    return error


def pit(seen: Whole, mean: Real, size: Real, *, seed: int) -> Real:
    """Give the randomised probability integral transform: even between 0 and 1 when the forecasts are right.

    The share of the forecast distribution below what was seen, plus a random part of the step at it, since counts come
    in steps. Source: Smith 1985, Journal of Forecasting 4, 283-291; Czado, Gneiting and Held 2009.

    >>> values = pit(np.array([0, 5]), np.array([1.0, 1.0]), np.array([np.nan, np.nan]), seed=1)
    >>> bool(0 <= values[0] <= 0.368 < 0.99 < values[1] <= 1)
    True
    """
    before = below(seen - 1, mean, size)
    step = below(seen, mean, size) - before
    drawn: Real = before + np.random.default_rng(seed).random(len(seen)) * step
    return drawn


def _poisson(mean: Real, size: Real) -> tuple[Any, Real]:
    """Tell which forecasts are Poisson, and give sizes that can be computed with for all."""
    poisson = ~np.isfinite(size) | (size > _AS_POISSON * (mean + 1)) | (mean == 0)
    return poisson, np.where(poisson, 1.0, size)
