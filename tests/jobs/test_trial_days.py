"""Place-days of the sample town beside a plain count of its own extract; and what is refused."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely

from abate.errors import OptionError
from abate.incidents import harm
from abate.jobs import day_records
from abate.jobs import trial_days as jobs
from abate.sources import patrol_sites, place_days
from jobs.day_lakes import few
from jobs.sited import TODAY, made

FIRST, LAST = date(2025, 7, 1), date(2025, 9, 30)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """The sample town in a lake, with four overlapping or neighbouring squares about its busiest corner."""
    folder = made(tmp_path_factory.mktemp("days"))
    extract = pd.read_csv(folder / "extract" / "sample-extract.csv", dtype=str)
    extract = extract.assign(x=extract["Easting"].astype(float), y=extract["Northing"].astype(float))
    kept = extract[extract["x"].notna() & (extract["Default Geocode"] != "Y")]
    x, y = (kept[["x", "y"]] // 200 * 200).value_counts().index[0]
    places = {
        "west": (0, 0, 200, 200),
        "east": (60, 0, 260, 200),
        "north": (0, 290, 200, 480),
        "far": (2e3, 0, 2200, 90),
    }
    features = [
        {
            "type": "Feature",
            "properties": {"site_id": name, "name": name},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x + a, y + b], [x + c, y + b], [x + c, y + d], [x + a, y + d], [x + a, y + b]]],
            },
        }
        for name, (a, b, c, d) in places.items()
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    sites = {"type": "FeatureCollection", "crs": crs, "features": features}
    (folder / "sites.geojson").write_text(json.dumps(sites))
    public = (kept["Premises"] != "Dwelling") & (kept["Domestic"] != "Y")
    return folder, kept[public & (kept["Crime Group"] == "Violence and sexual offences")]


def found(folder, out, **asked):
    options = {"lake": folder / "lake", "force": "sample", "crime": "violence", "sites": folder / "sites.geojson"}
    return jobs.trial_days(
        jobs.Options(**{**options, "out": out / "place-days.csv", **asked}), today=TODAY, by="a tester"
    )


def plainly(rows, sites, width):
    """Count one incident after the other: the site and day of each, the ring and day of each, and its harm."""
    scale = harm.scale("cambridge-2020-selection")
    sited, ringed, weights = {}, {}, {}
    for row in rows.itertuples():
        day = pd.to_datetime(row._5, format="%d/%m/%Y %H:%M").date()
        if not FIRST <= day <= LAST:
            continue
        apart = [shapely.distance(shapely.Point(row.x, row.y), shape) for shape in sites["shape"]]
        nearest = int(np.argmin(apart))
        if apart[nearest] > width:
            continue
        name = sites["site_id"].iloc[nearest]
        where = sited if apart[nearest] == 0 else ringed
        where[name, day] = where.get((name, day), 0) + 1
        told = scale.weight(row._4 if isinstance(row._4, str) else None, row._3 if isinstance(row._3, str) else None)
        if apart[nearest] == 0:
            weights[name, day] = weights.get((name, day), 0.0) + (told.low or 0.0)
    return sited, ringed, weights


@pytest.mark.slow
def test_sites_rings_and_harm_are_those_of_a_plain_count(town, tmp_path):
    folder, rows = town
    asked = {"first": FIRST, "last": LAST, "rings": 120.0, "harm": "cambridge-2020-selection"}
    answer = found(folder, tmp_path, **asked)
    laid, rings = (place_days.read(tmp_path / name) for name in ("place-days.csv", "buffers.csv"))
    sites = patrol_sites.read(folder / "sites.geojson").sites
    sited, ringed, weights = plainly(rows, sites, 120.0)
    assert len(laid) == len(rings) == 4 * 92
    for frame, truth in ((laid, sited), (rings, ringed)):
        counts = {(row.site_id, row.date.date()): row.incidents for row in frame.itertuples()}
        assert {key: count for key, count in counts.items() if count} == truth
    seen = {(row.site_id, row.date.date()): row.harm for row in laid.itertuples() if row.harm}
    assert seen == pytest.approx({key: weight for key, weight in weights.items() if weight})
    assert sum(sited.values()) > 20
    assert len({site for site, _ in ringed}) >= 2
    told = answer.document()
    assert (told["incidents"], told["place_days"]) == (sum(sited.values()), 368)
    assert told["rings"]["incidents"] == sum(ringed.values())
    assert "the sites overlap, and each counts for the first of them in the file" in " ".join(told["notes"])
    assert "within 120 m of more than one site" in " ".join(told["notes"])


@pytest.mark.slow
def test_the_same_question_gives_the_same_bytes_and_says_how_it_was_made(town, tmp_path):
    folder, _ = town
    for name in ("a", "b"):
        found(folder, tmp_path / name, first=FIRST, last=LAST, rings=100.0)
    for name in ("place-days.csv", "buffers.csv", "place-days.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    made_from = json.loads((tmp_path / "a" / "place-days.json").read_text())
    assert made_from["record"]["table_version"] >= 0
    assert (made_from["by"], made_from["parameters"]["rings"]) == ("a tester", 100.0)


@pytest.mark.slow
def test_published_crime_is_refused_since_it_has_no_days(town, tmp_path):
    from abate.jobs.load import load

    folder, _ = town
    load([folder / "published" / "2025-06"], lake=tmp_path / "monthly", today=TODAY, by="a tester")
    with pytest.raises(OptionError, match=r"has a day .*data\.police\.uk publishes months only"):
        found(folder, tmp_path, lake=tmp_path / "monthly")
    assert not (tmp_path / "place-days.csv").exists()


@pytest.fixture
def small(tmp_path, monkeypatch):
    """One square of a hundred metres, and a lake of which each test says what is in it."""
    ring = [[4e5, 3e5], [4e5 + 100, 3e5], [4e5 + 100, 3e5 + 100], [4e5, 3e5 + 100], [4e5, 3e5]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    feature = {
        "type": "Feature",
        "properties": {"site_id": "A"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    collection = {"type": "FeatureCollection", "crs": crs, "features": [feature]}
    (tmp_path / "sites.geojson").write_text(json.dumps(collection))

    def run(*rows, asked=None, **more):
        monkeypatch.setattr(day_records, "opened", lambda _folder: few(*rows, **more))
        return found(tmp_path, tmp_path, **{"crime": "robbery", **(asked or {})})

    return run


def test_what_has_no_day_or_may_be_later_is_counted_and_told(small):
    inside, near = (400_050.0, 300_050.0), (400_130.0, 300_050.0)
    answer = small(
        ("2025-01", "2025-01-03 12:00", *inside),
        ("2025-01", None, *inside),
        ("2025-01", None, *near),
        ("2025-01", "2025-01-04 12:00", *near),
        asked={"rings": 50.0},
        ended=pd.Timestamp("2025-01-06 12:00", tz="UTC"),
    )
    assert answer.sites["incidents"].tolist() == [1, 0]
    assert answer.rings["incidents"].tolist() == [0, 1]
    assert answer.without_day == 2
    assert "2 incidents in the sites and their rings without a day are not counted" in answer.notes
    assert any(
        note.startswith("2 incidents in the sites and their rings may have happened on a later")
        for note in answer.notes
    )
    assert answer.sentence == (
        "1 incident of robbery in 1 site on 2 days, 3 January 2025 to 4 January 2025: "
        "2 place-days, 1 of them without any."
    )


def test_options_that_do_not_go_together_are_all_told(tmp_path):
    with pytest.raises(OptionError) as told:
        jobs.Options(
            tmp_path, "f", "violence", tmp_path, first=LAST, last=FIRST, rings=-1.0, out=tmp_path / "buffers.csv"
        )
    assert len(told.value.faults) == 3
    with pytest.raises(OptionError, match="--rings-out needs --rings"):
        jobs.Options(tmp_path, "f", "violence", tmp_path, rings_out=tmp_path / "r.csv")


def test_sites_without_outlines_and_scales_that_are_not_known_are_refused(small, tmp_path):
    (tmp_path / "points.csv").write_text("site_id,name,easting,northing\nA1,High Street,400050,300050\n")
    with pytest.raises(OptionError, match=r"points.csv: 1 site has no outline \(A1\)"):
        small(("2025-01", "2025-01-03", 4e5, 3e5), asked={"sites": tmp_path / "points.csv"})
    with pytest.raises(OptionError, match="--harm: harm scale 'cambrige' is not known"):
        small(("2025-01", "2025-01-03", 4e5, 3e5), asked={"harm": "cambrige"})
