"""How alike the days of near places are: what places share beyond the day that is common to all, by distance.

Two places share a bad evening more often when they lie close together. With r the count less its mean m, products of
r at two places on one day, over products of m, estimate how what multiplies their means is tied; put together in bands
of distance and taken to logarithms they fall from `common + near` at no distance to `common` far away,
`common + near · exp(-distance / reach)`. An exponential correlation is possible for any places on the plane (Cressie
1993, Statistics for Spatial Data, section 2.3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.trials.backgrounds import Near, Variation

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.backgrounds import Background

    Real = NDArray[np.float64]

LEAST_PLACES = 4
_BANDS = 12
_REACHES = 40
_MOST = 0.95


def tie(background: Background, history: pd.DataFrame, places: pd.DataFrame) -> Background:
    """Learn from place-days and the places' coordinates how near places hang together; gives the fuller background.

    `places` has `site_id`, `easting` and `northing` in metres. What near places share is taken out of the part by day,
    which all places have in common, and put into the part by place. Raises `OptionError` when a place of the history
    has no coordinates, when there are fewer than four, or when all lie in one spot.
    """
    apart = distances(background, places)
    counts = history.pivot(index="date", columns="site_id", values="incidents").sort_index()
    counts.columns = counts.columns.astype("str")
    seen = counts[list(background.sites)].to_numpy(float)
    weekday = (counts.index.to_numpy().astype("datetime64[D]").astype(np.int64) + 3) % 7
    means = np.outer(background.weekdays[weekday], background.rates)
    common, near, reach = fall(*bands(seen, means, apart))
    whole = _size(background.place) + _size(background.day)
    own = max(whole - common, 0.0)
    share = min(near / own, _MOST) if own > 0 else 0.0
    return replace(
        background,
        place=_scaled(background.place, own),
        day=_scaled(background.day, min(common, whole)),
        near=spread(share, reach, apart),
    )


def spread(share: float, reach_m: float, apart: Real) -> Near:
    """Lay out how places so far `apart` (places, places; metres) hang together.

    >>> spread(0.5, 100.0, np.array([[0.0, 100.0], [100.0, 0.0]])).correlation.round(2).tolist()
    [[1.0, 0.18], [0.18, 1.0]]
    """
    tied = share * np.exp(-apart / reach_m) + (1 - share) * np.eye(len(apart))
    return Near(share, reach_m, tied, float(apart[np.triu_indices(len(apart), 1)].min()))


def distances(background: Background, places: pd.DataFrame) -> Real:
    """Give the metres between the places of a background, in its order; raises `OptionError` as `tie` does."""
    known = places.assign(site_id=places["site_id"].astype("str")).drop_duplicates("site_id").set_index("site_id")
    lacking = [site for site in background.sites if site not in known.index]
    faults = []
    if lacking:
        more = f" and {len(lacking) - 3:,} more" if len(lacking) > 3 else ""
        faults.append(
            f"--sites: no coordinates for {', '.join(lacking[:3])}{more}; every place of the history needs a row. "
            "Without --sites near places are taken to share no more than the common day"
        )
    if len(background.sites) < LEAST_PLACES:
        faults.append(f"--sites: at least {LEAST_PLACES} places are needed to see how near ones hang together")
    if faults:
        raise OptionError(*faults)
    points = known.loc[list(background.sites), ["easting", "northing"]].to_numpy(float)
    apart: Real = np.hypot(*(points[:, None, axis] - points[None, :, axis] for axis in (0, 1)))
    if not apart.max() > 0:
        raise OptionError("--sites: all places have the same coordinates; without --sites the figures are valid")
    return apart


def bands(counts: Real, means: Real, apart: Real) -> tuple[Real, Real, Real]:
    """Put pairs of places into bands of distance, each as full as the others.

    `counts` and `means` have the shape (days, places), `apart` (places, places). Gives by band the mean distance, the
    logarithm of 1 plus the covariance of what multiplies the means on one day, and the weight (products of means).
    """
    first, second = np.triu_indices(len(apart), 1)
    rest = counts - means
    told, base = (rest.T @ rest)[first, second], (means.T @ means)[first, second]
    order = np.argsort(apart[first, second], kind="stable")
    parts = [part for part in np.array_split(order, min(_BANDS, len(order))) if base[part].sum() > 0]
    found = np.array([told[part].sum() / base[part].sum() for part in parts])
    middle = np.array([np.average(apart[first, second][part], weights=base[part]) for part in parts])
    return middle, np.log1p(np.maximum(found, -0.9)), np.array([base[part].sum() for part in parts])


def fall(middle: Real, tied: Real, weight: Real) -> tuple[float, float, float]:
    """Fit `common + near · exp(-distance / reach)`, neither part below 0: gives common, near and reach in metres.

    The reach lies between a third of the nearest band's distance and that of the furthest; it is the one that leaves
    the least squares, the shortest of several.

    >>> metres = np.linspace(100, 3000, 12)
    >>> [round(each, 2) for each in fall(metres, 0.05 + 0.3 * np.exp(-metres / 500), np.ones(12))][:2]
    [0.05, 0.3]
    """
    best = (np.inf, 0.0, 0.0, float(middle.max()))
    for reach in np.geomspace(max(middle.min() / 3, 1.0), max(middle.max(), 3.0), _REACHES):
        shape = np.exp(-middle / reach)
        common, near = _least_squares(shape, tied, weight)
        left = float((weight * (tied - common - near * shape) ** 2).sum())
        if left < best[0] * (1 - 1e-9):
            best = (left, common, near, float(reach))
    return best[1:]


def _least_squares(shape: Real, tied: Real, weight: Real) -> tuple[float, float]:
    """Fit level and slope by weighted least squares, both at least 0."""
    level, middle = float(np.average(tied, weights=weight)), float(np.average(shape, weights=weight))
    spread = float((weight * (shape - middle) ** 2).sum())
    slope = float((weight * (shape - middle) * tied).sum()) / spread if spread > 0 else 0.0
    common = level - slope * middle
    if slope <= 0:
        return max(level, 0.0), 0.0
    if common < 0:
        return 0.0, max(float((weight * shape * tied).sum() / (weight * shape**2).sum()), 0.0)
    return common, slope


def _size(variation: Variation) -> float:
    return variation.passing + variation.lasting


def _scaled(variation: Variation, size: float) -> Variation:
    """Give a variation of another size, what passes and what lasts in the same proportion."""
    whole = _size(variation)
    if whole <= 0:
        return Variation(round(size, 12), 0.0, 0.0)
    times = size / whole
    return Variation(round(variation.passing * times, 12), round(variation.lasting * times, 12), variation.kept)
