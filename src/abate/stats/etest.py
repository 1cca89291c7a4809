"""Two counts compared exactly: the test of equal rates (the E-test), and the interval of their ratio."""

from __future__ import annotations

from math import ceil, floor, isnan, sqrt

import numpy as np

from abate.errors import OptionError

_REACH = 12.0
_SLACK = 1e-9


def equal_rates(first: int, second: int, *, first_exposure: float = 1.0, second_exposure: float = 1.0) -> float:
    """Give the p-value of two counts having one rate: the E-test of Krishnamoorthy and Thomson, two-sided.

    The statistic is the difference of the rates over its error, T = (k/n - k'/n') / sqrt(k/n² + k'/n'²). Its chance
    of being as far from 0 as it is comes from all pairs of counts that the pooled rate could give, summed exactly:
    for each first count the second counts that are as extreme lie outside the two roots of a quadratic, so that large
    counts cost no more than their range. Two counts of 0 give 1. Raises `OptionError` when a count is below 0 or an
    exposure not above 0. Source: Krishnamoorthy and Thomson 2004, Journal of Statistical Planning and Inference 119,
    23-35.

    >>> round(equal_rates(6, 2), 4), round(equal_rates(3, 0), 4)
    (0.1749, 0.0884)
    """
    from scipy.special import pdtr, pdtrc

    _check(first, second, first_exposure, second_exposure)
    if first + second == 0:
        return 1.0
    n, m = first_exposure, second_exposure
    rate = (first + second) / (n + m)
    squared = (first / n - second / m) ** 2 / (first / n**2 + second / m**2)
    if squared == 0:
        return 1.0
    counts = _range(rate * n)
    a = counts / n
    middle, spread = a + squared / (2 * m), np.sqrt(squared * (a / m + a / n + squared / (4 * m**2)))
    below = np.floor(m * (middle - spread) * (1 + _SLACK) + _SLACK)
    above = np.ceil(m * (middle + spread) * (1 - _SLACK) - _SLACK)
    below[counts == 0] = -1
    extreme = np.where(below >= 0, pdtr(np.maximum(below, 0), rate * m), 0.0) + pdtrc(above - 1, rate * m)
    return float(min(1.0, (_masses(counts, rate * n) * extreme).sum()))


def rate_ratio(
    first: int, second: int, *, first_exposure: float = 1.0, second_exposure: float = 1.0, level: float = 0.95
) -> tuple[float, float, float]:
    """Give the ratio of the first rate to the second, with its exact interval: (value, low, high).

    Given their sum, the first count is binomial; the interval is the one of Clopper and Pearson turned into a ratio
    (Przyborowski and Wilenski 1940, Biometrika 31, 313-323). The value is not a number when both counts are 0, and
    infinite when the second is 0.

    >>> [round(end, 3) for end in rate_ratio(10, 20)]
    [0.5, 0.209, 1.119]
    """
    from scipy.special import betaincinv

    _check(first, second, first_exposure, second_exposure)
    tail, scale = (1 - level) / 2, second_exposure / first_exposure
    low = betaincinv(first, second + 1, tail) if first else 0.0
    high = betaincinv(first + 1, second, 1 - tail) if second else 1.0
    value = float("nan") if first + second == 0 else first / second * scale if second else float("inf")
    return value, float(low / (1 - low) * scale), float(high / (1 - high) * scale) if high < 1 else float("inf")


def _check(first: int, second: int, first_exposure: float, second_exposure: float) -> None:
    faults = [f"a count is a whole number of at least 0, not {one}" for one in (first, second) if one < 0 or one % 1]
    exposures = (first_exposure, second_exposure)
    faults += [f"an exposure is above 0, not {one}" for one in exposures if isnan(one) or one <= 0]
    if faults:
        raise OptionError(*faults)


def _range(mean: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The counts that a Poisson mean can give, but for a share too small to matter."""
    reach = _REACH * sqrt(mean) + _REACH**2 / 2
    return np.arange(max(0, floor(mean - reach)), ceil(mean + reach) + 1, dtype=np.float64)


def _masses(
    counts: np.ndarray[tuple[int], np.dtype[np.float64]], mean: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    from scipy.special import gammaln, xlogy

    found: np.ndarray[tuple[int], np.dtype[np.float64]] = np.exp(xlogy(counts, mean) - mean - gammaln(counts + 1))
    return found
