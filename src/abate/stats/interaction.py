"""Knox's test: whether pairs that are close in space are also close in time, more often than by chance.

Chance is the same points with their days dealt out again. Pairs are never stored: they are found anew, from strips
of points in order, for each set of shuffles, and every pair is compared for 128 shuffles at once. The memory is that of
the points; the time is that of the pairs within the largest distance.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, no_type_check

import numba
import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Short = NDArray[np.int16]

Metric = Literal["manhattan", "euclidean"]

LONGEST = 32_767
_TOGETHER = 128
_BLOCKS = 64
_MOST_STRIPS = 1_000_000
_BYTE = 255


@dataclass(frozen=True)
class Pairs:
    """Pairs counted by distance and time, as they are and for each shuffle of the days.

    `counts` has the shape (1 + draws, 2 + edges, edges in time); entry 0 is what was seen. Rows are the distance bands:
    0 itself, then up to each edge, then beyond. Columns are the time bands, the last beyond.
    """

    counts: Whole

    @property
    def observed(self) -> Whole:
        """What was seen, in the shape (distance bands, time bands)."""
        seen: Whole = self.counts[0]
        return seen

    @property
    def expected(self) -> NDArray[np.float64]:
        """The mean over the shuffles."""
        mean: NDArray[np.float64] = self.counts[1:].sum(axis=0) / (len(self.counts) - 1)
        return mean

    @property
    def p(self) -> NDArray[np.float64]:
        """The share of shuffles with at least as many pairs, counting what was seen as one of them."""
        reached = (self.counts[1:] >= self.counts[0]).sum(axis=0)
        share: NDArray[np.float64] = (reached + 1) / len(self.counts)
        return share


def knox(
    x: Whole,
    y: Whole,
    days: Whole,
    *,
    edges: Whole,
    edges_days: Whole,
    metric: Metric,
    draws: int,
    seed: int,
    tell: Callable[[float], None] = lambda _share: None,
) -> Pairs:
    """Count pairs of points by distance and by days apart, as they are and with the days shuffled `draws` times.

    `x`, `y` and `edges` are whole numbers of one unit, so that no pair falls on the wrong side of an edge; `days` are
    whole days. `edges` rise from 0: the distance bands are 0 itself, then above an edge up to and with the next, then
    beyond the last. `edges_days` rise from 0: the time bands run from an edge to before the next, the last beyond.
    Distances are |dx| + |dy| (`manhattan`) or straight lines. `tell` hears how far the work is. The same seed gives
    the same counts, on however many cores. Source: Knox 1964, Journal of the Royal Statistical Society C 13, 25-29.

    Raises `OptionError` when the days span more than 32,767.

    >>> near = knox(
    ...     np.array([0, 0, 400, 900]), np.array([0, 0, 0, 0]), np.array([5, 5, 6, 7]),
    ...     edges=np.array([0, 400]), edges_days=np.array([0, 1, 2]), metric="manhattan", draws=9, seed=1,
    ... )
    >>> near.observed.tolist()
    [[1, 0, 0], [0, 2, 0], [0, 1, 2]]
    """
    if len(days) and int(days.max() - days.min()) > LONGEST:
        raise OptionError(f"the days span more than {LONGEST:,}: look for a wrong year, or leave out the oldest")
    ground = _lay_out(x, y, int(edges[-1]))
    dates = (days - days.min() if len(days) else days).astype(np.int16)[ground.order]
    before = np.minimum(edges_days[1:], LONGEST + 1)
    below = _by_draw(ground, dates, edges, before, metric, draws=draws, seed=seed, tell=tell)
    return Pairs(_bands(below, _pairs_before(days, before), len(days)))


@dataclass(frozen=True)
class _Ground:
    """Points in strips from south to north, each strip from west to east; `starts` bounds the strips."""

    x: Whole
    y: Whole
    strip: Whole
    starts: Whole
    order: Whole


def _lay_out(x: Whole, y: Whole, reach: int) -> _Ground:
    spread = int(y.max() - y.min()) if len(y) else 0
    height = max(reach // 4, spread // _MOST_STRIPS + 1, 1)
    strip = (y - y.min()) // height if len(y) else y
    order = np.lexsort((y, x, strip)).astype(np.int64)
    strips = np.arange(spread // height + 2)
    return _Ground(x[order], y[order], strip[order], np.searchsorted(strip[order], strips).astype(np.int64), order)


def _by_draw(
    ground: _Ground,
    dates: Short,
    edges: Whole,
    before: Whole,
    metric: Metric,
    *,
    draws: int,
    seed: int,
    tell: Callable[[float], None],
) -> Whole:
    """Count near pairs of each distance band with fewer days apart than each edge, and all of them, by draw."""
    parts = []
    narrow = bool((before <= _BYTE).all())
    limits = np.minimum(before, LONGEST).astype(np.uint8 if narrow else np.uint16)
    endless = before > LONGEST
    for done, times in enumerate(_shuffled(dates, draws=draws, seed=seed)):
        parts.append(_near(ground, times, edges, limits, metric == "manhattan"))
        tell(min(1.0, (done + 1) * _TOGETHER / (draws + 1)))
    counted = np.concatenate(parts, axis=2)[:, :, : draws + 1].transpose(2, 0, 1)
    counted[:, :, :-1][:, :, endless] = counted[:, :, -1:]
    return np.ascontiguousarray(counted)


def _shuffled(dates: Short, *, draws: int, seed: int) -> Iterator[Short]:
    """Give the days as they are and shuffled, in sets, in the shape (points, set)."""
    generator = np.random.default_rng(seed)
    for first in range(0, draws + 1, _TOGETHER):
        rows = np.empty((_TOGETHER, len(dates)), dtype=np.int16)
        for row in range(_TOGETHER):
            seen = first + row == 0 or first + row > draws
            rows[row] = dates if seen else generator.permutation(dates)
        yield np.ascontiguousarray(rows.T)


def _near(ground: _Ground, times: Short, edges: Whole, limits: NDArray[Any], manhattan: bool) -> Whole:
    """Count over all points, in blocks that the cores share; whole numbers add up alike in any order.

    `limits` are bytes where days fit into them (longer times count as 255), since twice as many bytes as words are
    compared at once.
    """
    bounds = np.linspace(0, len(ground.x), _BLOCKS + 1).astype(np.int64)

    def block(place: int) -> Any:
        first, last = bounds[place], bounds[place + 1]
        running = np.zeros((len(edges), len(limits), _TOGETHER), dtype=limits.dtype)
        apart = np.empty(_TOGETHER, dtype=limits.dtype)
        points = (ground.x, ground.y, ground.strip, ground.starts)
        bands = (edges, limits, manhattan)
        return _count(first, last, *points, times, *bands, running, apart)

    with ThreadPoolExecutor(numba.get_num_threads()) as cores:
        counted = list(cores.map(block, range(_BLOCKS)))
    total: Whole = np.sum(counted, axis=0)
    return total


@no_type_check
def _wide(number):
    """Square a whole number below 2^62 as two parts: high·2^62 + low."""
    high, low = number >> 31, number & 0x7FFFFFFF
    cross = high * low
    bottom = ((cross & 0x3FFFFFFF) << 32) + low * low
    return high * high + (cross >> 30) + (bottom >> 62), bottom & 0x3FFFFFFFFFFFFFFF


_wide_fast = numba.njit(nogil=True, cache=True)(_wide)


@no_type_check
def _beyond(across, up, edge):
    """Tell whether a straight line is longer than an edge, exactly."""
    high_across, low_across = _wide_fast(across)
    high_up, low_up = _wide_fast(up)
    high_edge, low_edge = _wide_fast(edge)
    low = low_across + low_up
    high = high_across + high_up + (low >> 62)
    return high > high_edge or (high == high_edge and (low & 0x3FFFFFFFFFFFFFFF) > low_edge)


_beyond_fast = numba.njit(nogil=True, cache=True)(_beyond)


@no_type_check
def _band(across, up, edges, manhattan):
    """Give the distance band of a pair: how many edges lie below its distance; rounding is checked where it matters."""
    band = len(edges)
    if manhattan:
        while band > 0 and across + up <= edges[band - 1]:
            band -= 1
        return band
    line = float(across) * float(across) + float(up) * float(up)
    while band > 0:
        limit = float(edges[band - 1]) * float(edges[band - 1])
        if line > limit * (1 + 1e-12):
            break
        if line >= limit * (1 - 1e-12) and _beyond_fast(across, up, edges[band - 1]):
            break
        band -= 1
    return band


_band_fast = numba.njit(nogil=True, cache=True)(_band)


@no_type_check
def _compare(times, one, other, limits, running, band, apart):  # noqa: PLR0917 - a kernel takes plain arrays
    """Count for each edge and shuffle whether two points are fewer days apart than the edge; all shuffles at once."""
    longest = np.int16(_BYTE if apart.itemsize == 1 else LONGEST)
    for draw in range(_TOGETHER):
        days = np.int16(times[other, draw] - times[one, draw])
        days = days if days >= 0 else np.int16(-days)
        apart[draw] = min(days, longest)
    for column in range(len(limits)):
        limit = limits[column]
        for draw in range(_TOGETHER):
            running[band, column, draw] += apart[draw] < limit


_compare_fast = numba.njit(nogil=True, cache=True)(_compare)


@no_type_check
def _count_plain(first, last, x, y, strip, starts, times, edges, limits, manhattan, running, apart):  # noqa: PLR0917 - a kernel takes plain arrays
    """Count pairs whose first point is among `first` to `last`, by distance band, time edge and shuffle."""
    bands, columns, reach = len(edges), len(limits), edges[-1]
    totals = np.zeros((bands, columns + 1, _TOGETHER), dtype=np.int64)
    pairs = np.zeros(bands, dtype=np.int64)
    for one in range(first, last):
        for row in range(strip[one], min(strip[one] + 6, len(starts) - 1)):
            end = starts[row + 1]
            other = one + 1
            if row > strip[one]:
                other = starts[row] + np.searchsorted(x[starts[row] : end], x[one] - reach)
            while other < end and x[other] - x[one] <= reach:
                band = _band_fast(abs(x[other] - x[one]), abs(y[other] - y[one]), edges, manhattan)
                if band < bands:
                    _compare_fast(times, one, other, limits, running, band, apart)
                    pairs[band] += 1
                    if pairs[band] % _BYTE == 0:
                        totals[band, :columns] += running[band]
                        running[band] = 0
                other += 1
    totals[:, :columns] += running
    for band in range(bands):
        totals[band, columns] = pairs[band]
    return totals


_count = numba.njit(nogil=True, cache=True)(_count_plain)


def _pairs_before(days: Whole, before: Whole) -> Whole:
    """Count all pairs with fewer days apart than each edge."""
    ordered = np.sort(days)
    place = np.arange(len(days)) + 1
    return np.array([int((np.searchsorted(ordered, ordered + edge) - place).sum()) for edge in before], dtype=np.int64)


def _bands(below: Whole, pairs: Whole, points: int) -> Whole:
    """Turn counts below each edge into counts by band, with the pairs beyond the last distance from the totals."""
    everything = np.append(pairs, points * (points - 1) // 2)
    beyond = everything - below.sum(axis=1)
    cumulative = np.concatenate([below, beyond[:, None, :]], axis=1)
    banded: Whole = np.diff(cumulative, axis=2, prepend=0)
    return banded
