from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from abate.reports import frames


@given(st.floats(10, 50_000), st.floats(10, 50_000))
def test_the_window_holds_the_ground_and_fits_the_picture(wide, tall):
    window = frames.fit((100, 200, 100 + wide, 200 + tall), width=900, most_height=700)
    corners = window.place(np.array([[100, 200], [100 + wide, 200 + tall]], dtype=float))
    assert (corners >= -1e-6).all()
    assert (corners[:, 0] <= 900.000001).all()
    assert (corners[:, 1] <= window.height + 1e-6).all()
    assert window.height <= 700.000001


def outlines(path: str) -> list[list[tuple[float, float]]]:
    """Walk a path as a browser would."""
    rings: list[list[tuple[float, float]]] = []
    for step, x, y in re.findall(r"([Ml])(-?[\d.]+) (-?[\d.]+)", path):
        if step == "M":
            rings.append([(float(x), float(y))])
        else:
            before = rings[-1][-1]
            rings[-1].append((before[0] + float(x), before[1] + float(y)))
    return rings


def test_a_path_walks_round_every_ring():
    window = frames.Frame(0, 0, 100, 100, 200, 200)
    ring = shapely.Polygon([(10, 10), (90, 10), (90, 90), (10, 90)], [[(30, 30), (30, 60), (60, 60)]])
    path = frames.path(np.array([ring, shapely.box(0, 0, 5.55, 5.55)]), window)
    assert path.count("M") == path.count("z") == 3
    walked = outlines(path)
    areas = [shapely.Polygon(each).area for each in walked]
    assert areas == pytest.approx([160 * 160, 60 * 60 / 2, 11.1**2], abs=0.2)


def test_lines_stay_open_and_nothing_draws_nothing():
    window = frames.Frame(0, 0, 100, 100, 100, 100)
    assert frames.path(np.array([shapely.LineString([(0, 0), (10, 10)])]), window, closed=False) == "M0 100l10 -10"
    assert frames.path(np.array([], dtype=object), window) == ""
