"""Which places count as neighbours: those that touch, those within a distance, or the nearest few."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.tables import PLACES

if TYPE_CHECKING:
    import pandas as pd

    from abate.space.neighbours import Neighbours

_RULE = re.compile(r"(queen|rook)|(within|nearest):(\d+(?:\.\d+)?)")


def surround(places: pd.DataFrame, rule: str = "queen", *, unit_m: float = 1.0) -> Neighbours:
    """Find the neighbours of places, in the order of their rows.

    `queen` are places whose outlines share a point (for streets: a junction), `rook` those that share a stretch of
    border, `within:300` those with their middles at most 300 m apart, `nearest:8` the eight nearest middles. `places`
    is `tables.PLACES`, of whose unit one is `unit_m` metres. Raises `OptionError` for another rule, or when it gives no
    place a neighbour.

    >>> import pandas as pd, shapely
    >>> two = pd.DataFrame({"place_id": ["a", "b"], "area_km2": 1.0, "easting": [0.5, 1.5], "northing": 0.5})
    >>> two["shape"] = shapely.box([0, 1], 0, [1, 2], 1)
    >>> surround(two).others.tolist()
    [1, 0]
    """
    from abate.space import neighbours

    PLACES.check(places)
    read = _RULE.fullmatch(rule.strip().lower())
    if read is None:
        raise OptionError(
            f"'{rule}' says not who is a neighbour: write queen, rook, within:METRES or nearest:NUMBER, "
            "for example within:300"
        )
    if read[1]:
        found = neighbours.touching(places["shape"].to_numpy(object), corners=read[1] == "queen")
    else:
        middles = places[["easting", "northing"]].to_numpy(float) * unit_m
        near = read[2] == "within"
        found = neighbours.within(middles, float(read[3])) if near else neighbours.nearest(middles, int(float(read[3])))
    if not len(found.others):
        raise OptionError(
            f"by the rule '{rule}' not one of the {found.count:,} places has a neighbour: take a wider one, "
            f"for example within:{_wider(places, unit_m):.0f}"
        )
    return found


def _wider(places: pd.DataFrame, unit_m: float) -> float:
    """Suggest a distance at which half of the places have neighbours."""
    from scipy.spatial import cKDTree

    middles = places[["easting", "northing"]].to_numpy(float) * unit_m
    if len(middles) < 2:
        return 1000.0
    return float(np.ceil(np.median(cKDTree(middles).query(middles, k=2)[0][:, 1]) * 1.5 / 10) * 10)
