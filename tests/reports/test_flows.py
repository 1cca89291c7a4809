"""The flow as a picture: branches side by side, boxes that do not touch, words for who cannot see it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.reports import chapter_report

from abate.reports import flows
from abate.reports.chapters import Box


def boxes(drawn: str) -> list[tuple[float, float, float, float]]:
    found = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', drawn)
    return [tuple(map(float, each)) for each in found]


@pytest.mark.parametrize("aside", [True, False])
def test_no_box_touches_another_and_all_are_inside(aside):
    flow = chapter_report.flow()
    long = Box("Long", tuple("a line of words that will have to be broken because it is long " * 2 for _ in range(3)))
    flow = replace(flow, before=(*flow.before, long), aside=flow.aside if aside else None)
    drawn = flows.picture(flow, name="f")
    found = boxes(drawn)
    assert len(found) == 5 + aside
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups())
    for place, (x, y, wide, high) in enumerate(found):
        assert x >= 0
        assert x + wide <= width
        assert y + high <= height
        for a, b, across, tall in found[place + 1 :]:
            assert x + wide <= a or a + across <= x or y + high <= b or b + tall <= y


def test_branches_begin_side_by_side():
    drawn = flows.picture(chapter_report.flow(), name="f")
    patrol, _, usual = boxes(drawn)[2:]
    assert patrol[1] == usual[1]
    assert patrol[0] + patrol[2] < usual[0]


def test_every_box_is_spoken():
    told = flows.spoken(chapter_report.flow())
    assert told == "All: 32 place-days. Left out: 4. Patrol: 12 place-days. Seen: 3. Usual: 20 place-days."
