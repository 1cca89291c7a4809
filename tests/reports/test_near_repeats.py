"""The page on near repeats: all figures stand in it, nothing strange gets in, and it fits."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

from abate.hotspots.nearrepeats import Bands, NearRepeats
from abate.reports import near_repeats as report


def told(ratio: float = 3.0) -> NearRepeats:
    bands = Bands((0, 100), (0, 7, 14))

    def table(values: list[list[float]]) -> pd.DataFrame:
        return pd.DataFrame(values, index=list(bands.rows), columns=list(bands.columns))

    return NearRepeats(
        observed=table([[0, 1, 2], [12_345, 4, 5], [6, 7, 8]]),
        expected=table([[0.0, 1.0, 2.0], [12_345 / ratio, 4.0, 5.0], [6.0, 7.0, 8.0]]),
        ratio=table([[np.nan, 1.0, 1.0], [ratio, 1.0, 1.0], [1.0, 1.0, 1.0]]),
        p=table([[1.0, 0.5, 0.5], [0.0001, 0.5, 0.5], [0.5, 0.5, 0.5]]),
        events=160,
        draws=9_999,
        metric="manhattan",
        seed=1,
        rounded=False,
    )


def test_the_page_holds_the_table_with_its_colours():
    page = report.draw(told(), notes=["<b>3 rows</b> left out"], made={"seed": 1})
    assert re.search(r'<td class="above-2"><span class="pairs">12,345</span> <span class="beside">3.00 times', page)
    assert "none expected" in page
    assert "p 0.0001" in page
    assert "&lt;b&gt;3 rows&lt;/b&gt;" in page
    assert "<script" not in page
    assert page.count("working copy, not for publication") == 3
    assert page == report.draw(told(), notes=["<b>3 rows</b> left out"], made={"seed": 1})


@pytest.mark.parametrize(
    ("ratio", "p", "name"),
    [(1.1, 0.01, "above-0"), (2.0, 0.05, "above-2"), (9.0, 0.06, ""), (0.5, 0.01, ""), (np.nan, 1.0, "")],
)
def test_only_what_is_clearly_above_chance_is_coloured(ratio, p, name):
    assert report.shade(ratio, p) == name


def test_the_files_are_written_together(tmp_path):
    written = report.write(told(), tmp_path / "near", notes=[], made={"seed": 1})
    assert [path.name for path in written] == ["near-repeats.html", "near-repeats.csv", "provenance.json"]
    assert json.loads(written[2].read_text())["seed"] == 1
    listed = pd.read_csv(written[1])
    assert listed.columns.tolist() == ["distance", "time", "observed", "expected", "ratio", "p"]
    assert len(listed) == 9
