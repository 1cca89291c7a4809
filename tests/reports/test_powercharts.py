"""The curve of power: a point an effect, a line a carry-over, and the same in words."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

from abate.reports import powercharts
from abate.trials.designs import Design
from abate.trials.power import Tally, Tried


def tried() -> Tried:
    design = Design(date(2026, 1, 5), 90, treat=8, carry_over=(0.0, 0.5))
    powers = {1.0: 50, 0.8: 500, 0.6: 990, 1.2: 400}
    tallies = {
        ("incidents", effect, share): Tally(1000, int(found * (1 - share / 2)), 70.0, 100.0, 100, 100)
        for effect, found in powers.items()
        for share in design.carry_over
    }
    return Tried(design, tallies, {0.0: 0.0, 0.5: 0.3})


def test_every_fall_is_a_point_with_its_bar():
    picture = powercharts.curve(tried(), "incidents", level=0.95)
    ET.fromstring(picture)
    assert picture.count("<circle") == 6
    assert picture.count("<polyline") == 2
    first = picture.split('<polyline points="')[1].split('"')[0].split()
    assert first[0] == "58.0,242.0"
    assert float(first[-1].split(",")[0]) == 58 + 440
    assert "carry-over 0: 0% fall 5%, 20% fall 50%, 40% fall 99%" in picture
    assert "20% more" not in picture


def test_the_key_names_each_line():
    key = powercharts.legend((0.0, 0.5))
    assert key.count("<li>") == 2
    assert "carry-over 0.5" in key
