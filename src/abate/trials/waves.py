"""A stepped roll-out: patrols reach the places in waves, in an order drawn at random, and then stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.trials import rollouts
from abate.trials.effects import Effect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.trials.outcomes import Outcome, Panel

    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

METHOD = "efficient estimator for random timing"
_ASSUMES = (
    "Chance decided which site began when, no site changed before its turn, and one site's start leaves others alone; "
    "the effect may grow or fade and differ between sites. Means of the {stretches} stretches between starts; the "
    "interval is right for many sites, p (Fisher's, starts dealt anew) for any number."
)
_DEALS = 999


def draw(days: int, sites: int, *, waves: int, seed: int, draws: int = 1) -> Flags:
    """Draw stepped roll-outs: draws x days x sites, True from the day on which a site's patrols begin.

    Days are cut into `waves` + 1 stretches as even as can be. In the first nobody is patrolled; at the start of each
    later one another wave of sites joins; in the last all are. Any order of sites is as likely as any other. Source of
    the design: Hussey and Hughes 2007, Contemporary Clinical Trials 28, 182-191.

    Raises `OptionError` where there are more waves than sites or days.

    >>> draw(6, 4, waves=2, seed=1)[0].sum(axis=1).tolist()
    [0, 0, 2, 2, 4, 4]
    """
    return deal(stages(days, sites, waves=waves), days, seed=seed, draws=draws)


def stages(days: int, sites: int, *, waves: int) -> Whole:
    """Give the days on which sites begin, in waves as even as can be: one a site, the first wave first.

    Raises `OptionError` as `draw` does.

    >>> stages(6, 4, waves=2).tolist()
    [2, 2, 4, 4]
    """
    if not 2 <= waves <= sites or waves + 1 > days:
        raise OptionError(
            f"--waves {waves}: from 2 to {min(sites, days - 1)} would be right for {sites} places and {days} days"
        )
    begins = (np.arange(1, waves + 1) * days) // (waves + 1)
    found: Whole = begins[np.arange(sites) * waves // sites].astype(np.int64)
    return found


def deal(begins: Whole, days: int, *, seed: int, draws: int = 1) -> Flags:
    """Deal the days on which sites begin out among them, each order as likely as any other: draws x days x sites.

    A site whose day is `days` or later never begins. Draw number i of a seed is the same however many are asked for.

    >>> deal(np.array([1, 1, 3]), 3, seed=1)[0].sum(axis=1).tolist()
    [0, 2, 2]
    """
    order = np.argsort(np.random.default_rng(seed).random((draws, len(begins))), axis=1, kind="stable")
    dealt = np.empty_like(order)
    np.put_along_axis(dealt, order, np.broadcast_to(begins, order.shape), axis=1)
    begun: Flags = np.arange(days)[None, :, None] >= dealt[:, None, :]
    return begun


def first_days(patrol: Flags) -> Whole | None:
    """Give the day on which each site's patrols begin (days x sites in); None where patrols of some site stop again.

    >>> first_days(np.array([[0, 0], [1, 0], [1, 0]], dtype=bool)).tolist()
    [1, 3]
    """
    days = len(patrol)
    begins = np.where(patrol.any(axis=0), patrol.argmax(axis=0), days).astype(np.int64)
    stays = bool((patrol == (np.arange(days)[:, None] >= begins)).all())
    return begins if stays else None


def estimate(panel: Panel, *, outcome: Outcome = "incidents", level: float = 0.95) -> Effect:
    """Give what having begun adds to an outcome of a place-day: the efficient estimator for starts that were drawn.

    Days are put together into the stretches between starts; the p-value is Fisher's, from 999 deals of the starts.
    Raises `OptionError` where some site's patrols stop again, or fewer than two waves of two sites begin on the way.
    Source: Roth and Sant'Anna 2023, Journal of Political Economy Microeconomics 1, 669-709.
    """
    begins = first_days(panel.patrol.T)
    if begins is None:
        raise OptionError("patrols that stop again are no roll-out; the redraws of the schedule are valid")
    days = len(panel.days)
    cuts = np.unique(np.concatenate([[0], begins[begins < days]]))
    _refuse(begins, days)
    starts = np.where(begins < days, np.searchsorted(cuts, begins) + 1.0, np.nan)
    wide = pd.DataFrame(_stretches(panel, panel.of(outcome), cuts), columns=[f"p{1 + at}" for at in range(len(cuts))])
    wide = wide.assign(site_id=list(panel.sites), first=starts)
    found = rollouts.estimate(
        wide, identifier="site_id", first_treated="first", level=level, draws=_DEALS, seed=1, estimand="simple"
    )
    assumes = " ".join([_ASSUMES.format(stretches=len(cuts)), *(f"{note.capitalize()}." for note in found.notes)])
    return Effect(
        *(outcome, "difference", METHOD, found.estimate, found.low, found.high, level, found.p_fisher, assumes),
        error=found.se,
    )


def _refuse(begins: Whole, days: int) -> None:
    """Say where the estimator has nothing to compare: it needs a time before, and waves of two or more."""
    later, sizes = np.unique(begins[begins > 0], return_counts=True)
    if (sizes >= 2).sum() < 2 or not (later[sizes >= 2] < days).any():
        raise OptionError(
            "two waves of at least two sites, the first of them after the first day, are needed to compare who has "
            "begun with who has not. The redraws of the schedule are valid for any waves"
        )


def _stretches(panel: Panel, outcomes: NDArray[np.float64], cuts: Whole) -> NDArray[np.float64]:
    """Give each site's mean a day in each stretch: sites x stretches."""
    kept = np.where(panel.drawn, outcomes, 0.0)
    days = np.add.reduceat(panel.drawn.astype(np.float64), cuts, axis=1)
    if not (days > 0).all():
        raise OptionError(
            "a site has no day at all in one stretch between starts; the redraws of the schedule are valid"
        )
    return np.asarray(np.add.reduceat(kept, cuts, axis=1) / days, dtype=np.float64)
