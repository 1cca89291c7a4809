"""Do patrols feed the record that sends them? A made-up world in which every place is alike gives the answer.

Patrols go to the places at the top of a list, what they find there goes into the record, and the next list is made
from the record. Where a list counts what patrols find, chance alone picks a place, and from then on its own record
keeps it there: the loop runs away, though every place is the same. Sources: Lum and Isaac 2016, Significance 13(5),
14-19; Ensign, Friedler, Neville, Scheidegger and Venkatasubramanian 2018, Proceedings of Machine Learning Research 81,
160-171, whose remedies (count what victims report; weigh a find by how likely a patrol was) are run beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from abate import periods
from abate.errors import OptionError
from abate.hotspots.histories import History, Window
from abate.stats import quantiles, ranks
from abate.tables import FEEDBACK, PLACES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Forecast = Callable[[History, Window], pd.DataFrame]
Uses = Literal["found", "reported", "both"]

FIRST = "2001-01"
TOO_MUCH = 0.05


@dataclass(frozen=True)
class World:
    """Places with their true rates: what victims report in a month, and what one month's patrol finds.

    `lift` is the share by which more is reported where a patrol was that month, since people speak to officers whom
    they see; 0 leaves reports as they are. Crime itself is not changed by patrols here: only the record is.
    """

    places: pd.DataFrame
    reported: Real
    found: Real
    lift: float = 0.0


@dataclass(frozen=True)
class Scheme:
    """A way of choosing where to patrol.

    It ranks places by what it `uses` of the record: by its sum, or by `forecast` where there is one. The share
    `explore` of patrols is sent to places drawn by lot. `weighed` divides each find by how many patrols the place
    could expect that month, which needs patrols by lot.
    """

    name: str
    sentence: str
    uses: Uses
    explore: float = 0.0
    weighed: bool = False
    forecast: Forecast | None = None

    def blind(self, world: World) -> bool:
        """Whether nothing that patrols do can enter the record that it uses."""
        return self.uses == "reported" and world.lift == 0

    def __post_init__(self) -> None:
        faults = []
        if not 0 <= self.explore < 1:
            faults.append(f"the share of patrols drawn by lot lies between 0 and 1, not at {self.explore:g}")
        if self.weighed and (self.explore == 0 or self.forecast is not None):
            faults.append("finds can be weighed only in sums, and only where some patrols are drawn by lot")
        if faults:
            raise OptionError(*faults)


@dataclass(frozen=True)
class Course:
    """How long the world runs: `warm` months of patrols drawn by lot, then `months` by the list, remade each `every`.

    `sites` places are patrolled a month; `worlds` worlds are run, each from its own seed.
    """

    sites: int = 5
    months: int = 60
    warm: int = 12
    every: int = 3
    worlds: int = 20

    def __post_init__(self) -> None:
        least = {"sites": 1, "months": 12, "warm": 1, "every": 1, "worlds": 3}
        faults = [
            f"a feedback check needs {name} of at least {low}, not {getattr(self, name)}"
            for name, low in least.items()
            if getattr(self, name) < low
        ]
        if faults:
            raise OptionError(*faults)


def flat(places: pd.DataFrame, *, reported: float, found: float = 1.0, lift: float = 0.0) -> World:
    """Make a world on the given places in which all are alike: the truth is flat, whatever the map looked like.

    `places` is `tables.PLACES`; `reported` is how many incidents victims report at an average place in a month,
    shared out by area where places have one, and `found` what a month's patrol finds at one.
    """
    PLACES.check(places)
    area = places["area_km2"].to_numpy(float)
    relative = area / area.mean() if (area > 0).all() else np.ones(len(area))
    return World(places.sort_values("place_id", ignore_index=True), reported * relative, found * relative, lift)


def recorded(places: pd.DataFrame, incidents: Whole, *, months: float, found: float = 1.0, lift: float = 0.0) -> World:
    """Make a world whose places differ as their records do, but where patrols find the same everywhere.

    `incidents` is what each of the places saw, in the order of `places`, over `months` months. It shows whether a way
    of choosing finds the places where victims report most; half an incident is added to each, so that none is at 0.
    """
    PLACES.check(places)
    order = np.argsort(places["place_id"].to_numpy(str), kind="stable")
    rates: Real = np.asarray((incidents[order] + 0.5) / months, dtype=np.float64)
    alike = np.full(len(places), found)
    return World(places.iloc[order].reset_index(drop=True), rates, alike, lift)


def schemes(method: str, forecast: Forecast, *, uses: Uses = "reported", explore: float = 0.1) -> tuple[Scheme, ...]:
    """List the ways that are compared: plain counts, the remedies, and last the method asked about, patrols by lot.

    `uses` is what the method's record holds: `reported` where offences that patrols find are left out, else `both`.
    """
    lot = f"{explore:.0%} of patrols drawn by lot"
    what = "what victims report" if uses == "reported" else "what victims report and what patrols find"
    plain = (
        Scheme("counts of finds", "past counts of what patrols find", "found"),
        Scheme("counts of reports", "past counts of what victims report", "reported"),
        Scheme("counts of both", "past counts of what victims report and what patrols find", "both"),
    )
    asked = Scheme(
        f"{method}, some by lot", f"the method '{method}' on {what}; {lot}", uses, explore, forecast=forecast
    )
    if explore == 0:
        return (*plain, asked)
    weighed = f"what patrols find, each find weighed by how likely a patrol was; {lot}"
    cured = (
        Scheme("counts of finds, some by lot", f"past counts of what patrols find; {lot}", "found", explore),
        Scheme("weighed finds, some by lot", weighed, "found", explore, weighed=True),
    )
    return (*plain, *cured, asked)


def compare(world: World, ways: tuple[Scheme, ...], course: Course, *, seed: int, level: float = 0.95) -> pd.DataFrame:
    """Run every way of choosing in `course.worlds` worlds, with and without feedback: `tables.FEEDBACK`.

    Without feedback what is found does not depend on where patrols were, so that the excess is feedback alone: any
    list keeps some places for a while by chance. A way runs away when the interval of its excess lies above 0.05. A
    way that uses only reports which patrols do not change is the same with and without, draw for draw, and runs once.

    >>> import shapely
    >>> middle = {"area_km2": 0.02, "northing": 0.0, "shape": shapely.Point(0, 0)}
    >>> places = pd.DataFrame({"place_id": list("abcdefghij"), "easting": np.arange(10.0), **middle})
    >>> ways = (Scheme("finds", "finds", "found"), Scheme("reports", "reports", "reported"))
    >>> told = compare(flat(places, reported=2.0), ways, Course(sites=1), seed=1)
    >>> told[["scheme", "runs_away"]].to_numpy().tolist()
    [['finds', True], ['reports', False]]
    """
    if course.sites >= len(world.places):
        raise OptionError(
            f"a feedback check needs more places ({len(world.places):,}) than are patrolled at a time ({course.sites})"
        )
    rows = [_row(world, way, course, seed=seed, level=level) for way in ways]
    return FEEDBACK.check(pd.DataFrame(rows)[list(FEEDBACK.columns)])


def patrols(world: World, way: Scheme, course: Course, *, seed: int, feeds: bool = True) -> Whole:
    """Run one world and give the patrols of each month and place, in the shape (months, places), after the warm-up.

    `feeds` says whether finds and reports depend on where patrols were; without, every place is watched alike.
    """
    places = len(world.places)
    reports, finds, lots = (np.random.default_rng([seed, stream]) for stream in range(3))
    even = np.full(places, course.sites / places)
    record, weighed = _Record(world.places), np.zeros(places)
    visits = np.zeros((course.warm + course.months, places), dtype=np.int64)
    listed = np.zeros(places)
    for month in range(course.warm + course.months):
        if month >= course.warm and (month - course.warm) % course.every == 0:
            listed = _list(record, weighed, way, course, lots)
        chance = even if month < course.warm else (1 - way.explore) * listed + way.explore * even
        visits[month] = _sent(listed, way.explore if month >= course.warm else 1.0, course.sites, lots)
        watched = visits[month] if feeds else even
        reported = reports.poisson(world.reported * (1 + world.lift * np.minimum(watched, 1)))
        found = finds.poisson(world.found * watched)
        record.add(month, {"found": found, "reported": reported, "both": found + reported}[way.uses])
        weighed += found / np.where(chance > 0, chance, 1.0) if feeds else found
    return visits[course.warm :]


class _Record:
    """What the police know of the world so far, in the form that methods of forecasting take."""

    def __init__(self, places: pd.DataFrame) -> None:
        self._places = places
        self._kept: list[tuple[Whole, Whole, Whole]] = []
        self.totals = np.zeros(len(places), dtype=np.int64)
        self.months = 0

    def add(self, month: int, counts: Whole) -> None:
        """Write down one more month."""
        some = np.flatnonzero(counts)
        began = (periods.first_day(periods.following(FIRST, month)) - periods.first_day(FIRST)).days
        self._kept.append((some.astype(np.int64), np.full(len(some), began, dtype=np.int64), counts[some]))
        self.totals += counts
        self.months = month + 1

    def history(self) -> History:
        """Give the past up to the end of the last month."""
        place, day, incidents = (np.concatenate(parts) for parts in zip(*self._kept, strict=True))
        middles = self._places[["easting", "northing"]].to_numpy(float)[place]
        span = Window(periods.first_day(FIRST), _last_day(self.months - 1))
        return History(self._places, span, "month", place, day, incidents, middles[:, 0].copy(), middles[:, 1].copy())

    def ahead(self, months: int) -> Window:
        """Give the window of the months that follow."""
        return Window(periods.first_day(periods.following(FIRST, self.months)), _last_day(self.months + months - 1))


def _last_day(month: int) -> date:
    return date.fromordinal(periods.first_day(periods.following(FIRST, month + 1)).toordinal() - 1)


def _list(record: _Record, weighed: Real, way: Scheme, course: Course, lots: np.random.Generator) -> Real:
    """Mark the places at the top; those that are equal come in an order drawn by lot."""
    if way.forecast is not None:
        values = way.forecast(record.history(), record.ahead(course.every))["expected"].to_numpy(float)
    else:
        values = weighed if way.weighed else record.totals.astype(np.float64)
    top = np.lexsort((lots.random(len(values)), -values))[: course.sites]
    listed = np.zeros(len(values))
    listed[top] = 1.0
    return listed


def _sent(listed: Real, explore: float, sites: int, lots: np.random.Generator) -> Whole:
    """Send each patrol to its place on the list or, in the share `explore`, to a place drawn by lot."""
    stray, anywhere = lots.random(sites) < explore, lots.integers(0, len(listed), sites)
    own = np.flatnonzero(listed)
    going = np.where(stray, anywhere, own if len(own) else anywhere)
    return np.bincount(going, minlength=len(listed)).astype(np.int64)


def _row(world: World, way: Scheme, course: Course, *, seed: int, level: float) -> dict[str, object]:
    drawn = [_measured(world, way, course, seed=seed + 1000 * number) for number in range(course.worlds)]
    held, chance, used, like = (np.array(values) for values in zip(*drawn, strict=True))
    wide = quantiles.student(level, course.worlds - 1) / np.sqrt(course.worlds)
    excess, spread = float((held - chance).mean()), wide * float((held - chance).std(ddof=1))
    around = wide * float(held.std(ddof=1))
    return {
        "scheme": way.name,
        "sentence": way.sentence,
        "held": float(held.mean()),
        "held_low": max(0.0, float(held.mean()) - around),
        "held_high": float(held.mean()) + around,
        "held_by_chance": float(chance.mean()),
        "excess": excess,
        "excess_low": excess - spread,
        "excess_high": excess + spread,
        "even_share": course.sites / len(world.places),
        "places_in_use": float(used.mean()),
        "correlation": float(like.mean()),
        "runs_away": excess - spread > TOO_MUCH,
    }


def _measured(world: World, way: Scheme, course: Course, *, seed: int) -> tuple[float, float, float, float]:
    """Give how far patrols gather with feedback and without, how many places share them, and if these are busiest."""
    late = slice(course.months // 2, None)
    visits = patrols(world, way, course, seed=seed)[late].sum(axis=0)
    blind = visits if way.blind(world) else patrols(world, way, course, seed=seed, feeds=False)[late].sum(axis=0)
    shares = visits[visits > 0] / visits.sum()
    truth = world.reported
    like = np.nan if np.ptp(truth) < 1e-9 * truth.max() else _alike(visits, truth)
    return (
        _held(visits, course.sites),
        _held(blind, course.sites),
        float(np.exp(-(shares * np.log(shares)).sum())),
        like,
    )


def _held(visits: Whole, sites: int) -> float:
    return float(np.sort(visits)[::-1][:sites].sum() / visits.sum())


def _alike(visits: Whole, truth: Real) -> float:
    one, other = ranks.midranks(visits), ranks.midranks(truth)
    return float(np.corrcoef(one, other)[0, 1]) if np.ptp(one) > 0 else 0.0
