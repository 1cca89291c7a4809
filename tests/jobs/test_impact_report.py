"""The report of impact with other methods beside it and a price."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate.jobs import impact as jobs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    counts = np.random.default_rng(1).poisson(50, (20, 8))
    counts[:10, 5:] -= 12
    rows = [
        f"a{area:02d},{2015 + year},{counts[area, year]},{int(area < 10 and year >= 5)}"
        for area in range(20)
        for year in range(8)
    ]
    (tmp_path / "p.csv").write_text("\n".join(["area,year,n,on", *rows]) + "\n")
    return tmp_path / "p.csv"


def test_methods_stand_side_by_side_and_what_was_prevented_is_priced(panel: Path, tmp_path: Path) -> None:
    options = jobs.Options(
        panel, time="year", outcome="n", method="sdid", unit="area", treatment="on", price_as="arson", beside=("did",)
    )
    found = jobs.impact(options)
    files = jobs.deliver(found, tmp_path / "out", options, today=date(2026, 3, 1), by="t")
    assert [path.name for path in files] == [
        *("impact.html", "impact.pdf", "impact.docx", "path.csv", "weights.csv", "provenance.json")
    ]
    page = files[0].read_text()
    assert "2 of 2 runs could be made" in page
    total = found.document()["total_prevented"]["value"]
    assert total > 0
    assert f"Worth £{total * 8420 / 1e6:.2f} million to society" in page
    again = jobs.deliver(found, tmp_path / "again", options, today=date(2026, 3, 1), by="t")
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]


def test_without_them_the_report_has_neither(panel: Path, tmp_path: Path) -> None:
    options = jobs.Options(panel, time="year", outcome="n", method="did", unit="area", treatment="on")
    files = jobs.deliver(jobs.impact(options), tmp_path / "out", options, today=date(2026, 3, 1), by="t")
    page = files[0].read_text()
    assert "Every way of asking" not in page
    assert "What that is worth" not in page
