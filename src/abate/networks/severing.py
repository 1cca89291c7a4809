"""The least capacity that cuts a node off from another, compiled: where a fractional walk does not hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]
    Flags = NDArray[np.bool_]


@no_type_check
def sever_plain(  # noqa: PLR0917 - compiled, called by place
    links: tuple[Whole, Whole, Whole, Whole], capacity: Real, source: int, sink: int, enough: float, side: Flags
) -> float:
    """Find the least capacity of links between the side of `source` and that of `sink`; stop at `enough`.

    `links` are each link's start and end and the ends by node (see `graphs.Ends`). `side` is filled: true for nodes
    that the sink keeps when the cut is less than `enough`. By augmenting along shortest paths (Edmonds and Karp 1972).
    """
    start, end, ends, begin = links
    nodes = len(begin) - 1
    flow = np.zeros(len(start))
    came = np.empty(nodes, np.int64)
    queue = np.empty(nodes, np.int64)
    passed = 0.0
    while passed < enough:
        came[:] = -1
        came[source] = -2
        queue[0] = source
        head, tail = 0, 1
        while head < tail and came[sink] == -1:
            node = queue[head]
            head += 1
            for each in range(begin[node], begin[node + 1]):
                link, back = ends[each] // 2, ends[each] % 2
                other = start[link] if back else end[link]
                room = capacity[link] + (flow[link] if back else -flow[link])
                if room > 1e-9 and came[other] == -1:
                    came[other] = ends[each]
                    queue[tail] = other
                    tail += 1
        if came[sink] == -1:
            for node in range(nodes):
                side[node] = came[node] == -1
            return passed
        node, room = sink, np.inf
        while node != source:
            link, back = came[node] // 2, came[node] % 2
            room = min(room, capacity[link] + (flow[link] if back else -flow[link]))
            node = end[link] if back else start[link]
        node = sink
        while node != source:
            link, back = came[node] // 2, came[node] % 2
            flow[link] += -room if back else room
            node = end[link] if back else start[link]
        passed += room
    return passed


sever = numba.njit(cache=True, nogil=True)(sever_plain)
