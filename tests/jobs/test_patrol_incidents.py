from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from abate import lake
from abate.errors import OptionError
from abate.jobs import patrol_incidents
from abate.jobs.patrol_incidents import Record
from abate.sources.patrol_sites import PatrolSites
from abate.space import projections
from jobs.sited import made

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return made(tmp_path_factory.mktemp("incidents"))


@pytest.fixture(scope="module")
def rows(folder) -> pd.DataFrame:
    """The town's incidents with their local day and their place, read without the job."""
    held = lake.open(folder / "lake").incidents(first="2025-09").execute()
    held = held[held["x"].notna()]
    placed = projections.convert(held["x"], held["y"], source=str(held["crs"].iloc[0]), target="EPSG:27700")
    day = pd.to_datetime(held["began"].fillna(held["reported"]), utc=True).dt.tz_convert("Europe/London").dt.date
    return held.assign(easting=placed.easting, northing=placed.northing, day=day)


@pytest.fixture(scope="module")
def sites(rows) -> PatrolSites:
    """Squares of 300 m about the three busiest corners of the last months."""
    corners = (rows[["easting", "northing"]] // 300 * 300).value_counts().index[:3]
    shapes = [shapely.box(x, y, x + 300, y + 300) for x, y in corners]
    frame = pd.DataFrame({"site_id": list("abc"), "name": list("abc"), "shape": shapes})
    return PatrolSites(frame, "EPSG:27700", "sites.geojson", "", 0)


def inside(rows: pd.DataFrame, sites: PatrolSites, first: date, last: date) -> list[int]:
    part = rows[(rows["day"] >= first) & (rows["day"] <= last)]
    told = []
    for shape in sites.sites["shape"]:
        west, south, east, north = shape.bounds
        told.append(int((part["easting"].between(west, east) & part["northing"].between(south, north)).sum()))
    return told


def count(record: Record, sites: PatrolSites, first: date):
    return patrol_incidents.count(record, sites, first=first, today=TODAY)


def test_the_last_seven_days_are_counted_and_the_seven_before(folder, rows, sites):
    found = count(Record(lake=folder / "lake", force="sample"), sites, date(2025, 12, 20))
    assert found.recorded is not None
    assert found.recorded.window == "in the last seven days"
    assert found.recorded.counts["incidents"].tolist() == inside(rows, sites, date(2025, 12, 13), date(2025, 12, 19))
    assert found.recorded.counts["before"].tolist() == inside(rows, sites, date(2025, 12, 6), date(2025, 12, 12))
    assert found.recorded.counts["incidents"].sum() + found.recorded.counts["before"].sum() > 0


def test_months_are_taken_where_the_record_ends_before_the_week(folder, rows, sites):
    found = count(Record(lake=folder / "lake"), sites, date(2026, 2, 3))
    assert found.recorded is not None
    assert (found.recorded.window, found.recorded.earlier) == ("in December 2025", "in November 2025")
    assert (found.recorded.days, found.recorded.days_before) == (31, 30)
    assert found.recorded.counts["incidents"].tolist() == inside(rows, sites, date(2025, 12, 1), date(2025, 12, 31))
    assert found.notes == ("incidents are those in December 2025",)


def test_months_are_taken_where_the_record_has_no_days(folder, sites):
    from abate.jobs.load import load

    published = folder / "published"
    load([published], lake=folder / "monthly", today=TODAY, by="a tester")
    found = count(Record(lake=folder / "monthly", crime="violence"), sites, date(2025, 12, 20))
    assert found.recorded is not None
    assert (found.recorded.window, found.recorded.earlier) == ("in November 2025", "in October 2025")
    assert found.recorded.counts["incidents"].sum() > 0


def test_an_extract_gives_the_same_counts_as_the_lake_made_from_it(folder, sites):
    extract = folder / "extract"
    record = Record(events=extract / "sample-extract.csv", mapping=extract / "sample-extract.toml", crime="violence")
    found = count(record, sites, date(2025, 12, 20))
    same = count(Record(lake=folder / "lake", crime="violence"), sites, date(2025, 12, 20))
    assert found.recorded is not None
    assert same.recorded is not None
    pd.testing.assert_frame_equal(found.recorded.counts, same.recorded.counts)


def test_a_site_without_outline_is_not_counted_and_that_is_said(folder, sites):
    shapes = np.array([None, *sites.sites["shape"].to_numpy(dtype=object)[1:]], dtype=object)
    bare = PatrolSites(sites.sites.assign(shape=shapes), sites.crs, "s", "", 0)
    found = count(Record(lake=folder / "lake"), bare, date(2025, 12, 20))
    assert found.recorded is not None
    assert found.recorded.counts["site_id"].tolist() == ["b", "c"]
    assert "1 site has no outline: no incidents are counted there" in found.notes


def test_nothing_is_told_of_what_is_not_held(folder, sites):
    early = count(Record(lake=folder / "lake"), sites, date(2020, 1, 1))
    assert early.recorded is None
    assert early.notes == ("the record holds no month before 1 January 2020: no incidents are told",)
    first = count(Record(lake=folder / "lake"), sites, date(2023, 1, 5))
    assert first.recorded is None


def test_a_force_that_the_lake_does_not_hold_is_refused(folder, sites):
    with pytest.raises(OptionError, match=r"the lake has no force 'kent'\. It has: sample"):
        count(Record(lake=folder / "lake", force="kent"), sites, date(2025, 12, 20))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "one of the two"),
        ({"lake": "l", "events": "e", "mapping": "m"}, "one of the two"),
        ({"events": "e"}, "--events and --mapping go together"),
        ({"events": "e", "mapping": "m", "force": "f"}, "--force goes with --lake"),
    ],
)
def test_a_mixture_of_records_is_refused(asked, said, tmp_path):
    paths = {name: value if name == "force" else tmp_path / value for name, value in asked.items()}
    with pytest.raises(OptionError, match=said):
        Record(**paths)
