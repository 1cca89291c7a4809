"""Many tests at once: which share of the findings may be false."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]


def false_discovery(p: Real, *, dependent: bool = False) -> Real:
    """Turn p-values into q-values: calling all tests with a q of at most 0.05 found makes 5% of the findings false.

    Tests without a p-value (not a number) stay without and do not count. Benjamini and Hochberg's q holds for
    independent tests and those that rise and fall together, as local statistics of neighbours do; `dependent` gives
    Benjamini and Yekutieli's, which holds for any tests and finds less. Sources: Benjamini and Hochberg 1995, Journal
    of the Royal Statistical Society B 57, 289-300; Benjamini and Yekutieli 2001, Annals of Statistics 29, 1165-1188;
    Caldas de Castro and Singer 2006, Geographical Analysis 38, 180-208 (for local statistics).

    >>> false_discovery(np.array([0.01, 0.04, 0.03, 0.5])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    number = len(tested)
    if not number:
        return q
    order = tested[np.argsort(p[tested], kind="stable")]
    ranks = np.arange(1, number + 1)
    factor = float((1 / ranks).sum()) if dependent else 1.0
    scaled = p[order] * number * factor / ranks
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q
