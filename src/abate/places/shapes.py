"""The places there are: cells, areas and segments, cut to the region asked for, without those that are excluded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError
from abate.space import grids, polygons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]

MOST_SPREAD = 500_000_000
_SLIVER_KM2 = 1e-12


@dataclass(frozen=True)
class Universe:
    """The places that incidents are counted in, and those that were taken out as excluded."""

    places: pd.DataFrame
    excluded_places: tuple[str, ...]


def region(areas: pd.DataFrame | None) -> Any | None:
    """Join the areas of a table into one shape; None without a table.

    >>> import shapely
    >>> both = pd.DataFrame({"shape": [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]})
    >>> region(both).area
    2.0
    """
    if areas is None:
        return None
    import shapely

    outlines = polygons.mend(areas["shape"].to_numpy(dtype=object)).shapes
    # areas that share their edges exactly, as one layer of boundaries does, are joined twenty times faster
    side_by_side = shapely.coverage_is_valid(outlines)
    joined = shapely.coverage_union_all(outlines) if side_by_side else shapely.union_all(outlines)
    if joined.area <= 0:
        raise OptionError("the file of the region holds no area: give one polygon or more")
    return joined


def inside(x: Real, y: Real, shape: Any | None) -> Flags:
    """Tell which points lie in a region, its edge included; none do where there is no region."""
    if shape is None:
        return np.zeros(len(x), dtype=bool)
    found: Flags = polygons.locate(x, y, np.array([shape], dtype=object)).position == 0
    return found


@dataclass(frozen=True)
class Net:
    """A grid with what the ids of its cells begin with, and the metres in a unit of its coordinates."""

    grid: grids.Grid
    prefix: str
    unit_m: float


def cells_within(net: Net, within: Any) -> pd.DataFrame:
    """List the cells that share some area with a region, cut to it, by row and column."""
    return _cells(net, grids.covering(net.grid, within))


def cells_with_points(net: Net, cells: grids.Cells) -> pd.DataFrame:
    """List the distinct cells among those given, by row and column."""
    pairs = np.unique(np.column_stack([cells.row, cells.column]), axis=0)
    distinct = grids.Cells(pairs[:, 1], pairs[:, 0])
    shape = grids.outlines(net.grid, distinct)
    area, whole = np.full(len(shape), net.grid.area), np.ones(len(shape), dtype=bool)
    return _cells(net, grids.Covering(distinct, shape, area, whole))


def _cells(net: Net, found: grids.Covering) -> pd.DataFrame:
    import shapely

    east, north = grids.centres(net.grid, found.cells)
    cut = ~found.whole
    middles = shapely.centroid(found.shape[cut])
    east[cut], north[cut] = shapely.get_x(middles), shapely.get_y(middles)
    frame = pd.DataFrame(
        {
            "place_id": pd.Series(cell_ids(found.cells, net.prefix), dtype="str"),
            "area_km2": found.area * net.unit_m**2 / 1e6,
            "easting": east,
            "northing": north,
        }
    )
    return frame.assign(shape=found.shape, column=found.cells.column, row=found.cells.row)


def cell_ids(cells: grids.Cells, prefix: str) -> list[str]:
    """Name cells: what the grid's ids begin with, the column and the row.

    >>> cell_ids(grids.Cells(np.array([2121]), np.array([-7])), "sq250")
    ['sq250_2121_-7']
    """
    pairs = zip(cells.column.tolist(), cells.row.tolist(), strict=True)
    return [f"{prefix}_{column}_{row}" for column, row in pairs]


def of_areas(areas: pd.DataFrame, *, unit_m: float, within: Any | None) -> pd.DataFrame:
    """List the areas that share some area with a region, cut to it, by their ids; all of them without a region."""
    import shapely

    ordered = areas.sort_values("place_id", ignore_index=True)
    shape = polygons.mend(ordered["shape"].to_numpy(dtype=object)).shapes
    if within is not None:
        shape = _cut(shape, within)
    area_km2 = shapely.area(shape) * unit_m**2 / 1e6
    kept = area_km2 > _SLIVER_KM2
    middles = shapely.centroid(shape[kept])
    return (
        pd.DataFrame(
            {
                "place_id": ordered["place_id"][kept],
                "area_km2": area_km2[kept],
                "easting": shapely.get_x(middles),
                "northing": shapely.get_y(middles),
            }
        )
        .assign(shape=shape[kept], name=ordered["name"][kept])
        .reset_index(drop=True)
    )


def _cut(shape: Shapes, within: Any) -> Shapes:
    import shapely

    shapely.prepare(within)
    cut = shape.copy()
    across = ~shapely.contains(within, shape)
    cut[across] = polygons.polygonal(shapely.intersection(shape[across], within))
    return cut


def of_segments(segments: pd.DataFrame, *, within: Any | None) -> pd.DataFrame:
    """List the segments that meet a region, whole, by their ids; all of them without a region. They have no area."""
    import shapely

    ordered = segments.sort_values("segment_id", ignore_index=True)
    shape = ordered["shape"].to_numpy(dtype=object)
    kept = np.ones(len(shape), dtype=bool)
    if within is not None:
        shapely.prepare(within)
        kept = shapely.intersects(within, shape)
    middles = shapely.line_interpolate_point(shape[kept], 0.5, normalized=True)
    return (
        pd.DataFrame(
            {
                "place_id": ordered["segment_id"][kept],
                "area_km2": 0.0,
                "easting": shapely.get_x(middles),
                "northing": shapely.get_y(middles),
            }
        )
        .assign(shape=shape[kept], name=ordered["name"][kept], length_m=ordered["length_m"][kept])
        .reset_index(drop=True)
    )


def without(places: pd.DataFrame, excluded: Any | None) -> Universe:
    """Take out the places that lie wholly inside the excluded region."""
    if excluded is None or not len(places):
        return Universe(places, ())
    import shapely

    shapely.prepare(excluded)
    gone = shapely.covers(excluded, places["shape"].to_numpy(dtype=object))
    return Universe(places[~gone].reset_index(drop=True), tuple(places["place_id"][gone]))
