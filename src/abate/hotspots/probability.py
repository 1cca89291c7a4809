"""How sure it is that a place on the list belongs on the list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.hotspots.panels import Panel, panel
from abate.stats import mixing, ranks, resampling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Method = Literal["model", "months"]

ENOUGH_MONTHS = 6


@dataclass(frozen=True)
class Chances:
    """The probability that each place truly belongs to the `top` hottest, and how it was found.

    `places` has one row a place with incidents: `place_id`, `probability_top` (0 to 1). `basis` is a sentence for
    people; `dispersion` is how many times as variable as chance alone the busiest places' months were.
    """

    places: pd.DataFrame
    top: int
    method: Method
    draws: int
    dispersion: float
    basis: str


def probability_top(
    counts: pd.DataFrame,
    places: pd.DataFrame,
    *,
    months: Sequence[str],
    top: int,
    seed: int,
    method: Method = "model",
    draws: int = 2000,
) -> Chances:
    """Give each place the probability that it truly belongs to the `top` places with the highest rates.

    A count is a place's rate seen through chance: the place with the most incidents is not surely the one with the
    highest rate. `model` (the default) learns from all of `places` how rates differ, takes counts as Poisson around
    them, or more variable than that by as much as the months of the busiest places show, draws rates given the
    counts and looks how often a place is among the first. It works for any number of months. `months` draws the
    months again with replacement and ranks the totals, tied places sharing the tied slots; it needs six months and
    is too sure of itself where incidents are few. When nothing tells the places apart, each has the same chance.

    Sources: Laird 1978, Journal of the American Statistical Association 73, 805-811 (the spread of rates); Chao 1984,
    Scandinavian Journal of Statistics 11, 265-270 (places left out because they saw nothing);
    Goldstein and Spiegelhalter 1996, Journal of the Royal Statistical Society A 159, 385-443 (uncertain ranks).
    Raises `OptionError` for options that cannot be.
    """
    if top < 1:
        raise OptionError(f"the number of places on the list is at least 1, not {top}")
    laid_out = panel(counts, places, months=months)
    if method == "months":
        _refuse_few(len(laid_out.months))
    scatter = excess(laid_out, top)
    draw = _by_months if method == "months" else _by_model
    probabilities = draw(laid_out, top=top, scatter=scatter, draws=draws, seed=seed)
    listed = pd.DataFrame({"place_id": laid_out.place_ids, "probability_top": probabilities})
    return Chances(
        places=listed[laid_out.totals > 0].reset_index(drop=True),
        top=top,
        method=method,
        draws=draws,
        dispersion=scatter,
        basis=_basis(method, draws, len(laid_out.months), scatter),
    )


def excess(laid_out: Panel, top: int) -> float:
    """Give how many times as variable as chance alone the months of the busiest places were (at least 1).

    Twice `top` places are looked at, at least 50: how much places bunch may differ with how busy they are, and these
    are the ones that compete. A place may be among the busiest because of a burst, so the busiest by every other
    month are judged on the months between, and the other way round, each place with a like say. With fewer than four
    months all places are judged on all months.
    """
    incidents = laid_out.incidents
    if incidents.shape[1] < 4:
        return mixing.dispersion(incidents)
    halves = incidents[:, ::2], incidents[:, 1::2]
    judged = []
    for chosen_by, judged_on in (halves, halves[::-1]):
        known = chosen_by.sum(axis=1)
        busiest = np.argsort(-known, kind="stable")[: max(2 * top, 50)]
        judged.append(mixing.dispersion(judged_on[busiest], weights=1 / (known[busiest] + 1.0)))
    return float(np.mean(judged))


def _by_model(laid_out: Panel, *, top: int, scatter: float, draws: int, seed: int) -> NDArray[np.float64]:
    count = len(laid_out.place_ids)
    if top >= count:
        return np.ones(count)
    totals = mixing.with_unseen(laid_out.totals)
    if not np.isfinite(mixing.prior_shape(totals, dispersion=scatter)):
        return np.full(count, top / count)
    known = mixing.posterior(totals, dispersion=scatter)
    able, rates = known.foremost(top, draws=draws, generator=np.random.default_rng(seed))
    probabilities = np.zeros(len(totals))
    probabilities[able] = ranks.membership(np.ascontiguousarray(rates.T), top).mean(axis=0)
    return probabilities[:count]


def _by_months(laid_out: Panel, *, top: int, scatter: float, draws: int, seed: int) -> NDArray[np.float64]:  # noqa: ARG001 - one signature for both methods
    totals = laid_out.totals
    if top >= len(totals):
        return np.ones(len(totals))
    weights = resampling.repeats(len(laid_out.months), draws=draws, seed=seed).astype(np.float64)
    able = _able(laid_out, weights, top)
    redrawn = weights @ laid_out.incidents[able].T.astype(np.float64)
    probabilities = np.zeros(len(totals))
    probabilities[able] = ranks.membership(redrawn, top).mean(axis=0)
    return probabilities


def _able(laid_out: Panel, weights: NDArray[np.float64], top: int) -> NDArray[np.intp]:
    """Find the places that reach the cut in some redraw.

    The `4·top` places with the most incidents set a floor in each redraw: the cut is nowhere lower. Places that would
    stay below it even if their every incident had fallen in that redraw's heaviest month are not looked at at all.
    """
    totals, incidents = laid_out.totals, laid_out.incidents.astype(np.float64)
    leaders = np.argsort(-totals, kind="stable")[: 4 * top]
    floor = np.partition(weights @ incidents[leaders].T, len(leaders) - top, axis=1)[:, len(leaders) - top]
    possible = np.flatnonzero(totals >= (floor / weights.max(axis=1)).min())
    blocks = np.array_split(possible, len(possible) // 1000 + 1)
    reaches = [(weights @ incidents[block].T >= floor[:, None]).any(axis=0) for block in blocks]
    return possible[np.concatenate(reaches)]


def _refuse_few(months: int) -> None:
    if months < ENOUGH_MONTHS:
        raise OptionError(
            f"drawing months again needs at least {ENOUGH_MONTHS} months, and {months} are held: use the count model"
        )


def _basis(method: Method, draws: int, months: int, scatter: float) -> str:
    if method == "months":
        return f"bootstrap over {months} months, {draws:,} draws"
    spread = (
        f"the busiest places' months were {scatter:.2g} times as variable as chance alone, which is allowed for"
        if scatter > 1.05
        else "the busiest places' months were no more variable than chance alone"
        if months > 1
        else "with one month, bursts of incidents cannot be told and are not allowed for"
    )
    return f"count model (empirical Bayes on Poisson counts), {draws:,} draws; {spread}"
