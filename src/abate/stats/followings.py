"""How often events at one unit follow earlier ones at units around it, by ring and by days between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Followings:
    """Pairs of an event and an earlier one: `near` by ring and by days between, `all` by days between alone."""

    near: Whole
    all: Whole


def follow(
    unit: Whole, day: Whole, events: Whole, *, starts: Whole, others: Whole, ring: Whole, rings: int, edges: Whole
) -> Followings:
    """Count pairs of events by the ring of the earlier one's unit around the later one's, and by days between.

    Records are `events` at a `unit` on a `day`. The units around unit i are others[starts[i]:starts[i + 1]], each in a
    `ring` (0 to rings - 1); a unit that is to count for itself is in its own list. Days between run from an edge to
    before the next; `edges` rise and begin at 1 or later, so that no event follows one of its own day.

    >>> found = follow(
    ...     np.array([0, 0, 1]), np.array([0, 2, 3]), np.array([1, 1, 1]),
    ...     starts=np.array([0, 2, 4]), others=np.array([0, 1, 0, 1]), ring=np.array([0, 1, 1, 0]),
    ...     rings=2, edges=np.array([1, 3, 8]),
    ... )
    >>> found.near.tolist(), found.all.tolist()
    ([[1, 0], [1, 1]], [2, 1])
    """
    order = np.lexsort((day, unit))
    unit, day, events = unit[order], day[order], events[order]
    begins = np.searchsorted(unit, np.arange(len(starts)))
    running = np.concatenate([[0], np.cumsum(events)])
    near = _count(unit, day, events, begins, running, starts, others, ring, rings, edges)
    last = int(day.max()) + 1 if len(day) else 1
    by_day = np.bincount(day, weights=events, minlength=last).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(by_day)])
    days = np.arange(last)
    reached = [before[np.maximum(days - edge + 1, 0)] for edge in edges]
    every = [int((by_day * (soon - late)).sum()) for soon, late in pairwise(reached)]
    return Followings(near, np.array(every, dtype=np.int64))


@no_type_check
def _count_plain(unit, day, events, begins, running, starts, others, ring, rings, edges):  # noqa: PLR0917 - a kernel takes plain arrays
    """Go through the records, the units around each, and the days of each of these by bisection."""
    bands = len(edges) - 1
    counts = np.zeros((rings, bands), dtype=np.int64)
    for record in range(len(unit)):
        here = unit[record]
        for entry in range(starts[here], starts[here + 1]):
            there = others[entry]
            first, last = begins[there], begins[there + 1]
            if first == last or day[first] > day[record] - edges[0]:
                continue
            soon = first + np.searchsorted(day[first:last], day[record] - edges[0], side="right")
            for band in range(bands):
                late = first + np.searchsorted(day[first:last], day[record] - edges[band + 1], side="right")
                counts[ring[entry], band] += events[record] * (running[soon] - running[late])
                soon = late
    return counts


_count = numba.njit(nogil=True, cache=True)(_count_plain)
