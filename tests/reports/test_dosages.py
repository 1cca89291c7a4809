"""The page on the dose: what it tells, what it never tells, and that it stands alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import patrol_tracks
from abate.patrols import attendance, dosage, presence
from abate.reports import dosages
from abate.sample import tracks

if TYPE_CHECKING:
    from pathlib import Path

SITES = patrol_tracks.sites(3)
PLAN = patrol_tracks.plan(SITES, teams=4, visits=8)


@pytest.fixture(scope="module")
def story() -> dosages.Story:
    made = tracks.tracks(SITES, PLAN, seed=1, attended=0.8, faults=False)
    teams = dict(zip(made.devices["device"], made.devices["team"], strict=True))
    found = dosage.measure(made.fixes, SITES, teams=teams)
    matched = attendance.match(PLAN, found.presences)
    differ = attendance.disagreements(
        pd.DataFrame({"time": PLAN["start"][:1], "site_id": ["s0"], "team": ["<b>T99</b>"]}), found.presences
    )
    schedule = found.doses[["date", "site_id"]].assign(arm=["patrol", "usual", "usual"])
    beside = {"matched": matched, "background": presence.background(schedule, found.doses), "disagreements": differ}
    return dosages.Story(
        found, SITES, "EPSG:27700", attendance.comply(matched, "rule"), beside, ("a note",), {"seed": 1}
    )


def test_the_page_tells_everything_and_stands_alone(story: dosages.Story) -> None:
    page = dosages.draw(story, story.dosage.visits)
    for heading in (
        "How long stays were",
        "Scheduled and attended",
        "Check-ins and positions",
        "Where the minutes were",
    ):
        assert heading in page
    assert "OFFICIAL-SENSITIVE" in page
    assert "&lt;b&gt;T99" in page
    assert "a note" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")
    assert "<script" not in page
    assert not any(f"R00{number}" in page for number in range(1, 9))
    assert f"{len(story.dosage.visits):,} attended visits in 3 sites on 1 day:" in page


def test_without_plan_schedule_and_check_ins_their_parts_are_left_out(story: dosages.Story) -> None:
    page = dosages.draw(replace(story, compliance=None, beside={}), story.dosage.visits)
    assert "Scheduled and attended" not in page
    assert "Check-ins and positions" not in page
    assert "not drawn for patrol" not in page


def test_the_same_story_gives_the_same_files(story: dosages.Story, tmp_path: Path) -> None:
    one = dosages.write(story, story.dosage.visits, tmp_path / "a")
    other = dosages.write(story, story.dosage.visits, tmp_path / "b")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    assert {path.name for path in one} >= {"visits.csv", "dose.csv", "dosage.html", "provenance.json"}
