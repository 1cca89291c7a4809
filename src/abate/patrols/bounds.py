"""How much any timetable could be worth at most: prices on what teams compete for, and each team's best round at them.

The relaxation: every team keeps its shift, travel, breaks, the sites' hours and the lengths of stay to the minute. What
ties teams together is priced instead of kept: the n-th visit of the day to a site (so that returns fall and the most
visits hold), the gap (each stretch of `stay + gap` that holds a step of the clock is used once), and the
officer-minutes of the budget. For any prices of 0 or more

    bound = sum of prices x what there is + sum over teams of the best round when every visit pays its prices

is at least the value of every timetable that keeps all rules (weak duality). Good prices are found by column generation
on HiGHS, held near the best prices known by a box that grows and shrinks (Marsten, Hogan and Blankenship 1975,
https://doi.org/10.1287/opre.23.3.389). The bound holds whatever prices the search ends with: only how tight it is
depends on them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.patrols import sweeps, workings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from abate.patrols.workings import Working

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

STEP = 10
ROUNDS = 30
_WIDEST, _NARROWEST = 0.5, 0.02
_PARTS = (0.15, 0.4, 1.0)


@dataclass(frozen=True)
class Bound:
    """The most that any timetable could be worth, the price of an officer-minute, and how many rounds it took."""

    value: float
    rate: float
    rounds: int


@dataclass(frozen=True)
class Prices:
    """What a visit of each worth level still earns, (S, L), the price of each step of the clock, of an officer-minute.

    A visit of level l earns `earn[site, l]`; the rest of its worth in each place of the day is the price of that place.
    """

    earn: Real
    clock: Real
    rate: float


@dataclass(frozen=True)
class Column:
    """A round that one of the teams that are alike can go: for each visit site and level, the steps it covers, cost."""

    group: int
    sites: Whole
    levels: Whole
    steps: tuple[tuple[int, int], ...]
    minutes: float


@dataclass(frozen=True)
class Relaxed:
    """A problem ready for pricing.

    `worth` (S, L) are the levels of worth of each site's visits (0 where there are fewer), `level` (S, D, T) which one
    a visit has (-1: it may not begin); `first` and `last` (D, T) the steps of the clock that it covers; `alike` groups
    teams that have the same shift, base and mode.
    """

    working: Working
    worth: Real
    level: Whole
    first: Whole
    last: Whole
    steps: int
    alike: tuple[tuple[int, ...], ...]


@dataclass
class Columns:
    """What column generation has found so far."""

    columns: list[Column] = field(default_factory=list)
    seen: set[tuple[int, bytes]] = field(default_factory=set)


def bound(
    working: Working,
    *,
    least: float,
    rounds: int = ROUNDS,
    stop: Callable[[], bool] = lambda: False,
    known: Sequence[Whole] = (),
) -> Bound:
    """Find an upper bound of the value of any timetable; `least` is the value of one that is known.

    `known` are its rounds, by team, to begin with. `stop` may end the search early: what was found is a bound as well.
    """
    relaxed, search = relax(working), Columns()
    for group, teams in enumerate(relaxed.alike):
        for team in teams:
            if team < len(known):
                _add(relaxed, search, group, known[team])
    with ThreadPoolExecutor(2) as threads:
        best, centre = min(
            ((dual(relaxed, prices, search, threads), prices) for prices in _openings(relaxed)),
            key=lambda each: each[0],
        )
        box, tried = 0.2, 0
        while tried < rounds and best - least > 1e-6 * max(1.0, best) and not stop():
            tried += 1
            model, prices = _master(relaxed, search.columns, centre, box)
            if best - model <= 1e-4 * max(1.0, best):
                if box >= _WIDEST:
                    break
                box = min(_WIDEST, box * 2)
                continue
            trials = [_between(centre, prices, part) for part in _PARTS]
            values = [dual(relaxed, each, search, threads) for each in trials]
            place = int(np.argmin(values))
            box = (
                min(_WIDEST, box * 1.3) if values[place] < best - 0.1 * (best - model) else max(_NARROWEST, box * 0.85)
            )
            if values[place] < best:
                best, centre = values[place], trials[place]
    return Bound(max(best, least), centre.rate, tried)


def _between(centre: Prices, prices: Prices, part: float) -> Prices:
    return Prices(
        centre.earn + part * (prices.earn - centre.earn),
        centre.clock + part * (prices.clock - centre.clock),
        centre.rate + part * (prices.rate - centre.rate),
    )


def relax(working: Working) -> Relaxed:
    """Lay a problem out for pricing; starts too near to visits that stand already are shut."""
    unit = working.unit.copy()
    for site, those in enumerate(working.kept):
        for kind, stay in enumerate(working.stays.tolist()):
            for start, minutes, _ in those:
                shut = slice(max(0, start - stay - working.problem.gap + 1), start + minutes + working.problem.gap)
                unit[site, kind, shut] = -1.0
    distinct: list[Real] = [np.unique(np.round(unit[site][unit[site] > 0], 12)) for site in range(len(unit))]
    worth = np.zeros((len(unit), max([len(each) for each in distinct], default=1) or 1))
    level = np.full(unit.shape, -1, dtype=np.int64)
    for site, values in enumerate(distinct):
        worth[site, : len(values)] = values
        if len(values):
            level[site] = np.where(unit[site] > 0, np.searchsorted(values, np.round(unit[site], 12)), -1)
    begins = np.arange(unit.shape[2])
    first = np.tile(-(-begins // STEP), (len(working.stays), 1))
    last = np.stack([-(-(begins + stay + working.problem.gap) // STEP) for stay in working.stays.tolist()])
    groups: dict[tuple[bytes, ...], list[int]] = {}
    for team in range(len(working.shift)):
        told = (working.time[team], working.shift[team], working.breaks[team], working.cost[team])
        groups.setdefault(tuple(each.tobytes() for each in told), []).append(team)
    return Relaxed(working, worth, level, first, last, int(last.max()) + 1, tuple(map(tuple, groups.values())))


def _openings(relaxed: Relaxed) -> list[Prices]:
    """List prices to begin with: each level earns a part of its worth; an officer-minute costs a part of the most."""
    quiet = np.zeros((len(relaxed.worth), relaxed.steps))
    working = relaxed.working
    rates = [0.0]
    if not np.isinf(working.left):
        tops = relaxed.worth.max(axis=1)
        dearest = float(tops.max(initial=0.0)) / (float(working.stays.min()) * max(1, min(working.problem.officers)))
        rates += [dearest * part for part in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45)]
    return [
        Prices(relaxed.worth * part, quiet, rate) for part in (0.0, 0.1, 0.2, 0.35, 0.5, 0.7, 1.0) for rate in rates
    ]


def dual(relaxed: Relaxed, prices: Prices, search: Columns, threads: ThreadPoolExecutor) -> float:
    """Give the bound at some prices, and keep each team's best round at them."""
    working = relaxed.working
    places = _places(relaxed, prices)
    earns = _earned(relaxed, prices)
    rounds = list(threads.map(lambda teams: _best_round(working, earns, teams[0], prices.rate), relaxed.alike))
    value = float(places.sum() + prices.clock.sum())
    if prices.rate > 0:
        value += prices.rate * working.left
    for group, (teams, (worth, rows)) in enumerate(zip(relaxed.alike, rounds, strict=True)):
        value += worth * len(teams)
        _add(relaxed, search, group, rows)
    for site, those in enumerate(working.kept):
        value += sum(max(0.0, float((worth * working.returns[site] - places[site]).max())) for _, _, worth in those)
    return value


def _places(relaxed: Relaxed, prices: Prices) -> Real:
    """Give the price of each place of the day at each site, (S, N): what no level of worth earns there."""
    asked = relaxed.worth[:, :, None] * relaxed.working.returns[:, None, :] - prices.earn[:, :, None]
    return np.asarray(np.maximum(0.0, np.where(relaxed.worth[:, :, None] > 0, asked, 0.0).max(axis=1)))


def _earned(relaxed: Relaxed, prices: Prices) -> Real:
    """Give what each visit earns after its prices, (S, D, T); `NEVER` where that is nothing."""
    sums = np.concatenate([np.zeros((len(relaxed.worth), 1)), prices.clock.cumsum(axis=1)], axis=1)
    sites = np.arange(len(relaxed.worth))[:, None, None]
    gains = np.asarray(prices.earn[sites, np.maximum(relaxed.level, 0)])
    for kind in range(gains.shape[1]):
        gains[:, kind] -= sums[:, relaxed.last[kind]] - sums[:, relaxed.first[kind]]
    gains[(relaxed.level < 0) | (gains <= 0)] = sweeps.NEVER
    return gains


def _best_round(working: Working, earns: Real, team: int, rate: float) -> tuple[float, Whole]:
    shift = working.shift[team]
    if shift[1] - shift[0] < int(working.stays.min()):
        return 0.0, np.empty((0, 3), dtype=np.int64)
    found: tuple[float, Whole] = sweeps.price(
        earns, workings.ground(working, team, rate=rate), (int(shift[1]), int(shift[2]))
    )
    return found


def _add(relaxed: Relaxed, search: Columns, group: int, rows: Whole) -> None:
    if not len(rows) or (group, rows.tobytes()) in search.seen:
        return
    search.seen.add((group, rows.tobytes()))
    sites, kinds, starts = rows.T
    search.columns.append(
        Column(
            group,
            sites.copy(),
            relaxed.level[sites, kinds, starts],
            tuple(zip(relaxed.first[kinds, starts].tolist(), relaxed.last[kinds, starts].tolist(), strict=True)),
            _minutes(relaxed.working, relaxed.alike[group][0], rows),
        )
    )


def _minutes(working: Working, team: int, rows: Whole) -> float:
    """Add up the officer-minutes of a round that goes on from where its team is."""
    stays = float(working.stays[rows[:, 1]].sum()) * working.problem.officers[team]
    if not working.problem.charge_travel:
        return stays
    stops = np.concatenate([[working.shift[team][2]], rows[:, 0], [len(working.unit)]])
    return stays + float(working.cost[team][stops[:-1], stops[1:]].sum())


def _master(relaxed: Relaxed, columns: Sequence[Column], centre: Prices, box: float) -> tuple[float, Prices]:
    """Find the best prices within a box around the centre, as far as the rounds known so far tell.

    Variables: what levels earn, prices of places, of steps, of an officer-minute, what a group's round makes, and what
    visits that stand already make.
    """
    from scipy.optimize import linprog

    working = relaxed.working
    sites, levels = relaxed.worth.shape
    places, steps, groups = working.returns.shape[1], relaxed.steps, len(relaxed.alike)
    kept = [(site, worth) for site, those in enumerate(working.kept) for _, _, worth in those]
    begin = np.cumsum([0, sites * levels, sites * places, sites * steps, 1, groups, len(kept)])
    left = 0.0 if np.isinf(working.left) else working.left
    cost = np.concatenate(
        [
            np.zeros(sites * levels), np.ones(sites * places), np.ones(sites * steps), [left],
            [float(len(teams)) for teams in relaxed.alike], np.ones(len(kept)),
        ]
    )  # fmt: skip
    matrix, right = _rows(relaxed, columns, kept, begin)
    top = np.maximum(relaxed.worth.max(axis=1), 1e-9)
    low, high = np.zeros(begin[-1]), np.full(begin[-1], np.inf)
    reach = np.repeat(top, levels) * box
    low[: begin[1]] = np.maximum(0.0, centre.earn.ravel() - reach)
    high[: begin[1]] = centre.earn.ravel() + reach
    reach = np.repeat(top, steps) * box
    low[begin[2] : begin[3]] = np.maximum(0.0, centre.clock.ravel() - reach)
    high[begin[2] : begin[3]] = centre.clock.ravel() + reach
    widest = float(top.max()) / max(1.0, float(working.stays.min())) * box
    low[begin[3]] = max(0.0, centre.rate - widest)
    high[begin[3]] = 0.0 if np.isinf(working.left) else centre.rate + widest
    found = linprog(cost, A_ub=-matrix, b_ub=-right, bounds=np.column_stack([low, high]), method="highs-ds")
    if found.x is None:
        return float("inf"), centre
    values = np.maximum(0.0, found.x)
    prices = Prices(
        values[: begin[1]].reshape(sites, levels),
        values[begin[2] : begin[3]].reshape(sites, steps),
        float(values[begin[3]]),
    )
    return float(found.fun), prices


def _rows(relaxed: Relaxed, columns: Sequence[Column], kept: list[tuple[int, float]], begin: Whole) -> tuple[Any, Real]:
    """Write the conditions (at least): places take what levels do not earn; a group makes at least each round's."""
    from scipy.sparse import coo_array

    returns, (_, levels) = relaxed.working.returns, relaxed.worth.shape
    places, steps = returns.shape[1], relaxed.steps
    site, level, place = (each.ravel() for each in np.indices((*relaxed.worth.shape, places)))
    many = len(site)
    rows, across = [np.arange(many)] * 2, [site * levels + level, begin[1] + site * places + place]
    values = [np.ones(many)] * 2
    right = [relaxed.worth[site, level] * returns[site, place]]
    for number, column in enumerate(columns, start=many):
        spans = [
            begin[2] + one * steps + np.arange(*span)
            for one, span in zip(column.sites.tolist(), column.steps, strict=True)
        ]
        covered = np.concatenate(spans)
        entries = np.concatenate([[begin[4] + column.group, begin[3]], column.sites * levels + column.levels, covered])
        rows.append(np.full(len(entries), number))
        across.append(entries)
        values.append(np.concatenate([[1.0, column.minutes], -np.ones(len(column.sites)), np.ones(len(covered))]))
        right.append(np.zeros(1))
    number = many + len(columns)
    for which, (one, worth) in enumerate(kept):
        for rank in range(places):
            rows.append(np.full(2, number))
            across.append(np.array([begin[5] + which, begin[1] + one * places + rank]))
            values.append(np.ones(2))
            right.append(np.array([worth * returns[one, rank]]))
            number += 1
    shape = (number, int(begin[-1]))
    return coo_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(across))), shape=shape
    ).tocsr(), np.concatenate(right)
