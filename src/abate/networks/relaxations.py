"""Rows of edges that may come back to the same edge: a bound on closed walks, and how much may still be had from each.

A closed walk is a row of worthy edges, joined by shortest ways. Were an edge allowed to count again, though not while
it is remembered, the best row within a budget could be reckoned length by length (Christofides, Mingozzi and Toth 1981,
https://doi.org/10.1007/BF01589353). An edge is forgotten when the row comes to one of which it is not a neighbour
(ng-routes: Baldacci, Mingozzi and Roberti 2011, https://doi.org/10.1287/opre.1110.0975). A price for each return, found
by subgradient steps, brings the bound down: the rows' worth less prices, and all prices added, is never less than any
walk's worth. Lengths are rounded down to whole steps, so that no walk is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

STEPS = 1024
_NONE = -1e300


@dataclass(frozen=True)
class Ground:
    """Worthy edges: their two nodes, length and worth, and how far the nodes are apart; node 0 is the depot.

    State 2k is edge k walked from its first node to its second, 2k + 1 backwards.
    """

    tips: Whole
    length: Real
    worth: Real
    apart: Real

    @property
    def enters(self) -> Whole:
        """The node at which each state begins."""
        return np.ascontiguousarray(self.tips.ravel())

    @property
    def leaves(self) -> Whole:
        """The node at which each state ends."""
        return np.ascontiguousarray(self.tips[:, ::-1].ravel())


@dataclass(frozen=True)
class Relaxed:
    """A bound, the price of each edge, and `rest`: what may still be had after each state with so many steps left.

    `rest` (states, steps) is worth less prices; a walk that has taken the edges M and stands at the end of a state can
    have at most `rest` and the prices of the edges not in M besides what it has. `step` is the length of one step.
    """

    bound: float
    price: Real
    rest: Real
    step: float


@no_type_check
def reckon_plain(  # noqa: C901, PLR0912, PLR0917 - one loop nest, compiled
    legs: Whole, first: Whole, home: Whole, value: Real, memory: tuple[Whole, Whole, Whole], steps: int
) -> tuple[Real, Whole, int]:
    """Reckon the best row for each state, memory and number of steps; also the state before, and the best end.

    `legs` (states, states), `first` and `home` are whole steps; `value` is of each edge. `memory` holds for each edge
    its neighbours (itself first), and where each stands among those of another (-1: nowhere), and how many there are.
    """
    near, stands, size = memory
    states = len(first)
    masks = 1 << size[0]
    have = np.full((steps + 1, states * masks), _NONE)
    before = np.full((steps + 1, states * masks), -1, np.int64)
    most = np.full(states * masks, _NONE)
    for state in range(states):
        if first[state] + home[state] <= steps:
            have[first[state], state * masks + 1] = value[state // 2]
    best, best_end = 0.0, np.int64(-1)
    for done in range(steps + 1):
        for entry in range(states * masks):
            now = have[done, entry]
            if now <= most[entry]:
                continue
            most[entry] = now
            state, mask = entry // masks, entry % masks
            edge = state // 2
            if now > best:
                best, best_end = now, done * np.int64(states * masks) + entry
            for other in range(states):
                reached = done + legs[state, other]
                if reached + home[other] > steps:
                    continue
                there = other // 2
                spot = stands[edge, there]
                if spot >= 0 and (mask >> spot) & 1:
                    continue
                kept = 1
                for place in range(1, size[0]):
                    kin = near[there, place]
                    if kin >= 0:
                        seen = stands[edge, kin]
                        if seen >= 0 and (mask >> seen) & 1:
                            kept |= 1 << place
                target = other * masks + kept
                if now + value[there] > have[reached, target]:
                    have[reached, target] = now + value[there]
                    before[reached, target] = done * np.int64(states * masks) + entry
    return have, before, best_end


_reckon = numba.njit(cache=True, nogil=True)(reckon_plain)


@no_type_check
def remain_plain(have: Real, masks: int, between: Whole, home: Whole) -> Real:
    """Say what can still be had after each state with so many steps left, from the rows walked backwards."""
    steps, states = have.shape[0] - 1, len(home)
    best = np.full((states, steps + 1), _NONE)
    for state in range(states):
        run = _NONE
        for done in range(steps + 1):
            for mask in range(masks):
                run = max(run, have[done, state * masks + mask])
            best[state, done] = run
    rest = np.zeros((states, steps + 1))
    for state in range(states):
        for other in range(states):
            if other // 2 == state // 2:
                continue
            gap = between[state, other]
            for left in range(gap, steps + 1):
                rest[state, left] = max(rest[state, left], best[other ^ 1, left - gap])
    return rest


_remain = numba.njit(cache=True, nogil=True)(remain_plain)


def relax(ground: Ground, budget: float, *, enough: float, rounds: int, neighbours: int = 1) -> Relaxed:
    """Bound what a closed walk of at most `budget` passes, with prices bettered in `rounds` steps.

    `enough` is what a walk at hand passes: the search for prices ends once the bound is no more. `neighbours` (itself
    among them) is how many edges are remembered at most.

    >>> tips, worth = np.array([[0, 1], [1, 2]]), np.array([3.0, 4.0])
    >>> apart = np.abs(np.arange(3.0)[:, None] - np.arange(3.0))
    >>> found = relax(Ground(tips, np.ones(2), worth, apart), 4.0, enough=0.0, rounds=20, neighbours=2)
    >>> round(found.bound, 6)
    7.0
    """
    step = budget / STEPS
    table = _table(ground, step)
    memory = _memory(ground, neighbours)
    states, masks = 2 * len(ground.worth), 1 << int(memory[2][0])
    price = np.zeros(len(ground.worth))
    least, best_price, best_have, pace = np.inf, price, None, 1.0
    since = 0
    for _ in range(rounds):
        have, before, end = _reckon(table.legs, table.first, table.home, ground.worth - price, memory, table.steps)
        top = 0.0 if end < 0 else float(have[end // (states * masks), end % (states * masks)])
        bound = top + float(price.sum())
        since += 1
        if bound < least - 1e-9:
            least, best_price, best_have, since = bound, price, have, 0
        if least <= enough * (1 + 1e-9):
            break
        times = _times(before, int(end), states * masks, masks, len(price))
        slope = np.where((price > 0) | (times > 1), times - 1.0, 0.0)
        size = float(slope @ slope)
        if size == 0:
            break
        if since >= 5:
            pace, since = pace / 2, 0
        price = np.maximum(0.0, price + pace * max(bound - enough, 1e-6 * bound) / size * slope)
    rest = _remain(best_have, masks, table.between, table.home)
    return Relaxed(max(least, enough), best_price, rest, step)


@dataclass(frozen=True)
class _Table:
    legs: Whole
    first: Whole
    home: Whole
    between: Whole
    steps: int


def _table(ground: Ground, step: float) -> _Table:
    """Round lengths down to steps. An edge of less than a step takes one, and the budget is one longer for each."""
    length = np.repeat(ground.length, 2)
    tiny = int((ground.length < step).sum())
    between = ground.apart[ground.leaves][:, ground.enters]
    legs = np.maximum(1, np.floor((between + length[None, :]) / step + 1e-9)).astype(np.int64)
    first = np.maximum(1, np.floor((ground.apart[0, ground.enters] + length) / step + 1e-9)).astype(np.int64)
    home = np.floor(ground.apart[ground.leaves, 0] / step + 1e-9).astype(np.int64)
    return _Table(legs, first, home, np.floor(between / step + 1e-9).astype(np.int64), STEPS + tiny)


def _memory(ground: Ground, neighbours: int) -> tuple[Whole, Whole, Whole]:
    """List each edge's neighbours, itself first: those to which the way and the edge together are shortest."""
    edges = len(ground.worth)
    size = min(neighbours, edges)
    ways = ground.apart[ground.tips[:, :, None, None], ground.tips[None, None, :, :]].min(axis=(1, 3))
    ways = ways + ground.length[None, :]
    np.fill_diagonal(ways, -1.0)
    near = np.argsort(ways, axis=1, kind="stable")[:, :size].astype(np.int64)
    stands = np.full((edges, edges), -1, dtype=np.int64)
    stands[np.repeat(np.arange(edges), size), near.ravel()] = np.tile(np.arange(size), edges)
    return near, stands, np.array([size], dtype=np.int64)


def _times(before: Whole, end: int, width: int, masks: int, edges: int) -> Whole:
    times = np.zeros(edges, dtype=np.int64)
    while end >= 0:
        times[end % width // masks // 2] += 1
        end = int(before[end // width, end % width])
    return times
