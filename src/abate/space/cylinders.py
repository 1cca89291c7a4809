"""Where, and in which stretch of time, most more was seen than expected: the search of a space-time scan statistic.

A cylinder is a circle of locations times a stretch of periods. The compiled search stands beside nothing else, so that
only those who scan wait for the compiler's start.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any, Literal, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.space.rings import Rings

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Model = Literal["permutation", "poisson"]

EULER = 0.5772156649015329


@dataclass(frozen=True)
class Frame:
    """What cylinders are drawn in: circles, the share of all that is expected in each location and in each period.

    `mass` (one a location) and `clock` (one a period searched) are shares of everything expected, which is `total`.
    A cylinder has at most `longest` periods and at least `least` events; with `now` it ends with the last period.
    """

    rings: Rings
    mass: Real
    clock: Real
    total: int
    longest: int
    least: int
    now: bool


@dataclass(frozen=True)
class Found:
    """The best cylinder around each centre: its log likelihood ratio, and where it ends.

    `step` is the row of the rings that closes its circle, -1 where nothing is above what is expected; `begins` and
    `ends` are its first and last period.
    """

    llr: Real
    step: Whole
    begins: Whole
    ends: Whole


@no_type_check
def likelihood_ratio(seen, expected, total):
    """Give the log likelihood ratio of `seen` events where `expected` of `total` belong (`seen` being the more).

    >>> round(likelihood_ratio(10, 2, 100), 3)
    8.43
    """
    inside = seen * log(seen / expected)
    return inside if seen >= total else inside + (total - seen) * log((total - seen) / (total - expected))


_fast_ratio: Any = numba.njit(cache=True, nogil=True)(likelihood_ratio)


@no_type_check
def _sorted(where, period, locations):
    """Put the events' periods in order of their locations: where each location's begin, and the periods."""
    starts = np.zeros(locations + 1, np.int64)
    for event in range(len(where)):
        starts[where[event] + 1] += 1
    for z in range(locations):
        starts[z + 1] += starts[z]
    filled = starts[:-1].copy()
    kept = np.empty(len(where), np.int64)
    for event in range(len(where)):
        kept[filled[where[event]]] = period[event]
        filled[where[event]] += 1
    return starts, kept


_fast_sorted: Any = numba.njit(cache=True, nogil=True)(_sorted)


@no_type_check
def _stretch(seen, clock, around, limits, fresh, beaten, floor):  # noqa: PLR0917 - a compiled loop takes no names
    """Find the best stretch of a circle among those that hold a period from `fresh`; give -1 if none is above `floor`.

    A number of events beats the floor only where fewer are expected than in the last trial that did not: the ratio
    falls as the expected rises, and the floor never falls. `beaten` keeps these, so that few logarithms are taken.
    """
    total, longest, least, now = limits
    oldest, newest = fresh
    first, last, most = -1, -1, 0
    for end in range(len(clock) - 1 if now else oldest, min(len(clock), newest + longest)):
        if seen[end] == 0 and not now:
            continue
        events, span = 0, 0.0
        for begin in range(end, max(-1, end - longest), -1):
            events += seen[begin]
            span += clock[begin]
            if seen[begin] == 0 or begin > newest or events < least:
                continue
            expected = total * around * span
            if expected < beaten[events]:
                height = _fast_ratio(float(events), expected, float(total))
                beaten[events], most = expected, max(most, events)
                if height > floor:
                    floor, first, last = height, begin, end
    return floor, first, last, most


_fast_stretch: Any = numba.njit(cache=True, nogil=True)(_stretch)


@no_type_check
def _search(circles, shares, limits, events, shared_floor):
    """Find the best cylinder around each centre; with `shared_floor` only those that beat all before them."""
    first, location, closes = circles
    mass, clock = shares
    starts, kept = _fast_sorted(events[0], events[1], len(mass))
    llr = np.zeros(len(first) - 1)
    found = np.full((3, len(first) - 1), -1)
    seen = np.zeros(len(clock), np.int64)
    beaten = np.arange(len(kept) + 1).astype(np.float64)
    floor, highest = 0.0, 0
    for centre in range(len(first) - 1):
        seen[:] = 0
        inside, around, oldest, newest = 0, 0.0, len(clock), -1
        if not shared_floor:
            beaten[: highest + 1] = np.arange(highest + 1)
            floor, highest = 0.0, 0
        for row in range(first[centre], first[centre + 1]):
            z = location[row]
            around += mass[z]
            inside += starts[z + 1] - starts[z]
            for event in range(starts[z], starts[z + 1]):
                seen[kept[event]] += 1
                oldest, newest = min(oldest, kept[event]), max(newest, kept[event])
            if newest < 0 or not closes[row] or inside < limits[2]:
                continue
            height, begin, end, most = _fast_stretch(seen, clock, around, limits, (oldest, newest), beaten, floor)
            highest, oldest, newest = max(highest, most), len(clock), -1
            if begin >= 0:
                floor, llr[centre] = height, height
                found[0, centre], found[1, centre], found[2, centre] = row, begin, end
    return llr, found


_fast_search: Any = numba.njit(cache=True, nogil=True)(_search)


def search(frame: Frame, where: Whole, period: Whole) -> Found:
    """Find the best cylinder around each centre.

    `where` and `period` say in which location and period each event fell. The measure is Kulldorff's log likelihood
    ratio, c·log(c/m) + (C - c)·log((C - c)/(C - m)) for c events where m of C are expected, and 0 where c is not above
    m. Of equal cylinders the smallest, then the one that ends first and is shortest, is kept. A stretch that begins or
    ends with an empty period is never the best, and is not looked at. Source: Kulldorff 2001, Journal of the Royal
    Statistical Society A 164, 61-72.
    """
    llr, found = _fast_search(*_arguments(frame), (where, period), shared_floor=False)
    return Found(llr, *found)


def _arguments(frame: Frame) -> tuple[Any, ...]:
    rings = frame.rings
    limits = (frame.total, frame.longest, frame.least, frame.now)
    return (rings.first, rings.location, rings.closes), (frame.mass, frame.clock), limits


def shuffled(frame: Frame, where: Whole, period: Whole, *, model: Model, draws: int, seed: int) -> Real:
    """Give the highest log likelihood ratio in each of `draws` worlds without a cluster.

    `where` holds the locations of all events, also of those outside the periods searched, `period` the periods of
    those inside. Under "permutation" the periods are dealt out anew among all the events, so that every location and
    every period keeps its number (Kulldorff and others 2005, PLoS Medicine 2, e59); under "poisson" the events are
    drawn anew from `mass` and `clock`. Draw k depends on the seed and k alone, however many processors work on it.
    """

    def height(draw: int) -> float:
        generator = np.random.default_rng([seed, draw])
        if model == "permutation":
            chosen = generator.choice(len(where), len(period), replace=False)
            there, then = where[chosen], period
        else:
            shares = np.append(frame.clock, max(0.0, 1 - frame.clock.sum()))
            falls = generator.multinomial(frame.total, shares / shares.sum())[:-1]
            then = np.repeat(np.arange(len(frame.clock)), falls)
            at = generator.multinomial(len(then), frame.mass / frame.mass.sum())
            there = generator.permutation(np.repeat(np.arange(len(at)), at))
        llr, _ = _fast_search(*arguments, (there, then), shared_floor=True)
        return float(llr.max(initial=0.0))

    arguments = _arguments(frame)
    with ThreadPoolExecutor() as workers:
        return np.array(list(workers.map(height, range(draws))), dtype=np.float64)


def exceedance(llr: Real, heights: Real) -> Real:
    """Give the Monte-Carlo p: how often a world without a cluster has one at least as high, itself counted in.

    >>> exceedance(np.array([9.0, 2.0]), np.array([1.0, 2.0, 3.0])).tolist()
    [0.25, 0.75]
    """
    reached = len(heights) - np.searchsorted(np.sort(heights), llr - 1e-9, side="left")
    return (1.0 + np.asarray(reached, dtype=np.float64)) / (1.0 + len(heights))


def gumbel(llr: Real, heights: Real) -> Real:
    """Give p from a Gumbel distribution laid through the heights by their mean and spread.

    It can be far below 1/(draws + 1), where counting worlds must stop. Not a number when the heights do not vary.
    Source: Abrams, Kulldorff and Kleinman 2010, International Journal of Health Geographics 9, 61.

    >>> p = gumbel(np.array([3.0, 30.0]), np.array([1.0, 2.0, 3.0, 4.0]))
    >>> bool(0.2 < p[0] < 0.4), bool(p[1] < 1e-6)
    (True, True)
    """
    scale = float(heights.std(ddof=1)) * np.sqrt(6) / np.pi if len(heights) > 1 else 0.0
    if scale <= 0:
        return np.full(len(llr), np.nan)
    mode = float(heights.mean()) - EULER * scale
    return np.asarray(-np.expm1(-np.exp(-(llr - mode) / scale)), dtype=np.float64)
