"""Stays of moving points in polygons, with when each began and ended and how sure that is.

A stay is a run of positions within the margin of a polygon whose absences are at most `gap` long. Its beginning is the
moment of crossing the outline inwards, its end that of crossing it outwards; a stay that lies in the margin for the
most part is counted from crossing the margin instead. Neither moment is seen. It lies between the last position that
is surely out and the first that is surely in. Positions in between are in with the probability that the noise gives
them, and a moment between two positions is as likely as any other, because the receiver's clock knows nothing of the
outline: the expected share of the time between is counted, so that the estimate has no lean. Where positions are
missing for longer than a stay may bridge, only a usual step beyond the last is shared out. The error has two parts:
one spread evenly over the interval of positions, and one from the noise. For the second the noise is drawn again and
again, each error alike to the one before, and the time inside is counted each time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

from abate.space import geofences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_SLACK = 1.0
_LONGEST_STEP = 60.0
_BASE = 30.0
_SURE, _SURER = 1.5, 2.5
_DRAWS, _MOST_STEPS, _SEED = 64, 400, 20261122


@dataclass(frozen=True)
class Tracks:
    """Positions in the order of their track and time: `track` counts from 0, `seconds`, `x`, `y` in metres."""

    track: Whole
    seconds: Real
    x: Real
    y: Real

    def take(self, chosen: NDArray[np.bool_] | Whole) -> Tracks:
        """Keep the chosen positions, told by yes or no or by their places."""
        if chosen.dtype == np.bool_ and chosen.all():
            return self
        places = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
        return Tracks(self.track[places], self.seconds[places], self.x[places], self.y[places])

    def begins(self) -> Whole:
        """Give where each track begins, and the number of positions as the last."""
        most = int(self.track[-1]) + 1 if len(self.track) else 0
        return np.searchsorted(self.track, np.arange(most + 1)).astype(np.int64)


@dataclass(frozen=True)
class Sojourns:
    """One entry a stay of one track in one polygon.

    `ends` has two columns, beginning and end, in seconds. In the same two columns: `width`, the stretch over which the
    moment is spread evenly; `noise`, the standard deviation that the noise adds; `unseen`, the seconds without
    positions beyond what a stay may bridge (infinite where the record begins or ends inside). `points` positions
    within the margin, `first` and `last` the places of the first and last of them, `speed` the middle speed over half
    a minute in metres a second, `margin` whether most of it lay in the margin only.
    """

    track: Whole
    fence: Whole
    ends: Real
    width: Real
    noise: Real
    unseen: Real
    points: Whole
    first: Whole
    last: Whole
    speed: Real
    margin: NDArray[np.bool_]


def find(tracks: Tracks, fences: geofences.Geofences, *, gap: float, sd: float, lasts: float) -> Sojourns:
    """Find every stay of every track in every polygon.

    `gap` is the longest absence that a stay bridges, in seconds, `sd` the noise along one axis in metres, and `lasts`
    how many seconds one error lasts.

    >>> import shapely
    >>> fences = geofences.build(np.array([shapely.box(0, 0, 100, 100)], dtype=object), margin=20.0)
    >>> x = np.r_[-130.0, np.full(10, 50.0), 230.0]
    >>> walk = Tracks(np.zeros(12, np.int64), np.arange(12) * 60.0, x, np.full(12, 50.0))
    >>> found = find(walk, fences, gap=120.0, sd=5.0, lasts=30.0)
    >>> [round(float(each), 6) for each in found.ends[0]]
    [30.0, 630.0]
    """
    hits = geofences.hits(tracks.x, tracks.y, fences)
    begins = tracks.begins()
    usual = _usual(tracks, begins)
    place = tracks.track[hits.point] * fences.count + hits.fence
    order = np.argsort(place, kind="stable")
    point, away, place = hits.point[order], hits.away[order], place[order]
    apart = np.diff(tracks.seconds[point], prepend=-np.inf)
    fresh = np.diff(place, prepend=-1) != 0
    fresh |= apart - usual[tracks.track[point]] > gap + _SLACK
    start = np.flatnonzero(fresh)
    stop = np.r_[start[1:], len(point)].astype(np.int64)
    track, fence = place[start] // fences.count, place[start] % fences.count
    draws = np.random.default_rng(_SEED).normal(size=(_DRAWS, _MOST_STEPS))
    ends, speed, margin = _measure(
        (tracks.seconds, tracks.x, tracks.y),
        (begins, usual),
        (point, away, start, stop, track, fence),
        (fences.outlines(), fences.margin),
        (gap, sd, lasts, draws),
    )
    crossing, width, noise, unseen = (ends[:, :, part] for part in range(4))
    size, first, last = stop - start, point[start], point[stop - 1]
    return Sojourns(track, fence, crossing, width, noise, unseen, size, first, last, speed, margin)


def _usual(tracks: Tracks, begins: Whole) -> Real:
    """Give the usual seconds from one position to the next, track by track; at most a minute."""
    step = np.diff(tracks.seconds)
    told = np.full(max(len(begins) - 1, 0), _LONGEST_STEP)
    for track, (start, end) in enumerate(pairwise(begins)):
        if end - start > 1:
            told[track] = min(float(np.median(step[start : min(end - 1, start + 20_000)])), _LONGEST_STEP)
    return told


@numba.njit(cache=True, nogil=True)
@no_type_check
def _measure(positions, usuals, runs, fences, rule):
    begins, usual = usuals
    point, away, start, stop, track, fence = runs
    outlines, beyond = fences
    count = len(start)
    ends = np.empty((count, 2, 4))
    speed, margin = np.empty(count), np.zeros(count, np.bool_)
    for s in range(count):
        depths = away[start[s] : stop[s]]
        margin[s] = np.median(depths) > 0
        level = beyond if margin[s] else 0.0
        bounds = (begins[track[s]], begins[track[s] + 1])
        depth = 0.5 * max(level - depths.min(), 0.0)
        for side in range(2):
            way = 1 if side == 0 else -1
            k = start[s] if side == 0 else stop[s] - 1
            while away[k] - level > -min(_SURE * rule[1], depth) and start[s] <= k + way < stop[s]:
                k += way
            deep = k
            while away[deep] - level > -min(_SURER * rule[1], depth) and start[s] <= deep + way < stop[s]:
                deep += way
            inner, at = (point[k], *bounds), (fence[s], level, usual[track[s]])
            _cross(positions, inner, way, (*at, outlines, rule), ends[s, side])
            ends[s, side, 2] = _scatter(positions, (point[deep], *bounds), way, (*at, outlines, rule))
        if ends[s, 1, 0] < ends[s, 0, 0]:
            ends[s, :, 0] = (ends[s, 0, 0] + ends[s, 1, 0]) / 2
        speed[s] = _speed(positions, bounds, point[start[s]], point[stop[s] - 1])
    return ends, speed, margin


@numba.njit(cache=True, nogil=True)
@no_type_check
def _cross(positions, ends, way, fence, out):
    """Estimate when the outline was crossed: inwards before the position `inner` (way 1) or outwards after it (-1)."""
    seconds, x, y = positions
    inner, begins, stops = ends
    which, level, usual, outlines, rule = fence
    gap, sd = rule[0], rule[1]
    j, chance, inside, width, unseen = inner, 1.0, 0.0, -1.0, np.inf
    while begins <= j - way < stops and chance > 0.0 and unseen in (0.0, np.inf):
        between = abs(seconds[j] - seconds[j - way])
        seen = between if between <= gap + usual else usual
        far = geofences.away(x[j - way], y[j - way], which, outlines) - level
        before = 0.5 * math.erfc(far / (sd * math.sqrt(2.0))) if far <= _SURE * sd else 0.0
        inside += 0.5 * (chance + before) * seen
        if width < 0 and before < 0.5:
            width = seen
        j, chance, unseen = j - way, before, between - seen
    out[0] = seconds[inner] - way * inside
    out[1] = max(width, 0.0)
    out[3] = unseen


@numba.njit(cache=True, nogil=True)
@no_type_check
def _scatter(positions, ends, way, fence):
    """Give how much the time inside about a crossing varies between draws of the noise, as a standard deviation."""
    seconds, x, y = positions
    j, begins, stops = ends
    which, level, usual, outlines, rule = fence
    gap, sd, lasts, draws = rule
    error = sd * draws[:, 0]
    was = geofences.away(x[j], y[j], which, outlines) - level - error
    inside = np.zeros(len(error))
    step = 1
    while begins <= j - way < stops and step < draws.shape[1]:
        between = abs(seconds[j] - seconds[j - way])
        if between > gap + usual:
            break
        far = geofences.away(x[j - way], y[j - way], which, outlines) - level
        alike = math.exp(-between / lasts)
        error = alike * error + math.sqrt(1 - alike * alike) * sd * draws[:, step]
        now = far - error
        for k in range(len(now)):
            inside[k] += between * _share(was[k], now[k])
        was, j, step = now, j - way, step + 1
        if far > _SURER * sd:
            break
    return np.std(inside)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _share(one, other):
    """Give the share of a straight way that lies inside, from how far outside its two ends are."""
    if one < 0 and other < 0:
        return 1.0
    if one >= 0 and other >= 0:
        return 0.0
    return -min(one, other) / abs(one - other)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _speed(positions, bounds, first, last):
    """Give the middle speed over half a minute while within; for a shorter stay the speed past it."""
    seconds, x, y = positions
    if seconds[last] - seconds[first] < _BASE:
        first, last = max(first - 1, bounds[0]), min(last + 1, bounds[1] - 1)
        apart = seconds[last] - seconds[first]
        return np.hypot(x[last] - x[first], y[last] - y[first]) / apart if apart > 0 else 0.0
    paces = np.empty(last - first)
    found, j = 0, first
    for i in range(first, last):
        while j < last and seconds[j] - seconds[i] < _BASE:
            j += 1
        apart = seconds[j] - seconds[i]
        if apart < _BASE:
            break
        paces[found] = np.hypot(x[j] - x[i], y[j] - y[i]) / apart
        found += 1
    return np.median(paces[:found])
