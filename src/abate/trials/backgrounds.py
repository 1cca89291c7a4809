"""What places do without a patrol: how busy each is, and how its days vary and follow one another, as a record shows.

A count is taken as Poisson around place rate x weekday x day x place-and-day. The last two vary around 1. What varies
comes in two parts: one that is drawn afresh each day, and one that fades slowly (a lognormal of first order, with the
share `kept` from one day to the next). The part by day is common to all places: weather, paydays, festivals.

Estimation is by moments, which need no likelihood and no start: with m the mean that place and weekday give and r the
count less m, products of r at the same place l days apart, over products of m, estimate the covariance of the whole at
lag l; products of r at *different* places estimate that of the common day. On the same day the Poisson part is taken
off. Means are estimated from the same record, which makes products too small by the variance of a place's mean over the
record; that is put back. Source of the moments: Zeger 1988, Biometrika 75, 621-629; Davis, Dunsmuir and Wang 2000,
Biometrika 87, 491-505.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Real = NDArray[np.float64]

LEAST_DAYS = 28
LEAST_INCIDENTS = 30
_WEEKDAYS_FROM = 56
_MOST_LAGS = 28
_MONDAY = 3
_KEPT = np.round(np.arange(0.0, 1.0, 0.02), 2)


@dataclass(frozen=True)
class Variation:
    """How far something varies around 1, as variances of its logarithm.

    `passing` is drawn afresh each day; `lasting` fades, with the share `kept` from one day to the next.
    """

    passing: float
    lasting: float
    kept: float

    def plain(self) -> dict[str, float]:
        """Give the figures with the names that a reader sees."""
        return {"passing": round(self.passing, 4), "lasting": round(self.lasting, 4), "kept": self.kept}


@dataclass(frozen=True, eq=False)
class Near:
    """How what single places do hangs together: `share` of it at no distance, less by a factor e each `reach_m` metres.

    `correlation` (places, places) is that between the places of the record, `nearest_m` how close the nearest two lie.
    """

    share: float
    reach_m: float
    correlation: Real
    nearest_m: float

    @property
    def root(self) -> Real:
        """Give the matrix that turns independent places into ones that hang together."""
        return np.asarray(np.linalg.cholesky(self.correlation), dtype=np.float64)

    def plain(self) -> dict[str, float]:
        """Give the figures with the names that a reader sees."""
        pairs = self.correlation[np.triu_indices(len(self.correlation), 1)]
        return {
            "share": round(self.share, 3),
            "reach_m": round(self.reach_m),
            "nearest_pair": round(float(pairs.max()), 3),
            "mean_pair": round(float(pairs.mean()), 3),
        }


@dataclass(frozen=True)
class Background:
    """What a record says of its places.

    `rates` are incidents a day for each of `sites`, `weekdays` seven factors from Monday with the mean 1. `place` is
    how single places vary from day to day, `day` how all of them vary together. `harms` is the harm of single
    incidents (None where the record has no harm), `days` how long the record is, `dispersion` the variance of a
    place's daily count over its mean. `near` is how near places hang together beyond the day (None where coordinates
    were not given: then not at all; see `abate.trials.neighbours`).
    """

    sites: tuple[str, ...]
    rates: Real
    weekdays: Real
    place: Variation
    day: Variation
    harms: Real | None
    days: int
    incidents: int
    dispersion: float
    near: Near | None = None

    def plain(self) -> dict[str, Any]:
        """Give the figures for the record of how an answer was made."""
        return {
            "places": len(self.sites),
            "days": self.days,
            "incidents": self.incidents,
            "incidents_per_place_day": round(float(self.rates.mean()), 4),
            "quietest_place": round(float(self.rates.min()), 4),
            "busiest_place": round(float(self.rates.max()), 4),
            "dispersion": round(self.dispersion, 3),
            "weekdays": [round(float(each), 3) for each in self.weekdays],
            "by_place": self.place.plain(),
            "common_day": self.day.plain(),
            "near_places": None if self.near is None else self.near.plain(),
        }


def estimate(history: pd.DataFrame) -> Background:
    """Learn from place-days (`PLACE_DAYS`, every place on every day) what goes on without a patrol.

    Raises `OptionError` when the record is too short to show how days follow one another (28 days), holds fewer than
    30 incidents, or has one place only.

    >>> import pandas as pd
    >>> generator = np.random.default_rng(1)
    >>> days = pd.date_range("2025-01-01", periods=200).repeat(5)
    >>> rows = pd.DataFrame({"date": days, "site_id": [*"ABCDE"] * 200, "incidents": generator.poisson(0.5, 1000)})
    >>> found = estimate(rows)
    >>> round(float(found.rates.mean()), 1), round(found.dispersion)
    (0.5, 1)
    """
    wide = history.pivot(index="date", columns="site_id", values="incidents").sort_index()
    counts = wide.to_numpy(float)
    _refuse(counts, str(wide.index[0])[:10], str(wide.index[-1])[:10])
    weekday = (wide.index.to_numpy().astype("datetime64[D]").astype(np.int64) + _MONDAY) % 7
    weekdays = _weekdays(counts, weekday)
    factor = weekdays[weekday]
    rates = counts.sum(axis=0) / factor.sum()
    means = np.outer(factor, rates)
    whole, common = covariances(counts, means)
    day = vary(np.log1p(common))
    place = vary(np.log1p(whole) - np.log1p(common))
    used = rates > 0
    return Background(
        sites=tuple(map(str, wide.columns)),
        rates=rates,
        weekdays=weekdays,
        place=place,
        day=day,
        harms=_harms(history),
        days=len(counts),
        incidents=int(counts.sum()),
        dispersion=float(
            ((counts - means)[:, used] ** 2).sum() / means[:, used].sum() * len(counts) / (len(counts) - 1)
        ),
    )


def covariances(counts: Real, means: Real) -> tuple[Real, Real]:
    """Estimate how what multiplies the means is tied, at the same place and at different ones, 0 to 28 days apart.

    `counts` and `means` have the shape (days, places). Gives two arrays by lag, in units of means squared.

    >>> flat = np.full((100, 4), 2.0)
    >>> [round(float(each[1]), 2) for each in covariances(flat, flat)]
    [0.0, 0.0]
    """
    days, lags = len(counts), min(_MOST_LAGS, len(counts) // 4)
    rest, total = counts - means, (counts - means).sum(axis=1)
    whole, common = np.empty(lags + 1), np.empty(lags + 1)
    for lag in range(lags + 1):
        early, late = slice(0, days - lag), slice(lag, days)
        own, own_means = (rest[early] * rest[late]).sum(), (means[early] * means[late]).sum()
        summed = means[early].sum(axis=1) @ means[late].sum(axis=1) - own_means
        whole[lag] = (own - (counts.sum() if lag == 0 else 0.0)) / own_means
        common[lag] = (total[early] @ total[late] - own) / summed if summed > 0 else 0.0
    poisson = means.sum() / (means**2).sum()
    return _put_back(whole, poisson, days), _put_back(common, 0.0, days)


def _put_back(seen: Real, poisson: float, days: int) -> Real:
    """Put back what products lose because the mean is that of the same record: the variance of that mean."""
    held = seen
    for _ in range(5):
        faded = held[1:] * (1 - np.arange(1, len(held)) / days)
        held = seen + max(0.0, poisson + held[0] + 2 * faded.sum()) / days
    return np.maximum(held, -0.9)


def vary(covariance: Real) -> Variation:
    """Part a covariance of logarithms by lag (from lag 0) into what passes within a day and what fades slowly.

    The share kept from day to day, in steps of 0.02, is the one that leaves the least squares at lags 1 and beyond.

    >>> vary(np.array([0.5, *(0.3 * 0.8**lag for lag in range(1, 20))]))
    Variation(passing=0.2, lasting=0.3, kept=0.8)
    """
    whole = max(0.0, float(covariance[0]))
    lags = np.arange(1, len(covariance))
    shapes = _KEPT[:, None] ** lags
    size = np.clip(shapes @ covariance[1:] / np.maximum((shapes**2).sum(axis=1), 1e-12), 0, whole)
    left = ((covariance[1:] - size[:, None] * shapes) ** 2).sum(axis=1)
    best = int(np.argmin(np.round(left, 12)))
    lasting = float(size[best]) if best else 0.0
    return Variation(round(whole - lasting, 12), round(lasting, 12), float(_KEPT[best]) if lasting else 0.0)


def _refuse(counts: Real, first: str, last: str) -> None:
    days, places = counts.shape
    faults = []
    if days < LEAST_DAYS:
        faults.append(
            f"the history covers {days} days ({first} to {last}): at least {LEAST_DAYS} are needed to see how counts "
            "vary and follow one another; a year is better"
        )
    if places < 2:
        faults.append("the history has one place only: a trial compares places, so at least two are needed")
    if counts.sum() < LEAST_INCIDENTS:
        faults.append(
            f"the history holds {counts.sum():,.0f} incidents: at least {LEAST_INCIDENTS} are needed to see how counts "
            "vary; take a longer history, more places or more kinds of incident"
        )
    if faults:
        raise OptionError(*faults)


def _weekdays(counts: Real, weekday: NDArray[Any]) -> Real:
    """Give each weekday's factor, where the record is long enough to show them."""
    if len(counts) < _WEEKDAYS_FROM:
        return np.ones(7)
    daily = counts.sum(axis=1)
    means = np.array([daily[weekday == each].mean() for each in range(7)])
    return np.asarray(means / means.mean(), dtype=float)


def _harms(history: pd.DataFrame) -> Real | None:
    """List the harm of single incidents: a day's harm is shared evenly among its incidents."""
    if "harm" not in history.columns or history["harm"].isna().any():
        return None
    struck = history[history["incidents"] > 0].sort_values(["date", "site_id"])
    each = (struck["harm"] / struck["incidents"]).to_numpy(float)
    return np.repeat(each, struck["incidents"].to_numpy(int))
