"""What a method gains over plain past counts, and whether that could be luck: paired, in blocks of time or ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.hotspots import accuracy
from abate.stats import blocks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.accuracy import Trial, Truth
    from abate.hotspots.histories import Window

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

CUTS = 6
PATCHES = 2**CUTS


@dataclass(frozen=True)
class Gain:
    """A difference from plain counts on the same places and windows, its 95% interval, and what that rests on."""

    value: float
    low: float
    high: float
    basis: str


@dataclass(frozen=True)
class Pair:
    """A method's trial and that of plain counts, from one origin, and the patch of ground of each place."""

    trial: Trial
    truth: Truth
    counts: Trial
    counts_truth: Truth
    patch: Whole


def patches(places: pd.DataFrame, incidents: Whole) -> Whole:
    """Cut the ground into 64 patches with about as many incidents each, and say in which each place lies.

    The ground is halved six times, at the middle incident from west to east and from south to north in turn, so that
    busy ground is cut finely and a place far out makes no patches of its own. Ties in position stay in order of id.
    """
    patch = np.zeros(len(places), dtype=np.int64)
    weight = incidents + 1e-3
    axes = [places[axis].to_numpy(np.float64) for axis in ("easting", "northing")]
    for cut in range(CUTS):
        order = np.lexsort((axes[cut % 2], patch))
        summed = np.cumsum(weight[order])
        first = np.r_[True, np.diff(patch[order]) > 0]
        group = np.cumsum(first) - 1
        before = np.r_[0.0, summed[:-1]][first]
        whole = np.bincount(group, weights=weight[order])
        upper = summed - weight[order] / 2 - before[group] > whole[group] / 2
        patch[order] = 2 * patch[order] + upper
    return patch


@dataclass(frozen=True)
class Ahead:
    """How far a method was ahead from one origin, patch by patch, and what that is a share of."""

    ahead: Real
    weight: Real


def in_hits(pair: Pair, asked: float) -> Ahead:
    """Give the hits by which the method was ahead when `asked` square kilometres are flagged, beside the events.

    Events in no place are spread over the patches as the others are.
    """
    mine, theirs = accuracy.flag(pair.trial, asked), accuracy.flag(pair.counts, asked)
    seen = pair.trial.seen.astype(np.float64)
    events = _spread(pair.patch, seen)
    share = pair.trial.events / events.sum() if events.sum() else 1.0
    caught = _spread(pair.patch[mine], seen[mine]) - _spread(pair.patch[theirs], seen[theirs])
    return Ahead(caught, events * share)


def in_log_scores(pair: Pair) -> Ahead | None:
    """Give the sum of log scores by which the method was ahead, beside the places.

    None where either method held impossible what happened.
    """
    difference = pair.truth.log_scores - pair.counts_truth.log_scores
    if not np.isfinite(difference).all():
        return None
    return Ahead(_spread(pair.patch, difference), _spread(pair.patch, np.ones(len(difference))))


def _spread(patch: Whole, values: Real) -> Real:
    summed: Real = np.bincount(patch, weights=values, minlength=PATCHES).astype(np.float64)
    return summed


def gain(units: Sequence[Ahead], *, overlap: int, seed: int) -> Gain | None:
    """Give the gain over all origins with its interval: of hits for each event, of log scores for each place.

    `units` are one an origin, in order; `overlap` is how many origins in a row share part of their windows. Origins are
    redrawn, in blocks of that length, where there are at least five times as many; else patches of ground are. None
    where there is too little to tell.
    """
    ahead, weight = np.array([one.ahead for one in units]), np.array([one.weight for one in units])
    if len(units) / overlap >= blocks.LEAST_BLOCKS:
        found = blocks.differ(ahead.sum(axis=1), weight.sum(axis=1), length=overlap, seed=seed)
        in_a_row = f"blocks of {overlap} in a row" if overlap > 1 else "one by one"
        basis = f"paired bootstrap over {len(units)} origins, {in_a_row}"
    else:
        held = weight.sum(axis=0) > 0
        enough = held.sum() >= blocks.LEAST_BLOCKS
        found = blocks.differ(ahead.sum(axis=0)[held], weight.sum(axis=0)[held], seed=seed) if enough else None
        windows = "1 window" if len(units) == 1 else f"{len(units)} windows"
        basis = f"paired bootstrap over {int(held.sum())} patches of ground in {windows}"
    return None if found is None else Gain(found.value, found.low, found.high, basis)


def overlap(windows: Sequence[Window]) -> int:
    """Say how many windows in a row share days; they are in order of their first days.

    >>> from datetime import date
    >>> from abate.hotspots.histories import Window
    >>> months = [Window(date(2024, 1, 1), date(2024, 3, 31)), Window(date(2024, 2, 1), date(2024, 4, 30))]
    >>> overlap(months), overlap(months[:1])
    (2, 1)
    """
    return max(sum(later.first <= one.last for later in windows[at:]) for at, one in enumerate(windows))
