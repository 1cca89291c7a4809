"""Doses of a trial: four columns, others left alone, every fault with its row."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import trial_doses


def test_rows_come_by_date_then_site(tmp_path):
    file = tmp_path / "dose.csv"
    file.write_text("date,site_id,minutes,officers,visits\n2026-01-02,A,5,1,1\n2026-01-01,B,0,0,0\n")
    found = trial_doses.read(file)
    assert found["site_id"].tolist() == ["B", "A"]
    assert list(found.columns) == ["date", "site_id", "minutes", "officers"]


def test_every_fault_is_told():
    text = "date,site_id,minutes,officers\n2026-1-1,A,5,1\n2026-01-01,,900000,1\n2026-01-02,B,-3,x\n2026-01-02,B,1,1\n"
    with pytest.raises(SourceError) as fault:
        trial_doses.parse(text.encode(), name="dose.csv")
    told = "\n".join(fault.value.faults)
    for part in (
        "row 1: date is '2026-1-1'",
        "row 2: site_id is blank",
        "row 2: 900000 minutes are more than a day holds",
        "row 3: minutes is '-3'",
        "row 3: officers is 'x'",
        "row 4: site 'B' on 2026-01-02 stands in an earlier row already",
    ):
        assert f"dose.csv, {part}" in told


def test_no_rows_and_no_column_are_told():
    with pytest.raises(SourceError, match="no row under the headings"):
        trial_doses.parse(b"date,site_id,minutes\n", name="d.csv")
    with pytest.raises(SourceError, match="no column 'minutes'"):
        trial_doses.parse(b"date,site_id,officers\n", name="d.csv")
