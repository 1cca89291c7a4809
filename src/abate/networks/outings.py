"""A row of edges to walk, made good by taking some out and putting others in, compiled: the search for closed walks.

The search holds a row of edges with worth, each walked one way or the other, joined by shortest ways. It takes a part
out, puts back greedily what gives most worth for the least way more, turns stretches round where that is shorter, and
keeps what is better; at first also what is a little worse (Schrimpf, Schneider, Stamm-Wilbrandt and Dueck 2000,
https://doi.org/10.1006/jcph.1999.6413). An edge that lies on the way costs nothing more and is taken up by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

_NEAR_NOTHING = 1e-9


@no_type_check
def length_plain(row: Whole, many: int, tips: Whole, length: Real, apart: Real) -> float:
    """Give the length of the closed walk that takes the first `many` entries of a row; entry 2k + 1 is k backwards."""
    at, total = 0, 0.0
    for place in range(many):
        edge, back = row[place] // 2, row[place] % 2
        total += apart[at, tips[edge, back]] + length[edge]
        at = tips[edge, 1 - back]
    return total + apart[at, 0]


_length = numba.njit(cache=True, nogil=True)(length_plain)


@no_type_check
def fill_plain(  # noqa: C901, PLR0917 - one loop nest, compiled
    row: Whole, many: int, total: float, ground: tuple[Whole, Real, Real, Real], budget: float, noise: Real
) -> tuple[int, float]:
    """Put edges into a row while one fits: that with most worth (times its noise) for the least way more."""
    tips, length, worth, apart = ground
    taken = np.zeros(len(length), dtype=np.bool_)
    for place in range(many):
        taken[row[place] // 2] = True
    while True:
        best, chosen, where = 0.0, -1, -1
        for edge in range(len(length)):
            if taken[edge]:
                continue
            least, cheapest, spot = np.inf, -1, -1
            for place in range(many + 1):
                out = 0 if place == 0 else tips[row[place - 1] // 2, 1 - row[place - 1] % 2]
                into = 0 if place == many else tips[row[place] // 2, row[place] % 2]
                direct = apart[out, into]
                for back in range(2):
                    more = apart[out, tips[edge, back]] + apart[tips[edge, 1 - back], into] - direct
                    if more < least - _NEAR_NOTHING:
                        least, cheapest, spot = more, 2 * edge + back, place
            more = least + length[edge]
            if total + more <= budget:
                score = worth[edge] * noise[edge] / max(more, 1e-6)
                if score > best:
                    best, chosen, where = score, cheapest, spot
        if chosen < 0:
            return many, total
        for place in range(many, where, -1):
            row[place] = row[place - 1]
        row[where] = chosen
        many += 1
        taken[chosen // 2] = True
        total = _length(row, many, tips, length, apart)


_fill = numba.njit(cache=True, nogil=True)(fill_plain)


@no_type_check
def turn_plain(row: Whole, many: int, ground: tuple[Whole, Real, Real, Real]) -> float:
    """Turn stretches of a row round while that makes the walk shorter."""
    tips, length, _, apart = ground
    found = True
    while found:
        found = False
        for first in range(many):
            out = 0 if first == 0 else tips[row[first - 1] // 2, 1 - row[first - 1] % 2]
            for last in range(first, many):
                into = 0 if last == many - 1 else tips[row[last + 1] // 2, row[last + 1] % 2]
                head, tail = tips[row[first] // 2, row[first] % 2], tips[row[last] // 2, 1 - row[last] % 2]
                if apart[out, tail] + apart[head, into] < apart[out, head] + apart[tail, into] - 1e-6:
                    row[first : last + 1] = row[first : last + 1][::-1].copy()
                    for place in range(first, last + 1):
                        row[place] = row[place] ^ 1
                    found = True
    return _length(row, many, tips, length, apart)


_turn = numba.njit(cache=True, nogil=True)(turn_plain)


@no_type_check
def search_plain(  # noqa: C901 - one search, compiled
    ground: tuple[Whole, Real, Real, Real], budget: float, trials: int, luck: Real
) -> Whole:
    """Find a row of edges whose closed walk from node 0 is at most `budget` long, with much worth.

    `ground` is each edge's two nodes, its length, its worth, and how far nodes are apart. `luck` holds numbers between
    0 and 1, used in turn and from the start again. Gives the row: 2k for edge k walked onward, 2k + 1 backward.
    """
    tips, length, worth, apart = ground
    edges = len(length)
    even = np.ones(edges)
    now, trial, best = np.empty(edges, np.int64), np.empty(edges, np.int64), np.empty(edges, np.int64)
    many, total = _fill(now, 0, 0.0, ground, budget, even)
    total = _turn(now, many, ground)
    many, total = _fill(now, many, total, ground, budget, even)
    have = 0.0
    for place in range(many):
        have += worth[now[place] // 2]
    best[:many] = now[:many]
    best_many, best_have, best_total = many, have, total
    drawn = 0
    noise = np.empty(edges)
    for step in range(trials):
        warmth = 0.06 * (1 - step / trials) ** 2 * best_have
        if many == 0:
            break
        share = luck[drawn % len(luck)]
        first = int(luck[(drawn + 1) % len(luck)] * many)
        single = luck[(drawn + 2) % len(luck)] < 0.5
        drawn += 3
        gone = 1 + int(share * share * 0.6 * many)
        kept = 0
        for place in range(many):
            if single:
                out = luck[drawn % len(luck)] * many < gone
                drawn += 1
            else:
                out = (place - first) % many < gone
            if not out:
                trial[kept] = now[place]
                kept += 1
        spread = luck[drawn % len(luck)]
        drawn += 1
        for edge in range(edges):
            noise[edge] = np.exp((luck[drawn % len(luck)] - 0.5) * 4 * spread)
            drawn += 1
        length_kept = _length(trial, kept, tips, length, apart)
        held, covered = _fill(trial, kept, length_kept, ground, budget, noise)
        covered = _turn(trial, held, ground)
        held, covered = _fill(trial, held, covered, ground, budget, even)
        value = 0.0
        for place in range(held):
            value += worth[trial[place] // 2]
        if value > have - warmth or (value >= have - 1e-9 and covered < total):
            now[:held] = trial[:held]
            many, have, total = held, value, covered
        if value > best_have + 1e-9 or (value > best_have - 1e-9 and covered < best_total - 1e-6):
            best[:held] = trial[:held]
            best_many, best_have, best_total = held, value, covered
    return best[:best_many]


search = numba.njit(cache=True, nogil=True)(search_plain)
