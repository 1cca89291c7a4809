"""Outbreaks: where and since when more happens than the place and the season lead one to expect.

A space-time scan looks at every circle around every place and every stretch of days, takes the one that stands out
most, and asks how often chance alone would make one that stands out as much. Since the most striking of all is
compared with the most striking of all, looking in many places is paid for. Source: Kulldorff 2001, Journal of the
Royal Statistical Society A 164, 61-72; Kulldorff, Heffernan, Hartman, Assuncao and Mostashari 2005, PLoS Medicine 2,
e59.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.hotspots.histories import History
    from abate.space.cylinders import Frame

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

FEWEST = 20
SHORTEST_UNITS = 3


@dataclass(frozen=True)
class Scope:
    """What a scan looks at, and against what.

    Circles have a radius of up to `radius_m` and hold at most the share `most_share` of what is expected; they are
    drawn around the middles of places, or around points (`at`), that saw something. Stretches have at most
    `longest_days`, in steps of `step_days` counted back from the last day (for monthly data a month is a step), and
    end now, or anywhere ("any"). `model` "permutation" expects in each place and each step what their totals lead to,
    so that a place that is always busy, or a season, is no cluster; "poisson" expects events in proportion to a
    baseline, the same at all times. A cluster has at least `least` events.
    """

    when: Literal["now", "any"] = "now"
    at: Literal["places", "points"] = "places"
    model: Literal["permutation", "poisson"] = "permutation"
    radius_m: float = 1000.0
    most_share: float = 0.1
    longest_days: int = 30
    step_days: int = 1
    least: int = 3

    def __post_init__(self) -> None:
        faults = []
        if self.radius_m < 0:
            faults.append(f"the largest radius is 0 m or more, not {self.radius_m:g}")
        if not 0 < self.most_share <= 0.5:
            faults.append(f"a circle may hold a share above 0 and up to 0.5 of all, not {self.most_share:g}")
        if self.step_days < 1 or self.longest_days < self.step_days:
            faults.append(
                f"a stretch has at least one step of at least one day: {self.longest_days} days in steps of "
                f"{self.step_days} are not"
            )
        if self.least < 2:
            faults.append(f"a cluster has at least 2 events, not {self.least}: one event is no cluster")
        if self.model == "poisson" and self.at == "points":
            faults.append("a baseline belongs to places: the Poisson model scans places, not points")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Scan:
    """What a scan found: clusters, the most striking first.

    `clusters` has one row a cluster: `cluster` (1 is the most striking), `easting`, `northing` (the middle, in the
    unit of the coordinate system), `radius_m`, `first`, `last` (days), `observed`, `expected`, `ratio`, `llr` (log
    likelihood ratio), `p` (Monte-Carlo), `p_gumbel`, `place_ids` (a list). No two hold the same place. `heights` are
    the highest log likelihood ratios of the worlds without a cluster.
    """

    clusters: pd.DataFrame
    heights: Real
    events: int
    scope: Scope
    level: float

    @property
    def surprising(self) -> pd.DataFrame:
        """The clusters that chance makes in at most 1 - level of the worlds."""
        return self.clusters[self.clusters["p"] <= 1 - self.level + 1e-12]

    def __str__(self) -> str:
        found = self.surprising
        if not len(found):
            return f"No cluster among {self.events:,} events stands out more than chance would make one."
        top = found.iloc[0]
        return (
            f"{len(found)} cluster{'s' if len(found) > 1 else ''} among {self.events:,} events: the most striking has "
            f"{top['observed']} where {top['expected']:.1f} would be expected, within {top['radius_m']:,.0f} m from "
            f"{top['first']:%d %B %Y} to {top['last']:%d %B %Y} (p = {top['p']:.3g} from {len(self.heights)} shuffles)."
        )


def scan(
    past: History,
    *,
    scope: Scope | None = None,
    baseline: Real | None = None,
    most: int = 10,
    draws: int = 999,
    seed: int = 1,
    level: float = 0.95,
) -> Scan:
    """Find circles and stretches of days in which more happened than expected, and how surprising that is.

    Without a `baseline` (one a place, such as residents or last year's incidents) the Poisson model takes the places'
    areas. At most `most` clusters come back. The p of a cluster after the first compares it with the first of each
    world without clusters, which is on the safe side. Raises `OptionError` when there are too few events or periods,
    `TableError` when an event lies where the baseline is 0.
    """
    from abate.space import cylinders

    chosen = Scope() if scope is None else scope
    events = _events(past, chosen)
    frame = _frame(past, events, chosen, baseline)
    searched = events.period >= 0
    found = cylinders.search(frame, events.where[searched], events.period[searched])
    drawn_from = events.where if chosen.model == "permutation" else events.where[searched]
    heights = cylinders.shuffled(frame, drawn_from, events.period[searched], model=chosen.model, draws=draws, seed=seed)
    rows = _apart(frame, found, most)
    clusters = _told(past, events, frame, found, rows)
    llr = clusters["llr"].to_numpy(float)
    clusters["p"] = cylinders.exceedance(llr, heights)
    clusters["p_gumbel"] = cylinders.gumbel(llr, heights)
    clusters["place_ids"] = [_inside(past, events, frame, int(found.step[row]), row) for row in rows]
    return Scan(clusters, heights, len(events.where), chosen, level)


@dataclass(frozen=True)
class _Events:
    """Each event's location and period; `spots` are the locations in metres, `edges` bound the periods searched.

    `place` is the place of each location. An event before the first edge has the period -1.
    """

    where: Whole
    period: Whole
    spots: Real
    place: Whole
    edges: Whole
    span: int


def _events(past: History, scope: Scope) -> _Events:
    many = past.incidents
    if (total := int(many.sum())) < FEWEST:
        raise OptionError(f"a scan needs at least {FEWEST} events with a location, not {total}")
    edges = _edges(past, scope)
    searched = edges[-_longest(edges, past, scope) - 1 :] if scope.when == "now" else edges
    if scope.at == "places":
        used, where = np.unique(past.place, return_inverse=True)
        if scope.model == "poisson":
            used, where = np.arange(len(past.places)), past.place
        spots, place = past.middles_m[used], used
    else:
        spots, row, where = np.unique(past.points_m, axis=0, return_index=True, return_inverse=True)
        place = past.place[row]
    period = np.searchsorted(searched, past.day, side="right") - 1
    return _Events(
        np.repeat(where.reshape(-1), many).astype(np.int64),
        np.repeat(period, many).astype(np.int64),
        spots,
        place.astype(np.int64),
        searched,
        int(edges[-1]),
    )


def _edges(past: History, scope: Scope) -> Whole:
    """Give the days that bound the steps; a step cut short by the beginning of the record is made part of the next."""
    if past.unit == "month":
        return past.starts
    edges = np.arange(past.span.days, -1, -scope.step_days, dtype=np.int64)[::-1]
    edges[0] = 0
    if len(edges) - 1 < SHORTEST_UNITS:
        raise OptionError(
            f"a scan needs at least {SHORTEST_UNITS} steps of {scope.step_days} days: "
            f"the record has {past.span.days} days"
        )
    return edges


def _longest(edges: Whole, past: History, scope: Scope) -> int:
    """Give how many steps the longest stretch has: at most half of the record, beyond which "more" means little."""
    steps = round(scope.longest_days / 30.4) if past.unit == "month" else scope.longest_days // scope.step_days
    return max(1, min(steps, (len(edges) - 1) // 2))


def _frame(past: History, events: _Events, scope: Scope, baseline: Real | None) -> Frame:
    from abate.space import cylinders, rings

    total = len(events.where)
    if scope.model == "permutation":
        if baseline is not None:
            raise OptionError("the permutation model needs no baseline: take model='poisson', or leave it out")
        mass = np.bincount(events.where, minlength=len(events.spots)) / total
        inside = events.period[events.period >= 0]
        clock = np.bincount(inside, minlength=len(events.edges) - 1) / total
    else:
        mass = _baseline(past, events, baseline)
        clock = np.diff(events.edges) / events.span
    steps = _longest(past.starts if past.unit == "month" else _edges(past, scope), past, scope)
    around = rings.surround(events.spots, events.spots, reach=scope.radius_m)
    return cylinders.Frame(
        _no_larger(around, mass, scope.most_share), mass, clock, total, steps, scope.least, scope.when == "now"
    )


def _baseline(past: History, events: _Events, baseline: Real | None) -> Real:
    shares = past.places["area_km2"].to_numpy(float) if baseline is None else np.asarray(baseline, dtype=float)
    if len(shares) != len(past.places):
        raise OptionError(f"a baseline has one number a place: {len(past.places):,}, not {len(shares):,}")
    if not np.isfinite(shares).all() or (shares < 0).any() or shares.sum() == 0:
        raise OptionError("a baseline has numbers of 0 or more, not all of them 0")
    empty = (shares == 0) & (np.bincount(events.where, minlength=len(shares)) > 0)
    if empty.any():
        named = ", ".join(past.place_ids[row] for row in np.flatnonzero(empty)[:3])
        raise TableError(f"baseline: {int(empty.sum()):,} places saw events and have a baseline of 0: {named}")
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _no_larger(around: Any, mass: Real, most_share: float) -> Any:
    """Cut off each centre's circles where they would hold more than the share allowed; the centre itself stays."""
    held = np.cumsum(mass[around.location])
    before = np.concatenate([[0.0], held])[around.first[:-1]]
    centre = np.repeat(np.arange(len(around.first) - 1), np.diff(around.first))
    within = held - before[centre] <= most_share + 1e-12
    group = np.concatenate([[0], np.cumsum(around.closes)[:-1]])
    whole = np.ones(int(group[-1]) + 1, dtype=bool)
    np.logical_and.at(whole, group, within)
    smallest = np.zeros(len(group), dtype=bool)
    smallest[around.first[:-1]] = True
    first_group = np.zeros(len(whole), dtype=bool)
    first_group[group[smallest]] = True
    kept = (whole | first_group)[group]
    first = np.concatenate([[0], np.cumsum(np.bincount(centre[kept], minlength=len(around.first) - 1))])
    return replace(
        around,
        first=first.astype(np.int64),
        location=around.location[kept],
        apart=around.apart[kept],
        closes=around.closes[kept],
    )


def _members(frame: Frame, step: int, row: int) -> Whole:
    return frame.rings.location[frame.rings.first[row] : step + 1].astype(np.int64)


def _apart(frame: Frame, found: Any, most: int) -> list[int]:
    """Choose the best cylinders of which no two hold the same location; of equals the first centre."""
    taken = np.zeros(len(frame.mass), dtype=bool)
    rows: list[int] = []
    for row in np.lexsort((np.arange(len(found.llr)), -np.round(found.llr, 9))):
        if len(rows) == most or found.step[row] < 0:
            break
        inside = _members(frame, int(found.step[row]), int(row))
        if not taken[inside].any():
            taken[inside] = True
            rows.append(int(row))
    return rows


def _told(past: History, events: _Events, frame: Frame, found: Any, rows: list[int]) -> pd.DataFrame:
    told = []
    for number, row in enumerate(rows, start=1):
        step, begins, ends = int(found.step[row]), int(found.begins[row]), int(found.ends[row])
        inside = _members(frame, step, row)
        there = np.isin(events.where, inside) & (events.period >= begins) & (events.period <= ends)
        expected = frame.total * float(frame.mass[inside].sum()) * float(frame.clock[begins : ends + 1].sum())
        east, north = events.spots[row] / past.unit_m
        told.append(
            {
                "cluster": number,
                "easting": float(east),
                "northing": float(north),
                "radius_m": float(frame.rings.apart[step]),
                "first": _day(past, int(events.edges[begins])),
                "last": _day(past, int(events.edges[ends + 1]) - 1),
                "observed": int(there.sum()),
                "expected": expected,
                "ratio": float(there.sum()) / expected,
                "llr": float(found.llr[row]),
            }
        )
    columns = ["cluster", "easting", "northing", "radius_m", "first", "last", "observed", "expected", "ratio", "llr"]
    return pd.DataFrame(told, columns=columns)


def _inside(past: History, events: _Events, frame: Frame, step: int, row: int) -> list[str]:
    places = np.unique(events.place[_members(frame, step, row)])
    return [past.place_ids[place] for place in places]


def _day(past: History, day: int) -> date:
    return past.span.first + timedelta(days=day)
