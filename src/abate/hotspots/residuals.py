"""Whether a fitted self-exciting process describes what it was fitted to: in time, and from place to place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History
    from abate.hotspots.selfexciting import Excitement

    Real = NDArray[np.float64]


@dataclass(frozen=True)
class Examination:
    """How what was seen differs from what the process says.

    `chances` has one value a day, even from 0 to 1 if days come as the process says; `gap` is the largest distance
    from an even spread and `p` its Kolmogorov-Smirnov p. `places` has one row a place: `place_id`, `observed`,
    `expected`, `residual` (the difference by the root of the expected). `spread` is the mean square of residuals over
    the places where at least one incident is expected: near 1 if places come as the process says.
    """

    chances: Real
    gap: float
    p: float
    places: pd.DataFrame
    spread: float

    def __str__(self) -> str:
        days = "fits the days" if self.p >= 0.05 else "does not fit the days"
        return (
            f"The process {days} (largest gap {self.gap:.3f}, p = {self.p:.2g}); places vary {self.spread:.2f} times "
            "as much as chance alone would make them."
        )


def examine(excited: Excitement, past: History, *, seed: int = 1) -> Examination:
    """Set what was seen on each day and in each place beside what the process leads one to expect.

    Days: the chance of each day's count given all days before it, with the jump at the count filled in at random
    (from `seed`), which for counts by day is what stretching time is for exact times (Ogata 1988, Journal of the
    American Statistical Association 83, 9-27). A season or a weekday that the process does not know shows here.
    Places: raw residuals over the whole span (Baddeley, Turner, Moller and Hazelton 2005, Journal of the Royal
    Statistical Society B 67, 617-666). The p is too large by a little, since the process was fitted to the same days.
    """
    from abate.stats import rescaling

    rates, ground, lag = excited.rates, excited.ground, excited.lag_days
    weight = rates.near * excited.inside[ground.place] + rates.same
    expected = rescaling.daily(ground.day, weight, days=excited.days, rates=rates, lag=lag)
    seen = np.bincount(ground.day, minlength=excited.days)
    chances = rescaling.randomised(seen, expected, generator=np.random.default_rng(seed))
    gap, p = rescaling.uneven(chances)
    places = _by_place(excited, past)
    judged = places["expected"] >= 1
    spread = float((places.loc[judged, "residual"] ** 2).mean()) if judged.any() else float("nan")
    return Examination(chances, gap, p, places, spread)


def _by_place(excited: Excitement, past: History) -> pd.DataFrame:
    rates, ground, lag = excited.rates, excited.ground, excited.lag_days
    left = np.minimum(excited.days - 1 - ground.day, lag)
    come = np.expm1(-rates.decay * left) / np.expm1(-rates.decay * lag)
    followed = np.bincount(ground.place, weights=come, minlength=len(past.places))
    expected = rates.background * excited.days * excited.background.share
    expected = expected + rates.same * followed + rates.near * (followed @ excited.spill)
    observed = past.totals()
    residual = (observed - expected) / np.sqrt(np.maximum(expected, 1e-12))
    return pd.DataFrame({"place_id": past.place_ids, "observed": observed, "expected": expected, "residual": residual})
