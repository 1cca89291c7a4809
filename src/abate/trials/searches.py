"""What a trial needs: the smallest effect that it finds, and the days that it takes to find an effect.

Both rest on one idea: power, seen as the place of a bell curve beyond the bar, is nearly straight in the logarithm of
the effect, and in the root of the number of days. A few simulated points are enough, and the answer is simulated again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from abate.trials import power
from abate.trials.designs import most_waves

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from abate.trials.backgrounds import Background
    from abate.trials.designs import Design
    from abate.trials.power import Asked, Tally, Tried

MOST_DAYS = 1_095
LEAST_DAYS = 14
_ROUNDS = 4
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Smallest:
    """The smallest fall that is found with the power aimed at, as a rate ratio.

    `low` and `high` are the ends of the Monte-Carlo interval; None where even the strongest fall tried was not found
    with that power (`value`), or the end lies beyond what was tried.
    """

    outcome: str
    carry_over: float
    value: float | None
    low: float | None
    high: float | None

    def plain(self) -> dict[str, Any] | None:
        """Give the ratio and its interval as plain values; None where there is none."""
        if self.value is None:
            return None
        return {"value": _shown(self.value), "low": _shown(self.low), "high": _shown(self.high)}


def _shown(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True)
class Needed:
    """The days in which an effect is found with the power aimed at, and the power simulated at that number of days.

    `days` is None where three years are not enough; the power is then that after three years. `low_days` and
    `high_days` are the ends of its Monte-Carlo interval: the days at which the ends of the power's interval would
    reach the target if the signal grows with the root of the days.
    """

    effect: float
    days: int | None
    low_days: int | None
    high_days: int | None
    power: float
    low: float
    high: float
    trials: int

    def plain(self) -> dict[str, Any]:
        """Give the answer as plain values."""
        found = {"value": round(self.power, 4), "low": round(self.low, 4), "high": round(self.high, 4)}
        days = {"days": self.days, "low_days": self.low_days, "high_days": self.high_days}
        return {"effect": self.effect, **days, "power": found, "trials": self.trials}


def smallest(tried: Tried, outcome: str, carry_over: float, *, target: float = power.TARGET) -> Smallest:
    """Read the smallest fall that is found with the power aimed at off the curve, with its Monte-Carlo interval."""
    points = [(effect, tally) for effect, tally in power.curve(tried, outcome, carry_over) if effect <= 1]
    value = _crossing([(effect, _share(effect, tally, 0)) for effect, tally in points], target)
    low = _crossing([(effect, _share(effect, tally, 1)) for effect, tally in points], target)
    high = _crossing([(effect, _share(effect, tally, 2)) for effect, tally in points], target)
    return Smallest(outcome, carry_over, value, low, high)


def _share(effect: float, tally: Tally, which: int) -> float:
    """Give the power, or an end of its interval; with no effect, half of the false alarms point either way."""
    return tally.share[which] / (2 if effect == 1 else 1)


def _crossing(points: Sequence[tuple[float, float]], target: float) -> float | None:
    """Find where a curve of power, from no effect to the strongest, first reaches the target.

    Between points the curve is straight in the logarithm of the effect, on the scale of the bell curve.

    >>> round(_crossing([(1.0, 0.025), (0.8, 0.5), (0.6, 0.99)], 0.8), 2)
    0.72
    """
    for (weak, before), (strong, after) in pairwise(points):
        if before < target <= after:
            start, end = _bell(before), _bell(after)
            part = (_bell(target) - start) / (end - start)
            return float(weak * (strong / weak) ** part)
    return None


def _bell(share: float) -> float:
    return _NORMAL.inv_cdf(min(max(share, 1e-4), 1 - 1e-4))


def widened(tried: Tried, asked: Asked, *, target: float = power.TARGET) -> tuple[float, ...]:
    """Name further effects to try, where no curve of an outcome crosses the target within those tried."""
    more: set[float] = set()
    falls = [effect for effect in asked.effects if effect < 1]
    if not falls:
        return ()
    for outcome, carry_over in {(name, share) for name, _, share in tried.tallies}:
        shares = {effect: tally.share[0] for effect, tally in power.curve(tried, outcome, carry_over) if effect < 1}
        if shares[max(falls)] >= target:
            more |= {effect for effect in (0.98, 0.95, 0.9, 0.8) if effect > max(falls)}
        if shares[min(falls)] < target:
            more |= {effect for effect in (0.7, 0.5, 0.35, 0.2, 0.1) if effect < min(falls)}
    return tuple(sorted(more))


def days_needed(
    background: Background, design: Design, sites: pd.DataFrame, asked: Asked, *, effect: float, first: Tally
) -> Needed:
    """Find the days that an effect takes, for the first outcome and the first carry-over asked for.

    `first` is what the design's own number of days gave. Each guess is simulated; the search ends when the target lies
    in the Monte-Carlo interval, and the answer is the number of days of the last simulation.
    """
    planted = replace(
        asked, effects=(effect,), outcomes=asked.outcomes[:1], simulations=max(400, asked.simulations // 4)
    )
    single = replace(design, carry_over=design.carry_over[:1])
    days, tally = design.days, first
    for _ in range(_ROUNDS):
        share, low, high = tally.share
        if low <= power.TARGET <= high:
            break
        guess = _guess(days, share, asked.alpha)
        if guess == days:
            break
        days = guess
        plan = replace(single, days=days)
        if single.kind == "stepped" and single.steps is not None:
            plan = replace(plan, steps=min(single.steps, most_waves(days, len(sites))))
        tried = power.run(background, plan, sites, planted)
        tally = tried.tallies[planted.outcomes[0], effect, single.carry_over[0]]
    share, low, high = tally.share
    if high < power.TARGET:
        return Needed(effect, None, None, None, share, low, high, tally.trials)
    fewest, most = (_guess(days, end, asked.alpha) for end in (high, low))
    return Needed(effect, days, min(fewest, days), max(most, days), share, low, high, tally.trials)


def _guess(days: int, share: float, alpha: float) -> int:
    """Say how many days would do if the signal grows with their root; at most six times as many at once."""
    bar = _NORMAL.inv_cdf(1 - alpha / 2)
    signal = max(_bell(share) + bar, 0.25)
    stretch = min(((_bell(power.TARGET) + bar) / signal) ** 2, 6.0)
    return min(max(ceil(days * stretch), LEAST_DAYS), MOST_DAYS)
