"""Which sites are patrolled on which days, drawn at random under rules: arrays in, arrays out.

Four ways, of which `abate.trials.schemes` picks the first that the rules allow:

- days that know nothing of one another: each day any choice of the right size is as likely as any other;
- each place-day by a coin of its own;
- `table` and `counted`: under a longest run or a least rest, every schedule that keeps the rules is as likely as any
  other. The sites of an area are alike, so that it is enough to count how many of them have been patrolled for one,
  two, ... days or are resting; the number of ways to go on from each such state is counted from the last day back,
  and the draw then goes forward with chances in proportion;
- `in_turn`: day after day, any choice among the sites that the rules leave as likely as any other, those that had
  fewest patrols on that day of the week first where weekdays are blocks. A draw that comes to a day with too few
  sites left is given up whole and begun anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

MOST_WAYS = 200_000
MOST_COUNTED = 1_000
_LONG_AGO = 1_000_000
_LAST = np.finfo(np.float64).max


def quotas(share: Real, extra: Whole, keys: Real) -> Whole:
    """Share each day's patrols out over areas: the whole part to each, the rest by lot.

    `share` (days x areas) is each area's part as a real number, `extra` (days) how many are left once the whole parts
    are given. `keys` (draws x days x areas + 1) are uniform numbers. Gives draws x days x areas. An area gets one of
    the rest with a chance equal to its fraction, so that every site has the same chance (systematic sampling in an
    order drawn anew, Madow 1949).

    >>> share = np.array([[1.5, 1.5]])
    >>> quotas(share, np.array([1]), np.array([[[0.1, 0.2, 0.4]], [[0.1, 0.2, 0.6]]])).tolist()
    [[[1, 2]], [[2, 1]]]
    """
    whole = np.floor(share + 1e-9)
    if not extra.any():
        return np.broadcast_to(whole.astype(np.int64), (len(keys), *share.shape)).copy()
    order = np.argsort(keys[..., :-1], axis=-1, kind="stable")
    fraction = np.broadcast_to(share - whole, order.shape)
    along = np.cumsum(np.take_along_axis(fraction, order, axis=-1), axis=-1)
    along = np.minimum(along, extra[:, None])
    along[..., -1] = extra
    marks = np.floor(along + keys[..., -1:])
    more = np.diff(marks, axis=-1, prepend=np.zeros((*marks.shape[:-1], 1)))
    given = np.zeros(order.shape)
    np.put_along_axis(given, order, more, axis=-1)
    counted: Whole = (whole + given).astype(np.int64)
    return counted


def lowest(keys: Real, count: Whole) -> Flags:
    """Mark the `count` lowest of each row's keys; keys that are infinite are never marked.

    >>> lowest(np.array([[0.3, 0.1, 0.2], [0.5, np.inf, 0.6]]), np.array([2, 1])).tolist()
    [[False, True, True], [True, False, False]]
    """
    least, most = int(count.min(initial=keys.shape[-1])), int(count.max(initial=0))
    if least == most > 0:
        bar = np.partition(keys, most - 1, axis=-1)[..., most - 1 : most]
    else:
        found = np.take_along_axis(np.sort(keys, axis=-1), np.maximum(count - 1, 0)[..., None], axis=-1)
        bar = np.where(count[..., None] > 0, found, -np.inf)
    marked: Flags = keys <= np.minimum(bar, _LAST)
    if np.count_nonzero(marked) > count.sum():
        ranks = np.argsort(np.argsort(keys, axis=-1, kind="stable"), axis=-1, kind="stable")
        marked = (ranks < count[..., None]) & (keys < np.inf)
    return marked


def day_by_day(keys: Real, count: Whole, areas: Sequence[Whole]) -> Flags:
    """Draw days that know nothing of one another: any choice of the right size in each area is equally likely.

    `keys` (draws x days x sites) are uniform numbers, infinite where a site cannot be drawn; `count` is draws x days x
    areas; `areas` holds the positions of each area's sites, which are all of them in order where there is one.
    """
    if len(areas) == 1:
        return lowest(keys, count[..., 0])
    drawn = np.zeros(keys.shape, dtype=bool)
    for number, members in enumerate(areas):
        drawn[..., members] = lowest(keys[..., members], count[..., number])
    return drawn


@dataclass(frozen=True)
class Rules:
    """What a site may do from one day to the next.

    `run` is the most days running (None: no limit), `rest` the least days between two runs; `weekday` gives each day's
    block (None: days are not blocked).
    """

    run: int | None
    rest: int
    weekday: Whole | None = None

    @property
    def bind(self) -> bool:
        """Tell whether one day limits the next."""
        return self.run is not None or self.rest > 1


def in_turn(keys: Real, count: Whole, areas: Sequence[Whole], rules: Rules) -> tuple[Flags, Flags]:
    """Draw one day after the other among the sites that the rules leave.

    Takes what `day_by_day` takes. Gives the schedules and, by draw, whether it came to its end: False where a day was
    left with too few sites.
    """
    return _walk(keys, rules, lambda day, free: _choices(free, count[:, day], areas))


def by_coin(coins: Real, chance: float, rules: Rules) -> Flags:
    """Draw each place-day by a coin of its own, tossed only where the rules leave a choice."""
    drawn, _ = _walk(coins, rules, lambda _day, free: (free < chance, np.ones(len(free), dtype=bool)))
    return drawn


def _walk(keys: Real, rules: Rules, choose: Any) -> tuple[Flags, Flags]:
    draws, days, sites = keys.shape
    drawn = np.zeros(keys.shape, dtype=bool)
    ended = np.ones(draws, dtype=bool)
    running = np.zeros((draws, sites), dtype=np.int64)
    since = np.full((draws, sites), _LONG_AGO, dtype=np.int64)
    seen = np.zeros((7, draws, sites))
    longest = days if rules.run is None else rules.run
    for day in range(days):
        allowed = np.where(running > 0, running < longest, since >= rules.rest)
        free = np.where(allowed, keys[:, day], np.inf)
        block = None if rules.weekday is None else int(rules.weekday[day])
        today, enough = choose(day, free if block is None else free + seen[block])
        drawn[:, day] = today
        ended &= enough
        running = np.where(today, running + 1, 0)
        since = np.where(today, 0, since + 1)
        if block is not None:
            seen[block] += today
    return drawn, ended


def _choices(free: Real, count: Whole, areas: Sequence[Whole]) -> tuple[Flags, Flags]:
    today = day_by_day(free, count, areas)
    return today, today.sum(axis=1) == count.sum(axis=1)


@dataclass(frozen=True)
class Ways:
    """For sites that are alike: the states they can be in together, and how many schedules go on from each.

    `members` (states x classes) counts the sites of each class; class 0 is free to start, then come those patrolled
    for 1, 2, ... days running, then those resting. For each number of patrols a day `steps` holds the steps between
    states: from, to, how many sites of each class are patrolled, in how many ways. `worth` (days + 1 x states) is
    the number of ways to go on, on a scale of its own each day.
    """

    members: Whole
    running: int
    limited: bool
    steps: dict[int, tuple[Whole, Whole, Whole, Real]]
    worth: Real
    count: Whole

    @property
    def possible(self) -> bool:
        """Tell whether any schedule keeps the rules."""
        return bool(self.worth[0, 0] > 0)


def table(sites: int, count: Whole, rules: Rules, *, most: int = MOST_WAYS) -> Ways | None:
    """Count, from the last day back, how many schedules keep the rules; None where that is too much.

    Too much is more than `most` steps, or `MOST_COUNTED` sites, whose numbers no float holds. `count` is the number
    of patrols on each day. All counts are of equally likely schedules, so that drawing in proportion to them makes
    each schedule as likely as any other.
    """
    running = rules.run or 1
    resting = max(rules.rest - 1, 0)
    if sites > MOST_COUNTED:
        return None
    start = (sites, *([0] * (running + resting)))
    found, steps = _explored(start, sorted({int(k) for k in count}), running, limited=rules.run is not None, most=most)
    if steps is None:
        return None
    worth = np.zeros((len(count) + 1, len(found)))
    worth[-1] = 1.0
    for day in range(len(count) - 1, -1, -1):
        source, target, _, ways = steps[int(count[day])]
        ahead = np.bincount(source, ways * worth[day + 1][target], minlength=len(found))
        top = ahead.max(initial=0.0)
        worth[day] = ahead / top if top > 0 else ahead
    members = np.array(list(found), dtype=np.int64)
    return Ways(members, running, rules.run is not None, steps, worth, count.astype(np.int64))


def _explored(
    start: tuple[int, ...], counts: list[int], running: int, *, limited: bool, most: int
) -> tuple[dict[tuple[int, ...], int], dict[int, tuple[Whole, Whole, Whole, Real]] | None]:
    """Find every state that can be reached, and the steps from each."""
    found = {start: 0}
    raw: dict[int, list[tuple[int, int, tuple[int, ...], float]]] = {count: [] for count in counts}
    waiting = [start]
    made = 0
    while waiting:
        state = waiting.pop()
        for count in counts:
            for taken, ways in _takings(state, count, running, limited=limited):
                after = _moved(state, taken, running, limited=limited)
                if after not in found:
                    found[after] = len(found)
                    waiting.append(after)
                raw[count].append((found[state], found[after], taken, ways))
                made += 1
            if made > most:
                return found, None
    return found, {count: _packed(rows, len(start)) for count, rows in raw.items()}


def _packed(rows: list[tuple[int, int, tuple[int, ...], float]], classes: int) -> tuple[Whole, Whole, Whole, Real]:
    rows = sorted(rows)
    return (
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.int64).reshape(len(rows), classes),
        np.array([row[3] for row in rows], dtype=np.float64),
    )


def _takings(state: tuple[int, ...], count: int, running: int, *, limited: bool) -> list[tuple[tuple[int, ...], float]]:
    """List how many sites of each class can be patrolled today, and in how many ways."""
    going_on = state[1 : running + 1]
    ranges = [range(min(held, count) + 1) for held in (going_on[:-1] if limited else going_on)]
    listed = []
    for some in product(*ranges):
        fresh = count - sum(some)
        if 0 <= fresh <= state[0]:
            taken = (fresh, *some, *([0] * (len(state) - 1 - len(some))))
            listed.append((taken, float(math.prod(math.comb(h, t) for h, t in zip(state, taken, strict=True)))))
    return listed


def _moved(state: tuple[int, ...], taken: tuple[int, ...], running: int, *, limited: bool) -> tuple[int, ...]:
    """Give the state of the next morning."""
    after = [0] * len(state)
    for place, (held, on) in enumerate(zip(state, taken, strict=True)):
        after[_next(place, running, len(state), limited=limited)[0]] += on
        after[_next(place, running, len(state), limited=limited)[1]] += held - on
    return tuple(after)


def _next(place: int, running: int, classes: int, *, limited: bool) -> tuple[int, int]:
    """Give the class of a site after a day with and without patrol."""
    first_rest = running + 1
    if place == 0:
        return 1, 0
    if place <= running:
        on = place + 1 if limited and place < running else place
        return on, first_rest if first_rest < classes else 0
    return 0, place + 1 if place + 1 < classes else 0


def counted(ways: Ways, keys: Real, turns: Real) -> Flags:
    """Draw schedules of one area so that each that keeps the rules is as likely as any other.

    `keys` (draws x days x sites) and `turns` (draws x days) are uniform numbers.
    """
    draws, days, sites = keys.shape
    classes = ways.members.shape[1]
    moves = np.array([_next(place, ways.running, classes, limited=ways.limited) for place in range(classes)])
    before = np.cumsum(ways.members, axis=1) - ways.members
    drawn = np.zeros(keys.shape, dtype=bool)
    state, kind = np.zeros(draws, dtype=np.int64), np.zeros((draws, sites), dtype=np.int64)
    for day in range(days):
        source, target, taken, number = ways.steps[int(ways.count[day])]
        step = _picked(source, number * ways.worth[day + 1][target], state, turns[:, day], len(ways.members))
        order = np.argsort(kind + keys[:, day], axis=1)
        place = np.empty_like(order)
        np.put_along_axis(place, order, np.broadcast_to(np.arange(sites), order.shape), axis=1)
        rank = place - np.take_along_axis(before[state], kind, axis=1)
        today = rank < np.take_along_axis(taken[step], kind, axis=1)
        drawn[:, day] = today
        kind = np.where(today, moves[kind, 0], moves[kind, 1])
        state = target[step]
    return drawn


def _picked(source: Whole, weight: Real, state: Whole, turn: Real, states: int) -> Whole:
    """Pick a step from each draw's state with a chance in proportion to its weight."""
    kept = np.flatnonzero(weight > 0)
    source, weight = source[kept], weight[kept]
    total = np.bincount(source, weight, minlength=states)
    along = np.cumsum(weight / total[source])
    first = np.searchsorted(source, np.arange(states), side="left")
    last = np.searchsorted(source, np.arange(states), side="right") - 1
    base = np.where(first > 0, along[np.maximum(first - 1, 0)], 0.0)
    top = along[np.maximum(last, 0)]
    found = np.searchsorted(along, base[state] + turn * (top - base)[state], side="right")
    picked: Whole = kept[np.clip(found, first[state], last[state])]
    return picked
