"""Incidents that are followed by more: a steady background, and after each incident a time of raised rates near it.

The self-exciting point process of Mohler, Short, Brantingham, Schoenberg and Tita 2011, Journal of the American
Statistical Association 106, 100-108, with exact repeats at one address as a term of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError
from abate.hotspots import backgrounds
from abate.hotspots.histories import forecasts

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.hotspots.backgrounds import Background
    from abate.hotspots.histories import History, Window
    from abate.stats.excitation import Fit, Rates, Record

    Real = NDArray[np.float64]

FEWEST = 200
ROUNDS = 4
WIDER = 1.2


@dataclass(frozen=True)
class Excitement:
    """A fitted self-exciting process: its rates, and how it lies on the places.

    `rates`: `background` incidents a day over all places; `near` and `same`, how many incidents one is followed by
    within `reach_m` and `lag_days`, near it and at exactly its address; `decay` a day; `spread` metres. `errors` are
    their standard errors given the background's map. `background` is that map. `inside` is the share of an incident's
    near followers that falls in any place, by the incident's place, `spill` where they fall. `chance` is how surely
    each incident belongs to the background.
    """

    rates: Rates
    errors: Rates
    log_likelihood: float
    background: Background
    inside: Real
    spill: Any
    chance: Real
    ground: backgrounds.Ground
    days: int
    reach_m: float
    lag_days: int

    def __str__(self) -> str:
        rates = self.rates
        return (
            f"One incident is followed by {rates.near:.2f} others within {self.reach_m:g} m and {self.lag_days} days, "
            f"and by {rates.same:.2f} at its own address; half of them come within {np.log(2) / rates.decay:.1f} days."
        )


def fit(
    past: History, *, reach_m: float = 300.0, lag_days: int = 60, method: Literal["direct", "em"] = "direct"
) -> Excitement:
    """Tell a steady background from incidents that follow others, by place and day.

    Background map and rates are found in turn, four times: each incident counts for the map as far as it belongs to
    the background. Only incidents on earlier days lead to others, since it is not known in which order those of one
    day came; followers on the same day therefore count as background. Incidents before the record begins are not known,
    so those of its first `lag_days` look a little more like background than they are.

    Raises `OptionError` for monthly data and for fewer than 200 incidents.
    """
    from abate.stats import excitation

    ground, record = _record(past, reach_m, lag_days)
    chance = np.ones(len(ground.place))
    rates: Rates | None = None
    spread = reach_m / 4
    for turn in range(ROUNDS):
        background = backgrounds.lay(ground, chance)
        spill, wider = (
            backgrounds.spill(past.middles_m, ground.areas, spread=width) for width in (spread, spread * WIDER)
        )
        inside, less = (np.minimum(1.0, np.asarray(one.sum(axis=1)).reshape(-1)) for one in (spill, wider))
        seen = replace(
            record,
            density=background.density,
            inside=inside[ground.place],
            inside_at=spread,
            inside_change=(less - inside)[ground.place] / np.log(WIDER),
        )
        found: Fit = excitation.fit(seen, method=method, start=rates, errors=turn == ROUNDS - 1)
        rates, chance, spread = found.rates, found.background, found.rates.spread
    return Excitement(
        rates=found.rates,
        errors=found.errors,
        log_likelihood=found.log_likelihood,
        background=background,
        inside=inside,
        spill=spill,
        chance=chance,
        ground=ground,
        days=past.span.days,
        reach_m=reach_m,
        lag_days=lag_days,
    )


def _record(past: History, reach_m: float, lag_days: int) -> tuple[backgrounds.Ground, Record]:
    from abate.space import successions
    from abate.stats import excitation

    if past.unit == "month":
        raise OptionError("the record has months, not days: a self-exciting process needs the day of each incident")
    if reach_m <= 0 or lag_days < 2:
        raise OptionError(f"reach and lag are above 0 m and at least 2 days, not {reach_m:g} m and {lag_days} days")
    if (incidents := int(past.incidents.sum())) < FEWEST:
        raise OptionError(f"a self-exciting process needs at least {FEWEST} incidents, not {incidents}")
    ground = backgrounds.ground(past, lag_days=lag_days)
    days = ground.day.astype(np.float64)
    pairs = successions.succeed(ground.points[:, 0], ground.points[:, 1], days, reach=reach_m, lag=float(lag_days))
    return ground, excitation.Record(
        density=np.empty(incidents),
        footprint=ground.footprint,
        inside=np.ones(incidents),
        left=past.span.days - 1 - days,
        first=pairs.first,
        earlier=pairs.earlier,
        squared=pairs.squared,
        elapsed=pairs.elapsed,
        reach=reach_m,
        lag=float(lag_days),
        span=float(past.span.days),
        step=1.0,
    )


def forecast(past: History, window: Window, *, reach_m: float = 300.0, lag_days: int = 60) -> pd.DataFrame:
    """Forecast from a steady background and the incidents that recent ones, and those still to come, lead to.

    One row a place (`tables.FORECASTS`). The incidents that follow ones inside the window (or before it, after the
    record's end) are counted exactly in time over the whole area, and laid one step around those that they follow: of
    chains of followers the first link is placed exactly, later ones as if they were first links. The size is that of
    a background known from as many incidents as the place has seen, and of incidents that come with their followers.
    Raises `OptionError` for monthly data and for fewer than 200 incidents.
    """
    return foretell(fit(past, reach_m=reach_m, lag_days=lag_days), past, window)


def foretell(excited: Excitement, past: History, window: Window) -> pd.DataFrame:
    """Forecast with a process that was fitted before, to this past or to an earlier one of the same places."""
    rates = excited.rates
    gap = (window.first - past.span.last).days - 1
    if gap < 0:
        raise OptionError(f"the window begins on {window.first}, inside the record, which ends on {past.span.last}")
    ahead = gap + window.days
    direct = _still_due(excited, past, ahead)
    due = direct[:, gap:].sum(axis=1)
    near, same = rates.near * (due @ excited.spill), rates.same * due
    steady, excitement = rates.background * window.days * excited.background.share, near + same
    by_day = direct.sum(axis=0) * rates.followers
    grown_steady = _grown(excited, np.full(ahead, rates.background))[gap:].sum() / (rates.background * window.days)
    grown = _grown(excited, by_day)[gap:].sum() / by_day[gap:].sum() if by_day[gap:].sum() > 0 else 1.0
    more = (grown_steady - 1) * steady + (grown - 1) * excitement
    spread_on = (rates.same * more + rates.near * (more @ excited.spill)) / max(rates.followers, 1e-12)
    expected = steady + excitement + spread_on
    steady_days = np.full(window.days, rates.background)
    within = float(_grown(excited, steady_days).mean()) / rates.background - 1
    stays = (rates.same + rates.near * excited.spill.diagonal()) / max(rates.followers, 1e-12)
    bunching = (1 + stays * within) ** 2 - 1
    variance = (steady * grown_steady) ** 2 / excited.background.known + bunching * expected
    size = np.where(variance > 0, expected**2 / np.maximum(variance, 1e-300), np.nan)
    return forecasts(past, np.asarray(expected, dtype=np.float64), np.asarray(size, dtype=np.float64))


def _still_due(excited: Excitement, past: History, ahead: int) -> Real:
    """Give, by place and day after the record, which share of their followers its incidents still have to come."""
    rates, lag = excited.rates, excited.lag_days
    age = past.span.days - 1 - past.day
    recent = age < lag
    share = np.expm1(rates.decay) * np.exp(-rates.decay * np.arange(1, lag + 1)) / -np.expm1(-rates.decay * lag)
    waiting = np.zeros((len(past.places), lag))
    np.add.at(waiting, (past.place[recent], age[recent]), past.incidents[recent])
    comes = np.zeros((lag, ahead))
    for old in range(lag):
        later = share[old : old + ahead]
        comes[old, : len(later)] = later
    return waiting @ comes


def _grown(excited: Excitement, direct: Real) -> Real:
    """Give the incidents of each day with all that follow from those of the days before, over the whole area."""
    rates, lag = excited.rates, excited.lag_days
    wait = np.arange(1, lag + 1)
    share = np.expm1(rates.decay) * np.exp(-rates.decay * wait) / -np.expm1(-rates.decay * lag)
    followers = rates.near * float(excited.inside @ excited.background.share) + rates.same
    grown = np.array(direct, dtype=np.float64)
    for day in range(1, len(grown)):
        back = min(day, lag)
        grown[day] += followers * float(grown[day - back : day][::-1] @ share[:back])
    return grown


def simulate(excited: Excitement, past: History, window: Window, *, draws: int, seed: int) -> NDArray[np.int64]:
    """Let the process run on from the past: incidents in the window, in the shape (draws, places).

    Background incidents fall anywhere in a square of their place's area; followers fall where they fall and count in
    the place whose middle is nearest. Raises `OptionError` when an incident is followed by one or more on average.
    """
    from scipy.spatial import cKDTree

    from abate.stats import branching

    if excited.rates.followers >= 1:
        raise OptionError("an incident is followed by one or more on average: a simulation need not end")
    end, first = past.span.days - 1, (window.first - past.span.first).days
    last, side = first + window.days - 1, np.sqrt(excited.ground.areas)
    tree, parents = cKDTree(past.middles_m), excited.ground.day > end - excited.lag_days
    counted = np.zeros((draws, len(past.places)), dtype=np.int64)
    for draw in range(draws):
        generator = np.random.default_rng([seed, draw])
        place = generator.choice(
            len(side),
            generator.poisson(excited.rates.background * (last - end)),
            p=excited.background.share / excited.background.share.sum(),
        )
        points = past.middles_m[place] + generator.uniform(-0.5, 0.5, (len(place), 2)) * side[place, None]
        points = np.concatenate([excited.ground.points[parents], points])
        when = np.concatenate([excited.ground.day[parents], generator.integers(end + 1, last + 1, len(place))])
        grown = branching.grow(
            points[:, 0],
            points[:, 1],
            when.astype(np.float64),
            rates=excited.rates,
            reach=excited.reach_m,
            lag=float(excited.lag_days),
            until=float(last),
            generator=generator,
            step=1.0,
            after=float(end),
        )
        inside = grown.t >= first
        apart, nearest = tree.query(np.column_stack([grown.x[inside], grown.y[inside]]))
        nearest = nearest[apart <= side[nearest] * 0.7072]
        counted[draw] = np.bincount(nearest, minlength=len(side))
    return counted
