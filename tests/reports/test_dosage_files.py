"""The dose as files: the columns that others read, moments in UTC, blanks as blanks."""

from __future__ import annotations

import io

import pandas as pd

import patrol_tracks
from abate.patrols import dosage
from abate.reports import dosage_files
from abate.sample import tracks
from abate.tables.patrols import ATTENDED_VISITS

SITES = patrol_tracks.sites(2)


def test_the_columns_are_those_of_the_dictionary() -> None:
    made = tracks.tracks(SITES, patrol_tracks.plan(SITES, teams=1, visits=3), seed=1, attended=1.0, faults=False)
    found = dosage.measure(made.fixes, SITES)
    visits = pd.read_csv(io.BytesIO(dosage_files.visits_csv(found.visits)))
    assert list(visits.columns) == list(ATTENDED_VISITS.columns)
    assert visits["start"].str.endswith("Z").all()
    assert visits["planned_start"].isna().all()
    doses = pd.read_csv(io.BytesIO(dosage_files.doses_csv(found.doses)))
    assert list(doses.columns[:4]) == ["date", "site_id", "minutes", "officers"]
    assert doses["date"].tolist() == ["2026-11-02", "2026-11-02"]
    rest = pd.read_csv(io.BytesIO(dosage_files.presence_csv(found.presences)))
    assert len(rest) == len(found.presences) - len(found.visits)
    plain = dosage_files.plain_visits(found.visits)
    assert plain[0]["team"] is None
    assert plain[0]["low"] < plain[0]["minutes"] < plain[0]["high"]


def test_lists_of_compliance_and_disagreements() -> None:
    start = pd.Series(pd.to_datetime(["2026-11-02T14:00Z"])).astype("datetime64[us, UTC]")
    matched = pd.DataFrame(
        {
            "team": ["T1"],
            "site_id": ["a"],
            "start": start,
            "minutes": [15.0],
            "status": ["missed"],
            "seen_start": [pd.NaT],
            "seen_minutes": [None],
            "seen_team": [None],
            "presence": [-1],
        }
    )
    assert dosage_files.compliance_csv(matched).splitlines()[1] == b"T1,a,2026-11-02T14:00:00Z,15.0,missed,,,"
    differ = pd.DataFrame({"time": start, "site_id": ["a"], "team": [None], "what": ["x"], "minutes": [None]})
    assert dosage_files.disagreements_csv(differ).splitlines()[1] == b"2026-11-02T14:00:00Z,a,,x,"
