"""What was recorded in the sites: from an extract and from a lake, against counting by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import month_records
from abate.errors import OptionError
from abate.jobs import return_records
from abate.jobs.load import load
from abate.jobs.return_records import Record
from abate.patrols.sitetotals import ALL_CRIME
from abate.sources import patrol_sites

if TYPE_CHECKING:
    from pathlib import Path

TODAY = month_records.TODAY
MAPPING = """
[source]
name = "Made up"
force = "sample"

[columns]
crime_type = "kind"
x = "east"
y = "north"
began = "day"

[place]
crs = "EPSG:27700"

[time]
format = "%Y-%m-%d"
zone = "Europe/London"
"""


@pytest.fixture
def events(tmp_path) -> tuple[Path, pd.DataFrame]:
    """Crimes in and around the sites, over fourteen months, some without coordinates."""
    rng = np.random.default_rng(3)
    count = 3000
    days = pd.Timestamp("2025-09-01") + pd.to_timedelta(rng.integers(0, 425, count), "D")
    frame = pd.DataFrame(
        {
            "kind": rng.choice(["Robbery", "Burglary", "Violence and sexual offences"], count),
            "east": np.round(rng.uniform(529800, 530800, count), 1),
            "north": np.round(rng.uniform(179900, 180100, count), 1),
            "day": days.strftime("%Y-%m-%d"),
        }
    )
    frame.loc[rng.random(count) < 0.02, ["east", "north"]] = np.nan
    frame.to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "events.toml").write_text(MAPPING)
    return tmp_path, frame


def by_hand(frame: pd.DataFrame, month: str, place: int) -> pd.DataFrame:
    middle = 530000 + 300 * place
    inside = ((frame["east"] - middle).abs() < 49.9) & ((frame["north"] - 180000).abs() < 49.9)
    return frame[inside & frame["day"].str.startswith(month)]


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["lake", "events"])
def test_counts_are_those_by_hand(events, kept: str):
    folder, frame = events
    paths = month_records.files(folder)
    sites = patrol_sites.read(paths["sites.geojson"], crs="EPSG:27700")
    if kept == "lake":
        load([folder / "events.csv"], lake=folder / "lake", today=TODAY, by="t", mapping=folder / "events.toml")
        record = Record(lake=folder / "lake", force="sample", crime="robbery")
    else:
        record = Record(events=folder / "events.csv", mapping=folder / "events.toml", crime="robbery")
    told, made = return_records.read(record, sites, "2026-10", today=TODAY)
    counts = told.counts.set_index(["crime", "month", "site_id"])["incidents"]
    for month in ("2026-10", "2025-10"):
        whole = frame[frame["day"].str.startswith(month)]
        robberies = whole[whole["kind"] == "Robbery"]
        for place in range(3):
            inside = by_hand(frame, month, place)
            assert abs(counts.get((ALL_CRIME, month, f"s{place}"), 0) - len(inside)) <= 1
            assert abs(counts.get((told.label, month, f"s{place}"), 0) - (inside["kind"] == "Robbery").sum()) <= 1
        assert counts.loc[ALL_CRIME, month].sum() == len(whole)
        assert counts.loc[told.label, month].sum() == len(robberies)
    assert told.held == ("2026-10", "2025-10")
    assert any("have no coordinates and count in the rest of the area" in note for note in told.notes)
    assert made["lake" if kept == "lake" else "sha256"]


@pytest.mark.slow
def test_a_month_that_is_not_held_and_a_force_that_is_not(events):
    folder, _ = events
    paths = month_records.files(folder)
    sites = patrol_sites.read(paths["sites.geojson"], crs="EPSG:27700")
    load([folder / "events.csv"], lake=folder / "lake", today=TODAY, by="t", mapping=folder / "events.toml")
    told, _ = return_records.read(Record(lake=folder / "lake", force="sample"), sites, "2026-08", today=TODAY)
    assert told.held == ("2026-08",)
    assert "the record does not hold 2025-08: its incidents are blank, not 0" in told.notes
    with pytest.raises(OptionError, match="Did you mean 'sample'"):
        return_records.read(Record(lake=folder / "lake", force="sampel"), sites, "2026-08", today=TODAY)
    with pytest.raises(OptionError, match="robery"):
        return_records.read(Record(lake=folder / "lake", force="sample", crime="robery"), sites, "2026-08", today=TODAY)


@pytest.mark.slow
def test_sites_that_are_points_are_told(events, tmp_path):
    folder, _ = events
    (tmp_path / "points.csv").write_text("site_id,name,easting,northing\ns0,Site,530000,180000\n")
    record = Record(events=folder / "events.csv", mapping=folder / "events.toml", crime="all")
    told, _ = return_records.read(record, patrol_sites.read(tmp_path / "points.csv"), "2026-10", today=TODAY)
    assert told.outlined == ()
    assert told.label == ALL_CRIME
    assert "1 sites have no outline (a middle only): their incidents cannot be counted" in told.notes
