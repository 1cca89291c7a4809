"""The effect of a roll-out with random timing, from a file of units and periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from abate.errors import OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.trials.rollouts import Effect

    Tell = Callable[[float, str], None]

_OVER = {"simple": "treated unit and period", "cohort": "cohort", "calendar": "period"}


@dataclass(frozen=True)
class Options:
    """What the person asked for: the file and two of its columns, over what to average, how often to deal anew."""

    file: Path
    identifier: str
    first_treated: str
    estimand: Literal["simple", "cohort", "calendar"] = "simple"
    level: float = 0.95
    draws: int = 500
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise OptionError(f"--level {self.level}: an interval's level lies between 0 and 1, such as 0.95")
        if self.identifier == self.first_treated:
            raise OptionError(f"--id and --first-treated both name '{self.identifier}': they are two columns")


@dataclass(frozen=True)
class Found:
    """The answer: the effect, and over what it was averaged."""

    effect: Effect
    estimand: str

    def document(self) -> dict[str, Any]:
        """Give the answer as the JSON document of `abate trial rollout --json`."""
        names = ("estimate", "se", "p_fisher", "low", "high", "level", "se_neyman", "units", "periods", "cohorts")
        return {
            "estimand": self.estimand,
            **{name: getattr(self.effect, name) for name in names},
            "notes": list(self.effect.notes),
        }

    @property
    def sentence(self) -> str:
        """Say the effect as a person would."""
        told = self.effect
        p = "" if told.p_fisher is None else f"; Fisher's p {told.p_fisher:.3f}"
        clear = "a clear difference" if told.low > 0 or told.high < 0 else "no clear difference"
        return (
            f"Having started changed the outcome by {told.estimate:+.5g} a unit and period, averaged over every "
            f"{_OVER[self.estimand]} ({told.level:.0%} interval {told.low:+.5g} to {told.high:+.5g}; error "
            f"{told.se:.5g}{p}): {clear}. {told.units:,} units, {told.periods:,} periods, {told.cohorts:,} starts."
        )


def trial_rollout(options: Options, *, tell: Tell = lambda _share, _words: None) -> Found:
    """Estimate what starting does from a roll-out whose timing was random.

    `tell` hears how far the work is. Raises `AbateError` with a sentence a fault.
    """
    from abate.sources import rollout_panels
    from abate.trials import rollouts

    tell(0.05, "reading the units")
    wide = rollout_panels.read(options.file, identifier=options.identifier, first_treated=options.first_treated)
    tell(0.3, "dealing the starts out anew")
    effect = rollouts.estimate(
        wide,
        identifier=options.identifier,
        first_treated=options.first_treated,
        estimand=options.estimand,
        level=options.level,
        draws=options.draws,
        seed=options.seed,
    )
    tell(1.0, "done")
    return Found(effect, options.estimand)
