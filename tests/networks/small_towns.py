"""Small random graphs for tests of walks, and the slow, plain answer to which walk passes most."""

from __future__ import annotations

from itertools import product

import networkx as nx
import numpy as np

from abate.networks.graphs import Graph
from abate.networks.relaxations import Ground


def town(seed: int, *, nodes: int, edges: int) -> tuple[Graph, np.ndarray]:
    """A random connected multigraph with whole lengths; about half of its edges have a worth."""
    generator = np.random.default_rng(seed)
    start = [int(generator.integers(0, node)) for node in range(1, nodes)]
    end = list(range(1, nodes))
    while len(start) < edges:
        start.append(int(generator.integers(0, nodes)))
        end.append(int(generator.integers(0, nodes)))
    length = generator.integers(1, 6, len(start)).astype(float)
    worth = generator.integers(1, 9, len(start)) * (generator.random(len(start)) < 0.6)
    streets = Graph(generator.random(nodes), generator.random(nodes), np.array(start), np.array(end), length)
    return streets, worth.astype(float)


def enumerated(streets: Graph, worth: np.ndarray, budget: float) -> float:
    """The most that a closed walk from node 0 passes: every way to walk each edge never, once or twice."""
    most = 0.0
    for times in product((0, 1, 2), repeat=len(worth)):
        walked = np.array(times)
        if float(walked @ streets.length) > budget:
            continue
        value = float(worth[walked > 0].sum())
        if value <= most:
            continue
        degree = np.zeros(len(streets.x), dtype=int)
        np.add.at(degree, streets.start, walked)
        np.add.at(degree, streets.end, walked)
        if (degree % 2).any():
            continue
        used = nx.MultiGraph([(0, 0)])
        used.add_edges_from((int(streets.start[edge]), int(streets.end[edge])) for edge in np.flatnonzero(walked))
        if nx.is_connected(used):
            most = value
    return most


def square(seed: int, edges: int = 9) -> Ground:
    """Worthy edges in a plane: straight-line distances, the depot at the middle."""
    generator = np.random.default_rng(seed)
    spots = np.vstack([[5.0, 5.0], generator.uniform(0, 10, (2 * edges, 2))])
    apart = np.hypot(*(spots[:, None] - spots[None, :]).T)
    tips = np.arange(1, 2 * edges + 1).reshape(edges, 2)
    return Ground(tips, apart[tips[:, 0], tips[:, 1]], generator.integers(1, 9, edges).astype(float), apart)
