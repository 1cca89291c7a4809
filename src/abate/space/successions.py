"""Which events came shortly before, and close to, each event: the pairs that a model of followed events needs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, no_type_check

import numba
import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST_PAIRS = 150_000_000
PARTS = 16


@dataclass(frozen=True)
class Successions:
    """For each event those before it: the events `earlier[first[j]:first[j + 1]]` precede event j.

    `squared` is the square of the distance (0 for exactly the same coordinates), `elapsed` the time between.
    """

    first: Whole
    earlier: NDArray[np.int32]
    squared: Real
    elapsed: Real


@no_type_check
def _walk(laid, cells, limits, bounds, out):
    """Count (when `first` is empty) or write down what precedes the events from one bound to before the next."""
    x, y, t, column, row = laid
    cell_first, cell_key = cells
    reach, lag = limits
    counts, first, earlier, squared, elapsed = out
    for j in range(bounds[0], bounds[1]):
        written = first[j] if len(first) else 0
        found = 0
        for down in range(-1, 2):
            for across in range(-1, 2):
                key = (column[j] + across) * (1 << 31) + row[j] + down
                cell = np.searchsorted(cell_key, key)
                if cell == len(cell_key) or cell_key[cell] != key:
                    continue
                begin, end = cell_first[cell], cell_first[cell + 1]
                i = begin + np.searchsorted(t[begin:end], t[j] - lag)
                while i < end and t[i] < t[j]:
                    apart = (x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2
                    if apart <= reach * reach:
                        if len(first):
                            earlier[written + found] = i
                            squared[written + found] = apart
                            elapsed[written + found] = t[j] - t[i]
                        found += 1
                    i += 1
        counts[j] = found


_fast_walk: Any = numba.njit(cache=True, nogil=True)(_walk)


def succeed(x: Real, y: Real, t: Real, *, reach: float, lag: float, most: int = MOST_PAIRS) -> Successions:
    """Find all pairs of events at most `reach` and at most `lag` apart of which one came before the other.

    Events at the same moment are not pairs: of days it is not known which came first. Events come in any order and keep
    their numbers. Raises `OptionError` when there are more than `most` pairs.

    >>> pairs = succeed(np.zeros(3), np.array([0.0, 5.0, 0.0]), np.array([1.0, 2.0, 2.0]), reach=9, lag=7)
    >>> pairs.first.tolist(), pairs.earlier.tolist(), pairs.squared.tolist()
    ([0, 0, 1, 2], [0, 0], [25.0, 0.0])
    """
    events = len(x)
    column, row = (np.floor((values - values.min(initial=0)) / reach).astype(np.int64) for values in (x, y))
    key = column * (1 << 31) + row
    order = np.lexsort((np.arange(events), t, key))
    cell_key, cell_first = np.unique(key[order], return_index=True)
    cell_first = np.append(cell_first, events).astype(np.int64)
    laid = tuple(np.ascontiguousarray(values[order]) for values in (x, y, t, column, row))
    counts = np.zeros(events, dtype=np.int64)
    ends = np.linspace(0, events, PARTS + 1).astype(np.int64)

    def walk(first: Whole, earlier: Any, squared: Real, elapsed: Real) -> None:
        def part(number: int) -> None:
            bounds = (ends[number], ends[number + 1])
            out = (counts, first, earlier, squared, elapsed)
            _fast_walk(laid, (cell_first, cell_key), (float(reach), float(lag)), bounds, out)

        with ThreadPoolExecutor() as workers:
            list(workers.map(part, range(PARTS)))

    walk(np.empty(0, np.int64), np.empty(0, np.int32), np.empty(0), np.empty(0))
    if (pairs := int(counts.sum())) > most:
        raise OptionError(
            f"{events:,} events make {pairs:,} pairs within {reach:g} and {lag:g} of each other, more than {most:,}: "
            "take a shorter reach or lag"
        )
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    earlier, squared, elapsed = np.empty(pairs, np.int32), np.empty(pairs), np.empty(pairs)
    walk(first, earlier, squared, elapsed)
    return _renumbered(order, first, earlier, squared, elapsed)


def _renumbered(order: Whole, first: Whole, earlier: Any, squared: Real, elapsed: Real) -> Successions:
    """Give the pairs in the events' own numbers, each event's earlier ones as they were found."""
    counts = np.diff(first)
    own = np.empty(len(order), dtype=np.int64)
    own[order] = np.arange(len(order))
    starts = np.concatenate([[0], np.cumsum(counts[own])]).astype(np.int64)
    taken = np.repeat(first[own] - starts[:-1], counts[own]) + np.arange(len(earlier))
    return Successions(starts, order[earlier[taken]].astype(np.int32), squared[taken], elapsed[taken])
