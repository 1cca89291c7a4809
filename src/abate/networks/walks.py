"""The walk along all ways from a point, compiled: the innermost part of kernels that split at crossings."""

from __future__ import annotations

from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]


@no_type_check
def below_plain(distance: float, radius: float) -> float:
    """Give the mass of the one-sided quartic kernel up to a distance: 0 before it begins, a half beyond its radius."""
    part = min(max(distance / radius, 0.0), 1.0)
    return 15 / 16 * (part - 2 * part**3 / 3 + part**5 / 5)


_below = numba.njit(cache=True, nogil=True)(below_plain)


@no_type_check
def lay_plain(
    entered: tuple[int, bool, float], part: float, radius: float, pieces: tuple[Real, Whole], out: Real
) -> None:
    """Lay the part of the kernel that falls on one edge on its lixels.

    `entered` is the edge, whether it is walked from its start, and the distance walked before it.
    """
    edge, onward, away = entered
    lixel, first = pieces
    size = lixel[first[edge]]
    covered = _below(away, radius)
    for step in range(first[edge + 1] - first[edge]):
        if away + step * size >= radius:
            break
        next_covered = _below(away + (step + 1) * size, radius)
        place = first[edge] + step if onward else first[edge + 1] - 1 - step
        out[place] += part * (next_covered - covered)
        covered = next_covered


_lay = numba.njit(cache=True, nogil=True)(lay_plain)


@no_type_check
def walk_plain(
    spots: Real, streets: tuple[Whole, Whole, Real, Whole, Whole], pieces: tuple[Real, Whole], rule: Real, out: Real
) -> int:
    """Send each spot's mass both ways along its edge and on at every node, until the radius is used up.

    `spots` has the rows edge, distance along it, weight; `streets` are each edge's start, end and length and the ends
    by node (see `graphs.Ends`); `pieces` the lixels' lengths and the first of each edge. `rule` is the radius, 1 for
    the continuous rule (0 for the discontinuous one), the least mass (of a point's 1) that is walked on with, and the
    most edges to be walked. Less mass is laid where it stands. Gives how many edges were walked, or -1 when the most
    was not enough.
    """
    start, end, length, ends, begin = streets
    radius, continuous, least, most = rule[0], rule[1] > 0, rule[2], rule[3]
    way, far, share = [np.int64(0)], [0.0], [0.0]
    walked = 0
    for k in range(spots.shape[1]):
        own = np.int64(spots[0, k])
        way.append(2 * own)
        far.append(-spots[1, k])
        share.append(spots[2, k])
        way.append(2 * own + 1)
        far.append(spots[1, k] - length[own])
        share.append(spots[2, k])
        while len(way) > 1:
            along, away, part = way.pop(), far.pop(), share.pop()
            walked += 1
            if walked > most:
                return -1
            edge, onward = along // 2, along % 2 == 0
            _lay((edge, onward, away), part, radius, pieces, out)
            away += length[edge]
            if away >= radius:
                continue
            rest = part * (0.5 - _below(away, radius))
            if abs(rest) <= least * spots[2, k]:
                out[pieces[1][edge + 1] - 1 if onward else pieces[1][edge]] += rest
                continue
            node = end[edge] if onward else start[edge]
            meeting = begin[node + 1] - begin[node]
            for other in range(begin[node], begin[node + 1]):
                back = ends[other] == 2 * edge + (1 if onward else 0)
                if continuous:
                    goes = part * (2 / meeting - 1 if back else 2 / meeting)
                elif meeting == 1:
                    goes = part
                else:
                    goes = 0.0 if back else part / (meeting - 1)
                if goes != 0:
                    way.append(ends[other])
                    far.append(away)
                    share.append(goes)
    return walked


walk = numba.njit(cache=True, nogil=True)(walk_plain)
