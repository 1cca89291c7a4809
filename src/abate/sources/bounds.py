"""Where the coordinates of an extract can lie: the box given in its mapping, or that of its coordinate system."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from abate.errors import MissingPartError

if TYPE_CHECKING:
    from abate.sources.mapping import Mapping


@dataclass(frozen=True)
class Box:
    """A box in the unit of the coordinates, and what it is in words."""

    least_x: float
    least_y: float
    greatest_x: float
    greatest_y: float
    what: str


_BRITISH_GRID = Box(0, 0, 700_000, 1_300_000, "on the British National Grid (EPSG:27700)")
_BRITAIN = Box(-9, 49, 2.5, 61.5, "in the United Kingdom (EPSG:4326: longitude is x, latitude is y)")
_WORLD = Box(-180, -90, 180, 90, "on Earth (EPSG:4326: longitude is x, latitude is y)")


def bounds_of(mapping: Mapping) -> Box:
    """Give the box in which the mapping's coordinates must lie.

    Without `[rules] bounds` it is the area of use that the coordinate system's authority gives; for longitude and
    latitude (EPSG:4326) on British clocks, a box round the United Kingdom. Raises `MissingPartError` when that
    needs pyproj and it is not there.
    """
    if mapping.bounds is not None:
        least_x, least_y, greatest_x, greatest_y = mapping.bounds
        return Box(least_x, least_y, greatest_x, greatest_y, "inside [rules] bounds")
    crs = mapping.crs or ""
    if crs == "EPSG:27700":
        return _BRITISH_GRID
    if crs == "EPSG:4326":
        return _BRITAIN if mapping.zone == "Europe/London" else _WORLD
    return area_of_use(crs)


def area_of_use(crs: str) -> Box:
    """Give the box that encloses the area for which a coordinate system is meant, in its own unit.

    Its sides are rounded outwards (to 1,000 metres or feet, or a degree), so that they do not depend on which grids
    of datum shifts are installed.

    >>> box = area_of_use("EPSG:27700")
    >>> bool(box.least_x < 0 and 1_200_000 < box.greatest_y < 1_400_000)
    True
    """
    try:
        import pyproj
    except ImportError:
        raise MissingPartError(
            f"pyproj is not installed, so the bounds of {crs} are not known: give [rules] bounds in the mapping, "
            "or install the extra `geo` (pip install 'abate[geo]')"
        ) from None
    system = pyproj.CRS.from_user_input(crs)
    area = system.area_of_use
    if area is None:
        return Box(float("-inf"), float("-inf"), float("inf"), float("inf"), f"in {crs}")
    to_system = pyproj.Transformer.from_crs("EPSG:4326", system, always_xy=True)
    west, south, east, north = to_system.transform_bounds(*area.bounds, densify_pts=21)
    step = 1 if system.is_geographic else 1_000
    least_x, least_y = (floor(side / step) * step for side in (west, south))
    greatest_x, greatest_y = (ceil(side / step) * step for side in (east, north))
    return Box(least_x, least_y, greatest_x, greatest_y, f"in the area for which {crs} is meant")
