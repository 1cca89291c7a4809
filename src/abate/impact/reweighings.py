"""The same weighing done many times over: for random groups of places, and with groups of places left out.

Pieces of the work go through joblib where it is installed: one after another unless `joblib.parallel_config` says
otherwise, which may name a cluster of machines. The answer depends on the seed alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.impact import ladders
from abate.stats import weightedmeans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.impact.ladders import Ladder
    from abate.stats.weightedmeans import Means

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Whole = NDArray[np.int64]

_PERMUTED, _LEFT = 1, 2


@dataclass(frozen=True)
class Task:
    """What is weighed and compared: the ladder of totals, outcomes (outcomes, places, periods), and each stretch after.

    No weighing starts above `rung`, that on which the real weights were found.
    """

    ladder: Ladder
    values: Real
    after: tuple[range, ...]
    rung: int


@dataclass(frozen=True)
class Ranks:
    """What random groups showed over one stretch, shape (groups, outcomes) or (groups,).

    `scores` are differences in their errors, `ratios` log ratios in theirs, `leans` and `distances` all outcomes
    together; NaN where a group had nothing to compare.
    """

    scores: Real
    ratios: Real
    leans: Real
    distances: Real


@dataclass(frozen=True)
class Placebos:
    """What random groups showed over every stretch, shape (groups, stretches, 2 outcomes + 2), and their rungs."""

    found: Real
    rungs: Whole

    def at(self, stretch: int) -> Ranks:
        """Give what they showed over one stretch."""
        one = self.found[:, stretch]
        count = (one.shape[1] - 2) // 2
        return Ranks(one[:, :count], one[:, count : 2 * count], one[:, -2], one[:, -1])


@dataclass(frozen=True)
class Left:
    """Means without each group: shape (groups, stretches, outcomes) for the treated and for the weighted others."""

    own: Real
    other: Real
    rungs: Whole


@dataclass(frozen=True)
class Spread:
    """How much the difference of means moved as groups were left out: covariance, scores, errors of log ratios."""

    covariance: Real
    scores: Real
    log_errors: Real


def permute(task: Task, treated: Truth, *, groups: int, seed: int, parcels: int = 8) -> Placebos:
    """Take random groups of places, as many as had the programme, as if they had had it, and weigh the others anew.

    Every place may be drawn, also those that had it. Where there are no more groups than asked for, each is taken once.
    """
    drawn = _drawn(treated, groups=groups, seed=seed)
    pieces = np.array_split(drawn, max(min(parcels, len(drawn)), 1))
    answers = [one for piece in _spread_out(_placebos, [(task, piece) for piece in pieces]) for one in piece]
    count = len(task.values)
    found = np.array([figures for figures, _ in answers]).reshape(-1, len(task.after), 2 * count + 2)
    return Placebos(found, np.array([rung for _, rung in answers], dtype=np.int64))


def leave_out(task: Task, treated: Truth, *, groups: int, seed: int, parcels: int = 4) -> Left | None:
    """Leave each of so many groups out in turn and weigh anew; None for fewer than two groups.

    Groups are drawn by lot, each with its share of the treated and of the other places.
    """
    if groups < 2:
        return None
    dealt = deal(treated, groups=groups, seed=seed)
    pieces = np.array_split(np.arange(groups), min(parcels, groups))
    jobs = [(task, treated, dealt, piece) for piece in pieces]
    answers = [one for piece in _spread_out(_without, jobs) for one in piece]
    means = np.array([both for both, _ in answers])
    return Left(means[:, :, 0], means[:, :, 1], np.array([rung for _, rung in answers], dtype=np.int64))


def deal(treated: Truth, *, groups: int, seed: int) -> Whole:
    """Deal places into groups by lot, the treated and the others each as evenly as can be.

    >>> np.bincount(deal(np.arange(11) < 4, groups=2, seed=1)[:4]).tolist()
    [2, 2]
    """
    generator = np.random.default_rng([seed, _LEFT])
    dealt = np.zeros(len(treated), dtype=np.int64)
    for side in (treated, ~treated):
        rows = np.flatnonzero(side)
        dealt[generator.permutation(rows)] = np.arange(len(rows)) % groups
    return dealt


def spread(left: Left, stretch: int, whole: Means) -> Spread:
    """Turn what was found without each group into errors, around the figures of all places."""
    groups = len(left.rungs)
    scale = (groups - 1) / groups
    own, other = left.own[:, stretch] - whole.own, left.other[:, stretch] - whole.other
    covariance = scale * (own - other).T @ (own - other)
    errors = np.sqrt(np.diag(covariance))
    scores = np.divide(whole.difference, errors, out=np.full(len(errors), np.nan), where=errors > 0)
    fine = (whole.own > 0) & (whole.other > 0)
    ratios = own / np.where(fine, whole.own, np.nan) - other / np.where(fine, whole.other, np.nan)
    return Spread(covariance, scores, np.sqrt(scale * (ratios**2).sum(axis=0)))


def _drawn(treated: Truth, *, groups: int, seed: int) -> Whole:
    places, size = len(treated), int(treated.sum())
    if groups and comb(places, size) - 1 <= groups:
        real = tuple(np.flatnonzero(treated).tolist())
        return np.array([one for one in combinations(range(places), size) if one != real], dtype=np.int64)
    generator = np.random.default_rng([seed, _PERMUTED])
    rows = [generator.choice(places, size, replace=False) for _ in range(groups)]
    return np.array(rows, dtype=np.int64).reshape(-1, size)


def _placebos(task: Task, drawn: Whole) -> list[tuple[list[list[float]], int]]:
    return [_placebo(task, rows) for rows in drawn]


def _placebo(task: Task, rows: Whole) -> tuple[list[list[float]], int]:
    taken = np.zeros(len(task.ladder.columns), dtype=bool)
    taken[rows] = True
    weighed = ladders.weigh(task.ladder, taken, np.ones_like(taken), rung=task.rung)
    found = []
    for after in task.after:
        means = weightedmeans.compare(task.values[:, :, after], weighed.weights, taken)
        error = means.log_error
        ratios = np.divide(means.log_ratio, error, out=np.full(len(error), np.nan), where=error > 0)
        lean = weightedmeans.lean(means.difference, means.covariance)
        far, _ = weightedmeans.distance(means.difference, means.covariance)
        found.append([*means.scores.tolist(), *ratios.tolist(), lean, far])
    return found, weighed.rung


def _without(task: Task, treated: Truth, dealt: Whole, groups: Whole) -> list[tuple[list[list[list[float]]], int]]:
    found = []
    for group in groups:
        weighed = ladders.weigh(task.ladder, treated, dealt != group, rung=task.rung)
        means = [weightedmeans.compare(task.values[:, :, after], weighed.weights, treated) for after in task.after]
        found.append(([[one.own.tolist(), one.other.tolist()] for one in means], weighed.rung))
    return found


def _spread_out(work: Any, pieces: list[tuple[Any, ...]]) -> list[Any]:
    """Do the work on each piece, where joblib says."""
    try:
        joblib: Any = import_module("joblib")
    except ImportError:
        return [work(*piece) for piece in pieces]
    found: list[Any] = joblib.Parallel(prefer="threads")(joblib.delayed(work)(*piece) for piece in pieces)
    return found
