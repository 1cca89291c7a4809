"""How much each predictor shall count when a mix of donors is matched on predictors: the nested search.

Inside, the mix nearest to the target on the predictors, weighted by their importances, is found exactly. Outside, the
importances are sought whose mix follows the target's outcomes best. The outer sum has many dips, so the search starts
from many places, some of them known beforehand (equal importances, those that a regression gives, each predictor
alone), goes down from each by Nelder and Mead's method on the logarithm of the importances, lets the places wander
among one another (differential evolution, by numbers drawn once and for all), and finishes the best few.

Sources: Abadie, Diamond and Hainmueller 2010, Journal of the American Statistical Association 105, 493-505; Storn and
Price 1997, Journal of Global Optimization 11, 341-359; Nelder and Mead 1965, Computer Journal 7, 308-313, with the
factors of Gao and Han 2012, Computational Optimization and Applications 51, 259-277.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, no_type_check

import numba
import numpy as np

from abate.stats.descents import descend

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

FLOOR = -8.0
_EACH, _FULL = 80, 450
_ROUNDS, _QUICK = 60, 10
_FINISHED = 3
_SPREAD = 6
_GREEDY, _CROSSED = 0.1, 0.8
_FLAT = 1e-12
_SEED = 20100601


@dataclass(frozen=True)
class Importances:
    """What the search found: importances that sum to 1, the donors' weights that go with them, and the mean square.

    `tried` is how many mixes were looked at; `starts` how many of the starts ended within a thousandth of the best.
    """

    importances: Real
    weights: Real
    mean_square: float
    tried: int
    starts: int


@numba.njit(cache=True, nogil=True)
@no_type_check
def _losses(points, outcomes, places):
    """Give the mean square over the outcomes of the mix that each place (logs of importances) leads to."""
    found = np.empty(places.shape[0])
    weighted = np.empty_like(points)
    linear = np.zeros(points.shape[1])
    for place in range(places.shape[0]):
        most = np.max(places[place])
        for row in range(points.shape[0]):
            root = 10.0 ** ((places[place, row] - most) / 2)
            for donor in range(points.shape[1]):
                weighted[row, donor] = root * points[row, donor]
        weights, _, _ = descend(weighted, linear, 0.0, -1)
        total = 0.0
        for time in range(outcomes.shape[0]):
            gap = 0.0
            for donor in range(outcomes.shape[1]):
                gap += outcomes[time, donor] * weights[donor]
            total += gap * gap
        found[place] = total / outcomes.shape[0]
    return found


class _Search:
    """The outer search: places are logs of importances between the floor and 0; `tried` counts those looked at."""

    def __init__(self, points: Real, outcomes: Real) -> None:
        self.points, self.outcomes, self.tried = points, outcomes, 0

    def losses(self, places: Real) -> Real:
        self.tried += len(places)
        found: Real = _losses(self.points, self.outcomes, places)
        return found

    def evolve(self, places: Real, losses: Real, numbers: Real) -> tuple[Real, Real]:
        """Let the places wander as many rounds as there are numbers; one moves only to where the loss is less."""
        count, size = places.shape
        for draw in numbers:
            first, second = ((draw[:, at] * count).astype(np.int64) for at in (0, 1))
            best = places[np.argmin(losses)]
            pull = np.where(draw[:, 3] < _GREEDY, 0.5 + 0.5 * draw[:, 2], 0.0)[:, None]
            moved = places + pull * (best - places) + (0.5 + 0.5 * draw[:, 2:3]) * (places[first] - places[second])
            crossed = draw[:, 5:] < _CROSSED
            crossed[np.arange(count), (draw[:, 4] * size).astype(np.int64)] = True
            new = np.clip(np.where(crossed, moved, places), FLOOR, 0.0)
            loss = self.losses(new)
            better = loss <= losses
            places, losses = np.where(better[:, None], new, places), np.where(better, loss, losses)
        return places, losses

    def descend(self, start: Real, step: float, budget: int) -> tuple[Real, float]:
        """Go down from one start by Nelder and Mead's method; give the place and its loss."""
        size = len(start)
        down = np.where(start - step > FLOOR, -step, step)
        places = np.clip(np.vstack([start, start + np.diag(down)]), FLOOR, 0.0)
        losses, end = self.losses(places), self.tried + budget
        while self.tried < end:
            order = np.argsort(losses, kind="stable")
            places, losses = places[order], losses[order]
            if losses[-1] - losses[0] <= _FLAT * (abs(losses[0]) + _FLAT):
                break
            self._replace_worst(places, losses, size)
        best = int(np.argmin(losses))
        return places[best], float(losses[best])

    def _replace_worst(self, places: Real, losses: Real, size: int) -> None:
        centre = places[:-1].mean(axis=0)

        def go(factor: float) -> tuple[Real, float]:
            place = np.clip(centre + factor * (places[-1] - centre), FLOOR, 0.0)
            return place, float(self.losses(place[None])[0])

        new, loss = go(-1.0)
        if losses[0] <= loss < losses[-2]:
            places[-1], losses[-1] = new, loss
            return
        inward = 0.75 - 0.5 / size
        other, second = go(-(1 + 2 / size) if loss < losses[0] else (-inward if loss < losses[-1] else inward))
        if second < min(loss, losses[-1]):
            places[-1], losses[-1] = other, second
        elif loss < losses[0]:
            places[-1], losses[-1] = new, loss
        else:
            places[1:] = places[0] + (1 - 1 / max(size, 2)) * (places[1:] - places[0])
            losses[1:] = self.losses(places[1:])


def search(predictors: Real, outcomes: Real, *, starts: Real | None = None, quick: bool = False) -> Importances:
    """Find the importances of predictors whose mix of donors follows the target's outcomes best.

    `predictors` (predictors, donors) and `outcomes` (periods, donors) are each donor less the target, predictors on
    scales that may be compared. `starts` (starts, predictors) are importances to begin from beside those that are
    always tried; `quick` searches about a third as long. Importances below 1e-8 of the largest are not told apart from
    that.

    >>> near = np.array([[1.0, -1.0, 3.0], [5.0, -5.0, 40.0]])
    >>> found = search(near, np.array([[2.0, -2.0, 9.0]]))
    >>> found.weights.round(6).tolist(), round(found.mean_square, 9)
    ([0.5, 0.5, 0.0], 0.0)
    """
    points, follow = (np.ascontiguousarray(values, dtype=np.float64) for values in (predictors, outcomes))
    work, logs = _Search(points, follow), _starts(len(points), starts)
    numbers = np.random.default_rng(_SEED).random((_QUICK if quick else _ROUNDS, len(logs), 5 + len(points)))
    each = [work.descend(place, 2.0, _EACH) for place in (logs[: len(logs) // 3] if quick else logs)]
    places, losses = logs.copy(), work.losses(logs)
    for at, (place, loss) in enumerate(each):
        places[at], losses[at] = place, loss
    places, losses = work.evolve(places, losses, numbers)
    for at in np.argsort(losses, kind="stable")[: 1 if quick else _FINISHED]:
        for step in (1.0, 0.2, 3.0):
            place, loss = work.descend(places[at], step, _FULL)
            if loss < losses[at]:
                places[at], losses[at] = place, loss
    best = int(np.argmin(losses))
    raised = 10.0 ** (places[best] - places[best].max())
    near = int((losses <= losses[best] * 1.001 + _FLAT).sum())
    found = raised / raised.sum()
    return Importances(found, match(points, raised), float(losses[best]), work.tried, near)


def match(predictors: Real, importances: Real) -> Real:
    """Give the weights of the donors whose mix is nearest to the target on predictors of given importances.

    >>> match(np.array([[1.0, -1.0], [2.0, -6.0]]), np.array([1.0, 0.0])).round(6).tolist()
    [0.5, 0.5]
    """
    points = np.ascontiguousarray(np.sqrt(importances)[:, None] * predictors)
    weights: Real = descend(points, np.zeros(points.shape[1]), 0.0, -1)[0]
    return weights


def regressed(predictors: Real, outcomes: Real) -> Real:
    """Give importances by how much of the outcomes the predictors explain over all units.

    Each period's outcomes are regressed on the predictors and a constant; a predictor's importance is the sum of its
    squared slopes. `predictors` has the shape (units, predictors), `outcomes` (units, periods).

    >>> regressed(np.array([[1.0], [2.0], [4.0]]), np.array([[3.0], [5.0], [9.0]])).tolist()
    [1.0]
    """
    slopes = np.linalg.lstsq(predictors - predictors.mean(axis=0), outcomes - outcomes.mean(axis=0), rcond=None)[0]
    sums: Real = (slopes**2).sum(axis=1)
    total = float(sums.sum())
    return sums / total if total > 0 else np.full(len(sums), 1 / len(sums))


def _starts(size: int, given: Real | None) -> Real:
    """Give the logs of the starts: those given, all equal, each predictor alone, and some spread evenly."""
    alone = np.where(np.eye(size, dtype=bool), 0.0, -3.0)
    lattice = np.arange(1, _SPREAD * size + 1)[:, None] * np.sqrt(_primes(size))[None, :] % 1.0
    rows = [np.zeros((1, size)), alone, -3.0 * (1 - alone / -3.0), -6.0 * lattice]
    if given is not None:
        with np.errstate(divide="ignore"):
            logs = np.log10(given / given.max(axis=1, keepdims=True))
        rows.insert(0, np.clip(logs, FLOOR, 0.0))
    return np.concatenate(rows)


def _primes(count: int) -> Real:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return np.array(found, dtype=np.float64)
