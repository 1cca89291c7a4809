"""A walk in words: at which corner it starts, along which streets it goes and where it turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abate.patrols.walkable import label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from abate.patrols.walkable import Network

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]

_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_SLIGHT, _TURN, _BACK = 30.0, 60.0, 160.0
_SHORT_M = 12.0


@dataclass(frozen=True)
class Turn:
    """One step of a walk in words: what to do, onto what, how far along it in metres, and where the step begins."""

    number: int
    words: str
    street: str
    length_m: float
    easting: float
    northing: float


@dataclass
class _Leg:
    """Edges walked one after the other along one street: from which step to before which."""

    street: str
    first: int
    last: int
    back: bool = False


def turns(ground: Network, nodes: Whole, edges: Whole) -> tuple[Turn, ...]:
    """Put a closed walk (the nodes it passes, the edges it walks) into words, one entry a street.

    Edges of one street that follow each other are one entry; a turn back is one of its own. A link of less than
    12 metres without a name between two longer ones is told with what follows.
    """
    if not len(edges):
        return ()
    legs = _merged(_legs(ground, nodes, edges), ground, edges)
    told = []
    for number, leg in enumerate(legs, 1):
        length = float(ground.graph.length[edges[leg.first : leg.last]].sum())
        start = int(nodes[leg.first])
        told.append(
            Turn(
                number,
                _words(ground, (nodes, edges), legs, number - 1, length),
                leg.street,
                length,
                float(ground.graph.x[start]),
                float(ground.graph.y[start]),
            )
        )
    return tuple(told)


def sentences(ground: Network, nodes: Whole, edges: Whole) -> str:
    """Put a closed walk into one text.

    The text begins with the corner where it starts and ends with the return to it.
    """
    steps = turns(ground, nodes, edges)
    if not steps:
        return "Stay where you are: nothing can be come to and back within the stay."
    corner = start(ground, int(nodes[0]))
    return (
        f"Start {corner}. " + "; ".join(_lowered(step.words, step.number) for step in steps) + ". End where you began."
    )


def start(ground: Network, node: int) -> str:
    """Say where a node is: at the corner of two streets, on one street, or where one ends."""
    ends = ground.graph.ends
    edges = ends.end[ends.begin[node] : ends.begin[node + 1]] // 2
    names = _named(ground, np.unique(edges))
    if len(names) >= 2:
        return f"at the corner of {names[0]} and {names[1]}"
    if not names:
        labels = sorted({_label(ground, int(edge)) for edge in edges})
        return (
            f"where {_article(labels[0])} and {_article(labels[1])} meet"
            if len(labels) > 1
            else f"on {_article(labels[0])}"
        )
    return f"at the end of {names[0]}" if len(edges) == 1 else f"on {names[0]}"


def _named(ground: Network, edges: Whole) -> list[str]:
    names = ground.segments["name"].iloc[edges].dropna()
    return sorted({name.strip() for name in names if name.strip()})


def _label(ground: Network, edge: int) -> str:
    row = ground.segments.iloc[edge]
    return label(row["name"], row["kind"])


def _legs(ground: Network, nodes: Whole, edges: Whole) -> list[_Leg]:
    legs: list[_Leg] = []
    for step, edge in enumerate(edges.tolist()):
        street = _label(ground, edge)
        back = bool(step) and edge == edges[step - 1] and nodes[step + 1] == nodes[step - 1]
        # an unnamed way goes on as one step only while it does not turn: its name does not lead round a corner
        named = bool(_named(ground, edges[step : step + 1]))
        bend = abs(_bend(ground, nodes, edges, step)) if step else 0.0
        same = bool(legs) and legs[-1].street == street and not back
        if same and (named or bend < _TURN):
            legs[-1].last = step + 1
        else:
            legs.append(_Leg(street, step, step + 1, back))
    return legs


def _merged(legs: list[_Leg], ground: Network, edges: Whole) -> list[_Leg]:
    """Tell links of a few metres without a name with the leg that follows them."""
    kept: list[_Leg] = []
    for leg in legs:
        before = kept[-1] if kept else None
        short = (
            before is not None
            and not leg.back
            and float(ground.graph.length[edges[before.first : before.last]].sum()) < _SHORT_M
            and not _named(ground, edges[before.first : before.last])
            and not before.back
        )
        on = (
            before is not None
            and before.street == leg.street
            and not leg.back
            and bool(_named(ground, edges[leg.first : leg.last]))
        )
        if before is not None and (short or on):
            kept[-1] = _Leg(leg.street, before.first, leg.last, before.back)
        else:
            kept.append(leg)
    return kept


def _words(ground: Network, way: tuple[Whole, Whole], legs: list[_Leg], place: int, length: float) -> str:
    (nodes, edges), leg = way, legs[place]
    far = f"for {_metres(length)}"
    wind = _wind(_heading(ground, nodes, edges, leg.first, leaving=True))
    onto = _article(leg.street)
    if place == 0:
        return f"Walk {wind} along {onto} {far}"
    if leg.back:
        return f"Turn back along {onto} {far}"
    bend = _bend(ground, nodes, edges, leg.first)
    side = "left" if bend > 0 else "right"
    same = legs[place - 1].street == leg.street
    if abs(bend) >= _BACK:
        return f"Turn back along {onto} {far}"
    if abs(bend) < _SLIGHT:
        return f"Go on along {onto} {far}" if same else f"Go straight on into {onto} {far}"
    verb = "Turn" if abs(bend) >= _TURN else "Bear"
    return f"{verb} {side} along {onto} {far}" if same else f"{verb} {side} into {onto} {far}"


def _article(street: str) -> str:
    """Put an article before a kind; a name has none.

    >>> _article("footpath"), _article("unnamed street"), _article("Gower Street"), _article("steps")
    ('the footpath', 'the unnamed street', 'Gower Street', 'the steps')
    """
    return f"the {street}" if street[:1].islower() else street


def _metres(length: float) -> str:
    """Say a length as one walks it.

    >>> _metres(3.2), _metres(47.0), _metres(122.0)
    ('a few metres', '45 m', '120 m')
    """
    if length < 7.5:
        return "a few metres"
    step = 5 if length < 50 else 10
    return f"{round(length / step) * step} m"


def _lowered(words: str, number: int) -> str:
    return words if number == 1 else words[:1].lower() + words[1:]


def _wind(heading: tuple[float, float]) -> str:
    """Name the wind towards which a heading goes, the nearest of eight.

    >>> _wind((1.0, 1.0)), _wind((0.0, -1.0)), _wind((-1.0, 0.2))
    ('north-east', 'south', 'west')
    """
    turn = float(np.degrees(np.arctan2(heading[0], heading[1]))) % 360
    return _WINDS[round(turn / 45) % 8]


def _heading(ground: Network, nodes: Whole, edges: Whole, step: int, *, leaving: bool) -> tuple[float, float]:
    """Give the heading along an edge as it is walked: over its first metres when leaving, its last when coming."""
    import shapely

    line = ground.lines[edges[step]]
    onward = ground.graph.start[edges[step]] == nodes[step]
    if ground.graph.start[edges[step]] == ground.graph.end[edges[step]]:
        onward = True
    reach = min(line.length, 10.0)
    low = leaving == onward
    one, other = (0.0, reach) if low else (line.length - reach, line.length)
    first, second = shapely.line_interpolate_point(line, [one, other])
    sign = 1.0 if onward else -1.0
    return sign * (second.x - first.x), sign * (second.y - first.y)


def _bend(ground: Network, nodes: Whole, edges: Whole, step: int) -> float:
    """Give by how many degrees a walk turns as it begins a step; above 0 to the left."""
    come = _heading(ground, nodes, edges, step - 1, leaving=False)
    go = _heading(ground, nodes, edges, step, leaving=True)
    cross, dot = come[0] * go[1] - come[1] * go[0], come[0] * go[0] + come[1] * go[1]
    return float(np.degrees(np.arctan2(cross, dot)))
