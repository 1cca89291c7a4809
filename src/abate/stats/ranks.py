"""Who is among the largest, when some are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def membership(values: NDArray[np.int64] | NDArray[np.float64], top: int) -> NDArray[np.float64]:
    """Give each value's membership of the `top` largest: 1 inside, 0 outside, a fair share for those tied at the cut.

    Works along the last axis. Where four values tie for the last two places, each gets one half, so that memberships
    always add up to `top` (or to the number of values, when there are fewer).

    >>> membership(np.array([5, 3, 3, 1]), 2).tolist()
    [1.0, 0.5, 0.5, 0.0]
    """
    count = values.shape[-1]
    if top >= count:
        return np.ones(values.shape)
    cut = np.partition(values, count - top, axis=-1)[..., count - top, None]
    above, tied = values > cut, values == cut
    slots = top - above.sum(axis=-1, keepdims=True)
    shared: NDArray[np.float64] = above + tied * (slots / tied.sum(axis=-1, keepdims=True))
    return shared


def midranks(values: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Give each value's rank, smallest first, the mean rank to those that are equal.

    >>> midranks(np.array([7, 1, 7])).tolist()
    [2.5, 1.0, 2.5]
    """
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(sizes)
    middles: NDArray[np.float64] = (last - (sizes - 1) / 2)[group]
    return middles
