"""What candidates had before a trial, from files as people keep them; every fault a sentence."""

from __future__ import annotations

import pytest

from abate.errors import SourceError
from abate.sources import before_counts


def parse(text: str):
    return before_counts.parse(text.encode(), name="before.csv")


def test_rows_of_one_place_add_up():
    found = parse("site_id,incidents,days\nB,3,30\nA,4,30\nA,2,31\n")
    assert found.to_numpy().tolist() == [["A", 6, 61.0], ["B", 3, 30.0]]


def test_place_days_count_a_day_a_row():
    found = parse("date,site_id,incidents\n2026-01-01,A,4\n2026-01-02,A,0\n2026-01-01,B,1\n2026-01-02,B,1\n")
    assert found.to_numpy().tolist() == [["A", 4, 2.0], ["B", 2, 2.0]]


def test_without_days_nobody_said():
    found = parse("site_id,incidents\nA,4\nB,1\n")
    assert found["days"].isna().all()


def test_every_fault_is_told(tmp_path):
    file = tmp_path / "b.csv"
    file.write_text("site_id,incidents,days\n,4,30\nA,many,30\nB,1,0\nC,1.5,\n")
    with pytest.raises(SourceError) as fault:
        before_counts.read(file)
    assert list(fault.value.faults) == [
        "b.csv, row 1: site_id is blank; it should be the place's name",
        "b.csv, row 2: incidents is 'many'; it should be a whole number, 0 or more",
        "b.csv, row 3: days is '0'; it should be how many days were counted, 1 or more",
        "b.csv, row 4: incidents is '1.5'; it should be a whole number, 0 or more",
        "b.csv, row 4: days is ''; it should be how many days were counted, 1 or more",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("site_id,incident\nA,1\n", "incidents"),
        ("site_id,incidents\n", "there is no row under the headings"),
        ("date,site_id,incidents\n2026-01-01,A,1\n2026-01-01,A,2\n", "stands in row 1 already"),
        ("date,site_id,incidents\n1.1.26,A,1\n", "should be a day written YYYY-MM-DD"),
        (
            "date,site_id,incidents\n2026-01-01,A,1\n2026-01-02,A,2\n2026-01-01,B,2\n",
            "place 'B' has rows for 1 days and others for 2",
        ),
    ],
)
def test_what_will_not_do_is_a_sentence(text, said):
    with pytest.raises(SourceError, match=said):
        parse(text)
