"""Which place each point is in, and which places there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.places import shapes
from abate.space import grids, polygons, segments
from abate.tables.outlines import AREAS, SEGMENTS
from abate.tables.places import PLACES, POINTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.places.specs import PlaceSpec

    Flags = NDArray[np.bool_]
    Real = NDArray[np.float64]

LIMIT_M = 100.0


@dataclass(frozen=True)
class Assignment:
    """Each point with its place, the places there are, and why a point has none.

    `points` is `tables.POINTS`, in the order given; `places` is `tables.PLACES`, with `name` where areas or streets
    have one and `length_m` for streets. The masks stand beside the rows of `points` and tell apart: `excluded` (in
    the excluded region), `outside` (not in the region, or in none of the areas), `beyond_limit` (no street near
    enough); a point is in one of them or has a place. `overlapping` points lie inside more than one area and were
    given to the one with the smallest id. `excluded_places` are the ids of the places taken out, in order.
    """

    spec: PlaceSpec
    points: pd.DataFrame
    places: pd.DataFrame
    outside: Flags
    excluded: Flags
    beyond_limit: Flags
    overlapping: Flags
    excluded_places: tuple[str, ...]


def assign(
    points: pd.DataFrame,
    spec: PlaceSpec,
    *,
    unit_m: float,
    areas: pd.DataFrame | None = None,
    segments: pd.DataFrame | None = None,
    within: pd.DataFrame | None = None,
    exclude: pd.DataFrame | None = None,
    limit_m: float = LIMIT_M,
) -> Assignment:
    """Give every point its place.

    `points` are distinct pairs: x, y, crs, easting, northing, the last two in units of `unit_m` metres. `areas`
    (`tables.AREAS`) are needed by `lsoa` and `area`, `segments` (`tables.SEGMENTS`) by `street`. `within` and
    `exclude` are areas too: with `within`, the places are all that share some area with it, cut to it, with points or
    without; else they are all areas or segments, or the cells that hold a point. Points inside `exclude` get no
    place, and places wholly inside it are taken out. Streets take the points up to `limit_m` metres away.

    Raises `OptionError` when a file is missing or a grid would have too many cells, before any is made.

    >>> from abate.places import specs
    >>> columns = {"x": [1.0, 2.0], "y": [1.0, 1.0], "crs": ["EPSG:27700"] * 2}
    >>> points = pd.DataFrame({**columns, "easting": [10.0, 260.0], "northing": [10.0, 10.0]})
    >>> assign(points, specs.read("square:250"), unit_m=1.0).points["place_id"].tolist()
    ['sq250_0_0', 'sq250_1_0']
    """
    region, barred = shapes.region(within), shapes.region(exclude)
    east, north = points["easting"].to_numpy(dtype=np.float64), points["northing"].to_numpy(dtype=np.float64)
    excluded = shapes.inside(east, north, barred)
    free = ~excluded
    if region is not None:
        free &= shapes.inside(east, north, region)
    settled = _Settled(spec, east, north, free, unit_m)
    if spec.is_grid:
        found = settled.on_grid(region, barred)
    elif spec.kind == "street":
        found = settled.on_streets(_needed(segments, SEGMENTS, spec), region, barred, limit_m)
    else:
        found = settled.in_areas(_needed(areas, AREAS, spec), region, barred)
    return _answer(points, spec, found, free, excluded)


@dataclass(frozen=True)
class _Found:
    universe: shapes.Universe
    position: NDArray[np.int64]
    distance_m: Real
    overlapping: Flags


@dataclass(frozen=True)
class _Settled:
    """The points that may have a place (`free`), and in which kind of place."""

    spec: PlaceSpec
    east: Real
    north: Real
    free: Flags
    unit_m: float

    def on_grid(self, region: Any | None, barred: Any | None) -> _Found:
        net = shapes.Net(self.spec.grid(self.unit_m), self.spec.prefix(self.unit_m), self.unit_m)
        east, north = self.east[self.free], self.north[self.free]
        if region is None:
            _check_spread(self.spec, net.grid, east, north)
            cells = grids.locate(net.grid, east, north)
            places = shapes.cells_with_points(net, cells)
        else:
            places = shapes.cells_within(net, region)
            cells = grids.locate(net.grid, east, north)
        universe = shapes.without(places, barred)
        held = universe.places[["column", "row"]].to_numpy(dtype=np.int64)
        return self._found(
            shapes.Universe(universe.places.drop(columns=["column", "row"]), universe.excluded_places),
            _match(cells, grids.Cells(held[:, 0], held[:, 1])),
        )

    def in_areas(self, areas: pd.DataFrame, region: Any | None, barred: Any | None) -> _Found:
        universe = shapes.without(shapes.of_areas(areas, unit_m=self.unit_m, within=region), barred)
        outlines = universe.places["shape"].to_numpy(dtype=object)
        located = polygons.locate(self.east[self.free], self.north[self.free], outlines)
        return self._found(universe, located.position, overlapping=located.overlapping)

    def on_streets(self, lines: pd.DataFrame, region: Any | None, barred: Any | None, limit_m: float) -> _Found:
        if not limit_m >= 0:
            raise OptionError(f"the limit of the way to a street is 0 metres or more, not {limit_m:g}")
        universe = shapes.without(shapes.of_segments(lines, within=region), barred)
        outlines = universe.places["shape"].to_numpy(dtype=object)
        limit = limit_m / self.unit_m
        near = segments.nearest(self.east[self.free], self.north[self.free], outlines, limit=limit)
        return self._found(universe, near.position, distance=near.distance * self.unit_m)

    def _found(
        self,
        universe: shapes.Universe,
        position: NDArray[np.int64],
        *,
        distance: Real | None = None,
        overlapping: Flags | None = None,
    ) -> _Found:
        everywhere = _Found(
            universe,
            np.full(len(self.free), -1, dtype=np.int64),
            np.full(len(self.free), np.nan),
            np.zeros(len(self.free), dtype=bool),
        )
        everywhere.position[self.free] = position
        if distance is not None:
            everywhere.distance_m[self.free] = distance
        if overlapping is not None:
            everywhere.overlapping[self.free] = overlapping
        return everywhere


def _needed(table: pd.DataFrame | None, kind: Any, spec: PlaceSpec) -> pd.DataFrame:
    if table is None or not len(table):
        raise OptionError(
            f"places of the kind {spec} need {kind.name}, and there are none: give a file that holds some"
        )
    checked: pd.DataFrame = kind.check(table)
    return checked


def _check_spread(spec: PlaceSpec, grid: grids.Grid, east: Real, north: Real) -> None:
    if not len(east):
        return
    needed = grids.spread(grid, (east.min(), north.min(), east.max(), north.max()))
    if needed > shapes.MOST_SPREAD:
        raise OptionError(
            f"--place {spec} would cut the ground on which the points lie into {needed:,.0f} cells, "
            f"and at most {shapes.MOST_SPREAD:,} can be: choose a larger size"
        )


def _match(cells: grids.Cells, held: grids.Cells) -> NDArray[np.int64]:
    """Find each cell among those held, which are sorted by row and column; -1 where it is not there."""
    if not len(held.row) or not len(cells.row):
        return np.full(len(cells.row), -1, dtype=np.int64)
    west, east = held.column.min(), held.column.max()
    wide = east - west + 1
    keys = (held.row - held.row[0]) * wide + held.column - west
    wanted = (cells.row - held.row[0]) * wide + cells.column - west
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    there = (keys[at] == wanted) & (cells.column >= west) & (cells.column <= east)
    return np.where(there, at, -1)


def _answer(points: pd.DataFrame, spec: PlaceSpec, found: _Found, free: Flags, excluded: Flags) -> Assignment:
    names = np.r_[found.universe.places["place_id"].to_numpy(dtype=object), np.array([None], dtype=object)]
    given = points[["x", "y", "crs", "easting", "northing"]].reset_index(drop=True)
    placed = found.position >= 0
    beyond = free & ~placed if spec.kind == "street" else np.zeros(len(free), dtype=bool)
    return Assignment(
        spec=spec,
        points=POINTS.check(
            given.assign(place_id=pd.Series(names[found.position], dtype="str"), distance_m=found.distance_m)
        ),
        places=PLACES.check(found.universe.places),
        outside=~placed & ~excluded & ~beyond,
        excluded=excluded,
        beyond_limit=beyond,
        overlapping=found.overlapping,
        excluded_places=found.universe.excluded_places,
    )
