"""Several tests taken as one family: p-values that keep the chance of even one false finding at the level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

_SAME = 1e-9


def holm(p: Real) -> Real:
    """Adjust p-values so that finding those of at most 0.05 finds even one falsely in at most 5% of families.

    Holds for any tests, however they hang together. Source: Holm 1979, Scandinavian Journal of Statistics 6, 65-70.

    >>> holm(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    order = np.argsort(p, kind="stable")
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted


def step_down(observed: Real, redrawn: Real) -> Real:
    """Adjust p-values by how large the largest of the statistics gets when the treatment is drawn again.

    `observed` holds one statistic a test (larger in size is further from chance), `redrawn` the same statistics for
    each redraw, in the shape (tests, draws), all tests of one draw from the same assignment. Since the redraws keep
    what the tests have in common, this finds more than Holm's steps where outcomes hang together. Source: Westfall
    and Young 1993, Resampling-Based Multiple Testing, algorithm 2.8.

    >>> step_down(np.array([3.0, 1.0]), np.array([[0.0, 1.0, 2.0], [2.0, 0.5, 0.5]])).tolist()
    [0.25, 0.5]
    """
    order = np.argsort(-np.abs(observed), kind="stable")
    sizes = np.abs(redrawn[order])
    largest = np.maximum.accumulate(sizes[::-1], axis=0)[::-1]
    reached = (largest >= np.abs(observed[order])[:, None] * (1 - _SAME)).sum(axis=1)
    shares = np.maximum.accumulate((reached + 1) / (redrawn.shape[1] + 1))
    adjusted = np.empty(len(observed))
    adjusted[order] = shares
    return adjusted
