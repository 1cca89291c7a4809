"""Money shared out in proportion to weights, each share within its floor and cap, exact to the penny."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_STEPS = 200


def share(budget: float, weights: Real, floors: Real, caps: Real) -> Real:
    """Share a budget in proportion to weights (one an area, 0 or more), each share within its floor and cap.

    Whoever would fall below the floor gets the floor and whoever would pass the cap gets the cap; the rest is shared in
    proportion. The floors must not add up to more than the budget, nor what can be given to less: see `areas.check`.

    >>> share(100.0, np.array([1.0, 1.0, 2.0]), np.zeros(3), np.array([np.inf, np.inf, 30.0])).tolist()
    [35.0, 35.0, 30.0]
    """
    can = weights > 0
    given = np.where(can, 0.0, floors)
    left = budget - float(given.sum())
    if not can.any():
        return given
    low, high = 0.0, float(np.max(np.maximum(left, floors[can]) / weights[can])) + 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if np.clip(middle * weights[can], floors[can], caps[can]).sum() < left:
            low = middle
        else:
            high = middle
    given[can] = np.clip(high * weights[can], floors[can], caps[can])
    return given


def to_the_penny(amounts: Real, budget_pence: int, floors: Real, caps: Real) -> Whole:
    """Round amounts in pounds to pence that add up to the budget; pennies left over go where most was rounded off.

    Floors and caps are kept. Equal remainders go by the areas' order.

    >>> to_the_penny(np.array([10 / 3] * 3), 1000, np.zeros(3), np.full(3, np.inf)).tolist()
    [334, 333, 333]
    """
    least = np.ceil(np.round(floors * 100, 6))
    most = np.where(np.isfinite(caps), np.floor(np.round(caps * 100, 6)), np.inf)
    exact = np.clip(amounts * 100, least, most)
    found = np.clip(np.floor(np.round(exact, 6)), least, most)
    spare = budget_pence - int(found.sum())
    step = 1 if spare > 0 else -1
    while spare:
        room = found + step <= most if step > 0 else found + step >= least
        order = np.argsort(-(exact - found) * step, kind="stable")
        taken = [place for place in order if room[place]][: abs(spare)]
        found[taken] += step
        spare -= step * len(taken)
    return found.astype(np.int64)
