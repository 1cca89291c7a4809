"""Shapes made ready to be drawn: as longitude and latitude for the map, as whole steps to keep the page small."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.reports import wording
from abate.space import projections

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MOST_PLACES = 20_000
MOST_CORNERS = 300_000
STEPS_A_DEGREE = 1_000_000
_STREET_HALF_WIDTH_M = 8.0


@dataclass(frozen=True)
class Drawn:
    """The places that are drawn, as outlines in the analysis coordinate system, and what was left out or simplified."""

    places: pd.DataFrame
    told: tuple[str, ...] = ()


def drawn(places: pd.DataFrame, *, keep: set[str], crs: str, most: int = MOST_PLACES) -> Drawn:
    """Choose the places to draw, so that no page grows too large, and give every one an outline that can be filled.

    All are drawn when there are at most `most`; else those with the fewest incidents are left out, whole classes of
    equal number at a time, never one of `keep` (the hotspots). Stretches of street become narrow outlines.
    Outlines with very many corners are simplified together, so that neighbours still meet.
    """
    chosen, told = _busiest(places, keep=keep, most=most)
    shapes = _filled(chosen["shape"].to_numpy(), crs)
    shapes, simplified = _simplified(shapes)
    sentences = (told, simplified)
    return Drawn(chosen.assign(shape=shapes), tuple(sentence for sentence in sentences if sentence))


def _busiest(places: pd.DataFrame, *, keep: set[str], most: int) -> tuple[pd.DataFrame, str]:
    if len(places) <= most:
        return places, ""
    seen = places["incidents"].to_numpy()
    least = int(np.sort(seen)[::-1][most]) + 1
    shown = places[(seen >= least) | places["place_id"].isin(keep)]
    return shown, (
        f"The map draws the {wording.count(len(shown))} places with {wording.count(least)} or more incidents; "
        f"{wording.count(len(places) - len(shown))} others are counted but not drawn, to keep the page small."
    )


def _filled(shapes: NDArray[Any], crs: str) -> NDArray[Any]:
    """Turn lines into narrow outlines; outlines stay."""
    import shapely

    lines = np.isin(shapely.get_type_id(shapes), (1, 2, 5))
    if not lines.any():
        return shapes
    filled = shapes.copy()
    width = _STREET_HALF_WIDTH_M / projections.unit_m(crs)
    filled[lines] = shapely.buffer(shapes[lines], width, quad_segs=2, cap_style="flat")
    return filled


def _simplified(shapes: NDArray[Any]) -> tuple[NDArray[Any], str]:
    """Drop corners until there are few enough; neighbours keep their common edge."""
    import shapely

    corners = int(shapely.get_num_coordinates(shapes).sum())
    if corners <= MOST_CORNERS:
        return shapes, ""
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) / 50_000
    while shapely.get_num_coordinates(shapes).sum() > MOST_CORNERS:
        shapes = shapely.coverage_simplify(shapes, tolerance)
        tolerance *= 2
    return shapes, "Outlines on the map are simplified to keep the page small; counting used the outlines as given."


def longitude_latitude(shapes: NDArray[Any], *, crs: str) -> NDArray[Any]:
    """Carry shapes from the analysis coordinate system to longitude and latitude, 6 decimals (about 0.1 m).

    Rings run as RFC 7946 asks: outer ones against the clock, holes with it.
    """
    import shapely

    def carry(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
        found = projections.convert(pairs[:, 0], pairs[:, 1], source=crs, target=projections.LONGITUDE_LATITUDE)
        carried: NDArray[np.float64] = np.column_stack([found.easting, found.northing]).round(6)
        return carried

    carried: NDArray[Any] = shapely.orient_polygons(shapely.transform(shapes, carry), exterior_cw=False)
    return carried


def packed(shapes: NDArray[Any]) -> list[list[list[int]]]:
    """Pack outlines in longitude and latitude as rings of whole steps: the first corner, then the way to each next.

    One step is a millionth of a degree. Each place is a list of rings; a ring is x, y, dx, dy, dx, dy ... without its
    closing corner. A ring that begins another part of the same place is told from a hole by its direction.

    >>> import shapely
    >>> packed(shapely.box([0.5], [51], [0.500002], [51.000001]))
    [[[500002, 51000000, 0, 1, -2, 0, 0, -1]]]
    """
    import shapely

    places = np.arange(len(shapes))
    parts, of_part = shapely.get_parts(shapes, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    pairs, of_pair = shapely.get_coordinates(rings, return_index=True)
    steps = np.rint(pairs * STEPS_A_DEGREE).astype(np.int64)
    first = np.r_[True, of_pair[1:] != of_pair[:-1]]
    last = np.r_[first[1:], True]
    ways = np.where(first[:, None], steps, np.diff(steps, axis=0, prepend=steps[:1]))[~last]
    told = np.split(ways.ravel(), 2 * np.flatnonzero(first[~last])[1:])
    home = places[of_part[of_ring]]
    starts = np.searchsorted(home, np.arange(len(shapes) + 1))
    flat = [ring.tolist() for ring in told]
    return [flat[start:end] for start, end in pairwise(starts)]


def packed_lines(shapes: NDArray[Any]) -> list[list[int]]:
    """Pack lines in longitude and latitude in the same way, one list a line."""
    import shapely

    pairs, of_pair = shapely.get_coordinates(shapely.get_parts(shapes), return_index=True)
    if not len(pairs):
        return []
    steps = np.rint(pairs * STEPS_A_DEGREE).astype(np.int64)
    first = np.r_[True, of_pair[1:] != of_pair[:-1]]
    ways = np.where(first[:, None], steps, np.diff(steps, axis=0, prepend=steps[:1]))
    return [line.tolist() for line in np.split(ways.ravel(), 2 * np.flatnonzero(first)[1:])]
