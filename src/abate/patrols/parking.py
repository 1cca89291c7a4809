"""Where the car is left: points at the edge of a site that a car can reach, from which the walk begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.patrols.walkable import Network

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]


def candidates(ground: Network, outline: Any, *, worth: Real, most: int, unit_m: float, apart_m: float = 40.0) -> Whole:
    """List nodes at the edge of an outline where a car can stop, nearest to the edge first and apart from each other.

    Only nodes are taken from which, over walkable streets, something of `worth` can be come to. Empty where there is
    none at all.
    """
    import shapely

    parts = np.unique(ground.part[ground.graph.start[worth > 0]])
    nodes = np.flatnonzero(ground.drivable & np.isin(ground.part, parts))
    if not len(nodes):
        nodes = np.flatnonzero(np.isin(ground.part, parts))
    west, south, east, north = outline.bounds
    x, y = ground.graph.x[nodes], ground.graph.y[nodes]
    beside = np.hypot(np.maximum(0, np.maximum(west - x, x - east)), np.maximum(0, np.maximum(south - y, y - north)))
    nodes = nodes[np.argsort(beside, kind="stable")[:2000]]
    x, y = ground.graph.x[nodes], ground.graph.y[nodes]
    away = np.round(shapely.distance(shapely.boundary(outline), shapely.points(x, y)), 6)
    chosen: list[int] = []
    for spot in np.lexsort((nodes, away)).tolist():
        near = [np.hypot(x[spot] - x[other], y[spot] - y[other]) for other in chosen]
        if not near or min(near) * unit_m >= apart_m:
            chosen.append(spot)
        if len(chosen) == most:
            break
    return nodes[chosen]


def nearest(ground: Network, x: float, y: float, *, worth: Real) -> tuple[int, float]:
    """Give the node nearest to a point from which something of `worth` can be come to, and how far away it is."""
    parts = np.unique(ground.part[ground.graph.start[worth > 0]])
    nodes = np.flatnonzero(np.isin(ground.part, parts))
    away = np.hypot(ground.graph.x[nodes] - x, ground.graph.y[nodes] - y)
    first = int(np.lexsort((nodes, away))[0])
    return int(nodes[first]), float(away[first])
