"""What is expected where: a site's incidents or harm put on the stretches of street that officers can walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from abate.errors import OptionError
from abate.space import segments

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.patrols.walkable import Network

    Real = NDArray[np.float64]
    Whole = NDArray[np.int64]

Basis = Literal["points", "site", "length"]
_TRIFLE_M = 15.0


@dataclass(frozen=True)
class Points:
    """What was recorded: where, how much each stands for, and the stretch that it is put on (-1: none near enough)."""

    easting: Real
    northing: Real
    weight: Real
    segment: Whole


@dataclass(frozen=True)
class Expected:
    """What is expected on each stretch of street (`worth`) for one site, and all of it for the site (`total`).

    `spread` is the part of `worth` that was spread evenly. `total` includes what no stretch is near enough to. `basis`
    says where it comes from: `points` (recorded there), `site` (the site's own figure, spread evenly over its streets'
    length), `length` (nothing is known: the metres themselves).
    """

    worth: Real
    spread: Real
    total: float
    basis: Basis


def place(ground: Network, events: pd.DataFrame, *, limit_m: float, unit_m: float) -> Points:
    """Put each event (`easting`, `northing`, `weight`) on the nearest walkable stretch within `limit_m`."""
    x, y = events["easting"].to_numpy(float), events["northing"].to_numpy(float)
    found = segments.nearest(x, y, ground.lines, limit=limit_m / unit_m)
    return Points(x, y, events["weight"].to_numpy(float), found.position)


def expect(
    ground: Network, area: Any, points: Points | None, *, figure: float | None = None, even: float = 0.1
) -> Expected:
    """Say what is expected on each stretch for a site with the outline `area` (widened already, where wished).

    What was recorded inside counts on the stretch that it was put on, less the part `even`, which is spread evenly over
    the length of the site's streets: recorded points are few and often moved, and crime keeps to no stretch. Without
    anything recorded the site's own `figure` is spread evenly; without that, each metre counts as one. Raises
    `OptionError` when `even` is not between 0 and 1.
    """
    import shapely

    if not 0 <= even <= 1:
        raise OptionError(f"--even is a share between 0 and 1, not {even:g}")
    length = _inside(ground, area)
    spread = length / length.sum() if length.sum() > 0 else length
    if points is not None:
        inside = shapely.contains_xy(area, points.easting, points.northing)
        total = float(points.weight[inside].sum())
        if total > 0:
            on = inside & (points.segment >= 0)
            seen = np.bincount(points.segment[on], weights=points.weight[on], minlength=len(length))
            part = even if length.sum() > 0 else 0.0
            return Expected((1 - part) * seen + part * total * spread, part * total * spread, total, "points")
    if figure is not None and figure > 0:
        return Expected(figure * spread, figure * spread, float(figure), "site")
    return Expected(length, length, float(length.sum()), "length")


def _inside(ground: Network, area: Any) -> Real:
    """Give how many metres of each stretch lie in an area; less than 15 m count as none unless there are no others."""
    import shapely

    lines = ground.lines
    length = np.zeros(len(lines))
    near = np.sort(shapely.STRtree(lines).query(area, predicate="intersects"))
    whole = ground.graph.length[near]
    drawn = shapely.length(lines[near])
    cut = shapely.length(shapely.intersection(lines[near], area)) / drawn * whole
    kept = cut >= _TRIFLE_M
    length[near] = np.where(kept if kept.any() else cut > 0, cut, 0.0)
    return length
