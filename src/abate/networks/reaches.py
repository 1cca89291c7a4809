"""What a closed walk of a given length can reach from a node: the part of a street graph that such a walk needs.

Of the edges without worth only those are kept that lie on a shortest way between two places where something is to be
had; chains of them become one edge. Nothing is lost by that: a closed walk is a row of edges with worth, joined by
shortest ways, and any other way between them can be exchanged for the shortest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]

ROUNDING = 1e-9


@dataclass(frozen=True)
class Links:
    """Edges of the reduced graph: ends (nodes numbered anew, the depot 0), length, worth, and what each stands for.

    Link k stands for the edges `member[first[k]:first[k + 1]]` of the whole graph. `nodes` is how many nodes there are.
    """

    start: Whole
    end: Whole
    length: Real
    worth: Real
    member: Whole
    first: Whole
    nodes: int

    @property
    def prized(self) -> Whole:
        """The links that have a worth."""
        return np.flatnonzero(self.worth > 0)

    def stands_for(self, link: int) -> Whole:
        """Give the edges of the whole graph that a link stands for."""
        return self.member[self.first[link] : self.first[link + 1]]


@dataclass(frozen=True)
class Reach:
    """What can be had within a budget: the links, and how far the terminals are apart.

    Terminals are the depot (0) and the ends of the edges with worth; terminal t is node t of the links. `apart` has
    the shape (terminals, terminals). `edges` are the worthy edges of the whole graph in the order of `links.prized`.
    """

    links: Links
    apart: Real
    terminals: int

    @property
    def empty(self) -> bool:
        """Whether nothing of worth can be reached."""
        return not len(self.links.prized)


def reach(streets: Graph, worth: Real, *, depot: int, budget: float) -> Reach:
    """Reduce a graph to what a closed walk from `depot` of at most `budget` in length may need.

    `worth` is what there is to be had on each edge, at least 0; edges whose ends lie too far away are left out.

    >>> from abate.networks.graphs import Graph
    >>> row = Graph(np.arange(5.0), np.zeros(5), np.arange(4), np.arange(1, 5), np.ones(4))
    >>> found = reach(row, np.array([0.0, 0, 5, 9]), depot=0, budget=7.0)
    >>> found.links.length.tolist(), found.links.worth.tolist(), found.apart[0].tolist()
    ([1.0, 2.0], [5.0, 0.0], [0.0, 2.0, 3.0])
    """
    from abate.networks import graphs

    most = budget * (1 + ROUNDING)
    away = graphs.distances(streets, np.array([depot]), limit=most / 2)[0]
    near = away[streets.start] + away[streets.end] + streets.length <= most
    prized = np.flatnonzero(near & (worth > 0))
    tips = np.unique(np.concatenate([streets.start[prized], streets.end[prized]]))
    terminals = np.concatenate([[depot], tips[tips != depot]]).astype(np.int64)
    local = _Local.cut(streets, np.flatnonzero(near))
    apart, before = local.ways(terminals)
    close = away[terminals][:, None] + apart + away[terminals][None, :] <= most
    used = local.on_ways(before, close, terminals)
    used[prized] = True
    links = _links(streets, worth, np.flatnonzero(used), terminals)
    return Reach(links, apart, len(terminals))


@dataclass(frozen=True)
class _Local:
    """A part of a street graph, its nodes numbered from 0: `node` are their old numbers, `new` the new ones."""

    streets: Graph
    edges: Whole
    node: Whole
    new: Whole

    @classmethod
    def cut(cls, streets: Graph, edges: Whole) -> _Local:
        node = np.unique(np.concatenate([streets.start[edges], streets.end[edges]]))
        new = np.full(len(streets.x), -1, dtype=np.int64)
        new[node] = np.arange(len(node))
        return cls(streets, edges, node, new)

    def ways(self, terminals: Whole) -> tuple[Real, Whole]:
        """Give how far the terminals are apart, and for each the node before every node on the shortest way to it."""
        from scipy.sparse.csgraph import dijkstra

        from abate.networks.graphs import Graph

        at = self.new[terminals]
        if (at < 0).any():
            return np.zeros((1, 1)), np.full((1, 1), -1, dtype=np.int64)
        mine = Graph(
            self.streets.x[self.node],
            self.streets.y[self.node],
            self.new[self.streets.start[self.edges]],
            self.new[self.streets.end[self.edges]],
            self.streets.length[self.edges],
        )
        apart, before = dijkstra(mine.shortest_edge, directed=False, indices=at, return_predecessors=True)
        between = np.asarray(apart[:, at])
        return np.minimum(between, between.T), before.astype(np.int64)

    def on_ways(self, before: Whole, close: Flags, terminals: Whole) -> Flags:
        """Mark the edges of the whole graph on the shortest way between each pair of terminals that is close."""
        used = np.zeros(len(self.streets.length), dtype=bool)
        one, other = np.nonzero(np.triu(close, 1))
        if not len(one):
            return used
        at = self.new[terminals]
        source, now = one, at[other]
        steps: list[Whole] = []
        many = np.int64(len(self.node))
        while len(now):
            prior = before[source, now]
            going = prior >= 0
            source, now, prior = source[going], now[going], prior[going]
            steps.append(np.unique(np.minimum(now, prior) * many + np.maximum(now, prior)))
            now = prior
            again = np.unique(source * many + now)
            source, now = again // many, again % many
        pairs = np.unique(np.concatenate(steps)) if steps else np.empty(0, dtype=np.int64)
        used[self._shortest(pairs, many)] = True
        return used

    def _shortest(self, pairs: Whole, many: np.int64) -> Whole:
        """Give of the edges that join each pair of nodes the shortest, of equally short ones the first."""
        start, end = self.new[self.streets.start[self.edges]], self.new[self.streets.end[self.edges]]
        key = np.minimum(start, end) * many + np.maximum(start, end)
        order = np.lexsort((self.edges, self.streets.length[self.edges], key))
        found = order[np.searchsorted(key[order], pairs)]
        return self.edges[found]


def _links(streets: Graph, worth: Real, edges: Whole, terminals: Whole) -> Links:
    """Join chains of edges without worth to one link each, and number the nodes anew, terminals first."""
    stops = set(terminals.tolist())
    meeting: dict[int, list[int]] = {}
    for edge in edges.tolist():
        meeting.setdefault(int(streets.start[edge]), []).append(edge)
        meeting.setdefault(int(streets.end[edge]), []).append(edge)
    plain = {edge for edge in edges.tolist() if worth[edge] <= 0}
    through = {
        node
        for node, ends in meeting.items()
        if node not in stops and len(ends) == 2 and ends[0] != ends[1] and plain.issuperset(ends)
    }
    taken: set[int] = set()
    chains: list[tuple[int, int, list[int]]] = []
    for node in sorted(set(meeting) - through):
        for edge in meeting[node]:
            if edge not in taken:
                chain, last = _chain(streets, edge, node, through, meeting)
                taken.update(chain)
                chains.append((node, last, chain))
    return _numbered(streets, worth, chains, terminals)


def _chain(
    streets: Graph, edge: int, node: int, through: set[int], meeting: dict[int, list[int]]
) -> tuple[list[int], int]:
    """Follow edges from a node until one ends where the chain does."""
    chain = [edge]
    at = int(streets.start[edge] + streets.end[edge] - node)
    while at in through:
        edge = next(each for each in meeting[at] if each != chain[-1])
        chain.append(edge)
        at = int(streets.start[edge] + streets.end[edge] - at)
    return chain, at


def _numbered(streets: Graph, worth: Real, chains: list[tuple[int, int, list[int]]], terminals: Whole) -> Links:
    new = {int(node): number for number, node in enumerate(terminals)}
    for node in sorted({tip for start, end, _ in chains for tip in (start, end)}):
        new.setdefault(node, len(new))
    chains = sorted(chains, key=lambda chain: (worth[chain[2][0]] <= 0, min(chain[2])))
    sizes = np.array([len(chain) for _, _, chain in chains], dtype=np.int64)
    member = np.array([edge for _, _, chain in chains for edge in chain], dtype=np.int64)
    return Links(
        start=np.array([new[start] for start, _, _ in chains], dtype=np.int64),
        end=np.array([new[end] for _, end, _ in chains], dtype=np.int64),
        length=np.array([float(streets.length[chain].sum()) for _, _, chain in chains]),
        worth=np.array([max(0.0, float(worth[chain].sum())) for _, _, chain in chains]),
        member=member,
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        nodes=len(new),
    )
