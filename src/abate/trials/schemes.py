"""How places are drawn for patrol: a scheme that is written down, and the one function that draws from it.

The job that makes a schedule and the analysis that asks what chance would have done call the same `draw`. A scheme
together with the list of sites and a seed is the whole of a schedule. Designs: Southend's 8 of 20 a day (Bland and
others 2021, doi 10.1007/s41887-021-00066-3), Bedfordshire's 7 of 21 (Basford and others 2021, doi
10.1007/s41887-021-00067-2), parallel arms, matched pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError, nearest
from abate.trials import conflicts, grounds, rotations, waves

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from abate.trials.grounds import Ground
    from abate.trials.rotations import Ways

    Flags = NDArray[np.bool_]
    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Kind = Literal["daily", "parallel", "pairs", "stepped"]
Block = Literal["weekday", "area"]
Way = Literal["each day by itself", "by coin", "counted", "in turn", "in waves"]

MOST_DAYS = 3_660
MOST_SITES = 5_000
MOST_TRIES = 400
_TOGETHER = 500_000
_BLOCKS = {"weekday": "the days of the week", "area": "areas"}
WAYS: dict[Way, str] = {
    "each day by itself": "each draw knows nothing of any other, and any choice of the right number is equally likely",
    "by coin": "each place-day has a coin of its own, tossed where the rules leave a choice",
    "counted": "every schedule that keeps the rules is as likely as any other",
    "in turn": "day after day, any choice among the sites that the rules and blocks leave is equally likely",
    "in waves": "any order in which the sites begin is as likely as any other",
}


@dataclass(frozen=True)
class Exclusion:
    """A day that is left out of the draw: for one site, or for all of them where `site_id` is None."""

    day: date
    site_id: str | None = None


@dataclass(frozen=True)
class Scheme:
    """How sites are drawn: written down before anything is drawn, and enough to draw the same again.

    `kind` is `daily` (each day anew), `parallel` (some sites throughout), `pairs` (one of each pair throughout) or
    `stepped` (sites begin in `waves` as even as can be and then stay, or on the days `begins`, 0 the first, one a
    site). `treat` is how many sites are patrolled; `chance`, in its place, gives each place-day a coin of its own.
    `block` spreads the draw evenly over the days of the week, over areas, or over both. `longest_run` is the most
    patrol days running at a site, `rest` the least usual days between two runs; the `washout` days after a run are
    usual too and are set aside in the analysis. `excluded` days are not drawn at all.

    Raises `OptionError` with everything that does not go together.
    """

    starts: date
    days: int
    kind: Kind = "daily"
    treat: int | None = None
    chance: float | None = None
    block: tuple[Block, ...] = ()
    longest_run: int | None = None
    rest: int = 0
    washout: int = 0
    excluded: tuple[Exclusion, ...] = ()
    waves: int | None = None
    begins: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if faults := [*conflicts.faults(self, most_days=MOST_DAYS)]:
            raise OptionError(*faults)

    @property
    def dates(self) -> tuple[date, ...]:
        """The days of the schedule, in order."""
        return tuple(self.starts + timedelta(days=day) for day in range(self.days))

    @property
    def gap(self) -> int:
        """The least usual days between two runs at a site, washout included."""
        return max(self.rest, self.washout)

    def plain(self) -> dict[str, Any]:
        """Give the scheme as plain values, fit for JSON; `parse` reads them back."""
        stepped = {"waves": self.waves, "begins": list(self.begins)} if self.kind == "stepped" else {}
        return {
            "kind": self.kind,
            "starts": self.starts.isoformat(),
            "days": self.days,
            "treat": self.treat,
            "chance": self.chance,
            "block": list(self.block),
            "longest_run": self.longest_run,
            "rest": self.rest,
            "washout": self.washout,
            "excluded": [{"date": each.day.isoformat(), "site_id": each.site_id} for each in self.excluded],
            **stepped,
        }


def parse(told: Mapping[str, Any]) -> Scheme:
    """Read a scheme back from plain values.

    Raises `OptionError` when they are not those of a scheme.

    >>> scheme = Scheme(date(2020, 11, 9), 90, treat=7)
    >>> parse(scheme.plain()) == scheme
    True
    """
    model = Scheme(date(2020, 1, 1), 1, kind="stepped", waves=2) if told.get("kind") == "stepped" else None
    known = tuple((model or Scheme(date(2020, 1, 1), 1, treat=1)).plain())
    if strange := [key for key in told if key not in known]:
        raise OptionError(*(f"a scheme has no '{key}'. {nearest(key, known)}" for key in strange))
    if lacking := [key for key in known if key not in told]:
        raise OptionError(f"a scheme says its {', '.join(lacking)} too")
    try:
        left_out = tuple(Exclusion(date.fromisoformat(each["date"]), each["site_id"]) for each in told["excluded"])
        plain = {**told, "starts": date.fromisoformat(told["starts"]), "block": tuple(told["block"])}
        return Scheme(**{**plain, "excluded": left_out, "begins": tuple(told.get("begins", ()))})
    except (KeyError, TypeError, ValueError) as fault:
        raise OptionError(f"the scheme cannot be read: {fault}") from None


def draw(scheme: Scheme, sites: pd.DataFrame, *, seed: int, draws: int = 1) -> Flags:
    """Draw schedules: draws x days x sites, True where a site is patrolled on a day.

    Sites stand in the order of `sites` (`site_id`; also `area` or `pair` where the scheme asks for them); which order
    that is makes no difference to what each is drawn for. Draw number i of a seed is the same however many are asked
    for, so that the first is the schedule itself. Place-days that are excluded are False, and `drawable` tells them
    from those drawn for usual policing.

    Without a longest run, rest or block by weekday, days know nothing of one another, and any choice of the right
    number of sites is as likely as any other. With a run or rest, every schedule that keeps the rules is as likely as
    any other wherever those can be counted (`way` gives "counted"); where they cannot, days are drawn in turn among
    the sites that the rules leave.

    Raises `OptionError` when no schedule keeps the rules, naming the fewest of them that are in conflict.

    >>> import pandas as pd
    >>> bedfordshire = Scheme(date(2020, 11, 9), 90, treat=7)
    >>> sites = pd.DataFrame({"site_id": [f"H{number:02d}" for number in range(21)]})
    >>> drawn = draw(bedfordshire, sites, seed=7)
    >>> int(drawn.sum()), int((~drawn).sum())
    (630, 1260)
    """
    ground = lay(scheme, sites)
    if draws < 1 or seed < 0:
        raise OptionError(f"draws are at least 1 and a seed at least 0, not {draws} and {seed}")
    if scheme.kind == "stepped":
        return _stepped(scheme, ground, seed=seed, draws=draws)
    tables = None if scheme.chance is not None else _tables(ground, _rules(scheme, ground))
    stream = np.random.default_rng(seed)
    together = max(1, _TOGETHER // (ground.days * ground.width))
    drawn = np.empty((draws, scheme.days, len(sites)), dtype=bool)
    for first in range(0, draws, together):
        numbers = range(first, min(first + together, draws))
        keys = stream.random((len(numbers), ground.days, ground.width))
        patrol = _drawn(scheme, ground, tables, keys, seed=seed, numbers=numbers)
        drawn[first : numbers.stop, :, ground.order] = patrol & ground.open
    return drawn


def drawable(scheme: Scheme, sites: pd.DataFrame) -> Flags:
    """Tell which place-days are in the draw: days x sites, False where one is excluded."""
    ground = lay(scheme, sites)
    told = np.empty((scheme.days, len(sites)), dtype=bool)
    told[:, ground.order] = ground.open
    return told


def washed(scheme: Scheme, drawn: Flags) -> Flags:
    """Mark the place-days of washout, which the analysis sets aside: usual days soon after a run of patrols.

    Takes schedules as `draw` gives them (draws x days x sites, or one of them), gives the same shape.
    """
    soon = np.zeros(drawn.shape, dtype=bool)
    for later in range(1, min(scheme.washout, scheme.days - 1) + 1):
        soon[..., later:, :] |= drawn[..., :-later, :]
    return soon & ~drawn


def chances(scheme: Scheme, sites: pd.DataFrame, *, seed: int = 1, draws: int = 10_000) -> Real:
    """Give each place-day's chance of a patrol: days x sites; 0 where it is excluded.

    Exact where days know nothing of one another; else the share of `draws` draws, whose standard error is at most
    half of one over the root of `draws`.
    """
    ground = lay(scheme, sites)
    if way(scheme, sites) in {"counted", "in turn"} or (scheme.chance is not None and _rules(scheme, ground).bind):
        found: Real = draw(scheme, sites, seed=seed, draws=draws).mean(axis=0)
        return found
    if scheme.kind == "stepped":
        begun = np.arange(scheme.days)[:, None] >= _begins(scheme, ground)
        return np.asarray(drawable(scheme, sites) * begun.mean(axis=1, keepdims=True), dtype=np.float64)
    told = np.empty((scheme.days, len(sites)))
    told[:, ground.order] = ground.chances() if scheme.chance is None else ground.open * scheme.chance
    return told


def way(scheme: Scheme, sites: pd.DataFrame) -> Way:
    """Say how the scheme is drawn, which decides what is equally likely; see `draw`."""
    ground = lay(scheme, sites)
    if scheme.kind == "stepped":
        return "in waves"
    rules = _rules(scheme, ground)
    if scheme.chance is not None:
        return "by coin"
    if not rules.bind and rules.weekday is None:
        return "each day by itself"
    return "in turn" if _tables(ground, rules) is None else "counted"


def lay(scheme: Scheme, sites: pd.DataFrame) -> Ground:
    """Lay the scheme out over its sites as arrays.

    Raises `OptionError` with everything about the sites that the scheme cannot work with.
    """
    if not 2 <= len(sites) <= MOST_SITES:
        raise OptionError(f"a draw needs 2 to {MOST_SITES:,} sites, not {len(sites):,}")
    return grounds.lay(scheme, sites)


def describe(scheme: Scheme, *, sites: int | None = None) -> str:
    """Say in words how sites are drawn; `sites` is how many there are, where that is known.

    >>> describe(Scheme(date(2020, 11, 9), 90, treat=7, longest_run=3), sites=21)
    '7 of 21 sites a day, drawn anew each day, on 90 days from 2020-11-09 to 2021-02-06; at most 3 patrol days running'
    """
    of = f" of {sites}" if sites is not None else ""
    pairs = f" ({sites // 2} pairs)" if sites is not None else ""
    what = {
        "daily": f"{scheme.treat}{of} sites a day, drawn anew each day",
        "parallel": f"{scheme.treat}{of} sites, drawn once and patrolled on every day",
        "pairs": f"one site of each pair{pairs}, drawn once and patrolled on every day",
        "stepped": f"{sites} sites, each" if sites is not None else "each site",
    }[scheme.kind]
    if scheme.kind == "stepped":
        many = scheme.waves or len({day for day in scheme.begins if day < scheme.days})
        what = f"{what} patrolled from its turn on, in {many} waves, the order of sites drawn once"
    if scheme.chance is not None:
        each = "each site" if sites is None else f"each of the {sites} sites"
        what = f"{each} each day by a coin of its own, with a chance of {scheme.chance:g}"
    said = [f"{what}, on {scheme.days:,} days from {scheme.dates[0].isoformat()} to {scheme.dates[-1].isoformat()}"]
    if scheme.block:
        said.append(f"spread as evenly as can be over {' and '.join(_BLOCKS[block] for block in scheme.block)}")
    if scheme.longest_run is not None:
        said.append(f"at most {_days(scheme.longest_run, 'patrol day')} running")
    if scheme.rest:
        said.append(f"at least {_days(scheme.rest, 'usual day')} between two runs")
    if scheme.washout:
        said.append(f"the {_days(scheme.washout, 'day')} after a run set aside as washout")
    if scheme.excluded:
        said.append(f"{_days(len(scheme.excluded), 'day or site-day', 'days or site-days')} left out")
    return "; ".join(said)


def _begins(scheme: Scheme, ground: Ground) -> Whole:
    """Give the days on which sites begin, one a site."""
    if scheme.waves is not None:
        return waves.stages(scheme.days, ground.sites, waves=scheme.waves)
    if len(scheme.begins) != ground.sites:
        raise OptionError(f"begins: there are {len(scheme.begins)} days on which sites begin, for {ground.sites} sites")
    return np.array(scheme.begins, dtype=np.int64)


def _stepped(scheme: Scheme, ground: Ground, *, seed: int, draws: int) -> Flags:
    drawn = np.empty((draws, scheme.days, ground.sites), dtype=bool)
    drawn[:, :, ground.order] = waves.deal(_begins(scheme, ground), scheme.days, seed=seed, draws=draws) & ground.open
    return drawn


def _days(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _rules(scheme: Scheme, ground: Ground) -> rotations.Rules:
    weekdays = np.array([day.weekday() for day in scheme.dates]) if "weekday" in scheme.block else None
    return rotations.Rules(scheme.longest_run, scheme.gap, weekdays if ground.days > 1 else None)


def _drawn(
    scheme: Scheme, ground: Ground, tables: tuple[Ways, ...] | None, keys: Real, *, seed: int, numbers: range
) -> Flags:
    rules = _rules(scheme, ground)
    free = keys[..., : ground.sites]
    if not ground.open.all():
        free = np.where(ground.open[: ground.days], free, np.inf)
    if scheme.chance is not None:
        return rotations.by_coin(free, scheme.chance, rules)
    count = ground.quotas(keys)
    if not rules.bind and rules.weekday is None:
        return rotations.day_by_day(free, count, ground.areas)
    if tables is None:
        return _in_turn(scheme, ground, rules, free, count, seed=seed, numbers=numbers)
    if not all(table.possible for table in tables):
        raise _conflict(scheme, ground, "no schedule keeps these rules together")
    drawn = np.zeros(free.shape, dtype=bool)
    for place, (members, table) in enumerate(zip(ground.areas, tables, strict=True)):
        drawn[..., members] = rotations.counted(table, keys[..., members], keys[..., ground.sites + place])
    return drawn


def _tables(ground: Ground, rules: rotations.Rules) -> tuple[Ways, ...] | None:
    """Count the schedules that keep the rules, area by area; None where they cannot be counted."""
    if rules.weekday is not None or not ground.alike or not rules.bind:
        return None
    found = tuple(
        rotations.table(len(members), np.rint(ground.share[:, area]).astype(np.int64), rules)
        for area, members in enumerate(ground.areas)
    )
    known = tuple(each for each in found if each is not None)
    return known if len(known) == len(found) else None


def _in_turn(
    scheme: Scheme, ground: Ground, rules: rotations.Rules, free: Real, count: Any, *, seed: int, numbers: range
) -> Flags:
    """Draw day after day; what came to a dead end is drawn anew from numbers of its own."""
    drawn, ended = rotations.in_turn(free, count, ground.areas, rules)
    for attempt in range(1, MOST_TRIES):
        again = np.flatnonzero(~ended)
        if not len(again):
            return drawn
        fresh = np.stack(
            [
                np.random.default_rng([seed, numbers[place], attempt]).random((ground.days, ground.width))
                for place in again
            ]
        )
        open_ = np.where(ground.open, fresh[..., : ground.sites], np.inf)
        drawn[again], ended[again] = rotations.in_turn(open_, ground.quotas(fresh), ground.areas, rules)
    raise _conflict(scheme, ground, f"no schedule that keeps these rules together was found in {MOST_TRIES} tries")


def possible(scheme: Scheme, ground: Ground, *, tries: int = 60) -> bool:
    """Tell whether some schedule keeps the rules: by counting them, or by trying where they cannot be counted."""
    rules = _rules(scheme, ground)
    tables = _tables(ground, rules)
    if tables is not None:
        return all(table.possible for table in tables)
    keys = np.random.default_rng(1).random((tries, ground.days, ground.width))
    free = np.where(ground.open[: ground.days], keys[..., : ground.sites], np.inf)
    _, ended = rotations.in_turn(free, ground.quotas(keys), ground.areas, rules)
    return bool(ended.any())


def _conflict(scheme: Scheme, ground: Ground, what: str) -> OptionError:
    """Name the fewest rules that stand in each other's way, and how many sites a day would do."""

    def works(wanted: Scheme) -> bool:
        try:
            return possible(wanted, grounds.lay(wanted, ground.listed))
        except OptionError:
            return False

    said = "; ".join(conflicts.smallest(scheme, sites=ground.sites, works=works))
    fewer = [k for k in range((scheme.treat or 1) - 1, 0, -1) if works(replace(scheme, treat=k))][:1]
    cure = f", or patrol at most {fewer[0]} a day" if fewer else ""
    return OptionError(f"{what}: {said}. Leave one of them out{cure}")
