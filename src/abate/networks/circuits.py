"""Closed walks that pass as much worth as they can within a length: searched for, bounded, and where small proven.

The walk starts and ends at a depot. An edge counts once, however often it is walked; one that is walked out and back
counts once and costs twice. That is the arc orienteering problem on an undirected graph; `networks.bounds` states it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph
    from abate.networks.reaches import Reach
    from abate.networks.relaxations import Ground

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]


SAME = 1e-7


@dataclass(frozen=True)
class Effort:
    """How much work is put into one walk; nothing depends on a clock, so that the same effort gives the same walk.

    The search makes at most `trials`, fewer on large problems: `work` limits trials times worthy edges. The bound is
    made with `cuts` rounds of cuts and, where there are at most `priced_edges` worthy edges, with prices and a memory
    of `neighbours` edges: at most `prices` rounds, fewer for many edges (`pricing` limits rounds times their square).
    `room` is how many rows the search for the proof may follow at once.
    """

    trials: int = 3000
    work: int = 100_000
    cuts: int = 30
    prices: int = 60
    pricing: int = 20_000
    neighbours: int = 4
    priced_edges: int = 62
    room: int = 400_000

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1:
            raise OptionError("the effort for a walk is at least one trial, one round of cuts and one of prices")


@dataclass(frozen=True)
class Circuit:
    """A closed walk: the nodes passed and the edges walked in order, its length, what it passes and what is the most.

    `bound` is proven: no closed walk from the depot within the budget passes more. `proven` tells whether this walk
    itself is one of the best.
    """

    nodes: Whole
    edges: Whole
    length: float
    passed: float
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        """How far short of the bound the walk is, as a share of the bound."""
        return max(0.0, 1 - self.passed / self.bound) if self.bound > 0 else 0.0


def best(streets: Graph, worth: Real, *, depot: int, budget: float, seed: int, effort: Effort | None = None) -> Circuit:
    """Find a closed walk from `depot` of at most `budget` in length that passes as much worth as it can.

    `worth` is what there is on each edge, at least 0. Where nothing of worth can be reached the walk has no edges. The
    same seed gives the same walk. Raises `OptionError` for a budget that is not above 0 or a worth below 0.

    >>> from abate.networks.graphs import Graph
    >>> x, y = np.array([0.0, 1, 1, 0, 0]), np.array([0.0, 0, 1, 1, -1])
    >>> block = Graph(x, y, np.array([0, 1, 2, 3, 0]), np.array([1, 2, 3, 0, 4]), np.ones(5))
    >>> found = best(block, np.array([1.0, 1, 1, 1, 3]), depot=0, budget=6, seed=1)
    >>> found.edges.tolist(), found.passed, found.bound, found.proven
    ([0, 1, 2, 3, 4, 4], 7.0, 7.0, True)
    """
    from abate.networks import reaches, rounds

    if not budget > 0:
        raise OptionError(f"a walk has a length above 0, not {budget:g}")
    if not (worth >= 0).all():
        raise OptionError("what a walk passes is at least 0 on every edge")
    effort = effort or Effort()
    near = reaches.reach(streets, worth, depot=depot, budget=budget)
    if near.empty:
        return Circuit(np.array([depot]), np.empty(0, dtype=np.int64), 0.0, 0.0, 0.0, proven=True)
    ground = _ground(near)
    row = _searched(ground, budget=budget, seed=seed, effort=effort)
    bound, row = _bounded(near, ground, row, budget=budget, effort=effort)
    nodes, edges = rounds.euler(streets, _edges(near, _walked(near, row)), depot=depot)
    passed = float(worth[np.unique(edges)].sum())
    proven = passed >= bound * (1 - SAME)
    return Circuit(nodes, edges, float(streets.length[edges].sum()), passed, passed if proven else bound, proven=proven)


def _ground(near: Reach) -> Ground:
    from abate.networks.relaxations import Ground

    links, prized = near.links, near.links.prized
    tips = np.column_stack([links.start[prized], links.end[prized]])
    return Ground(tips, links.length[prized], links.worth[prized], near.apart)


def _searched(ground: Ground, *, budget: float, seed: int, effort: Effort) -> Whole:
    from abate.networks import outings

    trials = max(50, min(effort.trials, effort.work // len(ground.worth)))
    luck = np.random.default_rng(seed).random(100_003)
    return np.asarray(outings.search((ground.tips, ground.length, ground.worth, ground.apart), budget, trials, luck))


def _walked(near: Reach, row: Whole) -> Whole:
    """Lay out a row of links with the shortest ways between them; a link walked three times is walked once."""
    from scipy.sparse.csgraph import dijkstra

    from abate.networks.graphs import Graph

    links, none = near.links, np.zeros(near.links.nodes)
    graph = Graph(none, none, links.start, links.end, links.length)
    _, before = dijkstra(
        graph.shortest_edge, directed=False, indices=np.arange(near.terminals), return_predecessors=True
    )
    shortest = _shortest(links.start, links.end, links.length)
    times = np.zeros(len(links.length), dtype=np.int64)
    at = 0
    for entry in [*row.tolist(), -1]:
        link = int(links.prized[entry // 2]) if entry >= 0 else -1
        tips = (0, 0) if link < 0 else (int(links.start[link]), int(links.end[link]))
        back = entry % 2 if entry >= 0 else 0
        now = tips[back]
        while now != at:
            prior = int(before[at, now])
            times[shortest[min(prior, now), max(prior, now)]] += 1
            now = prior
        if link >= 0:
            times[link] += 1
            at = tips[1 - back]
    return np.where(times > 2, 2 - times % 2, times)


def _shortest(start: Whole, end: Whole, length: Real) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for link in np.argsort(-length, kind="stable").tolist():
        tips = int(start[link]), int(end[link])
        found[min(tips), max(tips)] = link
    return found


def _bounded(near: Reach, ground: Ground, row: Whole, *, budget: float, effort: Effort) -> tuple[float, Whole]:
    """Bound what a walk can pass, and better the walk where the search for the best is carried to its end."""
    from abate.networks import bounds, branching, relaxations

    have = float(near.links.worth[_walked(near, row) > 0].sum())
    total = float(ground.worth.sum())
    if have >= total * (1 - SAME):
        return have, row
    programme = bounds.Programme(near.links, budget)
    bound = bounds.relaxed(programme, rounds=effort.cuts, enough=have)
    if bound <= have or len(ground.worth) > effort.priced_edges:
        return bound, row
    rounds = max(1, min(effort.prices, effort.pricing // len(ground.worth) ** 2))
    relaxed = relaxations.relax(ground, budget, enough=have, rounds=rounds, neighbours=effort.neighbours)
    bound = min(bound, relaxed.bound)
    if bound <= have * (1 + SAME):
        return have, row
    found = branching.branch(ground, relaxed, budget, enough=have, room=effort.room)
    best = row if found.row is None else found.row
    return (found.value if found.ended else bound), best


def _edges(near: Reach, times: Whole) -> Whole:
    """Give the edges of the whole graph that are walked, each as often as it is."""
    listed = [near.links.stands_for(link) for link in np.repeat(np.arange(len(times)), times).tolist()]
    return np.concatenate(listed) if listed else np.empty(0, dtype=np.int64)
