from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.errors import AbateError, SourceError
from abate.sources import graphml

KEYS = '<key id="a" attr.name="x"/><key id="b" attr.name="y"/><key id="g" attr.name="geometry"/>'
NODE = '<node id="{0}"><data key="a">{1}</data><data key="b">{2}</data></node>'
ENDS = NODE.format(1, 0, 51) + NODE.format(2, 1, 51)


def graph(body: str) -> bytes:
    return f"<graphml>{KEYS}<graph>{body}</graph></graphml>".encode()


@given(seed=st.integers(0, 2**32 - 1))
def test_what_networkx_writes_is_read_back(seed: int) -> None:
    """OSMnx writes its graphs with networkx: every edge in both directions, some with a shape, all values as text."""
    rng = np.random.default_rng(seed)
    made = nx.MultiDiGraph(crs="epsg:4326")
    for node in range(6):
        made.add_node(node, x=str(rng.uniform(-1, 1)), y=str(rng.uniform(50, 52)))
    wanted = []
    for source, target in {tuple(sorted(rng.choice(6, 2, replace=False).tolist())) for _ in range(6)}:
        ends = [(float(made.nodes[n]["x"]), float(made.nodes[n]["y"])) for n in (source, target)]
        bend = tuple(rng.uniform(0, 50, 2).tolist())
        line = shapely.LineString([ends[0], bend, ends[1]] if rng.random() < 0.5 else ends)
        shaped = {"geometry": shapely.to_wkt(line, rounding_precision=-1)} if len(line.coords) == 3 else {}
        back = {"geometry": shapely.to_wkt(line.reverse(), rounding_precision=-1)} if shaped else {}
        made.add_edge(source, target, name="['A1', 'High Street']", **shaped)
        made.add_edge(target, source, name="['A1', 'High Street']", **back)
        wanted.append((f"{source}-{target}-0", line))
    found = graphml.parse("\n".join(nx.generate_graphml(made)).encode(), name="f")
    assert found.crs == "epsg:4326"
    assert sorted(found.ids) == sorted(name for name, _ in wanted)
    lines = dict(zip(found.ids, found.lines, strict=True))
    assert all(lines[name].hausdorff_distance(line) < 1e-12 for name, line in wanted)
    assert all(row["name"] == ["A1", "High Street"] for row in found.properties)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"<graphml>", "f: not XML, line 1: no element found; is it cut off?"),
        (b'<!DOCTYPE g [<!ENTITY a "aaaa">]><g>&a;</g>', "f: XML with a document type (DTD), which is not read"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE g><g/>'.encode("utf-16"), "XML with a document type (DTD)"),
        (b"<a>" * 40, "f: nested more than 32 elements deep"),
        (b"<kml></kml>", "f: XML without edges, where a street graph in GraphML would be right"),
        (graph('<edge source="1" target="2"/>'), "f: 2 nodes have no x and y that are numbers, the first is '1'"),
        (graph(ENDS.replace("51", "north") + '<edge source="1" target="2"/>'), "f: 2 nodes have no x and y"),
        (
            graph(ENDS + '<edge source="1" target="2"><data key="g">POINT (1 1)</data></edge>'),
            "f: the shape of an edge is not a line: 'POINT (1 1)'",
        ),
        (
            graph(ENDS + '<edge source="1" target="2"><data key="g">LINE</data></edge>'),
            "f: the shape of an edge is not a line: 'LINE'",
        ),
    ],
)
def test_what_is_no_street_graph_is_a_sentence(text: bytes, sentence: str) -> None:
    with pytest.raises(SourceError) as fault:
        graphml.parse(text, name="f")
    assert sentence in str(fault.value)


@given(body=st.text(alphabet='<>/="abgx12 ', max_size=60))
def test_nonsense_is_a_sentence_never_a_crash(body: str) -> None:
    for text in (body.encode(), graph(body), graph(ENDS + f'<edge source="1" target="2">{body}</edge>')):
        said = "f: "
        try:
            graphml.parse(text, name="f")
        except AbateError as fault:
            said = str(fault)
        assert said.startswith("f: ")


def test_edges_between_the_same_nodes_are_told_apart_by_shape() -> None:
    bent = '<edge source="1" target="2"><data key="g">LINESTRING (0 51, 0.5 51.5, 1 51)</data></edge>'
    found = graphml.parse(graph(ENDS + '<edge source="2" target="1"/>' + bent + bent), name="f")
    assert found.ids == ("1-2-0", "1-2-1")
    assert found.crs is None


def test_a_list_that_is_not_one_stays_text() -> None:
    edge = '<edge source="1" target="2"><data key="n">[open(1)]</data></edge>'
    text = graph(ENDS + edge).replace(b"<graph>", b'<key id="n" attr.name="name"/><graph>')
    assert graphml.parse(text, name="f").properties[0]["name"] == "[open(1)]"
