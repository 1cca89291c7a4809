"""Streets that officers walk: which stretches may be walked, on which a car can stop, and the graph of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abate.errors import OptionError
from abate.networks import graphs
from abate.tables.outlines import SEGMENTS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from abate.networks.graphs import Graph

    Flags = NDArray[np.bool_]
    Whole = NDArray[np.int64]

NOT_WALKED = frozenset(
    {
        "motorway",
        "motorway_link",
        "bus_guideway",
        "busway",
        "guided busway",
        "construction",
        "proposed",
        "raceway",
        "escape",
        "abandoned",
        "razed",
        "no",
    }
)
ON_FOOT = {
    "footway": "footpath",
    "path": "path",
    "steps": "steps",
    "pedestrian": "pedestrian street",
    "cycleway": "cycle path",
    "bridleway": "bridleway",
    "track": "track",
    "corridor": "passage",
    "elevator": "lift",
    "platform": "platform",
    "service": "service road",
    "living_street": "street",
}
_NO_CAR = frozenset(set(ON_FOOT) - {"service", "living_street"})


@dataclass(frozen=True)
class Network:
    """The walkable stretches of a street file and their graph, in metres.

    `segments` is `tables.SEGMENTS` without what is not walked, and edge e of `graph` is its row e. `drivable` marks the
    nodes at which a car can stop, `part` numbers the parts that hang together (0 the largest), one entry a node.
    """

    segments: pd.DataFrame
    graph: Graph
    drivable: Flags
    part: Whole

    @property
    def lines(self) -> NDArray[np.object_]:
        """The line of each stretch."""
        return np.asarray(self.segments["shape"].to_numpy(dtype=object))


def network(segments: pd.DataFrame) -> Network:
    """Keep what can be walked of a table of street segments: no motorway, nothing private, nothing that is no way.

    Footpaths, steps and pedestrian streets are kept; a car can stop on anything else. A kind that is not known is
    taken for a street. Raises `OptionError` when nothing is left.
    """
    SEGMENTS.check(segments)
    kinds = segments["kind"].fillna("").str.lower()
    out = segments["motorway"].to_numpy(bool) | segments["private"].to_numpy(bool) | kinds.isin(NOT_WALKED).to_numpy()
    kept = segments[~out].reset_index(drop=True)
    if not len(kept):
        raise OptionError(
            f"none of the {len(segments):,} stretches of street can be walked: all are motorways, private or closed"
        )
    drawn = graphs.graph(kept["shape"].to_numpy(dtype=object))
    streets = replace(drawn, length=kept["length_m"].to_numpy(float))
    car = ~kept["kind"].map(kind_of).isin(_NO_CAR).to_numpy()
    drivable = np.zeros(len(streets.x), dtype=bool)
    drivable[streets.start[car]] = drivable[streets.end[car]] = True
    return Network(kept, streets, drivable, graphs.parts(streets))


def kind_of(kind: object) -> str:
    """Give a street's class in lower case, without a grade: `track_grade2` is a `track`; "" where it is not known."""
    return kind.lower().split("_grade")[0] if isinstance(kind, str) else ""


def label(name: object, kind: object) -> str:
    """Call a stretch by its name; one without a name by its kind.

    >>> label("High Street", "residential"), label(None, "steps"), label(None, "residential")
    ('High Street', 'steps', 'unnamed street')
    >>> label("Mill Lane", "footway")
    'Mill Lane (footpath)'
    """
    sort = ON_FOOT.get(kind_of(kind), "")
    if isinstance(name, str) and name.strip():
        return f"{name.strip()} ({sort})" if kind_of(kind) in _NO_CAR - {"pedestrian"} else name.strip()
    return sort if sort and sort != "street" else "unnamed street"
