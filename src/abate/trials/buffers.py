"""Whether crime moved round the corner: sites and the rings about them, modelled jointly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import TableError
from abate.stats import clustered
from abate.trials import regressions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.stats.clustered import Errors
    from abate.stats.panelfits import Fit
    from abate.trials.effects import Effect
    from abate.trials.outcomes import Panel

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Sum:
    """How many incidents more (below 0: fewer) there were on patrol days than without patrol, with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Buffers:
    """Sites, the rings about them, and both together.

    `site` and `ring` are rate ratios; `site_change`, `ring_change` and `net_change` incidents over all patrol days.
    `quotient` is the ring's change over the site's: above 0 the benefit spread, below 0 crime moved, at -1 all of it
    did; its interval is Fieller's (None where the site's own change is not clear enough for one). `correlation` is that
    of the two estimates, not a number where one of them does not vary.
    """

    site: Effect
    ring: Effect
    site_change: Sum
    ring_change: Sum
    net_change: Sum
    quotient: float | None
    quotient_interval: tuple[float, float] | None
    correlation: float
    verdict: str


def compare(panel: Panel, rings: Real, *, level: float = 0.95) -> Buffers:
    """Estimate what patrol does in the sites and in the rings about them, and add the two up.

    `rings` holds incidents in each site's ring, in the shape (sites, days). Both have their own place and day effects;
    that the same places and days stand behind both is kept, so that the sum's interval is right. Raises `TableError`
    when no incident fell in a ring. Sources: Guerette and Bowers 2009, Criminology 47, 1331-1368 (what to look for);
    Fieller 1954, Journal of the Royal Statistical Society B 16, 175-185.
    """
    if not rings[panel.drawn].sum() > 0:
        raise TableError("buffers: no incident in any ring on any day, so nothing can be said about displacement")
    around = replace(panel, incidents=np.where(panel.drawn, rings, 0.0))
    models = regressions.model(panel), regressions.model(around)
    site = regressions.tell(*models[0], outcome="incidents", level=level)
    ring = regressions.tell(*models[1], outcome="incidents in rings", level=level)
    covariance, freedom = _together(*models)
    logs = np.log([site.value, ring.value])
    treated = panel.patrol & panel.drawn
    seen = np.array([panel.incidents[treated].sum(), around.incidents[treated].sum()])
    change, slope = seen * (1 - np.exp(-logs)), seen * np.exp(-logs)
    spread = covariance * np.outer(slope, slope)
    mixes = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    own, around_it, net = (_sum(float(change @ mix), float(mix @ spread @ mix), freedom, level) for mix in mixes)
    quotient = float(change[1] / change[0]) if change[0] else None
    between = _fieller(change, spread, freedom, level) if np.isfinite(change).all() else None
    scale = sqrt(covariance[0, 0] * covariance[1, 1])
    correlation = float(covariance[0, 1] / scale) if scale else float("nan")
    return Buffers(site, ring, own, around_it, net, quotient, between, correlation, _verdict(site, ring, net))


def _together(*models: tuple[Fit, Errors]) -> tuple[Real, float]:
    """Give the joint covariance of the two logarithms, clustered by place, and its degrees of freedom."""
    moved = [clustered.influence(fit)[:, 0] for fit, _ in models]
    errors = [float(found.error[0]) for _, found in models]
    freedom = [float(found.freedom[0]) for _, found in models]
    norms = np.linalg.norm(moved, axis=1)
    correlation = float(moved[0] @ moved[1] / max(norms[0] * norms[1], 1e-300))
    covariance = np.outer(errors, errors) * np.array([[1.0, correlation], [correlation, 1.0]])
    return covariance, min(freedom)


def _sum(value: float, variance: float, freedom: float, level: float) -> Sum:
    low, high, _ = regressions.interval(value, sqrt(max(variance, 0.0)), freedom, level)
    return Sum(value, low, high)


def _fieller(change: Real, spread: Real, freedom: float, level: float) -> tuple[float, float] | None:
    """Give the interval of the second change over the first; None where it has no ends."""
    from scipy.special import stdtrit

    t = float(stdtrit(freedom, (1 + level) / 2)) ** 2
    a = change[0] ** 2 - t * spread[0, 0]
    b = change[0] * change[1] - t * spread[0, 1]
    inside = b**2 - a * (change[1] ** 2 - t * spread[1, 1])
    if a <= 0 or inside < 0:
        return None
    return float((b - sqrt(inside)) / a), float((b + sqrt(inside)) / a)


def _verdict(site: Effect, ring: Effect, net: Sum) -> str:
    if not ring.clear:
        moved = "No clear change in the rings: neither displacement nor a spread of the benefit was found"
    elif ring.value > 1:
        moved = (
            "More incidents in the rings on patrol days: some moved there" if site.value < 1 else "More in the rings"
        )
    else:
        moved = "Fewer incidents in the rings too: the benefit spread" if site.value < 1 else "Fewer in the rings"
    value, low, high = (f"{abs(one):.0f} {'fewer' if one < 0 else 'more'}" for one in (net.value, net.low, net.high))
    return f"{moved} ({ring}). Sites and rings together had {value} incidents on patrol days, interval {low} to {high}."
