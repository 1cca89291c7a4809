"""The whole analysis of a trial in one record: as drawn, what lingers, what moved, what visits did, what carries it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from abate.errors import OptionError, TableError
from abate.trials import bayes, buffers, carryover, doses, heterogeneity, randomisation, regressions, sensitivity, waves

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.stats.rerandomised import Redraws
    from abate.trials.bayes import Posterior
    from abate.trials.buffers import Buffers
    from abate.trials.carryover import CarryOver
    from abate.trials.doses import Band, Compliance, Complier
    from abate.trials.effects import Effect, Standing
    from abate.trials.heterogeneity import Heterogeneity
    from abate.trials.outcomes import Outcome, Panel, Washout
    from abate.trials.sensitivity import Spread, WithoutTop

    Real = NDArray[np.float64]
    Truth = NDArray[np.bool_]

Part = TypeVar("Part")
Primary = Literal["incidents", "any", "harm"]


@dataclass(frozen=True)
class Asked:
    """How a trial is analysed: the intervals' level, how many days a patrol may last, the least minutes of a visit.

    `primary` is the outcome that decides the trial, and `standing` the weight that its analysis bears: `registered`
    when it was written down before the first day, else `supporting`.
    """

    level: float = 0.95
    lasting: int = carryover.LASTING
    least_minutes: float = 10.0
    primary: Primary = "incidents"
    standing: Standing = "supporting"

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.level < 1:
            faults.append(f"an interval's level lies between 0 and 1, not at {self.level}")
        if self.lasting < 1:
            faults.append(f"a patrol can last for at least 1 day afterwards, not {self.lasting}")
        if not self.least_minutes > 0:
            faults.append(f"a visit has more than 0 minutes, not {self.least_minutes:g}")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class AsDrawn:
    """One outcome by intention to treat: by regression, and by redraws of the schedule, as a factor and an amount."""

    outcome: Outcome
    ratio: Effect
    difference: Effect
    redrawn_ratio: Effect
    redrawn_difference: Effect

    @property
    def p(self) -> float | None:
        """The chance of an effect as far from none if patrol did nothing at all, from redraws: for harm an amount's."""
        return (self.redrawn_difference if self.outcome == "harm" else self.redrawn_ratio).p


@dataclass(frozen=True)
class Exposure:
    """What took place: minutes at each site and day, where they come from, and whether minutes were measured.

    Without measured minutes (overrides alone) a visit has the least minutes that count, and no dose is told.
    """

    minutes: Real
    measured: bool
    source: str


@dataclass(frozen=True)
class Dose:
    """Whether visits followed the draw, what a visit does (the draw as instrument), and what goes with longer stays.

    `complier` is missing where the draw did not raise visits, `bands` where minutes were not measured.
    """

    compliance: Compliance
    complier: Complier | None
    bands: tuple[Band, ...]
    measured: bool
    source: str


@dataclass(frozen=True)
class Analysis:
    """Everything that a trial has to say; what design or data cannot give is None, and `missing` says why.

    `incidents` and `harm` are the outcomes as drawn, `risk` the chance of any incident, `beside` the ratio by other
    models, `adjusted` the p-values of all outcomes allowing for their being several. `even` says whether every place
    had one chance of patrol each day; where it had not, effects are weighted by the chances. `rollout` is the efficient
    estimator's effect on each outcome where sites began one after the other; empty in other designs.
    """

    sizes: dict[str, int]
    incidents: AsDrawn
    risk: Effect
    beside: tuple[Effect, ...]
    harm: AsDrawn | None
    without_top: WithoutTop | None
    adjusted: dict[str, float]
    carry_over: CarryOver
    buffers: Buffers | None
    dose: Dose | None
    places: Spread | None
    days: Spread | None
    heterogeneity: Heterogeneity | None
    posterior: Posterior | None
    even: bool
    draws: int
    asked: Asked
    missing: tuple[str, ...]
    rollout: tuple[Effect, ...] = ()

    def effects(self) -> list[Effect]:
        """List the effects of the analysis, the ones as drawn first."""
        told = [self.incidents.ratio, *self.beside, self.incidents.redrawn_ratio]
        told += [self.incidents.difference, self.incidents.redrawn_difference, self.risk]
        if self.harm is not None:
            told += [self.harm.redrawn_difference, self.harm.difference, self.harm.ratio, self.harm.redrawn_ratio]
        told += self.rollout
        if self.carry_over.adjusted is not None:
            told.append(self.carry_over.adjusted)
        if self.buffers is not None:
            told.append(self.buffers.ring)
        if self.dose is not None and self.dose.complier is not None:
            told += [self.dose.complier.ratio, self.dose.complier.difference]
        return told


def analyse(
    panel: Panel,
    draws: Truth,
    asked: Asked | None = None,
    *,
    washed: Washout | None = None,
    rings: Real | None = None,
    exposure: Exposure | None = None,
    tell: Callable[[float, str], None] = lambda _share, _words: None,
) -> Analysis:
    """Analyse a trial as it was drawn, with everything that goes beside it.

    `draws` are redraws of the schedule, in the shape (draws, days, sites) and the panel's order. `washed` are
    the place-days of a washout, which are compared with nothing, each redraw leaving out its own. `rings` are incidents
    in the ring about each site, `exposure` what took place. Raises `OptionError` where nothing can be compared at all;
    a part that alone cannot be reckoned is left out, and `missing` says why.
    """
    asked = asked or Asked()
    redraws = randomisation.prepare(panel, draws, washout=washed)
    chance = _own_chance(panel, redraws)
    kept = panel if washed is None else _without(panel, washed.now)
    missing: list[str] = []
    tell(0.1, "comparing as drawn")

    with_harm = panel.harm is not None and bool(panel.harm[panel.drawn].sum() > 0)
    if panel.harm is not None and not with_harm:
        missing.append("Harm: none was recorded on any place-day, so there is nothing to compare.")
    as_drawn = _drawn(panel, kept, redraws, "incidents", asked)
    harm = _drawn(panel, kept, redraws, "harm", asked) if with_harm else None
    tell(0.5, "looking for what lingers and what moved")
    standing = asked.standing if asked.primary == "any" else "supporting"
    rollout = _rollout(panel, asked, missing, with_harm=with_harm)
    return Analysis(
        sizes=panel.sizes(),
        incidents=as_drawn,
        risk=regressions.risk_difference(kept, level=asked.level, chance=chance, standing=standing),
        beside=tuple(regressions.beside(kept, level=asked.level)),
        harm=harm,
        without_top=sensitivity.without_top(kept, outcome="harm", level=asked.level) if with_harm else None,
        adjusted=_adjusted(panel, redraws, with_harm=with_harm),
        carry_over=carryover.examine(panel, draws, level=asked.level, lasting=asked.lasting),
        buffers=None if rings is None else _try("Rings", missing, lambda: _compare(kept, rings, level=asked.level)),
        dose=None if exposure is None else _dose(panel, redraws, exposure, asked, missing),
        places=_spread(sensitivity.place_by_place(kept), "Leaving out places", missing) if _crossed(kept) else None,
        days=_spread(sensitivity.day_by_day(kept), "Leaving out days", missing) if _crossed(kept) else None,
        heterogeneity=_try("Places one by one", missing, lambda: heterogeneity.shrink(kept, level=asked.level)),
        posterior=_try("Prior and trial together", missing, lambda: bayes.update(as_drawn.ratio)),
        even=redraws.even,
        draws=redraws.draws,
        asked=asked,
        missing=tuple(missing),
        rollout=rollout,
    )


def _drawn(panel: Panel, kept: Panel, redraws: Redraws, outcome: Outcome, asked: Asked) -> AsDrawn:
    """Reckon one outcome as drawn: by regressions on the place-days that are kept, and by redraws."""
    first, second = _standings(outcome, asked)
    chance, level = _own_chance(panel, redraws), asked.level
    return AsDrawn(
        outcome,
        regressions.rate_ratio(kept, outcome=outcome, level=level, chance=chance, standing=first),
        regressions.difference(kept, outcome=outcome, level=level, chance=chance, standing=second),
        randomisation.ratio(panel, redraws, outcome=outcome, level=level, standing=first),
        randomisation.difference(panel, redraws, outcome=outcome, level=level, standing=second),
    )


def _rollout(panel: Panel, asked: Asked, missing: list[str], *, with_harm: bool) -> tuple[Effect, ...]:
    """Estimate a stepped roll-out by the efficient estimator, beside the redraws."""
    begins = waves.first_days(panel.patrol.T)
    if begins is None or not ((begins > 0) & (begins < len(panel.days))).any():
        return ()
    outcomes: tuple[Outcome, ...] = ("incidents", "harm") if with_harm else ("incidents",)
    found = [
        _try(f"The roll-out's {outcome}", missing, partial(waves.estimate, panel, outcome=outcome, level=asked.level))
        for outcome in outcomes
    ]
    return tuple(effect for effect in found if effect is not None)


def _own_chance(panel: Panel, redraws: Redraws) -> Real | None:
    """Give the chance of what each place-day was drawn for, 0 where it had no other; None where all had one chance."""
    if redraws.even:
        return None
    own: Real = np.where(redraws.open, np.where(panel.patrol, redraws.chance, redraws.usual), 0.0)
    return own


def _without(panel: Panel, washed: Truth) -> Panel:
    kept = panel.drawn & ~washed
    harm = None if panel.harm is None else np.where(kept, panel.harm, 0.0)
    return replace(panel, drawn=kept, incidents=np.where(kept, panel.incidents, 0.0), harm=harm)


def _crossed(panel: Panel) -> bool:
    """Say whether any place has both patrol days and other days."""
    within = panel.patrol & panel.drawn
    return bool((within.any(axis=1) & (panel.drawn & ~within).any(axis=1)).any())


def _standings(outcome: Outcome, asked: Asked) -> tuple[Standing, Standing]:
    """Say what weight the ratio and the difference bear: a ratio of harm only describes, its difference decides."""
    own: Standing = asked.standing if asked.primary == outcome else "supporting"
    return ("descriptive", own) if outcome == "harm" else (own, "supporting")


def _adjusted(panel: Panel, redraws: Redraws, *, with_harm: bool) -> dict[str, float]:
    told = {"incidents": panel.incidents, "any": (panel.incidents > 0).astype(np.float64)}
    if with_harm and panel.harm is not None:
        told["harm"] = panel.harm
    found = randomisation.family(panel, redraws, list(told.values()))
    return {name: float(p) for name, p in zip(told, found, strict=True)}


def _compare(panel: Panel, rings: Real, *, level: float) -> Buffers:
    """Compare sites and rings, where both had incidents on days of either kind."""
    treated, usual = panel.patrol & panel.drawn, ~panel.patrol & panel.drawn
    for what, counts in (("the sites", panel.incidents), ("the rings", rings)):
        if counts[panel.drawn].sum() > 0 and not min(counts[treated].sum(), counts[usual].sum()) > 0:
            raise OptionError(f"{what} had incidents on days of one kind only, so there is no ratio")
    return buffers.compare(panel, rings, level=level)


def _dose(panel: Panel, redraws: Redraws, exposure: Exposure, asked: Asked, missing: list[str]) -> Dose | None:
    minutes, least = exposure.minutes, asked.least_minutes
    complier = _try(
        "Visits that took place",
        missing,
        lambda: doses.complier(panel, redraws, minutes, level=asked.level, at_least=least),
    )
    edges = _edges(panel, minutes)
    bands = (
        _try("Longer stays", missing, lambda: doses.respond(panel, minutes, level=asked.level, bands=edges))
        if exposure.measured
        else None
    )
    compliance = doses.comply(panel, minutes, at_least=least)
    return Dose(compliance, complier, bands or (), exposure.measured, exposure.source)


def _edges(panel: Panel, minutes: Real) -> list[float]:
    """Give the edges of the bands of minutes, less those that would leave a band without any incident."""

    def seen(low: float, high: float) -> bool:
        return bool(panel.incidents[(minutes > low) & (minutes <= high) & panel.drawn].sum() > 0)

    kept = [0.0]
    for edge in doses.BANDS:
        if seen(kept[-1], edge):
            kept.append(edge)
    while len(kept) > 1 and not seen(kept[-1], np.inf):
        kept.pop()
    return kept[1:] or [float(np.ceil(max(minutes.max(), 1.0)))]


def _spread(found: Spread, what: str, missing: list[str]) -> Spread | None:
    if np.isfinite(found.ratios).any() and np.isfinite(found.whole):
        return found
    missing.append(f"{what}: no ratio can be reckoned without them.")
    return None


def _try(what: str, missing: list[str], make: Callable[[], Part]) -> Part | None:
    """Make a part of the analysis, or note why it cannot be made."""
    try:
        return make()
    except (OptionError, TableError) as fault:
        missing.append(f"{what}: {fault}.")
        return None
