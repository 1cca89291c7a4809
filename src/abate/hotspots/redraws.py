"""How sure a list of sites is: chosen again when the months are redrawn, or when nothing has changed at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.stats import mixing, packing, resampling

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.choosing import Board, Candidates, Choice

    Real = NDArray[np.float64]
    Flags = NDArray[np.bool_]

HALF = 0.5
_LEVEL = 1.0
_ALIKE = 1e9
_HALF_LIVES = (np.inf, 36.0, 24.0, 12.0, 6.0, 4.0, 2.0)


def memory(board: Board) -> Real:
    """Say how much each month counts in what is expected, the last month 1, in order of time.

    A forecast that forgets quickly makes lists that change easily. How quickly is read off the forecast itself: among
    half-lives from two months to none at all that one is taken whose remembered counts go most closely with what is
    expected of the places (the greatest correlation; ties go to the longest).

    >>> from types import SimpleNamespace
    >>> seen = np.array([[9, 0, 0, 1], [0, 0, 9, 9], [3, 3, 3, 3]])
    >>> steady = SimpleNamespace(seen=seen, expected=seen.sum(axis=1) / 4.0)
    >>> memory(steady).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    seen = board.seen.astype(np.float64)
    best, closest = np.ones(seen.shape[1]), -np.inf
    for half_life in _HALF_LIVES:
        weights = _weights(seen.shape[1], half_life)
        remembered = seen @ weights
        if remembered.std() > 0 and board.expected.std() > 0:
            close = float(np.corrcoef(remembered, board.expected)[0, 1])
            if close > closest + 1e-9:
                best, closest = weights, close
    return best


def _weights(months: int, half_life: float) -> Real:
    weights: Real = 0.5 ** (np.arange(months)[::-1] / half_life)
    return weights


def stability(choice: Choice, *, draws: int = 200, seed: int) -> Real:
    """Give for each site the share of redraws in which at least half of its ground is chosen again.

    The months of the record are drawn again with replacement; what is expected of a place moves with the incidents
    that it saw in the months drawn, each month with the weight that the forecast gives it (`memory`). Sites are taken
    in order of what they hold, without the search for the best list, which is too slow to repeat. With fewer than six
    months there is little to draw from, and the shares say little. Source: Efron 1979, Annals of Statistics 7, 1-26.
    """
    board = choice.board
    seen = board.seen * memory(board)
    repeated = resampling.repeats(seen.shape[1], draws=draws, seed=seed).astype(np.float64)
    moved = board.values[:, None] * (seen @ repeated.T + _LEVEL) / (seen.sum(axis=1) + _LEVEL)[:, None]
    lists = _lists(moved, choice.wide, choice.rules.sites)
    again = np.array([_overlapped(choice.members, one, choice.wide, board.area_km2) for one in lists])
    shares: Real = again.mean(axis=0)
    return shares


@dataclass(frozen=True)
class Unchanged:
    """What lists do when no rate changes: for each site asked about, how often it is on the earlier and later list.

    `before` and `after` have the shape (draws, sites): whether at least half of the site's ground is chosen.
    `left` is the number of sites of the earlier list that are not on the later one, in each draw.
    """

    before: Flags
    after: Flags
    left: NDArray[np.int64]


def unchanged(choice: Choice, grounds: Real, *, months: tuple[int, int, int], draws: int = 200, seed: int) -> Unchanged:
    """Draw pairs of lists from rates that do not change, and see which sites come and go all the same.

    `grounds` says which place lies in which site asked about (1 and 0, in the shape (places, sites)). `months` are
    the months that the earlier list alone, both lists and the later list alone are made from, in this order. Each
    place's rate is taken from its whole record, drawn towards that of the others as far as the counts warrant
    (`stats.mixing`); counts of months are drawn around the rates, as much more variable than chance as the months of
    the record are, and remembered as the forecast does (`memory`).
    """
    board, pool, most = choice.board, choice.wide, choice.rules.sites
    used = np.unique(pool.holds.indices)
    rates, shape, scatter = _steady(board)
    remembered = memory(board)
    half_life = -1 / np.log2(remembered[-2]) if len(remembered) > 1 and remembered[-2] < 1 else np.inf
    both, generator = np.zeros((2, len(board.places), draws)), np.random.default_rng(seed)
    earlier, common, later = months
    early, late = _weights(earlier + common, half_life), _weights(common + later, half_life)
    for month in range(sum(months)):
        drawn = mixing.recur(np.repeat(rates[used, None], draws, axis=1), dispersion=scatter, generator=generator)
        if month < earlier + common:
            both[0, used] += early[month] * drawn
        if month >= earlier:
            both[1, used] += late[month - earlier] * drawn
    before, after = (_lists((one + shape) * board.severity[:, None], pool, most) for one in both)
    area = board.area_km2
    left = [
        int((~_overlapped(_laid(one, pool), other, pool, area)).sum()) for one, other in zip(before, after, strict=True)
    ]
    return Unchanged(
        np.array([_overlapped(grounds, one, pool, area) for one in before]),
        np.array([_overlapped(grounds, one, pool, area) for one in after]),
        np.array(left, dtype=np.int64),
    )


def _steady(board: Board) -> tuple[Real, float, float]:
    """Give each place's rate a month, were it steady; the incidents lent to each by the others; and the scatter."""
    totals = board.seen.sum(axis=1)
    scatter = mixing.dispersion(board.seen) if board.seen.shape[1] > 1 else 1.0
    shape = min(mixing.prior_shape(mixing.with_unseen(totals), dispersion=scatter), _ALIKE)
    rates = (totals + shape) / (1 + shape / max(float(totals.mean()), 1e-12)) / board.seen.shape[1]
    return rates, shape, scatter


def _lists(values: Real, pool: Candidates, most: int) -> list[NDArray[np.int64]]:
    """Choose a list for each column of values."""
    worth = pool.holds @ values
    return [packing.greedy(worth[:, draw], pool.holds, pool.near, most=most) for draw in range(worth.shape[1])]


def _laid(chosen: NDArray[np.int64], pool: Candidates) -> Real:
    """Say which place lies in which of the candidates chosen, in the shape (places, chosen)."""
    laid: Real = pool.holds[chosen].toarray().T
    return laid


def _overlapped(grounds: Real, chosen: NDArray[np.int64], pool: Candidates, area_km2: Real) -> Any:
    """Tell of which sites at least half the ground lies in one of the candidates chosen."""
    if not len(chosen):
        return np.zeros(grounds.shape[1], dtype=bool)
    own = area_km2 @ grounds
    shared = pool.holds[chosen] @ (grounds * area_km2[:, None])
    return shared.max(axis=0) >= HALF * own * (1 - 1e-9)
