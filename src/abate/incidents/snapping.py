"""Tell whether points are a fixed list, to which incidents were moved, or the places where things happened.

The answer is found from the coordinates alone. On a list that stands for streets, many incidents share a point, and
hardly two points lie closer than the next house; where coordinates are those of addresses or of satellites, incidents
also happen next door. So, of the small-scale coincidences, the share that is *near but not the same* is close to
nothing on a list and large without one. See `docs/explanation/anonymised-points.md` for the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import MissingPartError, TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Answer = Literal["fixed list", "own coordinates", "cannot tell"]

NEAR_M = 20.0
BORDER = 0.08
DEMONSTRATION = (
    "demonstration: published points are moved to the nearest of a fixed list; places finer than LSOA show that list,"
    " so patrol decisions need the force's own coordinates"
)

_SURE = 0.05
_EDITION_CUT = 2 / 3
_EDITIONS_AT_MOST = 8
_EDITION_PAIRS = 10
_DEGREE_M = 111_320.0
_DEGREES = ("EPSG:4326", "EPSG:4258", "EPSG:4269", "OGC:CRS84")
_METRES = ("EPSG:27700", "EPSG:3857", "EPSG:26971")


@dataclass(frozen=True)
class Snapping:
    """Whether incidents lie on a fixed list of points, and everything that the answer rests on.

    `repeated` points were used in more than one month (in a single month: more than once); `near_pairs` are pairs of
    different points at most 20 m apart, in use in one edition of the list; `near_share` is near_pairs / (near_pairs +
    repeated), and lies between `near_low` and `near_high` (each missed one time in twenty). `editions` are the months
    in which the list was seen to change. `share_heaped` is the share of incidents at points that saw several months
    and several types, `busiest_share` that at the busiest 1% of points. `growth` is between 0 (twice as many
    incidents bring no new point) and 1 (every incident brings one). `spacing_m` is the median distance from a point
    to the next, `decimals` how many decimals the coordinates have.
    """

    answer: Answer
    incidents: int
    points: int
    repeated: int
    near_pairs: int
    near_share: float
    near_low: float
    near_high: float
    editions: tuple[str, ...]
    share_heaped: float
    busiest_share: float
    growth: float
    spacing_m: float
    decimals: int

    @property
    def demonstration(self) -> str | None:
        """Give the sentence that must stand on every map of small places made from a fixed list; else None."""
        return DEMONSTRATION if self.answer == "fixed list" else None

    def __str__(self) -> str:
        seen = f"{self.incidents:,} incidents at {self.points:,} points"
        found = f"{self.repeated:,} points were used again and {self.near_pairs:,} pairs of points lie within 20 m"
        match self.answer:
            case "fixed list":
                changed = f"; the list changed in {', '.join(self.editions)}" if self.editions else ""
                return f"points are a fixed list: {seen}, {found}{changed}"
            case "own coordinates":
                return f"points are not a fixed list: {seen}, {found}"
            case _:
                return f"too few to tell whether points are a fixed list: {seen}, {found}"


def find(tallies: pd.DataFrame) -> Snapping:
    """Tell from coordinates alone whether incidents were moved to a fixed list of points.

    `tallies` has a row a coordinate pair and month (and, where there is one, `crime_type`) with the number of
    `incidents`: columns x, y, crs, month, incidents. Rows without coordinates are passed over. Give it all incidents
    of one force, not one crime: the more there are the surer the answer. A row is an incident, not a victim.

    The answer is "fixed list" when the share of near pairs is below 0.08 and "own coordinates" when it is above, each
    beyond what chance explains one time in twenty (Clopper and Pearson 1934); else "cannot tell". Where near pairs
    come from points of which one fell out of use in the month when the other came in, the list has a new edition,
    and both sides are judged apart.

    Raises `TableError` when a column is missing or a coordinate system is not known.

    >>> import pandas as pd
    >>> street = pd.DataFrame({"x": [0.0, 90.0, 200.0] * 20, "y": 0.0, "crs": "EPSG:27700"})
    >>> two = pd.concat([street.assign(month="2024-01"), street.assign(month="2024-02")])
    >>> find(two.assign(incidents=1)).answer
    'cannot tell'
    """
    located = _located(tallies)
    if not len(located):
        return Snapping("cannot tell", 0, 0, 0, 0, 0.0, 0.0, 1.0, (), 0.0, 0.0, 0.0, math.nan, 0)
    east, north = _metres(located)
    usage = _usage(located, east, north)
    editions = _editions(usage)
    repeated, near = _coincidences(usage, editions)
    low, high = _bounds(near, near + repeated)
    answer: Answer = "fixed list" if high < BORDER else "own coordinates" if low > BORDER else "cannot tell"
    counts = usage.incidents
    total = int(counts.sum())
    return Snapping(
        answer=answer,
        incidents=total,
        points=len(counts),
        repeated=repeated,
        near_pairs=near,
        near_share=near / (near + repeated) if near + repeated else 0.0,
        near_low=low,
        near_high=high,
        editions=tuple(usage.months[cut] for cut in editions),
        share_heaped=float(counts[usage.varied].sum() / total),
        busiest_share=float(np.sort(counts)[::-1][: math.ceil(len(counts) / 100)].sum() / total),
        growth=_growth(counts),
        spacing_m=usage.spacing_m,
        decimals=_decimals(located),
    )


@dataclass(frozen=True)
class _Usage:
    """Points as arrays: what each saw and when, and which pairs of them are near."""

    months: list[str]
    incidents: NDArray[np.int64]
    varied: NDArray[np.bool_]
    point: NDArray[np.int64]
    month: NDArray[np.int64]
    tally: NDArray[np.int64]
    pairs: NDArray[np.int64]
    spacing_m: float


def _located(tallies: pd.DataFrame) -> pd.DataFrame:
    needed = ("x", "y", "crs", "month", "incidents")
    if absent := [f"tallies: column '{name}' is missing" for name in needed if name not in tallies.columns]:
        raise TableError(*absent)
    located = tallies.dropna(subset=["x", "y", "month"])
    return located[located["incidents"] > 0]


def _metres(located: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give eastings and northings in metres, true to about 1% over short distances within a force.

    Degrees are counted from the middle meridian of the file, so that two points one above the other stay so.
    """
    east = located["x"].to_numpy(dtype=float).copy()
    north = located["y"].to_numpy(dtype=float).copy()
    for name in located["crs"].unique():
        here = (located["crs"] == name).to_numpy(dtype=bool)
        unit = _unit_m(str(name))
        if unit is None:
            east[here] -= np.median(east[here])
            east[here] *= _DEGREE_M * np.cos(np.radians(north[here]))
            north[here] *= _DEGREE_M
        else:
            east[here] *= unit
            north[here] *= unit
    return east, north


def _unit_m(crs: str) -> float | None:
    """Give the metres in a unit of the coordinate system; None where the unit is the degree."""
    if crs.upper() in _DEGREES:
        return None
    if crs.upper() in _METRES:
        return 1.0
    try:
        from pyproj import CRS
        from pyproj.exceptions import CRSError
    except ImportError:
        raise MissingPartError.of("pyproj", extra="geo") from None
    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        raise TableError(f"tallies: '{crs}' is not a known coordinate system, such as EPSG:27700") from None
    return None if known.is_geographic else float(known.axis_info[0].unit_conversion_factor)


def _usage(located: pd.DataFrame, east: NDArray[np.float64], north: NDArray[np.float64]) -> _Usage:
    from scipy.spatial import cKDTree

    where = located.assign(east=east, north=north)
    by_point = where.groupby(["crs", "x", "y"], sort=True)
    point: NDArray[np.int64] = np.asarray(by_point.ngroup().to_numpy(), dtype=np.int64)
    incidents = by_point["incidents"].sum().to_numpy(dtype=np.int64)
    varied = (by_point["month"].nunique() > 1).to_numpy(dtype=bool)
    if "crime_type" in located.columns and located["crime_type"].nunique() > 1:
        varied = varied & (by_point["crime_type"].nunique() > 1).to_numpy(dtype=bool)
    middle = by_point[["east", "north"]].first().to_numpy(dtype=float)
    tree = cKDTree(middle)
    pairs = tree.query_pairs(NEAR_M, output_type="ndarray").astype(np.int64).reshape(-1, 2)
    spacing = float(np.median(tree.query(middle, k=2)[0][:, 1])) if len(middle) > 1 else math.nan
    months = sorted(located["month"].astype(str).unique())
    month = np.asarray(np.searchsorted(months, located["month"].astype(str).to_numpy()), dtype=np.int64)
    tally: NDArray[np.int64] = located["incidents"].to_numpy(dtype=np.int64)
    return _Usage(months, incidents, varied, point, month, tally, pairs, spacing)


def _editions(usage: _Usage) -> tuple[int, ...]:
    """Find the months (by place in the list) from which a new list of points was in use.

    A month is one when cutting there parts at least two thirds of the near pairs (a cut parts at most half of those
    that come and go evenly), and the sides are searched again.
    """
    cuts: list[int] = []
    open_spans = [(0, len(usage.months))]
    while open_spans and len(cuts) < _EDITIONS_AT_MOST:
        start, stop = open_spans.pop()
        cut = _best_cut(usage, start, stop)
        if cut is not None:
            cuts.append(cut)
            open_spans += [(start, cut), (cut, stop)]
    return tuple(sorted(cuts))


def _best_cut(usage: _Usage, start: int, stop: int) -> int | None:
    if stop - start < 2 or not len(usage.pairs):
        return None
    inside = (usage.month >= start) & (usage.month < stop)
    first = np.full(len(usage.incidents), stop)
    last = np.full(len(usage.incidents), -1)
    np.minimum.at(first, usage.point[inside], usage.month[inside])
    np.maximum.at(last, usage.point[inside], usage.month[inside])
    one, other = usage.pairs[:, 0], usage.pairs[:, 1]
    used = (last[one] >= 0) & (last[other] >= 0)
    whole = int(used.sum())
    if whole < _EDITION_PAIRS:
        return None
    both_began = np.maximum(first[one], first[other])[used]
    one_ended = np.minimum(last[one], last[other])[used]
    kept = [int(((both_began < cut) | (one_ended >= cut)).sum()) for cut in range(start + 1, stop)]
    fewest = int(np.argmin(kept))
    return start + 1 + fewest if kept[fewest] <= whole * (1 - _EDITION_CUT) else None


def _coincidences(usage: _Usage, editions: tuple[int, ...]) -> tuple[int, int]:
    """Count points that were used again, and near pairs, within the editions of the list."""
    edges = (0, *editions, len(usage.months))
    repeated = near = 0
    for start, stop in pairwise(edges):
        inside = (usage.month >= start) & (usage.month < stop)
        if stop - start > 1:
            seen = np.unique(usage.point[inside] * len(usage.months) + usage.month[inside]) // len(usage.months)
            times = np.bincount(seen, minlength=len(usage.incidents))
        else:
            weights = usage.tally[inside].astype(float)
            times = np.bincount(usage.point[inside], weights, minlength=len(usage.incidents)).astype(np.int64)
        repeated += int((times > 1).sum())
        near += int((times[usage.pairs] > 0).all(axis=1).sum()) if len(usage.pairs) else 0
    return repeated, near


def _bounds(hits: int, tries: int) -> tuple[float, float]:
    """Give the exact lower and upper bound of a share, each missed one time in twenty."""
    from scipy.special import betaincinv

    low = float(betaincinv(hits, tries - hits + 1, _SURE)) if hits else 0.0
    high = float(betaincinv(hits + 1, tries - hits, 1 - _SURE)) if hits < tries else 1.0
    return low, high


def _growth(counts: NDArray[np.int64]) -> float:
    """Say how the number of points grows with that of incidents: log2 of points now over points at half the rows."""
    at_half = float((1.0 - 0.5 ** counts.astype(float)).sum())
    return float(np.log2(len(counts) / at_half)) if at_half else 0.0


def _decimals(located: pd.DataFrame) -> int:
    values: NDArray[Any] = located[["x", "y"]].to_numpy(dtype=float)
    for places in range(9):
        if np.abs(np.round(values, places) - values).max() < 10.0 ** -(places + 3):
            return places
    return 9
