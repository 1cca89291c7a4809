"""How sure a share is that was counted."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist


def wilson(successes: float, trials: int, *, level: float = 0.95) -> tuple[float, float]:
    """Give the interval of a share by Wilson's score method: (low, high), both between 0 and 1.

    Source: Wilson 1927, Journal of the American Statistical Association 22, 209-212.

    >>> [round(end, 3) for end in wilson(10, 20)]
    [0.299, 0.701]
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, stretch = successes / trials, 1 + z**2 / trials
    middle = (share + z**2 / (2 * trials)) / stretch
    reach = z / stretch * sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    return max(0.0, middle - reach), min(1.0, middle + reach)
