"""What follows an incident: the near-repeat risk of the next days, at its place and around it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.hotspots.histories import forecasts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History, Window
    from abate.stats.followings import Followings

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

RINGS_M = (125.0, 250.0, 450.0)
AFTER_DAYS = (1, 4, 8, 15, 29)
USUAL_DAYS = 92
HALF_LIFE_DAYS = 365.0
LEAST = 50
CAUTION = 10.0


@dataclass(frozen=True)
class Aftermath:
    """How much more than usual happens around a place in the days after an incident there.

    All tables have a row a ring (the place itself, then out to each distance between middles) and a column a stretch of
    days after. `seen` are the pairs of incidents counted and `usual` those to expect had they come as evenly as pairs
    4 to 13 weeks apart; `ratio` is the first over the second, each with ten pairs more, and `extra` how many incidents
    more than usual follow one incident in the ring, a day.
    """

    seen: pd.DataFrame
    usual: pd.DataFrame
    ratio: pd.DataFrame
    extra: pd.DataFrame


def learn(
    past: History, *, rings_m: tuple[float, ...] = RINGS_M, after_days: tuple[int, ...] = AFTER_DAYS
) -> Aftermath:
    """Learn from a daily record how much more than usual follows an incident, by distance and by days after.

    Pairs of incidents are counted by the distance between their places' middles and by days between, as in Knox's
    table. The usual is what the same rings held from the last edge of `after_days` (day 29) to 13 weeks apart: unlike
    shuffles over the whole record this does not take a place that was hot for a year for a near repeat. What few pairs
    say is drawn towards nothing extra, which is also the least.

    Raises `OptionError` for monthly records, or when there are fewer than 50 incidents or half a year of days.
    """
    _refuse(past)
    edges = np.array([*after_days, USUAL_DAYS], dtype=np.int64)
    counted = _follow(past, rings_m, edges)
    near, every = counted.near.astype(float), counted.all.astype(float)
    seen, usual = near[:, :-1], near[:, -1:] * (every[:-1] / max(every[-1], 1.0))
    trusted = np.maximum(seen - usual, 0.0) * seen / (seen + CAUTION)
    rows = ["same place", *(f"{low:g} to {high:g} m" for low, high in pairwise((0.0, *rings_m)))]
    columns = [f"{low} to {high - 1} days" for low, high in pairwise(after_days)]

    def laid_out(values: Real) -> pd.DataFrame:
        return pd.DataFrame(values, index=rows, columns=columns)

    return Aftermath(
        seen=laid_out(seen),
        usual=laid_out(usual),
        ratio=laid_out((seen + CAUTION) / (usual + CAUTION)),
        extra=laid_out(trusted / past.incidents.sum() / np.diff(np.array(after_days))),
    )


def forecast(
    past: History,
    window: Window,
    *,
    half_life_days: float = HALF_LIFE_DAYS,
    rings_m: tuple[float, ...] = RINGS_M,
    after_days: tuple[int, ...] = AFTER_DAYS,
) -> pd.DataFrame:
    """Expect at each place what it saw (older incidents counting less), more where something just happened nearby.

    The base is remembered counts: an incident loses half its weight in `half_life_days`. To it comes what `learn` says
    follows each incident of the last weeks, by distance and by how long ago it will be on each day of the window; what
    a ring gets goes to its places in proportion to their base. All is scaled back so that the total is the base's. The
    boost fades within weeks, so it matters most for windows of days. Gives `tables.FORECASTS` with Poisson counts.
    Daily records only: `OptionError` says so otherwise, or when there is too little to learn from. Source for the
    pattern: Townsley, Homel and Chaseling 2003, British Journal of Criminology 43, 615-633; Johnson and others 2007,
    Journal of Quantitative Criminology 23, 201-219.
    """
    learnt = learn(past, rings_m=rings_m, after_days=after_days)
    base = _remembered(past, half_life_days)
    raised = base + _added(
        past, window, base, extra=learnt.extra.to_numpy(), rings_m=rings_m, after_days=np.array(after_days)
    )
    return forecasts(past, raised * (base.sum() / raised.sum()) * window.days)


def _refuse(past: History) -> None:
    if past.unit == "month":
        raise OptionError("near-repeat needs the day of each incident: the record has months, not days")
    faults = []
    if (number := int(past.incidents.sum())) < LEAST:
        faults.append(f"near-repeat learns from at least {LEAST} incidents: the record has {number}")
    if past.span.days < 2 * USUAL_DAYS:
        faults.append(f"near-repeat learns from at least {2 * USUAL_DAYS} days: the record has {past.span.days}")
    if faults:
        raise OptionError(*faults)


def _follow(past: History, rings_m: tuple[float, ...], edges: Whole) -> Followings:
    from abate.stats.followings import follow

    starts, others, ring = _around(past, rings_m)
    return follow(
        past.place,
        past.day,
        past.incidents,
        starts=starts,
        others=others,
        ring=ring,
        rings=len(rings_m) + 1,
        edges=edges,
    )


def _around(past: History, rings_m: tuple[float, ...]) -> tuple[Whole, Whole, Whole]:
    """List the places around each place, itself first, with the ring that each lies in."""
    from abate.space.neighbours import within

    middles = past.middles_m
    near = within(middles, rings_m[-1])
    apart = np.hypot(*(middles[near.unit] - middles[near.others]).T)
    ring = np.searchsorted(np.array(rings_m), apart) + 1
    itself = np.arange(near.count)
    unit = np.concatenate([itself, near.unit])
    order = np.argsort(unit, kind="stable")
    starts = near.starts + np.arange(near.count + 1)
    others = np.concatenate([itself, near.others])[order]
    rings = np.minimum(np.concatenate([np.zeros(near.count, dtype=np.int64), ring])[order], len(rings_m))
    return starts, others, rings


def _remembered(past: History, half_life_days: float) -> Real:
    """Give each place's remembered incidents a day; a place that saw none has its share of half an incident."""
    if not half_life_days > 0:
        raise OptionError(f"a half-life is a number of days above 0, not {half_life_days:g}")
    age = past.span.days - 1 - past.day
    weight = past.incidents * 0.5 ** (age / half_life_days)
    days = float((0.5 ** (np.arange(past.span.days) / half_life_days)).sum())
    kept = np.bincount(past.place, weights=weight, minlength=len(past.places))
    remembered: Real = ((kept + 0.5 / len(past.places)) / days).astype(np.float64)
    return remembered


def _added(
    past: History, window: Window, base: Real, *, extra: Real, rings_m: tuple[float, ...], after_days: Whole
) -> Real:
    """Add up, for each place, what follows recent incidents around it: incidents a day, the mean over the window."""
    began = (window.first - past.span.first).days
    recent = past.day > began - after_days[-1]
    place, events = past.place[recent], past.incidents[recent]
    lasting = _lasting(extra, after_days, np.arange(began, began + window.days))
    starts, others, ring = _around(past, rings_m)
    rings = len(rings_m) + 1
    slot = np.repeat(np.arange(len(starts) - 1), np.diff(starts)) * rings + ring
    held = np.bincount(slot, weights=base[others], minlength=(len(starts) - 1) * rings)
    number = np.diff(starts)[place]
    entry = np.repeat(starts[place] - np.concatenate([[0], np.cumsum(number)[:-1]]), number) + np.arange(number.sum())
    ago = np.repeat(past.day[recent] - (began - after_days[-1] + 1), number)
    share = lasting[ring[entry], ago] * np.repeat(events, number) * base[others[entry]] / held[slot[entry]]
    added: Real = np.bincount(others[entry], weights=share, minlength=len(past.places)).astype(np.float64)
    return added


def _lasting(extra: Real, after_days: Whole, days: Whole) -> Real:
    """Give what follows an incident of each recent day in each ring, a day, as the mean over the days of a window."""
    when = np.arange(days[0] - after_days[-1] + 1, days[0])
    stretch = np.searchsorted(after_days, days[None, :] - when[:, None], side="right") - 1
    during = (stretch >= 0) & (stretch < extra.shape[1])
    lasting: Real = np.where(during, extra[:, np.clip(stretch, 0, extra.shape[1] - 1)], 0.0).mean(axis=2)
    return lasting
