"""The efficient estimator for a treatment whose start was drawn: units start in cohorts, period after period.

When it is chance who starts when, cohorts that have not started yet are controls, and what differed before anybody
started is chance too: it can be taken off with the coefficient that leaves the least variance. Source: Roth and
Sant'Anna 2023, Journal of Political Economy Microeconomics 1, 669-709.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Estimand = Literal["simple", "cohort", "calendar"]
Controls = Literal["later", "last"]


@dataclass(frozen=True)
class Combination:
    """What is compared with what: weights on the cohorts' means, each in the shape (cohorts, periods).

    `effect` compares cohorts that have started with those that have not; `before` does the same in the period before
    each start, where chance alone speaks. `starts` are the cohorts' first periods, `sizes` their numbers of units.
    """

    effect: Real
    before: Real
    starts: Whole
    sizes: Whole


@dataclass(frozen=True)
class Rollout:
    """The mean effect on those who have started, with its errors.

    `error` takes off what is known of how effects differ (it is the published one), `error_neyman` does not; `plain`
    is the estimate without using the time before (coefficient 0), `coefficient` that of the difference before.
    """

    value: float
    error: float
    error_neyman: float
    coefficient: float
    plain: float
    combination: Combination


def combine(
    first: Whole, periods: int, *, estimand: Estimand | int = "simple", controls: Controls = "later"
) -> Combination:
    """Lay out what is compared: `first` is each unit's first treated period (0 to periods; `periods` is never).

    `simple` weighs all treated cohort-periods by their units, `cohort` takes the mean of each cohort first, `calendar`
    that of each period; a whole number is the effect so many periods after the start. Only periods in which somebody
    has not started yet can be compared. Controls are all who start `later` than the period, or the `last` cohort alone
    (Sun and Abraham 2021, Journal of Econometrics 225, 175-199). Raises `OptionError` when there is none.
    """
    starts, sizes = np.unique(first, return_counts=True)
    effect = np.zeros((len(starts), periods))
    before = np.zeros((len(starts), periods))
    weights = _weights(starts, sizes, periods, estimand)
    if not weights:
        raise OptionError(
            "a roll-out needs a period in which some have started and others have not, and a period before that"
        )
    for (cohort, period), weight in weights.items():
        later = starts > period if controls == "later" else starts == starts.max()
        shares = np.where(later, sizes, 0) / sizes[later].sum()
        earlier = starts[cohort] - 1
        for laid, when in ((effect, period), (before, earlier)):
            laid[cohort, when] += weight
            laid[:, when] -= weight * shares
    return Combination(effect, before, starts.astype(np.int64), sizes.astype(np.int64))


def _weights(starts: Whole, sizes: Whole, periods: int, estimand: Estimand | int) -> dict[tuple[int, int], float]:
    """Give each cohort and period that can be compared its weight; they add up to 1."""
    last = int(starts.max())
    cells = [
        (cohort, period)
        for cohort, start in enumerate(starts.tolist())
        for period in range(start, min(periods, last))
        if start > 0
    ]
    if isinstance(estimand, int):
        cells = [(cohort, period) for cohort, period in cells if period == starts[cohort] + estimand]
    raw = {cell: float(sizes[cell[0]]) for cell in cells}
    if estimand in {"cohort", "calendar"}:
        key = 0 if estimand == "cohort" else 1
        groups: dict[int, list[tuple[int, int]]] = {}
        for cell in cells:
            groups.setdefault(cell[key], []).append(cell)
        for group, inside in groups.items():
            whole = float(sizes[group]) if estimand == "cohort" else 1.0
            total = sum(raw[cell] for cell in inside)
            raw.update({cell: whole * raw[cell] / total for cell in inside})
    total = sum(raw.values())
    return {cell: weight / total for cell, weight in raw.items()}


def estimate(outcomes: Real, first: Whole, combination: Combination, *, coefficient: float | None = None) -> Rollout:
    """Estimate the mean effect from outcomes in the shape (units, periods), by the efficient coefficient.

    A `coefficient` of 1 takes the whole difference before the start off, which is the estimator of Callaway and
    Sant'Anna 2021 (Journal of Econometrics 225, 200-230) with those not yet treated as controls; 0 takes off none.
    Every cohort needs two units, for its variance (`OptionError`).
    """
    cohort = np.searchsorted(combination.starts, first)
    if (combination.sizes < 2).any():
        raise OptionError("a cohort of one unit has no variance: leave it out or join it to a neighbour")
    told = np.stack([(outcomes @ laid.T)[np.arange(len(first)), cohort] for laid in _both(combination)])
    value, used, plain, error = _combined(told, cohort, combination.sizes, coefficient)
    known = _heterogeneity(outcomes, told[0], cohort, combination)
    adjusted = float(np.sqrt(max(error**2 - known, 0.0)))
    return Rollout(value, adjusted, error, used, plain, combination)


def permuted(outcomes: Real, first: Whole, combination: Combination, *, draws: int, seed: int) -> float:
    """Give Fisher's p-value: starts are dealt out anew among the units, `draws` times.

    The share of deals, the real one included, whose estimate over its Neyman error is at least as far from 0.
    """
    cohort = np.searchsorted(combination.starts, first)
    told = np.stack([outcomes @ laid.T for laid in _both(combination)])
    generator, units = np.random.default_rng(seed), np.arange(len(first))
    sizes = np.empty(draws + 1)
    for draw in range(draws + 1):
        dealt = cohort if draw == 0 else generator.permutation(cohort)
        value, _, _, error = _combined(told[:, units, dealt], dealt, combination.sizes)
        sizes[draw] = abs(value) / error if error else 0.0
    return float((sizes >= sizes[0] * (1 - 1e-9)).mean())


def _both(combination: Combination) -> tuple[Real, Real]:
    return combination.effect, combination.before


def _combined(
    told: Real, cohort: NDArray[np.intp], sizes: Whole, given: float | None = None
) -> tuple[float, float, float, float]:
    """Give the estimate, the coefficient, the estimate without it, and the Neyman error."""
    number = len(sizes)
    means = np.stack([np.bincount(cohort, weights=one, minlength=number) / sizes for one in told])
    left = told - means[:, cohort]
    per = sizes * (sizes - 1.0)
    products = {
        pair: float((np.bincount(cohort, weights=left[pair[0]] * left[pair[1]], minlength=number) / per).sum())
        for pair in ((0, 0), (0, 1), (1, 1))
    }
    efficient = products[0, 1] / products[1, 1] if products[1, 1] > 0 else 0.0
    coefficient = efficient if given is None else given
    plain, chance = (float(one) for one in means.sum(axis=1))
    variance = products[0, 0] - 2 * coefficient * products[0, 1] + coefficient**2 * products[1, 1]
    return plain - coefficient * chance, coefficient, plain, float(np.sqrt(max(variance, 0.0)))


def _heterogeneity(outcomes: Real, told: Real, cohort: NDArray[np.intp], combination: Combination) -> float:
    """Give the part of the variance that is no error: how far effects differ with what was seen before anybody started.

    The effect's combination is regressed on the periods before the first start, cohort by cohort; the sum of the
    coefficients tells how an effect hangs on them, and their mean covariance how much they differ between units.
    """
    early = int(combination.starts.min())
    if early == 0:
        return 0.0
    slopes, spread = np.zeros(early), np.zeros((early, early))
    for place in range(len(combination.sizes)):
        mine = cohort == place
        lagged = outcomes[mine, :early] - outcomes[mine, :early].mean(axis=0)
        covariance = lagged.T @ lagged / (mine.sum() - 1)
        slopes += np.linalg.pinv(covariance, hermitian=True) @ (lagged.T @ told[mine]) / (mine.sum() - 1)
        spread += covariance / len(combination.sizes)
    return float(slopes @ spread @ slopes) / len(cohort)
