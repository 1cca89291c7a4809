"""A good round of one team given what the other teams do, compiled: the innermost part of the search.

As `sweeps`, but the round minds itself: a second visit of its own to a site waits for the gap and adds less. One round
is kept for each state (breaks taken, where the team is free, when), so that the answer keeps every rule and is very
good, not proven best.
"""

from __future__ import annotations

from typing import Any, no_type_check

import numba
import numpy as np

from abate.patrols.sweeps import NEVER


@no_type_check
def together_plain(held, many, own, owns, returns):
    """Add up what visits are worth together: largest first, each times its place's factor; both lists fall."""
    one, other, total = 0, 0, 0.0
    for rank in range(len(returns)):
        a = held[one] if one < many else -1.0
        b = own[other] if other < owns else -1.0
        if a < 0 and b < 0:
            break
        if a >= b:
            total += returns[rank] * a
            one += 1
        else:
            total += returns[rank] * b
            other += 1
    return total


_together = numba.njit(cache=True, nogil=True)(together_plain)


@no_type_check
def insert_plain(own, owns, worth):
    """Put a worth into its place among falling ones; gives how many there are now."""
    place = owns
    while place > 0 and own[place - 1] < worth:
        own[place] = own[place - 1]
        place -= 1
    own[place] = worth
    return owns + 1


_insert = numba.njit(cache=True, nogil=True)(insert_plain)


@no_type_check
def again_plain(last, aim, trail, unit, ground, site_rules, own):  # noqa: PLR0917 - compiled
    """Say what a visit adds less than a first one when the round has been at the site; `NEVER` where a rule forbids it.

    `aim` is site, stay and minute of the visit; `last` the visit that the round made last.
    """
    stays, begin = ground[0], ground[4]
    gap, many, held, most, returns = site_rules
    site, kind, t = aim
    span, kinds, sites = trail.shape[3], trail.shape[1], trail.shape[2]
    owns = 0
    while last >= 0:
        at, rest = last % span, last // span
        where, rest = rest % sites, rest // sites
        what = rest % kinds
        if where == site:
            if t < at + stays[what] + gap or owns + 1 + many[site] >= most[site]:
                return NEVER
            owns = _insert(own, owns, unit[site, what, at + begin])
        last = trail[rest // kinds, what, where, at]
    new = unit[site, kind, t + begin]
    before = _together(held[site], many[site], own, owns, returns[site])
    _insert(own, owns, new)
    full = _together(held[site], many[site], own, owns + 1, returns[site]) - before
    own[0] = new
    alone = _together(held[site], many[site], own, 1, returns[site])
    return full - alone + _together(held[site], many[site], own, 0, returns[site])


_again = numba.njit(cache=True, nogil=True)(again_plain)


@no_type_check
def release_plain(state, visits, stage, t, origin, ground):  # noqa: PLR0917 - compiled
    """Say what the best round so far is that is free at each node at minute t."""
    free, after, been = state
    visit, _, seen = visits
    stays, time, cost, breaks, begin, _ = ground
    kinds, sites, span = visit.shape[1], visit.shape[2], visit.shape[3]
    home, one = sites, np.uint64(1)
    for node in range(sites + 1):
        best, prior, mask = NEVER, np.int64(-1), np.uint64(0)
        if t > 0:
            best, prior, mask = free[stage, node, t - 1], after[stage, node, t - 1], been[stage, node, t - 1]
        if stage == 0 and t == 0 and node == origin:
            best = 0.0
        for kind in range(kinds if node < sites else 0):
            at = t - stays[kind]
            if at >= 0 and visit[stage, kind, node, at] > best:
                best = visit[stage, kind, node, at]
                prior = ((stage * kinds + kind) * sites + node) * span + at
                mask = seen[stage, kind, node, at] | (one << np.uint64(node % 64))
        free[stage, node, t], after[stage, node, t], been[stage, node, t] = best, prior, mask
    if stage == 0:
        return
    starts = t - breaks[stage - 1, 2]
    if starts < 0 or starts + begin < breaks[stage - 1, 0] or t + begin > breaks[stage - 1, 1]:
        return
    for node in range(sites + 1):
        goal = home if breaks[stage - 1, 3] else node
        leaves = starts - (time[node, goal] if goal != node else 0)
        paid = cost[node, goal] if goal != node else 0.0
        if leaves >= 0 and free[stage - 1, node, leaves] - paid > free[stage, goal, t]:
            free[stage, goal, t] = free[stage - 1, node, leaves] - paid
            after[stage, goal, t], been[stage, goal, t] = after[stage - 1, node, leaves], been[stage - 1, node, leaves]


_release = numba.njit(cache=True, nogil=True)(release_plain)


@no_type_check
def begin_plain(state, visits, where, gain, unit, ground, site_rules, own):  # noqa: PLR0917 - compiled
    """Find the best round so far that begins a visit; `where` is breaks taken, stay, site, minute."""
    free, after, been = state
    visit, trail, seen = visits
    time, cost = ground[1], ground[2]
    stage, kind, site, t = where
    bit = np.uint64(1) << np.uint64(site % 64)
    best, prior, mask = NEVER / 2, np.int64(-1), np.uint64(0)
    for node in range(free.shape[1]):
        leaves = t - time[node, site]
        if leaves < 0:
            continue
        worth = free[stage, node, leaves] - cost[node, site] + gain
        if worth <= best:
            continue
        if been[stage, node, leaves] & bit:
            worth += _again(after[stage, node, leaves], (site, kind, t), trail, unit, ground, site_rules, own)
            if worth <= best:
                continue
        best, prior, mask = worth, after[stage, node, leaves], been[stage, node, leaves]
    visit[stage, kind, site, t], trail[stage, kind, site, t], seen[stage, kind, site, t] = best, prior, mask


_begin = numba.njit(cache=True, nogil=True)(begin_plain)


@no_type_check
def respond_plain(earns, unit, ground, until, site_rules):
    """Find a good round of one team, given what the other teams do; gives its rows site, stay, start.

    `earns` is what a first visit adds (`NEVER` where it may not begin), `unit` what it is worth alone, both (sites,
    stays, minutes). `site_rules` are the gap, how many visits other teams make at each site, their worths (largest
    first), the most visits a site, and the factors of further visits. `ground` and `until` are as in `sweeps.price`.
    """
    stays, time, _, breaks, begin, stay_cost = ground
    sites, kinds, _ = earns.shape
    stages, span = len(breaks) + 1, until[0] - begin + 1
    shape, wide = (stages, sites + 1, span), (stages, kinds, sites, span)
    state = (np.full(shape, NEVER), np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.uint64))
    visits = (np.full(wide, NEVER), np.full(wide, -1, dtype=np.int64), np.zeros(wide, dtype=np.uint64))
    own = np.empty(span + 1)
    for stage in range(stages):
        for t in range(span):
            _release(state, visits, stage, t, until[1], ground)
            for site in range(sites):
                for kind in range(kinds):
                    gain = earns[site, kind, t + begin]
                    if gain > NEVER / 2 and t + stays[kind] + time[site, sites] < span:
                        gain -= stay_cost * stays[kind]
                        _begin(state, visits, (stage, kind, site, t), gain, unit, ground, site_rules, own)
    return _rows(state, visits[1], ground)


@no_type_check
def rows_plain(state, trail, ground):
    """Lay out the visits of the best round that is home in time."""
    free, after, _ = state
    _, time, cost, breaks, begin, _ = ground
    kinds, sites, span = trail.shape[1], trail.shape[2], trail.shape[3]
    stage, home = len(breaks), sites
    total, last = 0.0, np.int64(-1)
    for node in range(sites + 1):
        leaves = span - 1 - (time[node, home] if node != home else 0)
        if leaves >= 0 and free[stage, node, leaves] > NEVER / 2:
            worth = free[stage, node, leaves] - (cost[node, home] if node != home else 0.0)
            if worth > total + 1e-12:
                total, last = worth, after[stage, node, leaves]
    rows = np.empty((span, 3), dtype=np.int64)
    many = 0
    while last >= 0:
        at, rest = last % span, last // span
        site, rest = rest % sites, rest // sites
        rows[many, 0], rows[many, 1], rows[many, 2] = site, rest % kinds, at + begin
        many += 1
        last = trail[rest // kinds, rest % kinds, site, at]
    return rows[:many][::-1].copy()


_rows = numba.njit(cache=True, nogil=True)(rows_plain)
respond: Any = numba.njit(cache=True, nogil=True)(respond_plain)
