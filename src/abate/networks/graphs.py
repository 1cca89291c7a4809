"""A street graph: nodes where lines end, edges between them, and the ways through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]


@dataclass(frozen=True)
class Graph:
    """Nodes by their coordinates, and edges by the nodes at which they start and end and their length.

    `x` and `y` have one entry a node; `start`, `end` (positions of nodes) and `length` (in the unit of the coordinates)
    one an edge. Edges run both ways. Two edges may join the same nodes, and one may end where it starts.
    """

    x: Real
    y: Real
    start: Whole
    end: Whole
    length: Real

    @cached_property
    def ends(self) -> Ends:
        """The edges' ends, by node."""
        leaving = np.column_stack([self.start, self.end]).ravel()
        order = np.argsort(leaving, kind="stable").astype(np.int64)
        begin = np.concatenate([[0], np.cumsum(np.bincount(leaving, minlength=len(self.x)))]).astype(np.int64)
        return Ends(order, begin)

    @cached_property
    def degree(self) -> Whole:
        """How many ends of edges meet at each node."""
        return np.diff(self.ends.begin)

    @cached_property
    def shortest_edge(self) -> Any:
        """The lengths between neighbouring nodes as a sparse matrix: of several edges the shortest."""
        from scipy.sparse import csr_array

        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        order = np.lexsort((self.length, high, low))
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        kept = order[first]
        kept = kept[low[kept] != high[kept]]
        shape = (len(self.x), len(self.x))
        return csr_array((self.length[kept], (low[kept], high[kept])), shape=shape)


@dataclass(frozen=True)
class Ends:
    """Ends of edges sorted by node: end 2e leaves the start of edge e along it, end 2e + 1 its end backwards.

    Those at node n stand in `end` from `begin[n]` to before `begin[n + 1]`.
    """

    end: Whole
    begin: Whole


@dataclass(frozen=True)
class Route:
    """A way through a graph: the nodes it passes, the edges it takes, and how long it is (endless if there is none)."""

    nodes: Whole
    edges: Whole
    length: float


def graph(lines: Shapes) -> Graph:
    """Make a graph of lines that meet only at their ends (see `space.segments.split`): one edge a line, in order.

    Ends belong to one node when their coordinates agree to the last bit. Nodes come by easting, then northing. Raises
    `OptionError` when a line has no length.

    >>> import shapely
    >>> cross = [shapely.LineString(ends) for ends in ([(0, 0), (5, 0)], [(5, 0), (9, 0)], [(5, 0), (5, 3)])]
    >>> made = graph(np.array(cross, dtype=object))
    >>> made.degree.tolist(), made.length.tolist()
    ([1, 3, 1, 1], [5.0, 4.0, 3.0])
    """
    import shapely

    length = shapely.length(lines)
    if not (length > 0).all():
        raise OptionError(f"{int((~(length > 0)).sum()):,} lines have no length: leave them out of the street graph")
    tips = shapely.get_coordinates([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    nodes, where = np.unique(tips, axis=0, return_inverse=True)
    start, end = where.ravel().astype(np.int64).reshape(2, len(lines))
    return Graph(nodes[:, 0].copy(), nodes[:, 1].copy(), start, end, length)


def parts(streets: Graph) -> Whole:
    """Number the parts of a graph that hang together: the part of each node, the largest part 0.

    >>> two = Graph(np.arange(5.0), np.zeros(5), np.array([0, 2, 3]), np.array([1, 3, 4]), np.ones(3))
    >>> parts(two).tolist()
    [1, 1, 0, 0, 0]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    nodes = len(streets.x)
    links = coo_array((np.ones(len(streets.start)), (streets.start, streets.end)), shape=(nodes, nodes))
    many, part = connected_components(links, directed=False)
    rank = np.empty(many, dtype=np.int64)
    rank[np.argsort(-np.bincount(part, minlength=many), kind="stable")] = np.arange(many)
    return np.asarray(rank[part])


def distances(streets: Graph, sources: Whole, *, limit: float = np.inf) -> Real:
    """Give the length of the shortest way from some nodes to every node, in the shape (sources, nodes).

    Endless where there is no way, or none up to `limit`. By Dijkstra's algorithm.

    >>> line = Graph(np.arange(3.0), np.zeros(3), np.array([0, 1]), np.array([1, 2]), np.array([1.0, 2.0]))
    >>> distances(line, np.array([0])).tolist()
    [[0.0, 1.0, 3.0]]
    """
    from scipy.sparse.csgraph import dijkstra

    found: Real = dijkstra(streets.shortest_edge, directed=False, indices=sources, limit=limit)
    return found


def route(streets: Graph, source: int, target: int) -> Route:
    """Give the shortest way from one node to another; without edges and endless where there is none.

    Of parallel edges the shortest is taken, of equally short ones the first.

    >>> two_ways = Graph(np.arange(2.0), np.zeros(2), np.array([0, 1]), np.array([1, 0]), np.array([5.0, 3.0]))
    >>> route(two_ways, 0, 1)
    Route(nodes=array([0, 1]), edges=array([1]), length=3.0)
    """
    from scipy.sparse.csgraph import dijkstra

    apart, before = dijkstra(streets.shortest_edge, directed=False, indices=source, return_predecessors=True)
    if not np.isfinite(apart[target]):
        none = np.empty(0, dtype=np.int64)
        return Route(none, none, float("inf"))
    nodes = [target]
    while nodes[-1] != source:
        nodes.append(int(before[nodes[-1]]))
    nodes.reverse()
    steps = [_between(streets, one, other) for one, other in pairwise(nodes)]
    return Route(np.array(nodes, dtype=np.int64), np.array(steps, dtype=np.int64), float(apart[target]))


def _between(streets: Graph, one: int, other: int) -> int:
    ends = streets.ends
    edges = ends.end[ends.begin[one] : ends.begin[one + 1]] // 2
    joins = edges[streets.start[edges] + streets.end[edges] - one == other]
    return int(joins[np.lexsort((joins, streets.length[joins]))[0]])
