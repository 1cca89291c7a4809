"""What a trial could find: it is run thousands of times on paper, with effects planted and with none.

Each simulated trial is drawn as the real one would be, its incidents vary as those of the record do, and it is
analysed as the real one would be: by the studentised statistic of `randomisation`, against redraws of the same scheme.
Power is the share of trials in which the planted effect is found; with no effect planted the same share is the rate
of false alarms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.stats import proportions, replays, rerandomised
from abate.tables.powers import POWERS
from abate.trials import designs, simulation

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.trials.backgrounds import Background
    from abate.trials.designs import Design
    from abate.trials.simulation import Outcome

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Tell = Callable[[float], None]

TARGET = 0.8
REDRAWS = 499
MONTE_CARLO = 0.95
_TOGETHER = 250
_CELLS = 1_500_000


@dataclass(frozen=True)
class Asked:
    """What is to be tried: which effects on which outcomes, how sure, how often, from which seed."""

    effects: tuple[float, ...] = (0.5, 0.6, 0.7, 0.8, 0.9)
    outcomes: tuple[Outcome, ...] = ("incidents", "any")
    level: float = 0.95
    simulations: int = 2_000
    seed: int = 1

    def __post_init__(self) -> None:
        faults = [
            f"--effect {effect:g}: a rate ratio above 0 would be right, such as 0.7 for 30% fewer"
            for effect in self.effects
            if not 0 < effect < 10
        ]
        if not any(effect != 1 for effect in self.effects):
            faults.append("--effect: at least one effect that is not 1 is needed; 1 is tried in any case")
        if strange := [name for name in self.outcomes if name not in simulation.OUTCOMES]:
            faults.append(f"--outcome {', '.join(strange)}: {', '.join(simulation.OUTCOMES)} would be right")
        if not self.outcomes:
            faults.append("--outcome: at least one is needed")
        if not 0.5 < self.level < 1:
            faults.append(f"--level {self.level:g}: between 0.5 and 1 would be right, such as 0.95")
        elif round(1 - self.level, 12) * (REDRAWS + 1) < 1:
            faults.append(f"--level {self.level:g}: at most {1 - 1 / (REDRAWS + 1):g} can be told by {REDRAWS} redraws")
        if not 100 <= self.simulations <= 1_000_000:
            faults.append(f"--simulations {self.simulations}: from 100 to 1,000,000 would be right")
        if faults:
            raise OptionError(*faults)

    @property
    def alpha(self) -> float:
        """The share of false alarms that the level allows."""
        return round(1 - self.level, 12)


@dataclass(frozen=True)
class Tally:
    """What came of a stack of simulated trials under one outcome, effect and carry-over.

    `found` counts those refused in the planted direction; `patrolled` and `usual` are the outcome's totals over the
    place-days of either kind, whose numbers are `patrol_days` and `usual_days`.
    """

    trials: int
    found: int
    patrolled: float
    usual: float
    patrol_days: int
    usual_days: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.trials + other.trials,
            self.found + other.found,
            self.patrolled + other.patrolled,
            self.usual + other.usual,
            self.patrol_days + other.patrol_days,
            self.usual_days + other.usual_days,
        )

    @property
    def share(self) -> tuple[float, float, float]:
        """The share found, and its Monte-Carlo interval."""
        low, high = proportions.wilson(self.found, self.trials, level=MONTE_CARLO)
        return self.found / self.trials, low, high

    @property
    def seen(self) -> float:
        """The ratio of patrol days to usual days over all the trials; not a number where nothing happened."""
        if not self.usual or not self.patrol_days:
            return float("nan")
        return (self.patrolled / self.patrol_days) / (self.usual / self.usual_days)


Key = tuple[str, float, float]


@dataclass(frozen=True)
class Tried:
    """Everything that came of the simulated trials of one design.

    `tallies` by outcome, effect and carry-over; `lingering` says by carry-over how much of an effect works on the
    average usual day.
    """

    design: Design
    tallies: dict[Key, Tally]
    lingering: dict[float, float]

    def table(self) -> pd.DataFrame:
        """Lay the tallies out as the table `powers`."""
        rows: list[dict[str, Any]] = []
        for (outcome, effect, carry_over), tally in sorted(self.tallies.items(), key=_order):
            share, low, high = tally.share
            rows.append(
                {
                    "outcome": outcome,
                    "effect": effect,
                    "carry_over": carry_over,
                    "days": self.design.days,
                    "trials": tally.trials,
                    "found": tally.found,
                    "power": share,
                    "power_low": low,
                    "power_high": high,
                    "seen": tally.seen,
                }
            )
        return POWERS.check(pd.DataFrame(rows))


def _order(item: tuple[Key, Tally]) -> tuple[int, float, float]:
    (outcome, effect, carry_over), _ = item
    return simulation.OUTCOMES.index(outcome), carry_over, -effect


def run(
    background: Background,
    design: Design,
    sites: pd.DataFrame,
    asked: Asked,
    *,
    tell: Tell = lambda _share: None,
) -> Tried:
    """Run a design on paper and count how often each effect is found.

    `sites` are the places of the background in its order, with `area` or `pair` where the design draws within them.
    Raises `OptionError` where the scheme cannot be drawn over the places, or harm is asked for and not known.
    """
    if "harm" in asked.outcomes and background.harms is None:
        raise OptionError("--outcome harm: the history has no column `harm`; leave it out, or add the harm of each day")
    cells = design.days * len(sites)
    together = max(20, min(_TOGETHER, _CELLS // cells))
    tallies: dict[Key, Tally] = {}
    lingering = dict.fromkeys(design.carry_over, 0.0)
    for first in range(0, asked.simulations, together):
        trials = min(together, asked.simulations - first)
        found, lingered = _stack(background, design, sites, asked, trials=trials, first=first)
        for key, tally in found.items():
            tallies[key] = tallies[key] + tally if key in tallies else tally
        for share, value in lingered.items():
            lingering[share] += value * trials / asked.simulations
        tell((first + trials) / asked.simulations)
    return Tried(design, tallies, lingering)


def _stack(
    background: Background, design: Design, sites: pd.DataFrame, asked: Asked, *, trials: int, first: int
) -> tuple[dict[Key, Tally], dict[float, float]]:
    """Run some trials together, all against redraws of their own."""
    seed = int(np.random.SeedSequence([asked.seed, first]).generate_state(1)[0])
    drawn = designs.draw(design, sites, seed=seed, draws=trials + REDRAWS)
    planned = np.ascontiguousarray(drawn[:trials].transpose(2, 0, 1))
    redraws = rerandomised.prepare(planned[:, 0], drawn[trials:])
    stream = np.random.default_rng([asked.seed, first, 1])
    weekday = (np.arange(design.days) + design.starts.weekday()) % 7
    expected = simulation.expect(background, weekday=weekday, trials=trials, stream=stream)
    most = max(1.0, *asked.effects)
    events = simulation.happen(expected, harms=background.harms, most=most, stream=stream)
    delivered = simulation.deliver(planned, design.compliance, stream)
    days = _Days.of(planned, redraws)
    tallies: dict[Key, Tally] = {}
    lingering: dict[float, float] = {}
    for carry_over in design.carry_over:
        working = simulation.linger(delivered, carry_over)
        lingering[carry_over] = float(working[~planned].mean()) if not planned.all() else 0.0
        for effect in simulation.shares(asked.effects):
            seen = simulation.prevent(events, working, effect)
            for outcome in asked.outcomes:
                values = seen.of(outcome)
                tallies[outcome, effect, carry_over] = _tally(values, days, redraws, effect, asked, design=design)
    return tallies, lingering


@dataclass(frozen=True)
class _Days:
    """The place-days of a stack of trials: those planned, which can be compared, and of these the patrolled ones.

    `planned` has the shape (places, trials, days), `cells` (places, days); `patrolled` and `usual` are 1 and 0.
    """

    planned: Truth
    cells: Truth
    patrolled: Real
    usual: Real

    @classmethod
    def of(cls, planned: Truth, redraws: rerandomised.Redraws) -> _Days:
        cells = np.broadcast_to(redraws.open.any(axis=0), redraws.open.shape)
        patrolled, usual = (cells[:, None] & days for days in (planned, ~planned))
        return cls(planned, cells, patrolled.astype(np.float64), usual.astype(np.float64))


def _tally(
    values: Real, days: _Days, redraws: rerandomised.Redraws, effect: float, asked: Asked, *, design: Design
) -> Tally:
    left = replays.left_over(values, days.cells, rows=not design.throughout and design.days > 1, across=True)
    tested = replays.judge(redraws, days.planned, left)
    refused = tested.p <= asked.alpha + 1e-12
    toward = np.ones(len(refused), dtype=bool) if effect == 1 else np.sign(tested.statistic) == np.sign(effect - 1)
    return Tally(
        trials=len(refused),
        found=int((refused & toward).sum()),
        patrolled=float(np.einsum("ptd,ptd->", values, days.patrolled)),
        usual=float(np.einsum("ptd,ptd->", values, days.usual)),
        patrol_days=int(days.patrolled.sum()),
        usual_days=int(days.usual.sum()),
    )


def curve(tried: Tried, outcome: str, carry_over: float) -> list[tuple[float, Tally]]:
    """Give the effects tried on an outcome, from none to the strongest fall, each with its tally."""
    found = [
        (effect, tally)
        for (name, effect, share), tally in tried.tallies.items()
        if (name, share) == (outcome, carry_over)
    ]
    return sorted(found, key=lambda each: -each[0])
