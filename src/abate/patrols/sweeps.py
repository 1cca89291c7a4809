"""The best round of one team through the minutes of its shift when each visit has its price, compiled.

The sweep goes forward in time over the states (breaks taken, where the team is free, when) and is exact for prices that
do not depend on what else is visited: it serves the bound. `responses` holds its sister that minds the rest of a round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

NEVER = -1e18


@no_type_check
def rested_plain(free, stage, node, t, ground):
    """Give what a team has made that is free at a node at minute t because its last break ends then."""
    _, time, cost, breaks, begin, _ = ground
    home = free.shape[1] - 1
    starts = t - breaks[stage - 1, 2]
    if starts < 0 or starts + begin < breaks[stage - 1, 0] or t + begin > breaks[stage - 1, 1]:
        return NEVER
    if breaks[stage - 1, 3] == 0:
        return free[stage - 1, node, starts]
    best = NEVER
    if node == home:
        for other in range(home + 1):
            leaves = starts - (time[other, home] if other != home else 0)
            if leaves >= 0 and free[stage - 1, other, leaves] > NEVER / 2:
                best = max(best, free[stage - 1, other, leaves] - cost[other, home])
    return best


_rested = numba.njit(cache=True, nogil=True)(rested_plain)


@no_type_check
def release_plain(free, visit, stage, window, origin, ground):  # noqa: PLR0917 - compiled
    """Say for the minutes of a window what a team has made that is free at each node."""
    stays = ground[0]
    _, kinds, sites, _ = visit.shape
    for node in range(sites + 1):
        for t in range(window[0], window[1]):
            best = free[stage, node, t - 1] if t > 0 else NEVER
            if stage == 0 and t == 0 and node == origin:
                best = 0.0
            if node < sites:
                for kind in range(kinds):
                    if t >= stays[kind]:
                        best = max(best, visit[stage, kind, node, t - stays[kind]])
            if stage > 0:
                best = max(best, _rested(free, stage, node, t, ground))
            free[stage, node, t] = best


_release = numba.njit(cache=True, nogil=True)(release_plain)


@no_type_check
def begin_plain(free, visit, stage, window, reach, earns, ground):  # noqa: PLR0917 - compiled
    """Say for the minutes of a window what a team has made, the visit included, that begins a visit at each site."""
    stays, time, cost, _, begin, stay_cost = ground
    _, kinds, sites, _ = visit.shape
    first, last = window
    for site in range(sites):
        for t in range(last - first):
            reach[t] = NEVER
        for node in range(sites + 1):
            away, paid = time[node, site], cost[node, site]
            for t in range(max(first, away), last):
                worth = free[stage, node, t - away] - paid
                reach[t - first] = max(reach[t - first], worth)
        for kind in range(kinds):
            for t in range(first, last):
                gain = earns[site, kind, t + begin]
                if gain > NEVER and reach[t - first] > NEVER / 2:
                    visit[stage, kind, site, t] = reach[t - first] + gain - stay_cost * stays[kind]


_begin = numba.njit(cache=True, nogil=True)(begin_plain)


@no_type_check
def price_plain(
    earns: Real, ground: tuple[Whole, Whole, Real, Whole, int, float], until: tuple[int, int]
) -> tuple[float, Whole]:
    """Find the round that earns most when every visit earns what `earns` says, whatever else is visited.

    `earns` is (sites, stays, minutes), `NEVER` where a visit may not begin. `ground` holds the lengths of stay; the
    minutes and the costs between nodes, (sites + 1, sites + 1), the last being the base and `time[i, i]` the wait
    before the same site can be visited again; the breaks, a row each of earliest start, latest end, minutes, whether at
    the base; the minute at which the shift begins; the cost of a minute of stay. `until` is the end of the shift and
    the node at which the team is at its beginning. Gives what the round earns (0 for staying at the base) and its
    visits as rows site, stay, start.
    """
    stays, breaks, begin = ground[0], ground[3], ground[4]
    sites, kinds, _ = earns.shape
    stages, span = len(breaks) + 1, until[0] - begin + 1
    free = np.full((stages, sites + 1, span), NEVER)
    visit = np.full((stages, kinds, sites, span), NEVER)
    step = stays.min()
    reach = np.empty(step)
    for stage in range(stages):
        for first in range(0, span, step):
            window = (first, min(first + step, span))
            _release(free, visit, stage, window, until[1], ground)
            _begin(free, visit, stage, window, reach, earns, ground)
    return _trace(free, visit, earns, ground)


@no_type_check
def homeward_plain(free, ground):
    """Find the node and minute from which the best round goes home: its worth, node (-1: no round), minute."""
    _, time, cost, breaks, _, _ = ground
    _, nodes, span = free.shape
    home, stage = nodes - 1, len(breaks)
    total, node, at = 0.0, -1, span - 1
    for other in range(nodes):
        leaves = span - 1 - (time[other, home] if other != home else 0)
        if leaves >= 0 and free[stage, other, leaves] > NEVER / 2:
            worth = free[stage, other, leaves] - (cost[other, home] if other != home else 0.0)
            if worth > total + 1e-12:
                total, node, at = worth, other, leaves
    return total, node, at


_homeward = numba.njit(cache=True, nogil=True)(homeward_plain)


@no_type_check
def before_visit_plain(free, state, kind, gain, value, ground):  # noqa: PLR0917 - compiled
    """Find from which node and minute a visit was come to."""
    stays, time, cost, _, _, stay_cost = ground
    stage, site, at = state
    for other in range(free.shape[1]):
        leaves = at - time[other, site]
        if leaves < 0 or free[stage, other, leaves] <= NEVER / 2:
            continue
        if (free[stage, other, leaves] - cost[other, site]) + gain - stay_cost * stays[kind] == value:
            return other, leaves
    return -1, 0


_before_visit = numba.njit(cache=True, nogil=True)(before_visit_plain)


@no_type_check
def before_break_plain(free, stage, node, at, ground):
    """Find from which node and minute the last break was come to."""
    _, time, cost, breaks, _, _ = ground
    home, value = free.shape[1] - 1, free[stage, node, at]
    starts = at - breaks[stage - 1, 2]
    if breaks[stage - 1, 3] == 0:
        return node, starts
    for other in range(home + 1):
        leaves = starts - (time[other, home] if other != home else 0)
        if leaves < 0 or free[stage - 1, other, leaves] <= NEVER / 2:
            continue
        if free[stage - 1, other, leaves] - cost[other, home] == value:
            return other, leaves
    return -1, 0


_before_break = numba.njit(cache=True, nogil=True)(before_break_plain)


@no_type_check
def trace_plain(free, visit, earns, ground):
    """Walk back from the end of the best round, asking at each state where its value came from."""
    stays, begin = ground[0], ground[4]
    stages, nodes, span = free.shape
    total, node, at = _homeward(free, ground)
    stage = stages - 1
    rows = np.empty((span, 3), dtype=np.int64)
    many = 0
    while node >= 0:
        value = free[stage, node, at]
        if at > 0 and free[stage, node, at - 1] == value:
            at -= 1
            continue
        found = -1
        for kind in range(len(stays) if node < nodes - 1 else 0):
            if at >= stays[kind] and visit[stage, kind, node, at - stays[kind]] == value:
                found = kind
        if found >= 0:
            at -= stays[found]
            rows[many, 0], rows[many, 1], rows[many, 2] = node, found, at + begin
            many += 1
            node, at = _before_visit(free, (stage, node, at), found, earns[node, found, at + begin], value, ground)
        elif stage > 0:
            node, at = _before_break(free, stage, node, at, ground)
            stage -= 1
        else:
            break
    return total, rows[:many][::-1].copy()


_trace = numba.njit(cache=True, nogil=True)(trace_plain)
price: Any = numba.njit(cache=True, nogil=True)(price_plain)
