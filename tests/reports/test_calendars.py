from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pandas as pd

from abate.reports import calendars
from conftest import table

COVERAGE = """
    kind       force  month    rows  without_coordinates  status
    incidents  a      2023-11  90    0                    present
    incidents  a      2023-12  0     0                    missing
    incidents  a      2024-01  20    0                    suspicious
    incidents  b<i>   2023-12  70    0                    present
"""


def test_every_month_of_every_force_has_a_square_and_gaps_a_cross():
    drawn = calendars.coverage(table(COVERAGE), name="held")
    ET.fromstring(drawn)
    legend = 3
    assert drawn.count("<rect") == 4 + legend
    assert drawn.count('stroke-width="1.5"') == 1 + 1
    assert "2 forces from November 2023 to January 2024; 1 months missing, 1 with few rows." in drawn
    assert "b&lt;i&gt;" in drawn
    assert "<i>" not in drawn


def test_a_missing_month_has_no_bar_and_is_told():
    rows = pd.DataFrame({"month": ["2023-11", "2024-01"], "incidents": [90, 45]})
    drawn = calendars.volume(rows, name="volume")
    ET.fromstring(drawn)
    tall = [float(found) for found in re.findall(r'<rect [^>]*height="([\d.]+)"', drawn)]
    assert len(tall) == 2
    assert tall[0] == 2 * tall[1]
    assert drawn.count('stroke-width="3"') == 1
    assert "November 2023 90, January 2024 45; missing: December 2023." in drawn


def test_a_month_of_nothing_is_drawn():
    drawn = ET.fromstring(calendars.volume(pd.DataFrame({"month": ["2024-01"], "incidents": [0]}), name="one"))
    assert drawn.tag.endswith("svg")


def test_many_months_stay_narrow():
    months = pd.period_range("2015-01", "2024-12", freq="M").strftime("%Y-%m")
    rows = pd.DataFrame({"kind": "incidents", "force": "a", "month": months, "rows": 1, "status": "present"})
    width = re.search(r'viewBox="0 0 ([\d.]+)', calendars.coverage(rows, name="long"))
    assert width is not None
    assert float(width[1]) < 1260
