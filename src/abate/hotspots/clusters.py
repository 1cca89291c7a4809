"""Hotspots without a grid: incidents, or busy stretches of street, that lie close together, drawn as polygons.

A cluster is where incidents stand so close that one can walk from each to the next in steps of `within_m` (DBSCAN,
Ester and others 1996). It has the form that the incidents give it: a high street comes out long, a square round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from abate.errors import OptionError, TableError
from abate.space import clusters as kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]
    Shapes = NDArray[np.object_]

_ROUND = 8
# discs that just touch must still join: their outlines are polygons, a little inside the circle
_JOINED = 1.01 / np.cos(np.pi / (4 * _ROUND))


@dataclass(frozen=True)
class Clusters:
    """The clusters found, most incidents first, and which one each row given belongs to.

    `clusters` has the columns `cluster` (1 is the one with most incidents), `incidents`, `members` (spots or stretches
    of street), `area_km2`, `easting` and `northing` of the middle of its incidents, and `shape`. `of_row` is the
    cluster of each row handed in, 0 for those in none, whose incidents are `noise`. `within_m` and `least` are the
    setting.
    """

    clusters: pd.DataFrame
    of_row: Whole
    noise: int
    within_m: float
    least: int

    def __str__(self) -> str:
        """Say in a sentence what was found.

        >>> near = pd.DataFrame({"easting": [0.0, 50.0, 900.0], "northing": [0.0, 0.0, 0.0], "incidents": [3, 3, 1]})
        >>> print(find(near, within_m=100, least=5))
        1 cluster of at least 5 incidents within 100 m holds 6 of 7 incidents (86%); 1 lies in none.
        """
        inside = int(self.clusters["incidents"].sum())
        total = inside + self.noise
        many = "1 cluster" if len(self.clusters) == 1 else f"{len(self.clusters)} clusters"
        share = f" ({inside / total:.0%})" if total else ""
        held = "holds" if len(self.clusters) == 1 else "hold"
        rest = f"{self.noise:,} {'lies' if self.noise == 1 else 'lie'} in none."
        said = f"{many} of at least {self.least:,} incidents within {self.within_m:g} m {held}"
        return f"{said} {inside:,} of {total:,} incidents{share}; {rest}"


def find(points: pd.DataFrame, *, within_m: float, least: int, unit_m: float = 1.0) -> Clusters:
    """Find where incidents cluster, from their points.

    `points` has the columns `easting` and `northing`, in the unit of the coordinate system, of which one is `unit_m`
    metres; each row is one incident, or as many as its column `incidents` says (`tables.OCCURRENCES` and `PLACED` fit).
    Incidents at one spot are one spot. A spot is a cluster's core if there are at least `least` incidents at most
    `within_m` away from it, its own counted; cores that near to each other are one cluster. A spot within reach of the
    cores of two clusters goes to the nearer core's. The polygon is all ground within half of `within_m` of the
    cluster's spots, which is of one piece; clusters may touch where a border spot of one lies near the other. Equal
    clusters are numbered from west to east.

    Raises `OptionError` for a reach or number that makes no cluster, and `TableError` for coordinates that are blank.

    >>> town = pd.DataFrame({"easting": [0.0, 30.0, 60.0, 500.0], "northing": 0.0, "incidents": [2, 2, 2, 1]})
    >>> found = find(town, within_m=40, least=4)
    >>> found.clusters[["cluster", "incidents", "members"]].to_numpy().tolist(), found.of_row.tolist(), found.noise
    ([[1, 6, 3]], [1, 1, 1, 0], 1)
    """
    _check(within_m, least)
    spots = points[["easting", "northing"]].to_numpy(float)
    if not np.isfinite(spots).all():
        blank = int((~np.isfinite(spots).all(axis=1)).sum())
        raise TableError(f"points: {blank:,} rows have no coordinates: leave them out, and say how many there are")
    incidents = _incidents(points)
    distinct, which = np.unique(spots, axis=0, return_inverse=True)
    which = which.ravel().astype(np.int64)
    weight = np.bincount(which, weights=incidents, minlength=len(distinct)).astype(np.float64)
    x, y = distinct[:, 0].copy(), distinct[:, 1].copy()
    reach = within_m / unit_m
    labels = kernel.label(kernel.near_points(x, y, within=reach), weight, least=least)
    return _laid_out(
        labels.cluster, weight, distinct, _discs(distinct, labels.cluster, reach / 2 * _JOINED), which,
        setting=(within_m, least, unit_m),
    )  # fmt: skip


def join(streets: pd.DataFrame, *, within_m: float, least: int, unit_m: float = 1.0) -> Clusters:
    """Join stretches of street near to each other into clusters: hotspots that are streets.

    `streets` has the columns `shape` (lines) and `incidents`; hand in the busy ones only. A stretch is a core if it and
    all stretches at most `within_m` from it (from nearest point to nearest point; those that meet are 0 apart) saw at
    least `least` incidents. The polygon is all ground within half of `within_m`, at least 10 m, of the stretches, and
    the middle is weighted by incidents.

    >>> import shapely
    >>> lines = [shapely.LineString(ends) for ends in ([(0, 0), (80, 0)], [(80, 0), (90, 50)], [(900, 0), (990, 0)])]
    >>> found = join(pd.DataFrame({"shape": lines, "incidents": [6, 2, 3]}), within_m=20, least=8)
    >>> found.of_row.tolist(), round(float(found.clusters["area_km2"].iloc[0]), 4)
    ([1, 1, 0], 0.003)
    """
    import shapely

    _check(within_m, least)
    shapes = streets["shape"].to_numpy(dtype=object)
    incidents = _incidents(streets)
    reach = within_m / unit_m
    labels = kernel.label(kernel.near_shapes(shapes, within=reach), incidents, least=least)
    middles = shapely.get_coordinates(shapely.line_interpolate_point(shapes, 0.5, normalized=True))
    around = max(reach / 2, 10 / unit_m) * _JOINED
    outlines = [
        shapely.union_all(shapely.buffer(shapes[labels.cluster == number], around, quad_segs=_ROUND))
        for number in range(int(labels.cluster.max(initial=-1)) + 1)
    ]
    own = np.arange(len(shapes), dtype=np.int64)
    return _laid_out(labels.cluster, incidents, middles, outlines, own, setting=(within_m, least, unit_m))


def _check(within_m: float, least: int) -> None:
    faults = []
    if not within_m > 0 or not np.isfinite(within_m):
        faults.append(f"the reach of a cluster is a length above 0, not {within_m:g} metres")
    if least < 2:
        faults.append(f"a cluster needs at least 2 incidents, not {least}: one alone is no cluster")
    if faults:
        raise OptionError(*faults)


def _incidents(rows: pd.DataFrame) -> Real:
    if "incidents" not in rows:
        return np.ones(len(rows))
    return rows["incidents"].to_numpy(np.float64)


def _discs(spots: Real, cluster: Whole, radius: float) -> list[Any]:
    import shapely

    return [
        shapely.union_all(shapely.buffer(shapely.points(spots[cluster == number]), radius, quad_segs=_ROUND))
        for number in range(int(cluster.max(initial=-1)) + 1)
    ]


def _laid_out(
    cluster: Whole, weight: Real, spots: Real, outlines: list[Any], which: Whole, *, setting: tuple[float, int, float]
) -> Clusters:
    """Put clusters in order of their incidents, and number them from 1."""
    import shapely

    within_m, least, unit_m = setting
    inside = cluster >= 0
    number, many = cluster[inside], len(outlines)

    def total(values: Real) -> Real:
        return np.bincount(number, weights=values, minlength=many).astype(np.float64)

    incidents = total(weight[inside])
    middle = np.column_stack([total(weight[inside] * spots[inside, axis]) for axis in (0, 1)])
    middle /= np.maximum(incidents, 1)[:, None]
    order = np.lexsort((middle[:, 1], middle[:, 0], -incidents))
    rank = np.zeros(many + 1, dtype=np.int64)
    rank[order] = np.arange(1, many + 1)
    shapes = np.array(outlines, dtype=object)[order] if many else np.empty(0, dtype=object)
    frame = pd.DataFrame(
        {
            "cluster": np.arange(1, many + 1),
            "incidents": np.rint(incidents[order]).astype(np.int64),
            "members": np.bincount(number, minlength=many)[order],
            "area_km2": shapely.area(shapes) * unit_m**2 / 1e6,
            "easting": middle[order, 0],
            "northing": middle[order, 1],
        }
    ).assign(shape=shapes)
    return Clusters(frame, rank[cluster[which]], round(float(weight[~inside].sum())), within_m, least)
