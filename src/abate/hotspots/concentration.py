"""How concentrated incidents are: the share at the busiest few places, the curve, and the Gini index."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import TableError
from abate.estimate import Estimate
from abate.hotspots.panels import panel
from abate.stats import inequality, resampling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

PERCENTS = (1, 2, 5, 10, 25)
SHARES = (0.25, 0.5, 0.8)
ENOUGH_MONTHS = 6
GROUPS = 20


@dataclass(frozen=True)
class Concentration:
    """How unevenly `incidents` fall on `places` over `months` months; intervals at `level` rest on `basis`.

    `top`: one row a percentage of places, with `percent`, `places` (whole places, rounded down, at least one),
    `share` of incidents there with `low` and `high`, and `by_chance`, the share that the busiest as many places
    would hold if all places were alike. `needed`: one row a share of incidents, with the number of `places` that
    hold it, the `percent` of places that this is, and `low` and `high` for the number. `curve`: the Lorenz curve
    with the busiest places first, `places` and `incidents` as shares from 0 to 1.
    """

    places: int
    places_with_any: int
    incidents: int
    months: int
    top: pd.DataFrame
    needed: pd.DataFrame
    gini: Estimate
    generalised_gini: Estimate
    gini_by_chance: float
    curve: pd.DataFrame
    level: float
    basis: str

    def plain(self) -> dict[str, Any]:
        """Give the figures as plain numbers, lists and dictionaries, fit for JSON."""
        return {
            "places": self.places,
            "places_with_any": self.places_with_any,
            "incidents": self.incidents,
            "months": self.months,
            "top": self.top.to_dict("records"),
            "needed": self.needed.to_dict("records"),
            "gini": _plain(self.gini),
            "generalised_gini": _plain(self.generalised_gini),
            "gini_by_chance": self.gini_by_chance,
            "curve": self.curve.to_dict("list"),
            "level": self.level,
            "basis": self.basis,
        }

    def __str__(self) -> str:
        row = self.top[self.top["percent"] == 5].iloc[0]
        half = self.needed[self.needed["share"] == 0.5].iloc[0]
        return (
            f"The busiest 5% of places ({row['places']:,.0f} of {self.places:,}) saw {row['share']:.0%} of incidents "
            f"({self.level:.0%} interval: {row['low']:.0%} to {row['high']:.0%}); half of all incidents fell in "
            f"{half['places']:,.0f} {'place' if half['places'] == 1 else 'places'} ({half['percent']:.2g}%)."
        )


def concentrate(
    counts: pd.DataFrame,
    places: pd.DataFrame,
    *,
    months: Sequence[str],
    seed: int,
    level: float = 0.95,
) -> Concentration:
    """Measure how much of the incidents the busiest places saw.

    All of `places` count, also those that saw nothing; `months` are those held (YYYY-MM). Intervals come from leaving
    out one month after another (a jackknife, which allows for bursts of incidents within a month), or, when there are
    fewer than six months, one twentieth of the incidents after another, drawn with `seed` (which does not). They say
    how much the figure would vary in another such period, not how far it is from the concentration of the risk
    itself, which is lower: `by_chance` shows what scatter alone would give. Raises `TableError` when there is nothing
    to measure.

    Sources: Weisburd 2015, Criminology 53, 133-157; Bernasco and Steenbeek 2017, Journal of Quantitative Criminology
    33, 451-467.
    """
    every = panel(counts, places, months=months).incidents
    seen_months = every[every.any(axis=1)]
    totals = seen_months.sum(axis=1)
    if not totals.sum():
        raise TableError("counts: no incident lies in any place, so there is no concentration to measure")
    measure = _figures(len(places))
    seen = measure(totals)
    chance = _by_chance(int(totals.sum()), len(places), measure, seed=seed)
    ends, basis = _intervals(seen_months, measure, seed=seed, level=level)
    across, up = inequality.lorenz(totals, units=len(places))
    return Concentration(
        places=len(places),
        places_with_any=int((totals > 0).sum()),
        incidents=int(totals.sum()),
        months=len(months),
        top=_top(seen, ends, chance, len(places)),
        needed=_needed(seen, ends, len(places)),
        gini=_estimate(seen[-2], ends[-2], level, basis),
        generalised_gini=_estimate(seen[-1], ends[-1], level, basis),
        gini_by_chance=float(chance[-2]),
        curve=pd.DataFrame({"places": across, "incidents": up}),
        level=level,
        basis=basis,
    )


def _figures(places: int) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
    """Give the function from counts to all the figures: top shares, places needed, Gini, generalised Gini."""
    sizes = np.array([whole(percent, places) for percent in PERCENTS])

    def measure(totals: NDArray[np.int64]) -> NDArray[np.float64]:
        held = totals[totals > 0]
        shares = inequality.cumulative(held)
        top = shares[np.minimum(sizes, len(shares)) - 1]
        needed = [inequality.needed(shares, share) for share in SHARES]
        plain = inequality.gini(held, units=places)
        return np.array([*top, *needed, plain, inequality.generalise(plain, things=int(held.sum()), units=places)])

    return measure


def whole(percent: float, places: int) -> int:
    """Give how many whole places a percentage of them is: rounded down, at least one.

    >>> whole(5, 8565), whole(1, 20)
    (428, 1)
    """
    return max(1, int(percent * places / 100 + 1e-9))


def _intervals(
    incidents: NDArray[np.int64],
    measure: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    seed: int,
    level: float,
) -> tuple[list[tuple[float, float]], str]:
    totals = incidents.sum(axis=1)
    seen = measure(totals)
    if totals.sum() == 1:
        return [(-np.inf, np.inf)] * len(seen), "one incident says nothing about how others would fall"
    months = incidents.shape[1]
    if months >= ENOUGH_MONTHS and incidents.sum(axis=0).max() < totals.sum():
        parts, basis = incidents, f"leaving out each of the {months} months in turn"
    else:
        parts = _groups(totals, seed=seed)
        basis = f"leaving out each of {parts.shape[1]} chance groups of the {totals.sum():,} incidents in turn"
    left_out = np.array([measure(totals - part) for part in parts.T])
    lows, highs = resampling.jackknife(seen, left_out, level=level)
    return list(zip(lows.tolist(), highs.tolist(), strict=True)), basis


def _groups(totals: NDArray[np.int64], *, seed: int) -> NDArray[np.int64]:
    """Split the incidents by chance into groups of one size, in the shape (places, groups)."""
    place = np.repeat(np.arange(len(totals)), totals)
    groups = min(GROUPS, len(place))
    group = np.random.default_rng(seed).permutation(len(place)) % groups
    return np.bincount(place * groups + group, minlength=len(totals) * groups).reshape(-1, groups)


def _by_chance(
    incidents: int,
    places: int,
    measure: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    *,
    seed: int,
    draws: int = 20,
) -> NDArray[np.float64]:
    generator = np.random.default_rng([seed, 1])
    thrown = (np.bincount(generator.integers(0, places, incidents), minlength=places) for _ in range(draws))
    mean: NDArray[np.float64] = np.mean([measure(scatter) for scatter in thrown], axis=0)
    return mean


def _top(
    seen: NDArray[np.float64], ends: list[tuple[float, float]], chance: NDArray[np.float64], places: int
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "percent": PERCENTS,
            "places": [whole(percent, places) for percent in PERCENTS],
            "share": seen[: len(PERCENTS)],
            "low": [max(0.0, low) for low, _ in ends[: len(PERCENTS)]],
            "high": [min(1.0, high) for _, high in ends[: len(PERCENTS)]],
            "by_chance": chance[: len(PERCENTS)],
        }
    )


def _needed(seen: NDArray[np.float64], ends: list[tuple[float, float]], places: int) -> pd.DataFrame:
    part = slice(len(PERCENTS), len(PERCENTS) + len(SHARES))
    numbers = seen[part].astype(int)
    return pd.DataFrame(
        {
            "share": SHARES,
            "places": numbers,
            "percent": numbers / places * 100,
            "low": [floor(max(1, low)) for low, _ in ends[part]],
            "high": [ceil(min(places, high)) for _, high in ends[part]],
        }
    )


def _estimate(value: float, ends: tuple[float, float], level: float, basis: str) -> Estimate:
    return Estimate(float(value), max(0.0, ends[0]), min(1.0, ends[1]), level, basis)


def _plain(estimate: Estimate) -> dict[str, Any]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}
