"""The forecast that abate recommends: own record, neighbourhood and related crime, mixed by what earned it before.

Nothing is tuned by a person or a city. The ingredients, the prior weights and the strength of the prior were settled
once, by rolling origin inside several data sets (see the page on the recommended forecast), and are the same for all;
how much of each ingredient is used is learnt anew from every record, inside its own span.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

from abate.hotspots import rehearsals, volumes
from abate.hotspots.histories import forecasts
from abate.hotspots.ingredients import HALF_LIVES, WIDTHS_M, Ingredient, ingredients, share

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.hotspots.rehearsals import Rehearsal

    Real = NDArray[np.float64]
    Shares = NDArray[np.float32]

KNOTS = np.array([0.5, 2.0, 8.0, 32.0, 128.0])
STRENGTH = 150.0
RELATED = 0.3
EVERYWHERE = 0.02
_QUIET = {"memory": (0.01, 0.03, 0.08, 0.28, 0.6), "reach": (0.3, 0.2, 0.3, 0.13, 0.07)}
_BUSY = {"memory": (0.16, 0.2, 0.2, 0.22, 0.22), "reach": (0.8, 0.1, 0.05, 0.03, 0.02)}
_MOST_NUMBERS = 40_000_000


@dataclass(frozen=True)
class Mixture:
    """How much of each ingredient is used at quiet places and at busy ones.

    `weights` has the shape (KNOTS, ingredients): how busy a place is, is how many of the record's incidents the
    `pilot` mixture, which is the same everywhere, lays to it.
    """

    parts: tuple[Ingredient, ...]
    pilot: Real
    weights: Real


def forecast(past: History, window: Window, *, strength: float = STRENGTH) -> pd.DataFrame:
    """Forecast each place from its own past, its surroundings and related crime, mixed as the record itself shows best.

    One row a place (`tables.FORECASTS`). The ingredients are counts remembered over five half-lives and spread over
    five widths, those of related kinds of crime where `past` has them, and the same everywhere. Their weights are
    those under which rehearsed windows of the same length inside the record would have been likeliest, for quiet
    places and for busy ones, and lean on the same prior in every city with the weight of `strength` incidents. The
    total comes from the recent level and the time of year (`volumes.foresee`), the spread around the mean from the
    rehearsals. Raises `OptionError` when the window begins inside the record. Sources: docs/explanation,
    the recommended forecast.
    """
    from abate.space import plates

    plate = plates.lay(past.middles_m, reach=4 * max(WIDTHS_M))
    parts = ingredients(past)
    most = int(np.clip(_MOST_NUMBERS // max(1, len(parts) * len(past.places)) - 1, 2, rehearsals.MOST))
    held = rehearsals.rehearse(past, window, most=most)
    shares = [share(one.past, parts, plate.only(one.kept)) for one in held]
    mixture = mix(held, shares, parts, strength=strength)
    volume = [volumes.foresee(one.past, one.window) for one in held]
    now = share(past, parts, plate)
    expected = volumes.foresee(past, window) * blend(mixture, now, _known(past))
    means = [
        total * blend(mixture, laid, _known(one.past)) for total, laid, one in zip(volume, shares, held, strict=True)
    ]
    return forecasts(past, expected, rehearsals.bunch(held, means, expected))


def mix(held: list[Rehearsal], shares: list[Shares], parts: list[Ingredient], *, strength: float) -> Mixture:
    """Find the weights of the ingredients under which the rehearsed windows would have been likeliest."""
    from abate.stats import mixtures

    prior = _prior(parts)
    start = prior[1]
    busy = [one.seen > 0 for one in held]
    if not any(some.any() for some in busy):
        return Mixture(tuple(parts), start, prior)
    counts = np.concatenate([one.seen[some] for one, some in zip(held, busy, strict=True)])
    seen = np.hstack([laid[:, some] for laid, some in zip(shares, busy, strict=True)]).astype(np.float64)
    exposure = np.full(len(parts), float(counts.sum()))
    pilot = mixtures.fit(seen, counts, exposure=exposure, prior=start, strength=strength)
    patterns, exposure = _by_level(held, shares, busy, pilot)
    centre = prior * np.sqrt(pilot / start)
    centre /= centre.sum(axis=1, keepdims=True)
    weights = mixtures.fit(patterns, counts, exposure=exposure, prior=centre.ravel(), strength=strength)
    return Mixture(tuple(parts), pilot, weights.reshape(centre.shape))


def _by_level(
    held: list[Rehearsal], shares: list[Shares], busy: list[NDArray[np.bool_]], pilot: Real
) -> tuple[Real, Real]:
    """Part every ingredient by how busy the places are: its patterns where something was seen, and its sums."""
    from abate.stats import mixtures

    patterns, exposure = [], np.zeros((len(KNOTS), len(pilot)))
    for one, laid, some in zip(held, shares, busy, strict=True):
        total = float(one.seen.sum())
        level = mixtures.tents(_sum(pilot, laid) * _known(one.past), KNOTS)
        exposure += total * (level.astype(np.float32) @ laid.T)
        near = level[:, None, some] * laid[None, :, some]
        patterns.append(total * near.reshape(exposure.size, -1))
    return np.hstack(patterns), exposure.ravel()


def blend(mixture: Mixture, shares: Shares, known: float) -> Real:
    """Give each place's share of the volume; the shares add up to 1."""
    from abate.stats import mixtures

    level = mixtures.tents(_sum(mixture.pilot, shares) * known, KNOTS)
    blended = np.einsum("ni,ni->i", level, _sum(mixture.weights, shares))
    total = blended.sum()
    return blended / total if total > 0 else np.full(len(blended), 1 / max(1, len(blended)))


def _sum(weights: Real, shares: Shares) -> Real:
    """Add up shares by weights; in the single precision of the shares, which is twice as fast."""
    summed: Real = (weights.astype(np.float32) @ shares).astype(np.float64)
    return summed


def _known(past: History) -> float:
    return float(past.incidents.sum())


def _prior(parts: list[Ingredient]) -> Real:
    """Give the prior weights in the shape (KNOTS, ingredients), each row adding up to 1.

    From the quietest places to the busiest, memory grows shorter and reach narrower: where there is more to go by,
    the latest and the nearest say enough. Memory does so only at places that are busy indeed.
    """
    related = sum(part.record > 0 for part in parts)
    own = 1 - EVERYWHERE - (RELATED if related else 0.0)
    rows = []
    for knot in KNOTS:
        busy = log(knot / KNOTS[0]) / log(KNOTS[-1] / KNOTS[0])
        memory = dict(zip(HALF_LIVES, _between("memory", busy**2), strict=True))
        reach = dict(zip(WIDTHS_M, _between("reach", busy), strict=True))
        rows.append(
            [
                RELATED / related
                if part.record
                else EVERYWHERE
                if np.isinf(part.width_m)
                else own * memory[part.half_life] * reach[part.width_m]
                for part in parts
            ]
        )
    prior = np.array(rows, dtype=np.float64)
    scaled: Real = prior / prior.sum(axis=1, keepdims=True)
    return scaled


def _between(what: str, busy: float) -> Real:
    between: Real = (1 - busy) * np.array(_QUIET[what]) + busy * np.array(_BUSY[what])
    return between
