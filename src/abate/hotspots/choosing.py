"""Sites for patrols: connected ground of a walkable size, apart from one another, in which most is expected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError
from abate.space import regions
from abate.stats import packing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Aim = Literal["incidents", "harm"]

SITES = 20
SITE_KM2 = 0.05
ONE_EVENT = 0.5
_LONG = 2.0
_FIRST = 20
_SKETCH = 200_000
_ROUNDS = 3


@dataclass(frozen=True)
class Rules:
    """What a list of sites must keep to.

    At most `sites` sites of at most `site_km2` square kilometres, each connected and nowhere longer, between the
    middles of its places, than twice the side of a square of that area. `separation_m`: metres of ground between any
    two sites, edge to edge; `buffer_m`: metres around each that are left clear, so that two sites lie at least twice
    that apart. `least_incidents` and `least_months`: a site saw at least so many incidents, in at least so many months.
    `aim`: what is to be as much as can be. `seconds` bounds the search of the integer program.

    Raises `OptionError` with every fault at once.
    """

    sites: int = SITES
    site_km2: float = SITE_KM2
    separation_m: float = 500.0
    buffer_m: float = 100.0
    least_incidents: int = 3
    least_months: int = 2
    aim: Aim = "incidents"
    seconds: float = 60.0

    def __post_init__(self) -> None:
        faults = [
            f"{name}: at least {least}, not {value:g}"
            for name, value, least in (
                ("--sites", self.sites, 1),
                ("--separation-m", self.separation_m, 0),
                ("--buffer-m", self.buffer_m, 0),
                ("--least-incidents", self.least_incidents, 1),
                ("--least-months", self.least_months, 1),
            )
            if not value >= least
        ]
        faults += [
            f"{name}: more than 0, not {value:g}"
            for name, value in (("--site-km2", self.site_km2), ("--time-limit", self.seconds))
            if not 0 < value < float("inf")
        ]
        if self.aim not in ("incidents", "harm"):
            faults.append(f"--maximise: incidents or harm, not '{self.aim}'")
        if faults:
            raise OptionError(*faults)

    @property
    def apart_m(self) -> float:
        """The metres of ground that lie between any two sites: the separation, or two buffers where they are wider."""
        return max(self.separation_m, 2 * self.buffer_m)

    @property
    def reach_m(self) -> float:
        """The greatest distance in metres between the middles of two places of one site."""
        return _LONG * float(np.sqrt(self.site_km2 * 1e6))


@dataclass(frozen=True)
class Board:
    """The places that sites can be made of; places are the rows of `places` (`tables.PLACES`).

    `expected` are the incidents expected of each, `severity` the harm of one of them (1 each where the aim is
    incidents), `seen` its incidents in the shape (places, months). `harm` is the harm of all its events and `largest`
    that of the largest (None where harm is not the aim). `pairs` are the places that can be walked between; `unit_m`
    the metres in a unit of the coordinate system.
    """

    places: pd.DataFrame
    expected: Real
    severity: Real
    seen: Whole
    pairs: Whole
    unit_m: float = 1.0
    harm: Real | None = None
    largest: Real | None = None

    @cached_property
    def values(self) -> Real:
        """What counts of each place: the incidents expected, or their harm."""
        return self.expected * self.severity

    @cached_property
    def area_km2(self) -> Real:
        """Area of each place."""
        return self.places["area_km2"].to_numpy(dtype=np.float64)

    @cached_property
    def middles_m(self) -> Real:
        """Middles of the places in metres, in the shape (places, 2)."""
        return self.places[["easting", "northing"]].to_numpy(dtype=np.float64) * self.unit_m


@dataclass(frozen=True)
class Candidates:
    """The sites that could be, each a set of places, and which of them are too near to one another.

    `holds` is a sparse matrix (candidates, places) with a 1 where a candidate holds a place, `near` one in the shape
    (places, places) with a 1 where two places, or a place and itself, cannot be in two sites. `complete` tells whether
    these are all the sites that the rules allow and that are worth more than `left_out`.
    """

    holds: Any
    near: Any
    complete: bool
    left_out: float


@dataclass(frozen=True)
class Choice:
    """The sites chosen: for each the rows of its places, most expected first, and how good the choice is proven to be.

    `pool` are the candidates that were compared, `wide` some more of lower value, for redraws. `bound` is what no
    choice among all sites that the rules allow can pass where the candidates are complete, else what no choice among
    the candidates can pass.
    """

    rules: Rules
    board: Board
    sites: tuple[tuple[int, ...], ...]
    value: float
    bound: float
    pool: Candidates = field(repr=False)
    wide: Candidates = field(repr=False)

    @cached_property
    def members(self) -> Real:
        """Which place is in which site, as 1 and 0, in the shape (places, sites)."""
        inside = np.zeros((len(self.board.places), len(self.sites)))
        for site, places in enumerate(self.sites):
            inside[list(places), site] = 1.0
        return inside

    @property
    def gap(self) -> float:
        """The share by which another choice could be better at most."""
        return max(0.0, self.bound - self.value) / self.value if self.value else 0.0

    def proof(self) -> str:
        """Say what was proven of the choice."""
        what = "incidents" if self.rules.aim == "incidents" else "harm"
        count = self.pool.holds.shape[0]
        among = (
            f"no list that keeps to the rules can hold more than {self.bound:,.2f} ({count:,} possible sites compared)"
            if self.pool.complete
            else f"no list made of the {count:,} possible sites compared can hold more than {self.bound:,.2f}; "
            "there are more shapes than were compared, and a list with other shapes could be better"
        )
        return f"The {len(self.sites)} sites hold {self.value:,.2f} expected {what}, and {among}: gap {self.gap:.2%}."


def choose(board: Board, rules: Rules) -> Choice:
    """Choose the sites in which most is expected, among all that the rules allow.

    Sites that could be are connected sets of places that saw incidents; an integer program takes those that hold most
    without two that are too near (set packing; HiGHS). The answer carries the bound that no other choice can pass.
    Church and ReVelle 1974 (Papers of the Regional Science Association 32, 101-118) have the idea of covering most
    with few sites. Raises `OptionError` when no site keeps to the rules, and says which rule stands in the way.
    """
    able = np.flatnonzero((board.values > 0) & (board.seen.sum(axis=1) > 0))
    near = _near(board, rules, able)
    first = _candidates(board, rules, able, near, _best(board, able, _FIRST * rules.sites), worth=0.0, budget=_SKETCH)
    sketch = _values(first, board)[packing.greedy(_values(first, board), first.holds, first.near, most=rules.sites)]
    worth = float(sketch.min()) if len(sketch) == rules.sites else 0.0
    promise = _promise(board, rules, able)
    for _ in range(_ROUNDS):
        pool = _candidates(board, rules, able, near, able[promise >= worth], worth=worth, budget=regions.BUDGET)
        pool = replace(pool, left_out=max(pool.left_out, float(promise[promise < worth].max(initial=0.0))))
        found = _packed(pool, board, rules)
        if not pool.complete or pool.left_out <= found.price or worth == 0:
            break
        worth = found.price * (1 - 1e-9)
    if not len(found.chosen):
        raise OptionError(_why_none(board, rules, able))
    spare = max(0.0, pool.left_out - found.price) if pool.complete else 0.0
    chosen = [tuple(sorted(_row(pool.holds, each).tolist())) for each in found.chosen.tolist()]
    return Choice(rules, board, tuple(chosen), found.value, found.bound + rules.sites * spare, pool, first)


def _best(board: Board, able: Whole, count: int) -> Whole:
    return able[np.lexsort((able, -board.values[able]))[:count]]


def _promise(board: Board, rules: Rules, able: Whole) -> Real:
    """Give for each place more than any site can hold of which it is the place with most expected.

    The ground of the site is filled with the densest of the lower places within reach, the last of them in part.
    """
    from scipy.spatial import cKDTree

    values, areas, middles = board.values[able], board.area_km2[able], board.middles_m[able]
    about = cKDTree(middles).query_ball_point(middles, rules.reach_m * (1 + 1e-9))
    density = values / np.maximum(areas, 1e-12)
    promise = np.zeros(len(able))
    for place, others in enumerate(about):
        lower = np.array([each for each in others if values[each] <= values[place]], dtype=np.int64)
        lower = lower[np.argsort(-density[lower], kind="stable")]
        filled = np.cumsum(areas[lower])
        part = np.clip((rules.site_km2 * (1 + 1e-9) - (filled - areas[lower])) / np.maximum(areas[lower], 1e-12), 0, 1)
        promise[place] = float(values[lower] @ part)
    return promise


def _near(board: Board, rules: Rules, able: Whole) -> Any:
    """Find the places between which less ground lies than two sites keep apart."""
    import shapely
    from scipy import sparse

    count = len(board.places)
    shapes = board.places["shape"].to_numpy(dtype=object)[able]
    one, other = np.arange(len(able)), np.arange(len(able))
    if rules.apart_m > 0:
        distance = rules.apart_m / board.unit_m * (1 - 1e-9)
        one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=distance)
    return sparse.csr_array((np.ones(len(one)), (able[one], able[other])), shape=(count, count))


def _candidates(
    board: Board, rules: Rules, able: Whole, near: Any, seeds: Whole, *, worth: float, budget: int
) -> Candidates:
    """List the sites that keep to the rules and hold at least `worth`."""
    from scipy import sparse

    row = np.full(len(board.places), -1, dtype=np.int64)
    row[able] = np.arange(len(able))
    inside = (row[board.pairs] >= 0).all(axis=1) if len(board.pairs) else np.empty(0, dtype=bool)
    grown = regions.grow(
        board.values[able],
        board.area_km2[able],
        board.middles_m[able],
        row[board.pairs[inside]],
        most=rules.site_km2,
        reach=rules.reach_m,
        seeds=np.isin(able, seeds),
        budget=budget,
    )
    there = grown.members >= 0
    candidate = np.nonzero(there)[0]
    holds = sparse.csr_array(
        (np.ones(len(candidate)), (candidate, able[grown.members[there]])),
        shape=(len(grown.members), len(board.places)),
    )
    kept = _allowed(holds, board, rules)
    values = holds @ board.values
    poor = kept & (values < worth)
    holds = sparse.csr_array(holds[np.flatnonzero(kept & ~poor)])
    return Candidates(holds, near, grown.complete, float(values[poor].max(initial=0.0)))


def _allowed(holds: Any, board: Board, rules: Rules) -> NDArray[np.bool_]:
    """Tell which candidates saw enough incidents, in enough months, and do not rest on a single event."""
    seen = holds @ board.seen
    allowed: NDArray[np.bool_] = (seen.sum(axis=1) >= rules.least_incidents) & (
        (seen > 0).sum(axis=1) >= rules.least_months
    )
    if board.harm is not None and board.largest is not None:
        largest = np.maximum.reduceat(np.r_[board.largest[holds.indices], 0.0], holds.indptr[:-1]) if len(seen) else 0.0
        allowed &= largest <= ONE_EVENT * (holds @ board.harm)
    return allowed


def _values(pool: Candidates, board: Board) -> Real:
    values: Real = pool.holds @ board.values
    return values


def _packed(pool: Candidates, board: Board, rules: Rules) -> packing.Packing:
    from scipy import sparse

    values = _values(pool, board)
    if not len(values):
        return packing.Packing(np.empty(0, dtype=np.int64), 0.0, 0.0, 0.0)
    used = np.unique(pool.holds.indices)
    used = used[np.lexsort((used, -board.values[used]))]
    clash = sparse.coo_array(pool.near[used][:, used])
    upper = clash.row < clash.col
    groups = packing.cover(np.column_stack([clash.row[upper], clash.col[upper]]).astype(np.int64), len(used))
    column = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    within = sparse.csr_array(
        (np.ones(len(column)), (used[np.concatenate(groups)], column)), shape=(len(board.places), len(groups))
    )
    touched = sparse.csr_array(pool.holds @ within)
    touched.data = np.ones(len(touched.data))
    start = packing.greedy(values, pool.holds, pool.near, most=rules.sites)
    return packing.pack(values, touched, most=rules.sites, start=start, seconds=rules.seconds)


def _row(holds: Any, row: int) -> Whole:
    places: Whole = holds.indices[holds.indptr[row] : holds.indptr[row + 1]].astype(np.int64)
    return places


def _why_none(board: Board, rules: Rules, able: Whole) -> str:
    """Say which rule stands in the way of any site."""
    if not len(able):
        return "no site can be chosen: no place that saw an incident has anything expected of it"
    smallest = float(board.area_km2[able].min())
    if smallest > rules.site_km2 * (1 + 1e-9):
        return (
            f"--site-km2 {rules.site_km2:g}: the smallest place has {smallest:.3g} km²: allow sites of that area, "
            "or choose smaller places with --place"
        )
    most, months = int(board.seen.sum(axis=1).max()), int((board.seen > 0).sum(axis=1).max())
    single = " and not most of its harm from one event" if rules.aim == "harm" else ""
    return (
        f"no site can be chosen: none of {rules.site_km2:g} km² saw {rules.least_incidents} incidents in "
        f"{rules.least_months} months{single} (the busiest place saw {most}, in {months} months): "
        "lower --least-incidents or --least-months, or take a longer period"
    )
