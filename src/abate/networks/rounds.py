"""Closed walks through a street graph: an Euler round of edges that are each walked once or twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph

    Whole = NDArray[np.int64]


def euler(streets: Graph, edges: Whole, *, depot: int) -> tuple[Whole, Whole]:
    """Put edges into an order in which they are walked from `depot` and back to it, each as often as it is listed.

    Gives the nodes passed (one more than the edges, the first and last the depot) and the edges in their order. Where
    there is a choice a turn back on the same edge is put off, and otherwise the straightest way on is taken. Raises
    `OptionError` when no such walk is there: a node with an odd number of ends, or edges that the depot does not reach.

    >>> from abate.networks.graphs import Graph
    >>> x, y = np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1])
    >>> square = Graph(x, y, np.arange(4), np.array([1, 2, 3, 0]), np.ones(4))
    >>> nodes, walked = euler(square, np.array([0, 1, 2, 3]), depot=0)
    >>> nodes.tolist(), walked.tolist()
    ([0, 1, 2, 3, 0], [0, 1, 2, 3])
    """
    left: dict[int, list[int]] = {}
    for edge in sorted(edges.tolist()):
        left.setdefault(int(streets.start[edge]), []).append(edge)
        left.setdefault(int(streets.end[edge]), []).append(edge)
    if any(len(ends) % 2 for ends in left.values()) or (len(edges) and depot not in left):
        raise OptionError("these edges make no closed walk from the depot")
    stack: list[tuple[int, int]] = [(depot, -1)]
    done: list[tuple[int, int]] = []
    while stack:
        node, came = stack[-1]
        if left.get(node):
            edge = _onward(streets, left[node], node, came, stack)
            other = int(streets.start[edge] + streets.end[edge] - node)
            left[node].remove(edge)
            left[other].remove(edge)
            stack.append((other, edge))
        else:
            done.append(stack.pop())
    if len(done) != len(edges) + 1:
        raise OptionError("these edges do not hang together with the depot")
    done.reverse()
    nodes = np.array([node for node, _ in done], dtype=np.int64)
    return nodes, np.array([edge for _, edge in done[1:]], dtype=np.int64)


def _onward(streets: Graph, choices: list[int], node: int, came: int, stack: list[tuple[int, int]]) -> int:
    if came < 0 or len(choices) == 1:
        return choices[0]
    before = stack[-2][0]
    heading = (streets.x[node] - streets.x[before], streets.y[node] - streets.y[before])

    def rank(edge: int) -> tuple[bool, float, int]:
        other = int(streets.start[edge] + streets.end[edge] - node)
        ahead = (streets.x[other] - streets.x[node], streets.y[other] - streets.y[node])
        size = float(np.hypot(*heading) * np.hypot(*ahead))
        bend = -float(heading[0] * ahead[0] + heading[1] * ahead[1]) / size if size else 0.0
        return edge == came, bend, edge

    return min(choices, key=rank)
