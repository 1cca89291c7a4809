"""Place-days: read as they are meant, and every fault told at once."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import place_days
from abate.tables.trials import PLACE_DAYS

GOOD = "date,site_id,incidents,harm\n2026-01-02,B,0,0\n2026-01-01,B,2,20.5\n2026-01-01,A,1,5\n2026-01-02,A,0,0\n"


def parse(text: str, **options):
    return place_days.parse(text.encode(), name="h.csv", **options)


def test_rows_come_out_in_order(tmp_path):
    (tmp_path / "h.csv").write_text(GOOD)
    found = PLACE_DAYS.check(place_days.read(tmp_path / "h.csv"))
    assert found["site_id"].tolist() == ["A", "B", "A", "B"]
    assert found["incidents"].tolist() == [1, 2, 0, 0]
    assert found["harm"].tolist() == [5, 20.5, 0, 0]


def test_every_fault_is_told_at_once():
    rows = [
        "2026-13-01,A,1,0",
        "2026-01-01,,1,0",
        "2026-01-01,A,-1,0",
        "2026-01-02,A,1.5,0",
        "2026-01-03,A,1,x",
        "2026-01-04,A,0,7",
        "2026-01-05,A,1,1",
        "2026-01-05,A,1,1",
    ]
    with pytest.raises(SourceError) as caught:
        parse("date,site_id,incidents,harm\n" + "\n".join(rows) + "\n")
    told = "\n".join(caught.value.faults)
    assert len(caught.value.faults) == 7
    assert "h.csv, row 1: date is '2026-13-01'; it should be a day written YYYY-MM-DD" in told
    assert "h.csv, row 2: site_id is blank" in told
    assert "h.csv, row 3: incidents is '-1'; it should be a whole number, 0 or more" in told
    assert "row 4: incidents is '1.5'" in told
    assert "row 5: harm is 'x'" in told
    assert "row 6: place 'A' on 2026-01-04 has harm and no incidents" in told
    assert "row 8: place 'A' on 2026-01-05 stands in an earlier row already" in told


def test_missing_place_days_are_named():
    gaps = "date,site_id,incidents\n2026-01-01,A,1\n2026-01-06,A,1\n2026-01-01,B,0\n2026-01-06,B,0\n2026-01-03,B,1\n"
    with pytest.raises(SourceError) as caught:
        parse(gaps)
    assert caught.value.faults[0] == (
        "h.csv: place 'A' has no row on 4 days (2026-01-02, 2026-01-03, 2026-01-04 and others); "
        "a day on which nothing happened is a row with 0 incidents"
    )
    assert "place 'B' has no row on 3 days (2026-01-02, 2026-01-04, 2026-01-05)" in caught.value.faults[1]
    assert len(parse(gaps, complete=False)) == 5


def test_columns_rows_and_groups():
    with pytest.raises(SourceError, match=r"there is no column 'site_id'\. Did you mean 'site'"):
        parse("date,site,incidents\n2026-01-01,A,1\n")
    with pytest.raises(SourceError, match="no row under the headings"):
        parse("date,site_id,incidents\n")
    grouped = "date,site_id,incidents,area\n2026-01-01,A,1,x\n2026-01-02,A,1,{}\n"
    assert parse(grouped.format("x"))["area"].tolist() == ["x", "x"]
    with pytest.raises(SourceError, match="place 'A' has more than one area"):
        parse(grouped.format("y"))


def test_digits_of_other_scripts_and_numbers_beyond_reason_are_told():
    for value in ("١٢", "9" * 5000, "9" * 13):
        with pytest.raises(SourceError, match=r"row 1: incidents is "):
            parse(f"date,site_id,incidents\n2026-01-01,A,{value}\n")
