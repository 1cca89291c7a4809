"""Things that lie close together, and enough of them: density-based clusters (DBSCAN).

A thing is a *core* if the weight within reach of it, its own included, is at least `least`. Cores within reach of each
other belong to one cluster, and so on from core to core. What is no core but within reach of one is that cluster's
*border*; within reach of the cores of several it goes to the nearest core, and of equally near ones to the first in the
order given (the original leaves this to the order of the data). The rest is *noise*. Sources: Ester, Kriegel, Sander
and Xu 1996; Schubert and others 2017, https://doi.org/10.1145/3068335.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Shapes = NDArray[np.object_]

MOST_PAIRS = 100_000_000


@dataclass(frozen=True)
class Pairs:
    """Pairs of things within reach of each other, each pair once, and how far apart they are."""

    first: Whole
    second: Whole
    apart: Real


@dataclass(frozen=True)
class Labels:
    """The cluster of each thing (-1: noise), numbered from 0 by the first core in each, and which things are cores."""

    cluster: Whole
    core: Flags


def near_points(x: Real, y: Real, *, within: float) -> Pairs:
    """List the pairs of points at most `within` apart.

    Raises `OptionError`, before they are listed, when there are more than a hundred million.

    >>> near_points(np.array([0.0, 3.0, 9.0]), np.zeros(3), within=3.0).second.tolist()
    [1]
    """
    from scipy.spatial import cKDTree

    spots = np.column_stack([x, y])
    tree = cKDTree(spots)
    if (pairs := (int(tree.count_neighbors(tree, within)) - len(x)) // 2) > MOST_PAIRS:
        raise OptionError(
            f"{pairs:,} pairs lie within {within:g} of each other, and at most {MOST_PAIRS:,} are listed: "
            "choose a shorter reach"
        )
    found = tree.query_pairs(within, output_type="ndarray").astype(np.int64)
    return _ordered(found[:, 0], found[:, 1], np.hypot(*(spots[found[:, 0]] - spots[found[:, 1]]).T))


def near_shapes(shapes: Shapes, *, within: float) -> Pairs:
    """List the pairs of shapes (lines, areas) whose nearest points are at most `within` apart.

    >>> import shapely
    >>> roads = np.array([shapely.LineString([(0, y), (50, y)]) for y in (0, 10, 90)], dtype=object)
    >>> near_shapes(roads, within=10).apart.tolist()
    [10.0]
    """
    import shapely

    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=within)
    once = first < second
    first, second = first[once].astype(np.int64), second[once].astype(np.int64)
    return _ordered(first, second, shapely.distance(shapes[first], shapes[second]))


def _ordered(first: Whole, second: Whole, apart: Real) -> Pairs:
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], apart[order])


def label(pairs: Pairs, weight: Real, *, least: float) -> Labels:
    """Find the clusters of things, given which are within reach of each other and what each weighs.

    >>> row = near_points(np.array([0.0, 1.0, 2.0, 3.0, 50.0]), np.zeros(5), within=1.0)
    >>> found = label(row, np.ones(5), least=3)
    >>> found.cluster.tolist(), found.core.tolist()
    ([0, 0, 0, 0, -1], [False, True, True, False, False])
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    things = len(weight)
    around = weight + np.bincount(pairs.first, weights=weight[pairs.second], minlength=things)
    around += np.bincount(pairs.second, weights=weight[pairs.first], minlength=things)
    core = around >= least - 1e-9
    both = core[pairs.first] & core[pairs.second]
    links = coo_array((np.ones(int(both.sum())), (pairs.first[both], pairs.second[both])), shape=(things, things))
    _, part = connected_components(links, directed=False)
    cluster = np.where(core, part, -1).astype(np.int64)
    _join_borders(cluster, core, pairs)
    return Labels(_numbered(cluster, core), core)


def _join_borders(cluster: Whole, core: Flags, pairs: Pairs) -> None:
    """Give what is within reach of a core to the nearest one's cluster, in place."""
    thing = np.concatenate([pairs.first, pairs.second])
    other = np.concatenate([pairs.second, pairs.first])
    apart = np.concatenate([pairs.apart, pairs.apart])
    edge = ~core[thing] & core[other]
    thing, other, apart = thing[edge], other[edge], apart[edge]
    order = np.lexsort((other, apart, thing))
    found, first = np.unique(thing[order], return_index=True)
    cluster[found] = cluster[other[order][first]]


def _numbered(cluster: Whole, core: Flags) -> Whole:
    """Number clusters from 0 in the order of their first cores."""
    parts, first = np.unique(cluster[core], return_index=True)
    if not len(parts):
        return cluster
    number = np.full(int(parts.max()) + 1, -1, dtype=np.int64)
    number[parts[np.argsort(first)]] = np.arange(len(parts))
    return np.where(cluster >= 0, number[np.maximum(cluster, 0)], -1)
