"""What the doses add up to, and that no square which few share is told."""

from __future__ import annotations

import pandas as pd
import pytest

import patrol_tracks
from abate.patrols import dosage, presence
from abate.sample import tracks

DAYS = pd.to_datetime(["2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05"]).astype("datetime64[s]")


def test_stays_are_counted_by_how_long_they_were() -> None:
    rows = pd.DataFrame({"kind": ["foot"] * 5 + ["vehicle"], "minutes": [1.0, 3.0, 10.0, 15.9, 16.0, 12.0]})
    found = presence.dwell(rows)
    assert found["stays"].sum() == 4
    assert found.loc[found["koper"], "stays"].sum() == 2
    assert found.loc[found["koper"], "low"].tolist() == [10, 12, 14]


def test_time_since_the_last_visit() -> None:
    starts = pd.to_datetime(["2026-11-02T10:00Z", "2026-11-02T14:00Z", "2026-11-02T20:00Z"]).astype(
        "datetime64[us, UTC]"
    )
    visits = pd.DataFrame({"site_id": ["a", "a", "a"], "start": starts, "minutes": [15.0, 15.0, 30.0]})
    found = presence.since(visits, pd.Series(["a", "b"]), pd.Timestamp("2026-11-03T00:00Z")).set_index("site_id")
    assert found.loc["a", "hours"] == pytest.approx(3.5)
    assert found.loc["a", "usual_hours"] == pytest.approx(5)
    assert pd.isna(found.loc["b", "hours"])


def test_background_is_told_beside_patrol_days() -> None:
    schedule = pd.DataFrame({"date": DAYS, "site_id": "a", "arm": ["patrol", "usual", "patrol", "usual"]})
    doses = pd.DataFrame(
        {"date": DAYS, "site_id": "a", "minutes": [14.0, 2.0, 16.0, 0.0], "vehicle_minutes": [0, 1, 0, 3]}
    )
    found = presence.background(schedule, doses)
    assert (found.patrol_days, found.usual_days, found.usual_vehicle) == (2, 2, 2.0)
    assert found.patrol.value == 15
    assert found.usual.low == 0 < found.usual.value < found.usual.high


def test_squares_are_told_only_where_many_share_them() -> None:
    sites = patrol_tracks.sites(3)
    plan = patrol_tracks.plan(sites, teams=6, visits=8)
    made = tracks.tracks(sites, plan, seed=2, faults=False)
    found = dosage.measure(made.fixes, sites)
    drawn = presence.heat(found, sites["site_id"])
    total = float(found.presences["officer_minutes"].sum())
    assert len(drawn.cells) > 3
    assert drawn.cells["minutes"].sum() + drawn.hidden == pytest.approx(total, rel=0.1)
    one = made.fixes[made.fixes["device"] == "R001"].reset_index(drop=True)
    alone = presence.heat(dosage.measure(one, sites), sites["site_id"])
    assert alone.cells.empty
    assert alone.hidden > 0
