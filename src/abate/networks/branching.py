"""The best row of edges proven: all rows followed edge by edge, but for those that can no longer be better.

Of two rows that have taken the same edges and stand at the same place the shorter one is followed. A row is given up
when what it has and what may still be had (see `networks.relaxations`) is no more than a walk at hand passes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.relaxations import Ground, Relaxed

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST_EDGES = 62


@dataclass(frozen=True)
class Branched:
    """The best row that was found, and whether the search was carried to its end.

    `row` is None where nothing better than `enough` was found; then, if `ended`, there is nothing better.
    """

    row: Whole | None
    value: float
    ended: bool


@no_type_check
def follow_plain(
    labels: tuple[Whole, Whole, Real, Real],
    ground: tuple[Whole, Whole, Real, Real, Real],
    bounds: tuple[Real, Real, float],
    limits: tuple[float, float],
    out: tuple[Whole, Whole, Real, Real, Whole],
) -> int:
    """Take every row one edge further where it may still become better; gives how many, or -1 when there is no room.

    `labels` are the rows' edges taken (bits), states, lengths and values. `ground` is where states begin and end, the
    lengths and worth of edges, and how far nodes are apart; `bounds` what may still be had, the prices and the step
    (where it reaches further than the budget, for tiny edges, it is looked up that much further); `limits` the budget
    and the value to be beaten. `out` is filled with the same, and the row that each comes from.
    """
    taken, state, length, value = labels
    enters, leaves, own, worth, apart = ground
    rest, price, step = bounds
    budget, beaten = limits
    masks, states, lengths, values, parents = out
    many, spare = 0, rest.shape[1] - 1 - int(budget / step + 0.5)
    for label in range(len(taken)):
        at = leaves[state[label]] if state[label] >= 0 else 0
        open_price = 0.0
        for edge in range(len(worth)):
            if not (taken[label] >> edge) & 1:
                least = min(
                    apart[at, enters[2 * edge]] + apart[enters[2 * edge + 1], 0],
                    apart[at, enters[2 * edge + 1]] + apart[enters[2 * edge], 0],
                )
                if length[label] + least + own[edge] <= budget:
                    open_price += price[edge]
        for other in range(len(enters)):
            edge = other // 2
            if (taken[label] >> edge) & 1:
                continue
            far = length[label] + apart[at, enters[other]] + own[edge]
            if far + apart[leaves[other], 0] > budget:
                continue
            got = value[label] + worth[edge]
            left = int((budget - far) / step + 1e-9) + spare
            if got + rest[other, left] + open_price - price[edge] <= beaten:
                continue
            if many == len(masks):
                return -1
            masks[many] = taken[label] | (1 << edge)
            states[many], lengths[many], values[many], parents[many] = other, far, got, label
            many += 1
    return many


_follow = numba.njit(cache=True, nogil=True)(follow_plain)


def branch(ground: Ground, relaxed: Relaxed, budget: float, *, enough: float, room: int) -> Branched:
    """Find the row whose closed walk passes most, if any passes more than `enough`; `room` is the most rows at once.

    At most 62 edges; prices and what may still be had come from `relaxations.relax`.

    >>> from abate.networks.relaxations import Ground, relax
    >>> tips, worth = np.array([[0, 1], [1, 2]]), np.array([3.0, 4.0])
    >>> apart = np.abs(np.arange(3.0)[:, None] - np.arange(3.0))
    >>> given = Ground(tips, np.ones(2), worth, apart)
    >>> found = branch(given, relax(given, 4.0, enough=3.0, rounds=9), 4.0, enough=3.0, room=99)
    >>> found.row.tolist(), found.value, found.ended
    ([0, 2], 7.0, True)
    """
    if len(ground.worth) > MOST_EDGES:
        return Branched(None, enough, ended=False)
    parts = (ground.enters, ground.leaves, ground.length, ground.worth, ground.apart)
    whole, real = np.empty((3, room), dtype=np.int64), np.empty((2, room))
    labels = (np.zeros(1, np.int64), np.full(1, -1, np.int64), np.zeros(1), np.zeros(1))
    layers: list[tuple[Whole, Whole]] = []
    best, row = enough, None
    while len(labels[0]):
        limits = (budget, best * (1 + 1e-9) + 1e-9)
        out = (whole[0], whole[1], real[0], real[1], whole[2])
        many = _follow(labels, parts, (relaxed.rest, relaxed.price, relaxed.step), limits, out)
        if many < 0:
            return Branched(row, best, ended=False)
        kept = _shortest(whole[0, :many], whole[1, :many], real[0, :many])
        labels = (whole[0, kept], whole[1, kept], real[0, kept], real[1, kept])
        layers.append((labels[1], whole[2, kept]))
        if len(kept) and labels[3].max() > best * (1 + 1e-9) + 1e-9:
            best = float(labels[3].max())
            row = _traced(layers, int(np.argmax(labels[3])))
    return Branched(row, best, ended=True)


def _shortest(taken: Whole, state: Whole, length: Real) -> Whole:
    """Of rows with the same edges taken and the same state keep the shortest, of equally short ones the first."""
    order = np.lexsort((length, state, taken))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(taken[order]) != 0) | (np.diff(state[order]) != 0)
    return np.sort(order[first])


def _traced(layers: list[tuple[Whole, Whole]], label: int) -> Whole:
    row = []
    for states, parents in reversed(layers):
        row.append(int(states[label]))
        label = int(parents[label])
    return np.array(row[::-1], dtype=np.int64)
