"""Small street graphs, and the slow ways through them that judge the fast ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.networks.graphs import Graph

if TYPE_CHECKING:
    from collections.abc import Callable


def star(arms: int = 4, length: float = 100.0) -> Graph:
    """Streets that meet in one crossing; edge k runs from the crossing (node 0) to node k + 1."""
    turn = 2 * np.pi * np.arange(arms) / arms
    x, y = np.r_[0, length * np.cos(turn)], np.r_[0, length * np.sin(turn)]
    return Graph(x, y, np.zeros(arms, dtype=np.int64), np.arange(1, arms + 1), np.full(arms, length))


def tangle(seed: int, *, nodes: int = 7, edges: int = 11) -> Graph:
    """A random graph with whole-metre lengths: loops, parallel streets and dead ends among them."""
    rng = np.random.default_rng(seed)
    chain = np.arange(nodes - 1)
    start = np.r_[chain, rng.integers(0, nodes, edges - nodes + 1)]
    end = np.r_[chain + 1, rng.integers(0, nodes, edges - nodes + 1)]
    length = rng.integers(3, 12, edges).astype(float)
    return Graph(rng.uniform(0, 50, nodes), rng.uniform(0, 50, nodes), start, end, length)


def by_ways(
    streets: Graph, edge: int, along: float, *, radius: float, continuous: bool, mass: Callable[[float], float]
) -> list[np.ndarray]:
    """Mass on each metre of each edge from one point, following every way one by one.

    `mass` is the mass of the one-sided kernel up to a distance.
    """
    found = [np.zeros(round(length)) for length in streets.length]

    def walk(on: int, entered: float, begun: float, share: float, *, onward: bool) -> None:
        """Go along an edge, from `begun` metres after its entry, which lies `entered` metres into the walk."""
        metres = round(streets.length[on])
        for metre in range(metres):
            low, high = max(metre, begun), metre + 1
            if high > low:
                place = metre if onward else metres - 1 - metre
                found[on][place] += share * (mass(entered + high) - mass(entered + low))
        walked = entered + metres
        if walked >= radius:
            return
        node = streets.end[on] if onward else streets.start[on]
        leaving = [(one, True) for one in range(len(streets.start)) if streets.start[one] == node]
        leaving += [(one, False) for one in range(len(streets.start)) if streets.end[one] == node]
        for one, forward in leaving:
            back = one == on and forward != onward
            if continuous:
                part = 2 / len(leaving) - (1 if back else 0)
            elif len(leaving) == 1:
                part = 1.0
            else:
                part = 0.0 if back else 1 / (len(leaving) - 1)
            if part:
                walk(one, walked, 0.0, share * part, onward=forward)

    walk(edge, -along, along, 1.0, onward=True)
    walk(edge, along - streets.length[edge], streets.length[edge] - along, 1.0, onward=False)
    return found
