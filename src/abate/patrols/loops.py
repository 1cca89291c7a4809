"""Walking loops: closed walks from a parking point that pass as much of a site's expected harm as the stay allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.networks import circuits, graphs
from abate.patrols import directions, expectations, parking
from abate.tables.patrols import LOOPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from abate.networks.circuits import Circuit
    from abate.patrols.expectations import Basis, Expected, Points
    from abate.patrols.walkable import Network

    Real = NDArray[np.float64]

_ALIKE, _WORTHWHILE, _TRIES = 0.85, 0.5, 4
_TRIED = circuits.Effort(trials=300, work=10_000, cuts=1, prices=1, priced_edges=1, room=1)


@dataclass(frozen=True)
class Rules:
    """What loops keep to.

    A walk takes at most `minutes` at `pace_kmh`. A site gives `loops` of them; what earlier ones passed counts for
    `again` as much each time (the evenly spread part for its square). The site is its outline, or a circle of
    `radius_m`, and `around_m` more (positions within it count as presence); `limit_m` is the farthest that an incident
    may lie from its street; `even` the part of what is expected that is spread over all the site's streets; `parkings`
    how many parking points are tried.
    """

    minutes: float = 15.0
    pace_kmh: float = 4.5
    loops: int = 3
    again: float = 0.25
    radius_m: float = 75.0
    around_m: float = 20.0
    limit_m: float = 100.0
    even: float = 0.1
    parkings: int = 6

    def __post_init__(self) -> None:
        faults = [
            f"--{name.replace('_', '-')} is a number above 0, not {value:g}"
            for name, value in (("minutes", self.minutes), ("pace_kmh", self.pace_kmh), ("radius_m", self.radius_m))
            if not 0 < value < 1e4
        ]
        if self.pace_kmh > 8:
            faults.append(
                f"--pace-kmh {self.pace_kmh:g} is faster than anybody walks: 4.5 is a common pace, 8 the most"
            )
        if self.minutes > 120:
            faults.append(f"--minutes {self.minutes:g}: a stay is at most 120 minutes")
        if not 1 <= self.loops <= 20:
            faults.append(f"--loops is a whole number from 1 to 20, not {self.loops}")
        if not 0 <= self.again <= 1:
            faults.append(f"--again is a share between 0 and 1, not {self.again:g}")
        if not 0 <= self.even <= 1:
            faults.append(f"--even is a share between 0 and 1, not {self.even:g}")
        if min(self.around_m, self.limit_m) < 0 or self.parkings < 1:
            faults.append("--around and the limit are at least 0 metres, and at least one parking point is tried")
        if faults:
            raise OptionError(*faults)

    @property
    def budget_m(self) -> float:
        """How far one walks in the stay, in metres.

        >>> Rules().budget_m
        1125.0
        """
        return self.minutes * self.pace_kmh * 1000 / 60


@dataclass(frozen=True)
class Drawn:
    """The loops of some sites, and what is expected of each site.

    `loops` is `tables.LOOPS` with the columns `name`, `repeated` (the share of its length in common with that earlier
    loop of the site with which it shares most), `inside` (the share of its length within the site), `basis`
    (see `expectations.Expected`), `parking` (where to park, in words), and `turns` (`directions.Turn` in order).
    `expected` is what each site was taken to hold.
    """

    loops: pd.DataFrame
    expected: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Site:
    """One site made ready: its row, outline, outline widened, what is expected on its streets, and where to park."""

    row: Any
    outline: Any
    area: Any
    expected: Expected
    depots: NDArray[np.int64]


def draw(
    ground: Network,
    sites: pd.DataFrame,
    points: Points | None,
    rules: Rules,
    *,
    unit_m: float = 1.0,
    parked: pd.DataFrame | None = None,
    figure: str = "expected",
    seed: int = 1,
    tell: Callable[[float, str], None] = lambda _share, _words: None,
) -> Drawn:
    """Draw the loops of each site (`tables.PATROL_SITES`) over walkable streets.

    `points` is what was recorded (None: the site's own column `figure` is spread over its streets). `parked` are
    parking points (`easting`, `northing`, optional `site_id`) to choose from; without them a corner at the edge of the
    site is taken that a car can reach: of several the one from which most is passed. Ties go to the corner nearest the
    edge.

    Raises `OptionError` naming every site that lies away from the streets, or where the stay is too short.
    """
    ready: list[_Site] = []
    faults: list[str] = []
    for row in sites.itertuples(index=False):
        try:
            ready.append(_prepared(ground, row, points, rules, unit_m=unit_m, parked=parked, figure=figure))
        except OptionError as fault:
            faults += fault.faults
    if faults:
        raise OptionError(*faults)
    rows: list[dict[str, Any]] = []
    for place, site in enumerate(ready):
        tell(place / len(ready), str(site.row.name))
        rows += _walks(ground, site, rules, unit_m=unit_m, seed=seed)
    frame = pd.DataFrame(rows, columns=[*rows[0]])
    expected = {str(site.row.site_id): site.expected.total for site in ready}
    return Drawn(LOOPS.check(frame), expected, tuple(_notes(ready, rules)))


def _prepared(
    ground: Network,
    row: Any,
    points: Points | None,
    rules: Rules,
    *,
    unit_m: float,
    parked: pd.DataFrame | None,
    figure: str,
) -> _Site:
    import shapely

    middle = shapely.Point(row.easting, row.northing)
    drawn = isinstance(row.shape, shapely.Geometry) and not row.shape.is_empty and row.shape.area > 0
    outline = row.shape if drawn else middle.buffer(rules.radius_m / unit_m, quad_segs=16)
    area = outline.buffer(rules.around_m / unit_m)
    away = float(shapely.distance(area, ground.lines).min()) * unit_m
    if away > 0:
        raise OptionError(
            f"site {row.site_id} ({row.name}): outside the street network, {_far(away)} from the nearest street that "
            "can be walked: give a street file that covers it, or mend its coordinates"
        )
    known = getattr(row, figure, None)
    own = None if known is None or pd.isna(known) else float(known)
    expected = expectations.expect(ground, area, points, figure=own, even=rules.even)
    if not (expected.worth > 0).any():
        raise OptionError(
            f"site {row.site_id} ({row.name}): no street inside it, and no incident within {rules.limit_m:g} m of one: "
            "widen it with --around, or give a street file with its footpaths"
        )
    depots = _depots(ground, row, outline, expected, rules, unit_m=unit_m, parked=parked)
    return _Site(row, outline, area, expected, _within_stay(ground, row, depots, expected, rules))


def _depots(
    ground: Network,
    row: Any,
    outline: Any,
    expected: Expected,
    rules: Rules,
    *,
    unit_m: float,
    parked: pd.DataFrame | None,
) -> NDArray[np.int64]:
    import shapely

    if parked is None:
        return parking.candidates(ground, outline, worth=expected.worth, most=rules.parkings, unit_m=unit_m)
    own = parked
    if "site_id" in parked.columns:
        named = parked[parked["site_id"].astype("str") == str(row.site_id)]
        own = named if len(named) else parked[parked["site_id"].isna()]
    if not len(own):
        raise OptionError(f"site {row.site_id} ({row.name}): --parking has no point for it")
    away = shapely.distance(outline, shapely.points(own["easting"].to_numpy(float), own["northing"].to_numpy(float)))
    nearest = own.iloc[int(np.argmin(away))]
    node, off = parking.nearest(ground, nearest["easting"], nearest["northing"], worth=expected.worth)
    if off * unit_m > rules.limit_m:
        raise OptionError(
            f"site {row.site_id} ({row.name}): the parking point nearest to it is {_far(off * unit_m)} from a corner "
            f"of the streets; at most {rules.limit_m:g} m would be right"
        )
    return np.array([node], dtype=np.int64)


def _within_stay(
    ground: Network, row: Any, depots: NDArray[np.int64], expected: Expected, rules: Rules
) -> NDArray[np.int64]:
    """Keep the parking points from which some street of the site can be come to and back; say what the least is."""
    worthy = np.flatnonzero(expected.worth > 0)
    streets = ground.graph
    away = graphs.distances(streets, depots)
    there = away[:, streets.start[worthy]] + away[:, streets.end[worthy]] + streets.length[worthy]
    least = there.min(axis=1)
    if least.min() > rules.budget_m:
        minutes = float(least.min()) / (rules.pace_kmh * 1000 / 60)
        raise OptionError(
            f"site {row.site_id} ({row.name}): {rules.minutes:g} minutes ({rules.budget_m:,.0f} m) reach none of its "
            f"streets from the parking point and back: at least {np.ceil(minutes * 10) / 10:.1f} minutes would"
        )
    kept: NDArray[np.int64] = depots[least <= rules.budget_m]
    return kept


def _walks(ground: Network, site: _Site, rules: Rules, *, unit_m: float, seed: int) -> list[dict[str, Any]]:
    depot = _best_depot(ground, site, rules, seed=seed)
    walked: list[NDArray[np.int64]] = []
    rows: list[dict[str, Any]] = []
    for number in range(1, rules.loops + 1):
        times = np.zeros(len(site.expected.worth))
        for edges in walked:
            times[edges] += 1
        for trial in range(_TRIES):
            counts = _counts(site.expected, times, rules)
            found = circuits.best(ground.graph, counts, depot=depot, budget=rules.budget_m, seed=seed + number - 1)
            row = _row(ground, site, rules, found, (number, counts, walked), unit_m=unit_m)
            if trial == 0 or row["passed"] >= _WORTHWHILE * rows[0]["passed"]:
                kept, passed = row, np.unique(found.edges)
            if row["repeated"] <= _ALIKE or row is not kept:
                break
            times[passed] += 1
        rows.append(kept)
        walked.append(passed)
    return rows


def _counts(expected: Expected, times: Real, rules: Rules) -> Real:
    """Say what each stretch still counts for when it was passed so many times."""
    recorded = expected.worth - expected.spread
    counts: Real = np.maximum(0.0, recorded * rules.again**times + expected.spread * rules.again ** (2 * times))
    return counts


def _best_depot(ground: Network, site: _Site, rules: Rules, *, seed: int) -> int:
    """Give of several parking points the one from which a quick search passes most; of equal ones the first."""
    if len(site.depots) == 1:
        return int(site.depots[0])
    tried = [
        circuits.best(
            ground.graph, site.expected.worth, depot=depot, budget=rules.budget_m, seed=seed, effort=_TRIED
        ).passed
        for depot in site.depots.tolist()
    ]
    return int(site.depots[int(np.argmax(np.round(tried, 9)))])


def _row(
    ground: Network,
    site: _Site,
    rules: Rules,
    found: Circuit,
    before: tuple[int, Real, list[NDArray[np.int64]]],
    *,
    unit_m: float,
) -> dict[str, Any]:
    """Lay out one walk. Its bound is that of the search and what the search did not count, see the docs."""
    import shapely

    number, counts, walked = before
    edges = np.unique(found.edges)
    lost = float((site.expected.worth - counts)[edges].sum())
    passed, bound = float(site.expected.worth[edges].sum()), found.bound + lost
    line = _line(ground, found)
    x, y = float(ground.graph.x[found.nodes[0]]), float(ground.graph.y[found.nodes[0]])
    inside = float(shapely.length(shapely.intersection(line_parts(ground, found), site.area)).sum()) * unit_m
    return {
        "site_id": str(site.row.site_id),
        "name": str(site.row.name),
        "loop": number,
        "length_m": found.length,
        "minutes": found.length / (rules.pace_kmh * 1000 / 60),
        "passed": passed,
        "share": min(1.0, passed / site.expected.total),
        "bound": max(bound, passed),
        "gap": max(0.0, 1 - passed / bound) if bound > 0 else 0.0,
        "proven": found.proven,
        "repeated": _most_shared(ground, found, walked),
        "inside": min(1.0, inside / found.length) if found.length else 0.0,
        "basis": site.expected.basis,
        "parking_easting": x,
        "parking_northing": y,
        "parking": directions.start(ground, int(found.nodes[0])),
        "directions": directions.sentences(ground, found.nodes, found.edges),
        "turns": directions.turns(ground, found.nodes, found.edges),
        "shape": line,
    }


def _most_shared(ground: Network, found: Circuit, walked: list[NDArray[np.int64]]) -> float:
    """Give the share of a walk's length in common with the earlier walk with which it shares most."""
    length = ground.graph.length[found.edges]
    shared = [float(length[np.isin(found.edges, earlier)].sum()) for earlier in walked]
    return max(shared, default=0.0) / float(length.sum()) if len(length) else 0.0


def line_parts(ground: Network, found: Circuit) -> NDArray[np.object_]:
    """Give the lines of a walk, one a stretch, in the order and direction walked."""
    import shapely

    lines = ground.lines[found.edges]
    backward = ground.graph.start[found.edges] != found.nodes[:-1]
    return np.asarray(np.where(backward, shapely.reverse(lines), lines), dtype=object)


def _line(ground: Network, found: Circuit) -> Any:
    import shapely

    parts = line_parts(ground, found)
    if not len(parts):
        spot = (float(ground.graph.x[found.nodes[0]]), float(ground.graph.y[found.nodes[0]]))
        return shapely.LineString([spot, spot])
    corners = np.concatenate(
        [shapely.get_coordinates(part)[(0 if place == 0 else 1) :] for place, part in enumerate(parts)]
    )
    return shapely.LineString(corners)


def _notes(ready: list[_Site], rules: Rules) -> list[str]:
    bases: dict[Basis, list[str]] = {"points": [], "site": [], "length": []}
    for site in ready:
        bases[site.expected.basis].append(str(site.row.site_id))
    notes = []
    if bases["points"]:
        notes.append(
            f"{len(bases['points'])} sites: what was recorded counts on the nearest street within {rules.limit_m:g} m, "
            f"but {rules.even:.0%} of it, which is spread evenly over the length of the site's streets"
        )
    if bases["site"]:
        notes.append(
            f"{_named(bases['site'])}: no incidents were given: what the site is expected to hold is spread evenly "
            "over the length of its streets"
        )
    if bases["length"]:
        notes.append(
            f"{_named(bases['length'])}: neither incidents nor an expected number are known: each metre of its streets "
            "counts alike"
        )
    return notes


def _named(sites: list[str]) -> str:
    more = f" and {len(sites) - 5} more" if len(sites) > 5 else ""
    return ("sites " if len(sites) > 1 else "site ") + ", ".join(sites[:5]) + more


def _far(metres: float) -> str:
    return f"{metres:,.0f} m" if metres < 10_000 else f"{metres / 1000:,.1f} km"
