"""Positions from CSV, GPX and GeoJSON: alike in the end, and every row that is left out is counted."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import patrol_tracks
from abate.errors import OptionError, SourceError
from abate.sample import tracks as made_up
from abate.sources import tracks

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 20, tzinfo=UTC)
CRS = "EPSG:27700"
TIMELESS = json.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {},
                "geometry": {"type": "LineString", "coordinates": [[0, 51], [1, 51]]},
            }
        ],
    }
)


def read(*paths: Path) -> tracks.TrackFiles:
    return tracks.read(paths, crs=CRS, zone="Europe/London", now=NOW)


def fixes() -> pd.DataFrame:
    sites = patrol_tracks.sites(2)
    return made_up.tracks(sites, patrol_tracks.plan(sites, teams=1, visits=1), seed=1, faults=False).fixes


def test_three_kinds_of_file_give_the_same_positions(tmp_path: Path) -> None:
    rows = fixes()
    (tmp_path / "a.csv").write_text(made_up.as_csv(rows))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(made_up.as_csv(rows).encode()))
    (tmp_path / "a.gpx").write_text(made_up.as_gpx(rows))
    table = pd.read_csv(tmp_path / "a.csv")
    features = [
        {
            "type": "Feature",
            "properties": {"device": device, "coordTimes": own["time"].tolist()},
            "geometry": {"type": "LineString", "coordinates": own[["longitude", "latitude"]].to_numpy().tolist()},
        }
        for device, own in table.groupby("device")
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    ours = rows.sort_values(["device", "moment"]).reset_index(drop=True)
    for name in ("a.csv", "a.csv.gz", "a.gpx", "a.geojson"):
        found = read(tmp_path / name)
        theirs = found.fixes.sort_values(["device", "moment"]).reset_index(drop=True)
        assert theirs["device"].tolist() == ours["device"].tolist()
        assert (theirs["moment"] - ours["moment"]).abs().max() < pd.Timedelta("2ms")
        assert (theirs["easting"] - ours["easting"]).abs().max() < 0.2
        assert found.files[0].rows == found.files[0].kept == len(rows)


def test_rows_in_are_rows_kept_and_rejected(tmp_path: Path) -> None:
    rows = ["2026-11-02T14:00:00Z,51.5,-0.1"] * 30 + [
        "2026-11-29T14:00:00Z,51.5,-0.1",
        "soon,51.5,-0.1",
        "2026-11-02T14:00:00Z,,",
        "2026-11-02T14:00:00Z,0,0",
        "1999-11-02T14:00:00Z,51.5,-0.1",
        "2026-11-02T14:00:00Z,530000,180000",
    ]
    (tmp_path / "radio.csv").write_text("Timestamp,Lat,Lon\n" + "\n".join(rows))
    told = read(tmp_path / "radio.csv").files[0]
    assert told.rows == told.kept + sum(told.rejected.values()) == 36
    assert told.kept == 30
    assert len(told.rejected) == 5
    assert set(read(tmp_path / "radio.csv").fixes["device"]) == {"radio"}


def test_times_on_the_wall_and_other_forms() -> None:
    said = pd.Series(
        [
            "2026-07-02 15:00:00",
            "02/07/2026 15:00",
            "1783000800",
            "2026-07-02T15:00:00+01:00",
            "2026-10-25 01:30:00",
            "x",
        ]
    )
    found = tracks.moments(said, zone="Europe/London")
    assert found[:4].dt.strftime("%H:%M").tolist() == ["14:00"] * 4
    assert found[4] == pd.Timestamp("2026-10-25T00:30Z")
    assert pd.isna(found[5])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("name,age\nx,1\n", "no column is the time"),
        ("time,lat,lon\n" + "2027-01-01T00:00:00Z,51,0.1\n" * 5, "5 of 5 positions lie in the future"),
        ("time,lat,lon\n" + "2026-11-01T00:00:00Z,530000,180000\n" * 5, "metres in a column of degrees"),
        ("time,easting,northing\n" + "2026-11-01T00:00:00Z,0.1,51.2\n" * 5, "look like degrees"),
        (TIMELESS, "2 corners and 0 times"),
        ("time,lat,lon\n", "holds no position"),
    ],
)
def test_files_that_will_not_do_say_why(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "bad.csv").write_text(content)
    with pytest.raises(SourceError, match=said):
        read(tmp_path / "bad.csv")


def test_all_files_faults_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    with pytest.raises(SourceError) as caught:
        read(tmp_path / "a.csv", tmp_path / "none.csv")
    assert len(caught.value.faults) == 2


def test_tracks_of_another_area_are_refused() -> None:
    rows = fixes()
    tracks.check_reach(rows, (530_000, 180_000, 531_000, 181_000))
    with pytest.raises(OptionError, match="no position lies within 50 km"):
        tracks.check_reach(rows, (330_000, 380_000, 331_000, 381_000))


def test_devices_name_teams_and_no_officers(tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text("device,team,clock_seconds\na,T1,37\nb,T1,\n")
    assert tracks.read_devices(tmp_path / "devices.csv") == ({"a": "T1", "b": "T1"}, {"a": 37.0, "b": 0.0})
    (tmp_path / "devices.csv").write_text("device,team,officer\na,T1,x\na,T1,y\n")
    with pytest.raises(SourceError, match="names officers"):
        tracks.read_devices(tmp_path / "devices.csv")


def test_reach_says_from_when_to_when(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,lat,lon\n2026-11-02T14:00:00Z,51,0\n2026-11-03T14:00:00Z,51,0\n")
    ends = tracks.reach(tmp_path / "a.csv", zone="Europe/London")
    assert [str(each.date()) for each in ends] == ["2026-11-02", "2026-11-03"]
