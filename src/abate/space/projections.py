"""Coordinate systems: from one to another, and which way that was done."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from abate.errors import OptionError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

BRITISH_NATIONAL_GRID = "EPSG:27700"
LONGITUDE_LATITUDE = "EPSG:4326"

_GREAT_BRITAIN = (-9.0, 49.7, 2.1, 61.1)
_NORTHERN_IRELAND = (-8.2, 54.0, -5.43, 55.3)


@dataclass(frozen=True)
class Converted:
    """Coordinates in another system, the transformation that made them, and how far off it may be.

    `easting` and `northing` are in the unit of the target system; not-a-number where a pair cannot be converted.
    `accuracy_m` is the accuracy that the EPSG registry gives for the transformation, in metres; None if unknown.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    transformation: str
    accuracy_m: float | None


def convert(x: ArrayLike, y: ArrayLike, *, source: str, target: str) -> Converted:
    """Carry coordinates from one coordinate system to another, and say which transformation ran.

    `x` is easting or longitude and `y` northing or latitude, whatever order the registry prefers. All pairs go
    through one transformation, the best that is installed; only pairs that it cannot carry (outside a shift grid)
    take the next, which is then named too. From longitude and latitude to the British National Grid that is the
    OSTN15 grid where it is installed (centimetres) and a Helmert transformation where not (about two metres).
    Nothing is downloaded.

    Raises `OptionError` when a coordinate system is not known.

    >>> found = convert([-0.1246], [51.5007], source="EPSG:4326", target="EPSG:27700")
    >>> round(float(found.easting[0]), -1), round(float(found.northing[0]), -1)
    (530270.0, 179640.0)
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if _system(source) == _system(target):
        return Converted(xs.copy(), ys.copy(), "none: the coordinates are in this system already", 0.0)
    east, north = np.full(xs.shape, np.nan), np.full(xs.shape, np.nan)
    waiting = np.isfinite(xs) & np.isfinite(ys)
    used: list[Any] = []
    for operation in _operations(source, target):
        if used and not waiting.any():
            break
        east[waiting], north[waiting] = operation.transform(xs[waiting], ys[waiting])
        placed = waiting & np.isfinite(east) & np.isfinite(north)
        if placed.any() or not used:
            used.append(operation)
        waiting &= ~placed
    east[waiting], north[waiting] = np.nan, np.nan
    accuracies = [operation.accuracy for operation in used]
    known = accuracies and all(accuracy is not None and accuracy >= 0 for accuracy in accuracies)
    return Converted(east, north, "; then ".join(map(_words, used)), float(max(accuracies)) if known else None)


def unit_m(crs: str) -> float:
    """Give the metres in one unit of a projected coordinate system.

    Raises `OptionError` when the system is not known, or counts in degrees.

    >>> unit_m("EPSG:27700"), round(unit_m("EPSG:2263"), 6)
    (1.0, 0.304801)
    """
    system = _system(crs)
    if system.is_geographic:
        raise OptionError(
            f"{crs} counts in degrees, in which nothing can be measured: "
            "give a projected coordinate system, for example EPSG:27700"
        )
    return float(system.axis_info[0].unit_conversion_factor)


def is_geographic(crs: str) -> bool:
    """Tell whether a coordinate system is longitude and latitude.

    >>> is_geographic("EPSG:4326"), is_geographic("EPSG:27700")
    (True, False)
    """
    return bool(_system(crs).is_geographic)


def analysis_crs(source: str, x: ArrayLike, y: ArrayLike) -> str:
    """Choose the coordinate system to measure in for coordinates given in `source`.

    A projected system stays. Longitude and latitude become the British National Grid when their middle (the median)
    lies in Great Britain, whose extent is taken from the EPSG registry's for EPSG:27700.

    Raises `OptionError` for longitude and latitude elsewhere, for which the caller must choose.

    >>> analysis_crs("EPSG:4326", [0.71], [51.54])
    'EPSG:27700'
    >>> analysis_crs("EPSG:2263", [985000.0], [200000.0])
    'EPSG:2263'
    """
    if not is_geographic(source):
        return source
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.isfinite(xs) & np.isfinite(ys)
    if not known.any():
        return BRITISH_NATIONAL_GRID
    east, north = float(np.median(xs[known])), float(np.median(ys[known]))
    if _inside(east, north, _GREAT_BRITAIN) and not _inside(east, north, _NORTHERN_IRELAND):
        return BRITISH_NATIONAL_GRID
    middle = f"the coordinates lie about longitude {east:.4f}, latitude {north:.4f}"
    if _inside(east, north, _NORTHERN_IRELAND):
        raise OptionError(f"{middle}, in Northern Ireland: give `--crs EPSG:2157`, the Irish grid in metres")
    if _inside(north, east, _GREAT_BRITAIN):
        raise OptionError(f"{middle}: longitude and latitude look swapped (Great Britain lies near -1, 53)")
    raise OptionError(
        f"{middle}, outside Great Britain: say with `--crs` in which projected coordinate system to measure, "
        "for example EPSG:2263 for New York"
    )


def _inside(east: float, north: float, extent: tuple[float, float, float, float]) -> bool:
    west, south, far_east, far_north = extent
    return west <= east <= far_east and south <= north <= far_north


@lru_cache(maxsize=64)
def _system(crs: str) -> Any:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs)
    except CRSError:
        raise OptionError(
            f"'{crs}' is not a known coordinate system: write it as EPSG:27700 (British National Grid) "
            "or EPSG:4326 (longitude, latitude)"
        ) from None


@lru_cache(maxsize=16)
def _operations(source: str, target: str) -> tuple[Any, ...]:
    from pyproj.transformer import TransformerGroup

    with warnings.catch_warnings():
        # pyproj warns that a better grid is not installed: the caller is told which transformation ran instead.
        warnings.filterwarnings("ignore", message="Best transformation is not available", category=UserWarning)
        try:
            return tuple(TransformerGroup(_system(source), _system(target), always_xy=True).transformers)
        except IndexError:
            raise OptionError(f"there is no way known from '{source[:80]}' to '{target[:80]}'") from None


def _words(operation: Any) -> str:
    definition = operation.definition
    way = "shift grid" if "gridshift" in definition else "Helmert" if "helmert" in definition else "formula"
    steps = re.sub(r"axis order change \(2D\) \+ | \+ axis order change \(2D\)", "", operation.description)
    return f"{way}: {steps}"
