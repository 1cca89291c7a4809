"""Pictures of the dose: bars as tall as counts, squares where they may be shown."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import shapely

from abate.patrols import presence
from abate.reports import dosage_charts


def test_bars_count_and_the_band_stands_out() -> None:
    rows = presence.dwell(pd.DataFrame({"kind": ["foot"] * 4, "minutes": [3.0, 11.0, 11.5, 15.0]}))
    drawn = dosage_charts.dwell(rows)
    assert drawn.count(f'fill="{dosage_charts.KOPER}"') == 3
    tall = [float(each) for each in re.findall(r'height="([\d.]+)" fill', drawn)]
    assert max(tall) == 190
    assert sorted(tall)[-3:-1] == [95, 95]
    assert "10-12 minutes 2" in drawn


def test_only_told_squares_are_drawn() -> None:
    cells = pd.DataFrame(
        {"site_id": ["b", "b"], "easting": [0.0, 50.0], "northing": [0.0, 0.0], "minutes": [10.0, 90.0]}
    )
    heat = presence.Heat(cells, 5.0)
    shapes = np.array([shapely.box(500, 0, 600, 90), shapely.box(0, 0, 100, 50)], dtype=object)
    drawn = dosage_charts.heat(heat, shapes, ["a", "b"])
    assert [each["site"] for each in drawn] == ["b"]
    assert drawn[0]["drawing"].count("<rect") == 2
    assert dosage_charts.STEPS[-1] in drawn[0]["drawing"]
    assert len(dosage_charts.legend(heat)) == len(dosage_charts.STEPS)
    assert dosage_charts.legend(presence.Heat(cells.head(0), 5.0)) == []
    assert dosage_charts.heat(presence.Heat(cells.head(0), 5.0), shapes, ["a", "b"]) == []
