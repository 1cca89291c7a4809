"""Street graphs in GraphML, as OSMnx writes them: nodes with x and y, edges with names, classes and shapes."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np

from abate.errors import SourceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

DEEPEST = 32


@dataclass(frozen=True)
class Graph:
    """The edges of a street graph, each once: lines in the coordinates of the file, ids and properties beside them."""

    lines: Shapes
    ids: tuple[str, ...]
    properties: tuple[dict[str, Any], ...]
    crs: str | None


@dataclass
class _Reading:
    """What has been read so far, and which element the parser stands in."""

    keys: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    graph: dict[str, str] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)
    holders: list[dict[str, str]] = field(default_factory=list)
    key: str | None = None
    text: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.inside.append(name)
        if len(self.inside) > DEEPEST:
            raise SourceError(f"nested more than {DEEPEST} elements deep")
        match name:
            case "key":
                self.keys[attributes.get("id", "")] = attributes.get("attr.name", attributes.get("id", ""))
            case "graph":
                self.holders.append(self.graph)
            case "node":
                self.holders.append(self.nodes.setdefault(attributes.get("id", ""), {}))
            case "edge":
                held: dict[str, str] = {"id": attributes["id"]} if "id" in attributes else {}
                self.edges.append((attributes.get("source", ""), attributes.get("target", ""), held))
                self.holders.append(held)
            case "data":
                self.key, self.text = attributes.get("key", ""), []

    def words(self, text: str) -> None:
        if self.key is not None:
            self.text.append(text)

    def end(self, name: str) -> None:
        self.inside.pop()
        if name == "data" and self.key is not None:
            if self.holders:
                self.holders[-1][self.keys.get(self.key, self.key)] = "".join(self.text).strip()
            self.key = None
        elif name in ("graph", "node", "edge"):
            self.holders.pop()


def parse(text: bytes, *, name: str) -> Graph:
    """Take a GraphML text apart; `name` is what the file is called in sentences.

    An edge that is listed in both directions with the same shape is taken once. An edge without a shape of its own is
    straight. Its id is `u-v-k`: its nodes, the smaller first, and a number among the edges between the two.

    Raises `SourceError` when it is not XML, has a document type (DTD), or is not a street graph.

    >>> text = '''<graphml><key id="a" attr.name="x"/><key id="b" attr.name="y"/><graph>
    ... <node id="1"><data key="a">0</data><data key="b">51</data></node>
    ... <node id="2"><data key="a">1</data><data key="b">51</data></node>
    ... <edge source="1" target="2"/><edge source="2" target="1"/></graph></graphml>'''
    >>> graph = parse(text.encode(), name="two.graphml")
    >>> graph.ids, graph.lines[0].wkt
    (('1-2-0',), 'LINESTRING (0 51, 1 51)')
    """
    reading = _read(text, name)
    if not reading.edges:
        raise SourceError(f"{name}: XML without edges, where a street graph in GraphML would be right")
    ends = _ends(reading, name)
    lines, properties, pairs = [], [], []
    seen = set()
    for source, target, held in reading.edges:
        corners = _corners(held, ends[source], ends[target], name)
        again = min(corners, corners[::-1])
        pair = (source, target) if (len(source), source) <= (len(target), target) else (target, source)
        if (pair, again) not in seen:
            seen.add((pair, again))
            lines.append(np.array(corners))
            properties.append({key: _listed(value) for key, value in held.items() if key != "geometry"})
            pairs.append(pair)
    return Graph(_drawn(lines), _ids(pairs), tuple(properties), reading.graph.get("crs"))


def _read(text: bytes, name: str) -> _Reading:
    reading = _Reading()
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SourceError(f"{name}: XML with a document type (DTD), which is not read: GraphML has none")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: reading.start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: reading.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = reading.words
    try:
        parser.Parse(text, True)  # noqa: FBT003 - expat takes no keyword
    except expat.ExpatError as fault:
        raise SourceError(
            f"{name}: not XML, line {fault.lineno}: {expat.ErrorString(fault.code)}; is it cut off?"
        ) from None
    except SourceError as fault:
        raise SourceError(*(said if said.startswith(name) else f"{name}: {said}" for said in fault.faults)) from None
    return reading


def _ends(reading: _Reading, name: str) -> dict[str, tuple[float, float]]:
    ends, faults = {}, []
    for node in dict.fromkeys(end for source, target, _ in reading.edges for end in (source, target)):
        try:
            held = reading.nodes[node]
            ends[node] = (float(held["x"]), float(held["y"]))
        except (KeyError, ValueError):
            faults.append(node)
    if faults:
        raise SourceError(
            f"{name}: {len(faults):,} nodes have no x and y that are numbers, the first is '{faults[0]}': "
            "street graphs as OSMnx writes them do"
        )
    return ends


def _corners(
    held: dict[str, str], source: tuple[float, float], target: tuple[float, float], name: str
) -> tuple[tuple[float, float], ...]:
    import shapely

    if "geometry" not in held:
        return (source, target)
    try:
        shape = shapely.from_wkt(held["geometry"])
    except shapely.errors.GEOSException:
        shape = None
    if shape is None or shape.geom_type != "LineString" or shape.is_empty:
        raise SourceError(f"{name}: the shape of an edge is not a line: '{held['geometry'][:60]}'")
    return tuple((float(x), float(y)) for x, y in shapely.get_coordinates(shape))


def _drawn(lines: list[NDArray[np.float64]]) -> Shapes:
    import shapely

    owner = np.repeat(np.arange(len(lines)), [len(corners) for corners in lines])
    drawn: Shapes = shapely.linestrings(np.concatenate(lines), indices=owner)
    return drawn


def _ids(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    count: dict[tuple[str, str], int] = {}
    ids = []
    for pair in pairs:
        ids.append(f"{pair[0]}-{pair[1]}-{count.get(pair, 0)}")
        count[pair] = count.get(pair, 0) + 1
    return tuple(ids)


def _listed(value: str) -> Any:
    """Undo the lists that OSMnx writes as text, such as `['A400', 'Tottenham Court Road']`."""
    if value.startswith("[") and value.endswith("]"):
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return value
    return value
