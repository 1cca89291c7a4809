"""Which locations lie around a centre, nearest first: the circles of every size that can be drawn there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST_ENTRIES = 60_000_000


@dataclass(frozen=True)
class Rings:
    """The locations around each centre, nearest first.

    Those of centre c are `location[first[c]:first[c + 1]]`, `apart` their distances. A circle holds all that are
    equally far or none: `closes` is true for the last of them.
    """

    first: Whole
    location: NDArray[np.int32]
    apart: Real
    closes: NDArray[np.bool_]


def surround(centres: Real, locations: Real, *, reach: float, most: int = MOST_ENTRIES) -> Rings:
    """Find the locations within `reach` of each centre, nearest first, and which of them are equally far.

    `centres` and `locations` have the shape (n, 2), `reach` is in their unit. Distances that differ by less than a
    millionth of the unit count as equal, so that the corners of a grid do not come in an order that rounding made.
    Raises `OptionError` when there would be more than `most` of them.

    >>> around = surround(np.zeros((1, 2)), np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), reach=5)
    >>> around.location.tolist(), around.closes.tolist()
    ([1, 2, 0], [False, True, True])
    """
    from scipy.spatial import cKDTree

    tree = cKDTree(locations)
    held = tree.query_ball_point(centres, reach, return_length=True)
    if (needed := int(held.sum())) > most:
        raise OptionError(
            f"circles of up to {reach:g} around {len(centres):,} centres hold {needed:,} locations, "
            f"more than {most:,}: take a smaller radius, larger places, or places instead of points"
        )
    first = np.concatenate([[0], np.cumsum(held)]).astype(np.int64)
    found = tree.query_ball_point(centres, reach)
    location = np.concatenate([np.asarray(one, dtype=np.int64) for one in found]) if needed else np.empty(0, np.int64)
    centre = np.repeat(np.arange(len(centres)), held)
    apart = np.round(np.hypot(*(locations[location] - centres[centre]).T), 6)
    order = np.lexsort((location, apart, centre))
    location, apart = location[order], apart[order]
    closes = np.ones(needed, dtype=np.bool_)
    closes[:-1] = (apart[1:] != apart[:-1]) | (centre[1:] != centre[:-1])
    return Rings(first, location.astype(np.int32), apart, closes)
