"""Windows on the ground and the pictures that they fill, and outlines written as SVG paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Frame:
    """A window on the ground and the picture that it fills: x and y of the ground to x and y of the picture."""

    west: float
    south: float
    east: float
    north: float
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Picture units in one unit of the ground."""
        return self.width / (self.east - self.west)

    def place(self, pairs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Carry pairs from the ground to the picture."""
        return np.column_stack([(pairs[:, 0] - self.west) * self.scale, (self.north - pairs[:, 1]) * self.scale])


def fit(ground: Sequence[float], *, width: float, most_height: float, edge: float = 0.04) -> Frame:
    """Lay a window with an edge around bounds (west, south, east, north) into a picture no larger than given."""
    west, south, east, north = ground
    spare = edge * max(east - west, north - south, 1e-6)
    west, south, east, north = west - spare, south - spare, east + spare, north + spare
    wide, tall = east - west, north - south
    if tall / wide > most_height / width:
        more = (tall * width / most_height - wide) / 2
        west, east = west - more, east + more
    elif tall / wide < 0.45:
        more = (0.45 * wide - tall) / 2
        south, north = south - more, north + more
    height = width * (north - south) / (east - west)
    return Frame(west, south, east, north, width, height)


def path(shapes: NDArray[Any], window: Frame, *, closed: bool = True) -> str:
    """Write outlines or lines as one path in tenths of the picture's unit, each corner relative to the one before."""
    import shapely

    rings = shapely.get_rings(shapely.get_parts(shapes)) if closed else shapely.get_parts(shapes)
    pairs, of_pair = shapely.get_coordinates(rings, return_index=True)
    if not len(pairs):
        return ""
    tenths = np.rint(window.place(pairs) * 10).astype(np.int64)
    first = np.r_[True, of_pair[1:] != of_pair[:-1]]
    moved = first | (np.abs(np.diff(tenths, axis=0, prepend=tenths[:1])).sum(axis=1) > 0)
    tenths, first = tenths[moved], first[moved]
    ways = np.where(first[:, None], tenths, np.diff(tenths, axis=0, prepend=tenths[:1]))
    end = "z" if closed else ""
    told: list[str] = []
    for start, x, y in zip(first.tolist(), (ways[:, 0] / 10).tolist(), (ways[:, 1] / 10).tolist(), strict=True):
        if start:
            told.append(f"{end if told else ''}M{x:g} {y:g}")
        else:
            told.append(f"l{x:g} {y:g}")
    return "".join(told) + end
