"""An effect of a trial: the number, how it was reckoned, what it assumes, and the sentence that says it aloud."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING, Literal

import pandas as pd

from abate.tables.trials import TRIAL_EFFECTS

if TYPE_CHECKING:
    from collections.abc import Iterable

Measure = Literal["rate ratio", "difference", "risk difference"]
Standing = Literal["registered", "supporting", "descriptive"]


@dataclass(frozen=True)
class Effect:
    """One effect with its setting.

    `value`, `low` and `high` are ratios (1 is no effect) or differences a place-day (0 is none), at `level`; an end
    that the data cannot find is infinite (a ratio's lower end then is 0), a value that cannot be reckoned is not a
    number. `error` is the standard error on the scale it was reckoned on (the logarithm of a ratio), `freedom` its
    degrees of freedom; both are blank where redraws give the interval. `standing` says how much weight the number
    bears: the `registered` analysis, one `supporting` it, or a `descriptive` figure that settles nothing.
    """

    outcome: str
    measure: Measure
    method: str
    value: float
    low: float
    high: float
    level: float
    p: float | None
    assumes: str
    standing: Standing = "supporting"
    error: float | None = None
    freedom: float | None = None

    @property
    def none(self) -> float:
        """The value that stands for no effect."""
        return 1.0 if self.measure == "rate ratio" else 0.0

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no effect."""
        return self.low > self.none or self.high < self.none

    def __str__(self) -> str:
        """Say the effect as a person would.

        >>> print(Effect("incidents", "rate ratio", "redraws", 0.82, 0.69, 0.98, 0.95, 0.03, "as drawn"))
        18% fewer, 95% interval 31% fewer to 2% fewer
        >>> print(Effect("harm", "difference", "redraws", -1.5, -4.0, 1.0, 0.95, 0.2, "as drawn"))
        1.5 fewer a place-day, 95% interval 4 fewer to 1 more
        """
        if isnan(self.value):
            return "cannot be reckoned from these data"
        say = _percent if self.measure == "rate ratio" else _amount
        unit = "" if self.measure == "rate ratio" else " a place-day"
        return f"{say(self.value)}{unit}, {self.level:.0%} interval {say(self.low)} to {say(self.high)}"


def blank(
    outcome: str, measure: Measure, method: str, *, level: float, assumes: str, standing: Standing = "supporting"
) -> Effect:
    """Give an effect that has not been reckoned: what a number is to be filled into, or stays where there is none."""
    nan = float("nan")
    return Effect(outcome, measure, method, nan, nan, nan, level, None, assumes, standing)


def _percent(ratio: float) -> str:
    if not isfinite(ratio):
        return "no bound"
    percent = round(abs(ratio - 1) * 100)
    return "no change" if percent == 0 else f"{percent:,}% {'more' if ratio > 1 else 'fewer'}"


def _amount(difference: float) -> str:
    if not isfinite(difference):
        return "no bound"
    shown = f"{abs(difference):.2g}" if abs(difference) < 100 else f"{abs(difference):,.0f}"
    return "no change" if float(shown.replace(",", "")) == 0 else f"{shown} {'more' if difference > 0 else 'fewer'}"


def tabulate(effects: Iterable[Effect]) -> pd.DataFrame:
    """Lay effects out as the table of effects; numbers that are not finite are blank."""
    names = list(TRIAL_EFFECTS.columns)
    rows = [{name: getattr(effect, name) for name in names} for effect in effects]
    frame = pd.DataFrame(rows, columns=names) if rows else TRIAL_EFFECTS.empty()
    numbers = ["value", "low", "high", "level", "p"]
    frame[numbers] = frame[numbers].astype("float64")
    frame[numbers] = frame[numbers].where(frame[numbers].abs() < float("inf"))
    return TRIAL_EFFECTS.check(frame)
