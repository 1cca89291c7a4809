"""Charts of a score: drawn inside their frames, told apart without colour, told in words."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from abate.reports import scorecharts
from reports import score_story

STYLES = scorecharts.colours(list(score_story.METHODS))


def points(picture: str) -> np.ndarray:
    drawn = re.findall(r'<polyline points="([^"]+)"', picture)
    return np.array([[float(number) for number in pair.split(",")] for line in drawn for pair in line.split()])


@pytest.fixture(scope="module")
def pictures() -> dict[str, str]:
    told = score_story.story()
    lines = [line for line in told.lines if line.window == "1m"]
    groups = [one for one in told.reliability if one.window == "1m"]
    return {
        "curve": scorecharts.hit_curves(lines, STYLES, unit="km²", asked=[2.5], name="a"),
        "calibration": scorecharts.calibration(groups, STYLES, name="b"),
        "transforms": scorecharts.transforms(groups, STYLES, name="c"),
    }


@pytest.mark.parametrize("name", ["curve", "calibration", "transforms"])
def test_every_chart_is_sound_and_stays_in_its_frame(name: str, pictures: dict[str, str]) -> None:
    picture = pictures[name]
    root = ET.fromstring(picture)
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    drawn = points(picture)
    assert len(drawn) > 0
    assert (drawn >= 0).all()
    assert (drawn[:, 0] <= width).all()
    assert (drawn[:, 1] <= height).all()
    assert picture.count("<polyline") == 2


def test_the_words_give_the_figures(pictures: dict[str, str]) -> None:
    said = re.search(r"<desc[^>]*>([^<]+)", pictures["curve"])
    assert said
    areas = score_story.story().lines[0].areas
    rate = np.interp(2.5, areas, np.floor(30 * np.sqrt(areas))) / 300
    assert f"recommended: {rate:.1%} at 2.5 km²" in said[1]
    assert "300 expected, 300 seen" in pictures["calibration"]
    assert "10.0% to 10.0% a step" in pictures["transforms"]


def test_lines_differ_in_dashes_and_not_in_colour_alone() -> None:
    styles = scorecharts.colours([f"m{at}" for at in range(8)])
    assert len({dashes for _, dashes in styles.values()}) == 8
    assert len({colour for colour, _ in styles.values()}) == 8


def test_nothing_happened_is_a_chart_without_a_line() -> None:
    quiet = [scorecharts.Line("1m", "counts", np.array([0.0, 1.0]), np.zeros(2), 0)]
    picture = scorecharts.hit_curves(quiet, STYLES, unit="km²", asked=[1.0], name="q")
    assert "<polyline" not in picture
    assert "Nothing happened" in picture
