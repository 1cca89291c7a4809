"""Plans come back as they were written, and what is wrong in them is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import patrol_plans

if TYPE_CHECKING:
    from pathlib import Path

CSV = "team,site_id,start,minutes\nB,x,2026-07-04T18:30:00+01:00,15\nA,y,2026-07-04T17:00:00+01:00,10\n"


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_text(CSV)
    visits = [
        {"team": "B", "site": "x", "start": "2026-07-04T18:30:00+01:00", "minutes": 15},
        {"team": "A", "site": "y", "start": "2026-07-04T17:00:00+01:00", "minutes": 10},
    ]
    (tmp_path / "plan.json").write_text(json.dumps({"visits": visits, "value": 1.0}))
    one, other = (patrol_plans.read(tmp_path / name) for name in ("visits.csv", "plan.json"))
    assert one.equals(other)
    assert one["team"].tolist() == ["A", "B"]
    assert one["start"].dt.strftime("%H:%M %Z").tolist() == ["16:00 UTC", "17:30 UTC"]


def test_a_plan_without_visits_is_an_empty_table() -> None:
    assert len(patrol_plans.parse('{"visits": []}', file="plan.json")) == 0
    assert len(patrol_plans.parse("team,site_id,start,minutes\n", file="visits.csv")) == 0


def test_every_fault_is_told_at_once() -> None:
    text = (
        "team,site_id,start,minutes\n,x,2026-07-04 18:30,15\nA,y,2026-07-04T17:00:00Z,-1\nA,y,2026-07-04T17:00:00Z,5\n"
    )
    with pytest.raises(SourceError) as fault:
        patrol_plans.parse(text, file="visits.csv")
    assert [said.split(";")[0] for said in fault.value.faults] == [
        "visits.csv, row 1: team is blank",
        "visits.csv, row 1: start is '2026-07-04 18:30'",
        "visits.csv, row 2: minutes is '-1'",
        "visits.csv, row 3: team 'A' starts another visit at 2026-07-04T17:00:00Z",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("{", "is no JSON"),
        ('{"value": 1}', "is no plan"),
        ('{"visits": [3]}', "visit 1"),
        ("team,site,start,minutes\n", "no column 'site_id'"),
    ],
)
def test_what_is_no_plan_is_said(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        patrol_plans.parse(text, file="plan")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        patrol_plans.read(tmp_path / "none.json")


def test_what_stands_beside_the_visits_is_understood() -> None:
    rest = {"team": "B", "start": "2026-07-04T19:30:00+01:00", "minutes": 30, "at_base": True}
    said = {"visits": [], "now": "19:00", "away": {"A": "20:00"}, "breaks": [rest]}
    told = patrol_plans.standing(json.dumps(said), file="p.json")
    assert (told.now, told.away) == ("19:00", (("A", "20:00"),))
    assert told.breaks[0].start.isoformat() == "2026-07-04T18:30:00+00:00"
    assert (told.breaks[0].minutes, told.breaks[0].at_base) == (30, True)


def test_every_fault_beside_the_visits_is_told() -> None:
    told = {"visits": [], "now": 19, "away": ["A"], "breaks": [3, {"minutes": "x"}, {"minutes": 5, "start": "noon"}]}
    with pytest.raises(SourceError) as caught:
        patrol_plans.standing(json.dumps(told), file="p.json")
    assert len(caught.value.faults) == 5
    assert all(fault.startswith("p.json") for fault in caught.value.faults)
