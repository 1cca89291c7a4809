"""Counts whose rates differ from unit to unit: how much they differ, and what each rate may be.

A unit has a rate; its count is Poisson around the rate, or `dispersion` times as variable where events come in
bursts. How the rates are spread over the units is learnt from all the counts together, so that a unit with a chance
run of events is drawn back towards the others by as much as they warrant (empirical Bayes).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def dispersion(counts: NDArray[np.int64], *, weights: NDArray[np.float64] | None = None) -> float:
    """Give how many times as variable counts are as Poisson counts, after unit and column effects.

    `counts` has the shape (units, columns). If a unit's count in column t has mean m·w(t), w adding up to 1, and
    variance `dispersion` times that, then count·(count - 1) has the mean (m·w(t))² + (dispersion - 1)·m·w(t), and
    products of counts in different columns give m² without it. The two are summed over units, `weights` to each, and
    compared. Unlike Pearson's statistic this stays right where most counts are 0 or 1. Units and weights must not be
    chosen by the same counts. Never below 1, and 1 where there is nothing to tell it from.

    >>> round(dispersion(np.array([[10, 0, 0], [0, 10, 0], [0, 0, 10]])), 3)
    10.0
    """
    each = np.ones(len(counts)) if weights is None else weights
    seen = counts.astype(np.float64)
    total = float((each[:, None] * seen).sum())
    if total == 0:
        return 1.0
    same = float((seen.sum(axis=0) ** 2).sum() / seen.sum() ** 2)
    if same > 1 - 1e-9:
        return 1.0
    squares = (seen**2).sum(axis=1)
    level = (seen.sum(axis=1) ** 2 - squares) / (1 - same)
    bunched = float((each * (squares - seen.sum(axis=1) - same * level)).sum())
    return max(1.0, 1 + bunched / total)


def with_unseen(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Add the units that saw nothing to a list from which they were left out.

    Where not one unit has a count of 0, units were listed because they saw something, and what is left looks far more
    alike than it is. The number of those left out is put at f1·(f1 - 1) / (2·(f2 + 1)), where f1 and f2 units have
    one and two: a lower bound whatever the spread of rates. A list with a 0 in it is given back as it is. Source:
    Chao 1984, Scandinavian Journal of Statistics 11, 265-270 (in its bias-corrected form).

    >>> len(with_unseen(np.array([1, 1, 1, 1, 2, 7]))), len(with_unseen(np.array([0, 1, 1, 1])))
    (9, 4)
    """
    if not len(counts) or counts.min() == 0:
        return counts
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    unseen = once * (once - 1) // (2 * (twice + 1))
    return np.concatenate([counts, np.zeros(unseen, dtype=np.int64)])


def prior_shape(counts: NDArray[np.int64], *, dispersion: float = 1.0) -> float:
    """Give the shape of the gamma distribution that the rates of the units follow, by moments.

    One count a unit. What the counts vary beyond Poisson (times `dispersion`) is put down to the rates:
    shape = mean² / (variance - dispersion·mean). Infinite when the counts vary no more than that: the rates are then
    taken as equal. Source: Clayton and Kaldor 1987, Biometrics 43, 671-681.

    >>> prior_shape(np.array([5, 5, 5, 5]))
    inf
    >>> prior_shape(np.array([0, 0, 0, 20]))
    0.2631578947368421
    """
    mean, variance = float(counts.mean()), float(counts.var(ddof=1)) if len(counts) > 1 else 0.0
    spread = variance - dispersion * mean
    return mean**2 / spread if spread > 0 and mean > 0 else float("inf")


@dataclass(frozen=True)
class Posterior:
    """What each unit's rate may be, given its count: a distribution on a common grid of rates.

    `edges` are rates that bound the cells of the grid, rising evenly in their logarithm; `below`, in the shape
    (distinct counts, edges), is the probability that the rate lies below each edge; `kind` says for each unit which
    row is its own, rows running from the smallest count to the largest.
    """

    edges: NDArray[np.float64]
    below: NDArray[np.float64]
    kind: NDArray[np.intp]

    def draw(self, units: NDArray[np.intp], *, draws: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """Draw rates for some units: the shape is (units, draws)."""
        chance = generator.random((len(units), draws))
        logs = np.log(self.edges)
        for row in np.unique(self.kind[units]):
            own = self.kind[units] == row
            chance[own] = np.interp(chance[own], self.below[row], logs)
        return np.exp(chance)

    def foremost(
        self, top: int, *, draws: int, generator: np.random.Generator, risk: float = 1e-3
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Draw rates for those units alone that can be among the `top` highest: the units, and (units, draws).

        The `4·top` units with the largest counts are drawn first and set a floor in each draw: the cut is nowhere
        lower. Units are left out, smallest counts first, as long as the number of times that any of them would have
        come above its floor, over all draws together, is expected to be at most `risk`.
        """
        order = np.argsort(-self.kind, kind="stable")
        ahead, behind = order[: 4 * top], order[4 * top :]
        rates = self.draw(ahead, draws=draws, generator=generator)
        floors = np.log(np.partition(rates, len(ahead) - top, axis=0)[len(ahead) - top])
        logs = np.log(self.edges)
        above = np.array([(1 - np.interp(floors, logs, row)).sum() for row in self.below])
        missed = above[self.kind[behind]][::-1].cumsum()[::-1]
        rest = behind[missed > risk]
        return np.r_[ahead, rest], np.vstack([rates, self.draw(rest, draws=draws, generator=generator)])


def posterior(counts: NDArray[np.int64], *, dispersion: float = 1.0, steps: int = 20, cells: int = 200) -> Posterior:
    """Find what each unit's rate may be, with the rates' own distribution taken from all the counts.

    The distribution of rates starts as the gamma distribution of `prior_shape` and is then bent to the counts in
    `steps` steps of expectation and maximisation, which lets it have a longer tail, or outliers, where the counts
    show them. Many steps would break it up into a few spikes; twenty came out best in simulations with known rates.
    Needs counts that vary more than `dispersion` times Poisson, so that `prior_shape` is finite. Source: Laird 1978,
    Journal of the American Statistical Association 73, 805-811.

    >>> rates = posterior(np.array([0, 0, 1, 2, 30])).draw(np.array([4]), draws=999, generator=np.random.default_rng(1))
    >>> bool(20 < rates.mean() < 35)
    True
    """
    distinct, kind, units = np.unique(counts, return_inverse=True, return_counts=True)
    mean, largest = float(counts.mean()), float(distinct[-1])
    highest = largest + 4 * np.sqrt(dispersion * (largest + 1)) + 2 * dispersion
    edges = np.geomspace(min(0.02, mean / 20), highest, cells + 1)
    rates = np.sqrt(edges[1:] * edges[:-1])
    likely = _likelihood(distinct, rates, dispersion=dispersion)
    weights = _gamma(rates, shape=prior_shape(counts, dispersion=dispersion), mean=mean)
    for _ in range(steps):
        weights = weights * ((units / (likely @ weights)) @ likely) / units.sum()
    below = np.cumsum(likely * weights, axis=1)
    below = np.hstack([np.zeros((len(distinct), 1)), below / below[:, -1:]])
    return Posterior(edges, below, kind)


def _likelihood(counts: NDArray[np.int64], rates: NDArray[np.float64], *, dispersion: float) -> NDArray[np.float64]:
    """Give how likely each count is at each rate, up to a factor of its own for each count.

    Poisson, or above a dispersion of 1 the negative binomial with variance dispersion x mean, whose factors
    Γ(count + size)/Γ(size) are products over 0 ... count - 1.
    """
    if dispersion > 1 + 1e-9:
        size = rates / (dispersion - 1)
        steps = np.log(size + np.arange(counts[-1], dtype=np.float64)[:, None])
        rising = np.vstack([np.zeros(len(rates)), np.cumsum(steps, axis=0)])
        height = rising[counts] - size * np.log(dispersion)
    else:
        height = counts[:, None] * np.log(rates) - rates
    likely: NDArray[np.float64] = np.exp(height - height.max(axis=1, keepdims=True))
    return likely


def _gamma(rates: NDArray[np.float64], *, shape: float, mean: float) -> NDArray[np.float64]:
    """Weigh the cells of a grid of rates as a gamma distribution does, with a thin floor under its tails."""
    height = shape * (np.log(rates / mean) - rates / mean)
    weights = np.exp(height - height.max()) + 1e-6
    lifted: NDArray[np.float64] = weights / weights.sum()
    return lifted


def recur(rates: NDArray[np.float64], *, dispersion: float, generator: np.random.Generator) -> NDArray[np.int64]:
    """Draw counts around rates, `dispersion` times as variable as Poisson counts (negative binomial above 1).

    >>> recur(np.full(3, 4.0), dispersion=1.0, generator=np.random.default_rng(1)).tolist()
    [5, 3, 5]
    """
    if dispersion > 1:
        burst = dispersion - 1
        rates = burst * generator.standard_gamma(rates / burst)
    return generator.poisson(rates)
