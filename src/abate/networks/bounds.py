"""How much a closed walk of a given length can pass at most: a linear programme with cuts.

For each link with a worth there are two unknowns: whether it is walked (x) and whether it is walked a second time (y,
at most x); for one without, how often (t, 0 to 2). Their lengths together are within the budget. A walk that uses a
link must come to it and go back: for every set S of nodes without the depot and every worthy link f with an end in S,
the links between S and the rest are walked at least 2 x(f) times. These cuts are added as they are broken. With whole
numbers, and an even number of ends at every node, that would be the problem itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.reaches import Links

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_BROKEN = 1e-4
_ROUNDED = 1e-7


@dataclass
class Programme:
    """The unknowns and rules of one problem, with the cuts found so far.

    Unknowns stand in the order x of the worthy links, y of the worthy links, t of the others.
    """

    links: Links
    budget: float

    def __post_init__(self) -> None:
        from abate.networks.graphs import Graph

        links, none = self.links, np.zeros(self.links.nodes)
        self.prized = links.prized
        self.others = np.flatnonzero(links.worth <= 0)
        self.graph = Graph(none, none, links.start, links.end, links.length)
        self.order = np.concatenate([self.prized, self.prized, self.others])
        self.cuts: list[tuple[Whole, int]] = []
        self.known: set[bytes] = set()

    def times(self, unknowns: Real) -> Real:
        """Give how often each link is walked."""
        counted = np.bincount(self.order, weights=unknowns[: len(self.order)], minlength=len(self.links.length))
        return counted.astype(np.float64)

    def severed(self, unknowns: Real, *, least: float = _BROKEN) -> int:
        """Find the sets of nodes that are not joined to the depot as they should be, and keep them as cuts."""
        from abate.networks.severing import sever

        used = np.zeros(len(self.links.length))
        used[self.prized] = unknowns[: len(self.prized)]
        times, ends = self.times(unknowns), self.graph.ends
        need = np.zeros(self.links.nodes)
        np.maximum.at(need, self.links.start, used)
        np.maximum.at(need, self.links.end, used)
        found, inside = 0, np.zeros(self.links.nodes, dtype=bool)
        done = np.zeros(self.links.nodes, dtype=bool)
        form = (self.links.start, self.links.end, ends.end, ends.begin)
        for node in np.argsort(-need, kind="stable").tolist():
            if node == 0 or done[node] or need[node] <= least:
                continue
            enough = 2 * need[node] - least
            if sever(form, times, 0, node, enough, inside) >= enough:
                continue
            done |= inside
            found += self.keep(inside, used)
        return found

    def keep(self, inside: Flags, used: Real) -> int:
        """Keep the cut around some nodes, for the worthy link with an end inside that is walked most."""
        touching = inside[self.links.start] | inside[self.links.end]
        link = int(self.prized[np.argmax(np.where(touching[self.prized], used[self.prized], -1.0))])
        name = inside.tobytes() + link.to_bytes(8, "little")
        if name in self.known:
            return 0
        self.known.add(name)
        self.cuts.append((np.flatnonzero(inside[self.links.start] != inside[self.links.end]), link))
        return 1

    def rules(self) -> tuple[Any, Real]:
        """Give the rules as rows `A v <= b`: the budget, no second walk without a first, and the cuts."""
        from scipy.sparse import coo_array

        prized = len(self.prized)
        place = np.empty(len(self.links.length), dtype=np.int64)
        place[self.prized], place[self.others] = np.arange(prized), 2 * prized + np.arange(len(self.others))
        second = np.arange(prized, 2 * prized)
        rows = [np.zeros(len(self.order), dtype=np.int64), np.arange(1, prized + 1), np.arange(1, prized + 1)]
        columns = [np.arange(len(self.order)), second, second - prized]
        values = [self.links.length[self.order], np.ones(prized), -np.ones(prized)]
        for number, (across, link) in enumerate(self.cuts, prized + 1):
            worthy = place[across][self.links.worth[across] > 0]
            entries = np.concatenate([place[across], worthy + prized, place[[link]]])
            rows.append(np.full(len(entries), number))
            columns.append(entries)
            values.append(np.concatenate([-np.ones(len(entries) - 1), [2.0]]))
        shape = (1 + prized + len(self.cuts), len(self.order))
        table = coo_array((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)
        return table.tocsr(), np.concatenate([[self.budget], np.zeros(prized + len(self.cuts))])

    @property
    def gain(self) -> Real:
        """What each unknown is worth."""
        return np.concatenate([self.links.worth[self.prized], np.zeros(len(self.prized) + len(self.others))])

    @property
    def most(self) -> Real:
        """How large each unknown may be."""
        return np.concatenate([np.ones(2 * len(self.prized)), np.full(len(self.others), 2.0)])


def relaxed(programme: Programme, *, rounds: int, enough: float = 0.0) -> float:
    """Bound what a closed walk can pass by the linear programme, with cuts until none is broken or `rounds` are over.

    Stops early once the bound is no more than `enough`, what a walk at hand passes, and then gives that.
    """
    from scipy.optimize import linprog

    value = float(programme.gain.sum())
    limits = np.column_stack([np.zeros(len(programme.order)), programme.most])
    for _ in range(rounds):
        table, right = programme.rules()
        solved = linprog(-programme.gain, A_ub=table, b_ub=right, bounds=limits, method="highs-ds")
        if solved.status != 0:
            break
        value = min(value, -float(solved.fun) * (1 + _ROUNDED))
        if value <= enough:
            return enough
        if not programme.severed(np.asarray(solved.x)):
            break
    return max(value, enough)
