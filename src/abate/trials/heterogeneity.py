"""Whether patrol works alike everywhere: each place's own ratio, drawn towards that of all places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.stats import panelfits
from abate.tables.trials import PLACE_EFFECTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.trials.outcomes import Panel

    Real = NDArray[np.float64]

_RATIOS = np.linspace(-4.0, 3.0, 281)
_MIDDLES = np.linspace(-2.5, 1.5, 81)
_SPREADS = np.linspace(0.02, 1.5, 38)
_USUAL_SPREAD = 0.5


@dataclass(frozen=True, eq=False)
class Heterogeneity:
    """Places' own rate ratios (the table `PLACE_EFFECTS`), and how far places differ.

    `spread` is the standard deviation of the logarithms of the ratios between places, with its interval; `middle` the
    ratio of a middling place.
    """

    table: pd.DataFrame
    middle: float
    spread: float
    spread_low: float
    spread_high: float
    level: float


def shrink(panel: Panel, *, level: float = 0.95) -> Heterogeneity:
    """Estimate each place's own rate ratio, drawn towards that of all places as far as its counts are few.

    Given a place's incidents, those on patrol days are binomial, with odds of its ratio times what its patrol days
    would have had without patrol. The logarithms of the ratios are normal between places; their middle (flat prior)
    and spread (half normal prior with scale 0.5) are integrated out on a grid. Where place-days scatter more than
    Poisson counts do, counts weigh less by that much. Raises `OptionError` when the ratio of all cannot be reckoned.
    Source: Efron and Morris 1975, Journal of the American Statistical Association 70, 311-319 (the idea); Gelman
    2006, Bayesian Analysis 1, 515-534 (the prior).
    """
    fit = panelfits.poisson(
        panel.incidents, panel.patrol.astype(np.float64)[None], weights=panel.drawn.astype(np.float64)
    )
    if not fit.settled:
        raise OptionError("one side of the trial has no incident, so places have no ratios of their own")
    treated = panel.patrol & panel.drawn
    base = fit.mean / np.exp(fit.slopes[0] * panel.patrol)
    patrolled, usual = (panel.incidents * treated).sum(axis=1), (panel.incidents * (panel.drawn & ~treated)).sum(axis=1)
    odds = _odds(base, treated, panel.drawn)
    logs = np.log(odds)[:, None] + _RATIOS
    fits = (patrolled[:, None] * logs - (patrolled + usual)[:, None] * np.logaddexp(0, logs)) / max(
        panelfits.dispersion(fit), 1.0
    )
    likelihood = np.exp(fits - fits.max(axis=1, keepdims=True))
    posterior, middle, spreads = _integrated(likelihood)
    tail = (1 - level) / 2
    ends = np.exp([[np.interp(share, np.cumsum(row), _RATIOS) for share in (0.5, tail, 1 - tail)] for row in posterior])
    found = pd.DataFrame(
        {
            "site_id": list(panel.sites),
            "patrol_incidents": patrolled.astype(np.int64),
            "usual_incidents": usual.astype(np.int64),
            "expected_ratio": odds,
            **{name: ends[:, place] for place, name in enumerate(("value", "low", "high"))},
        }
    )
    spread, least, most = (float(np.interp(share, np.cumsum(spreads), _SPREADS)) for share in (0.5, tail, 1 - tail))
    return Heterogeneity(PLACE_EFFECTS.check(found), float(np.exp(_MIDDLES @ middle)), spread, least, most, level)


def _odds(base: Real, treated: NDArray[np.bool_], drawn: NDArray[np.bool_]) -> Real:
    """Give what patrol days would have had without patrol over what the other days had; by days where nothing fell."""
    inside, outside = (base * treated).sum(axis=1), (base * (drawn & ~treated)).sum(axis=1)
    days = np.maximum(treated.sum(axis=1), 0.5), np.maximum((drawn & ~treated).sum(axis=1), 0.5)
    quiet = (inside <= 0) | (outside <= 0)
    found: Real = np.where(quiet, days[0] / days[1], inside / np.where(outside > 0, outside, 1.0))
    return found


def _integrated(likelihood: Real) -> tuple[Real, Real, Real]:
    """Integrate middle and spread out: the posterior of each place's ratio, of the middle, and of the spread."""
    middles, spreads = (one.ravel() for one in np.meshgrid(_MIDDLES, _SPREADS, indexing="ij"))
    density = np.exp(-0.5 * ((_RATIOS[None] - middles[:, None]) / spreads[:, None]) ** 2)
    density /= density.sum(axis=1, keepdims=True)
    given = density @ likelihood.T
    logs = np.log(np.maximum(given, 1e-300)).sum(axis=1) - 0.5 * (spreads / _USUAL_SPREAD) ** 2
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    posterior = likelihood * ((weight[:, None] / np.maximum(given, 1e-300)).T @ density)
    posterior /= posterior.sum(axis=1, keepdims=True)
    laid = weight.reshape(len(_MIDDLES), len(_SPREADS))
    return posterior, laid.sum(axis=1), laid.sum(axis=0)
