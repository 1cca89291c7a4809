"""How long a team is on its way between sites and its base: along streets, or in straight lines with a detour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abate.patrols.rotadays import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]


def minutes(metres: Real, *, kmh: float) -> Whole:
    """Turn lengths of ways into whole minutes, rounded up; `NOWHERE` where there is no way.

    >>> minutes(np.array([0.0, 75.0, 76.0, np.inf]), kmh=4.5).tolist() == [0, 1, 2, NOWHERE]
    True
    """
    taken = np.ceil(metres / (kmh * 1000 / 60) - 1e-9)
    return np.where(np.isfinite(taken), taken, NOWHERE).astype(np.int64)


def shortest(taken: Whole) -> Whole:
    """Let every way also lead by other stops where that is quicker (Floyd and Warshall); what is on it takes nothing.

    >>> shortest(np.array([[0, 9, 2], [9, 0, 3], [2, 3, 0]])).tolist()
    [[0, 5, 2], [5, 0, 3], [2, 3, 0]]
    """
    found = taken.copy()
    np.fill_diagonal(found, 0)
    for stop in range(len(found)):
        np.minimum(found, found[:, stop, None] + found[None, stop], out=found)
    return np.minimum(found, NOWHERE)


def straight(points: Real, *, detour: float) -> Real:
    """Give the length of straight lines between points (rows x, y in metres) times a detour factor.

    >>> straight(np.array([[0.0, 0.0], [300.0, 400.0]]), detour=1.3).tolist()
    [[0.0, 650.0], [650.0, 0.0]]
    """
    apart = points[:, None, :] - points[None, :, :]
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]) * detour)


def along(points: Real, lines: Any, *, limit: float) -> tuple[Real, Real]:
    """Give the lengths of the shortest ways along street lines between points, and how far each point is off them.

    `lines` meet only at their ends (see `networks.graphs`). The straight way from a point to its street is walked too.
    Endless where no street lies within `limit`, or where no way leads.
    """
    from abate.networks import graphs, locations

    streets = graphs.graph(lines)
    put = locations.locate(points[:, 0], points[:, 1], lines, limit=limit)
    on = np.flatnonzero(put.edge >= 0)
    found = np.full((len(points), len(points)), np.inf)
    edge, before = put.edge[on], put.along[on]
    after = streets.length[edge] - before
    ends = np.column_stack([streets.start[edge], streets.end[edge]])
    legs = np.column_stack([before, after])
    nodes, where = np.unique(ends, return_inverse=True)
    where = where.reshape(ends.shape)
    ways = graphs.distances(streets, nodes)[:, nodes]
    best = np.full((len(on), len(on)), np.inf)
    for one in range(2):
        for other in range(2):
            through = ways[np.ix_(where[:, one], where[:, other])]
            np.minimum(best, legs[:, None, one] + through + legs[None, :, other], out=best)
    same = edge[:, None] == edge[None, :]
    best[same] = np.minimum(best[same], np.abs(before[:, None] - before[None, :])[same])
    best += put.apart[on][:, None] + put.apart[on][None, :]
    np.fill_diagonal(best, 0.0)
    found[np.ix_(on, on)] = best
    np.fill_diagonal(found, 0.0)
    return found, put.apart
