from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from abate.patrols import loops, walkable
from abate.reports import tasking_sheets, walks
from patrols.blocks import segments, sites

BNG = "EPSG:27700"


@pytest.fixture(scope="module")
def told() -> walks.Walks:
    frame = segments()
    ground = walkable.network(frame)
    named = sites((150.0, 150.0), (310.0, 260.0)).assign(name=["Fish & <Chips>", "Mill Lane"])
    drawn = loops.draw(ground, named, None, loops.Rules(minutes=8, loops=2, parkings=1))
    return walks.Walks(
        loops=drawn.loops,
        sites=named,
        segments=ground.segments,
        crs=BNG,
        radius_m=75,
        unit="incidents a month",
        sentence="Four walks.",
        notes=drawn.notes,
        made={"seed": 1},
        made_on=date(2026, 11, 22),
    )


def test_the_page_marks_itself_escapes_names_and_has_a_map_a_walk(told: walks.Walks) -> None:
    page = walks.page(told)
    assert page.count(walks.MARKING) >= 3
    assert "Fish &amp; &lt;Chips&gt;" in page
    assert "<Chips>" not in page
    assert page.count("<svg") == page.count("<article") == 4
    identifiers = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(identifiers) == len(set(identifiers))


def test_numbers_on_the_map_are_those_of_the_steps(told: walks.Walks) -> None:
    row = told.loops.iloc[0]
    page = walks.page(told)
    drawing = page[page.index("<svg") : page.index("</svg>") + 6]
    shown = [node.text for node in ET.fromstring(drawing).iter("{http://www.w3.org/2000/svg}text")]
    numbers = [int(text) for text in shown if text and text.isdigit()]
    assert numbers == sorted(numbers)
    assert set(numbers) <= set(range(2, len(row["turns"]) + 1))
    assert numbers


def test_geojson_has_every_column_and_the_marking(told: walks.Walks) -> None:
    document = json.loads(walks.geojson(told))
    assert document["marking"] == walks.MARKING
    assert {"parking_longitude", "repeated", "inside", "basis"} <= set(document["features"][0]["properties"])
    assert "turns" not in document["features"][0]["properties"]


def test_the_paper_has_a_page_a_walk_and_the_same_bytes_twice(told: walks.Walks) -> None:
    one = walks.paper(told)
    assert one == walks.paper(told)
    assert tasking_sheets.pages(one) == 5
