"""What is set beside the dose: the span, the plan's sites, clocks that are off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import patrol_tracks
from abate.jobs import patrol_dosage, patrol_dosage_beside
from abate.patrols import dosage
from abate.sample import tracks
from abate.sources.patrol_sites import PatrolSites
from abate.sources.tracks import TrackFile, TrackFiles

if TYPE_CHECKING:
    from pathlib import Path

SITES = patrol_tracks.sites(3)
PLAN = patrol_tracks.plan(SITES, teams=1, visits=6)


@pytest.fixture(scope="module")
def found() -> dosage.Dosage:
    made = tracks.tracks(SITES, PLAN, seed=1, attended=1.0, faults=False)
    return dosage.measure(made.fixes, SITES, teams=dict(zip(made.devices["device"], made.devices["team"], strict=True)))


def beside(found: dosage.Dosage, path: Path, plan: pd.DataFrame) -> patrol_dosage_beside.Beside:
    plan.assign(start=plan["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")).to_csv(path / "plan.csv", index=False)
    options = patrol_dosage.Options(plan=path / "plan.csv")
    sites = PatrolSites(SITES, "EPSG:27700", "sites.csv", "0", 0)
    return patrol_dosage_beside.gather(options, sites, found, now=pd.Timestamp("2026-11-20T00:00Z").to_pydatetime())


def test_each_visit_says_which_planned_one_it_answers(found: dosage.Dosage, tmp_path: Path) -> None:
    told = beside(found, tmp_path, PLAN)
    assert sorted(told.visits["planned_start"].dropna()) == sorted(PLAN["start"])
    assert told.compliance is not None
    assert told.compliance.share == 1
    assert told.notes == ()


def test_visits_elsewhere_ahead_or_on_other_days_are_left_out(found: dosage.Dosage, tmp_path: Path) -> None:
    other = PLAN.head(3).copy()
    other["start"] += pd.to_timedelta([3, 40, 0], unit="D")
    other.loc[2, "site_id"] = "nowhere"
    told = beside(found, tmp_path, pd.concat([PLAN.iloc[3:], other.assign(team="T9")]))
    assert told.compliance is not None
    assert told.compliance.scheduled == 3
    assert [note.split(" ")[0] for note in told.notes] == ["1"]


def test_a_clock_that_is_off_throughout_is_told(found: dosage.Dosage, tmp_path: Path) -> None:
    told = beside(found, tmp_path, PLAN.assign(start=PLAN["start"] - pd.Timedelta(minutes=60)))
    assert any("off the plan throughout" in note for note in told.notes)


def test_rejected_rows_are_told_by_file(found: dosage.Dosage) -> None:
    read = TrackFiles(pd.DataFrame(), (TrackFile("a.csv", "0", 5, 3, {"time not understood": 2}),))
    assert patrol_dosage_beside.notes(found, read) == ["a.csv: 5 rows, 3 kept, 2 rejected (2: time not understood)"]
