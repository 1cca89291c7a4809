"""The main job, from file to report: the planted truth, the real forces, and what it says when it cannot."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from abate import sample
from abate.errors import AbateError, OptionError
from abate.jobs.demo import demonstrate, publish
from abate.jobs.hotspots import Options, hotspots
from abate.jobs.load import load

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from abate.jobs.demo import Demonstration

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
FILES = {"hotspots.csv", "hotspots.geojson", "hotspots.gpkg", "report.html", "report.pdf", "provenance.json"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return demonstrate(tmp_path_factory.mktemp("demo"), seed=1, today=TODAY, by="a tester")


@pytest.fixture(scope="module")
def essex(tmp_path_factory: pytest.TempPathFactory, shared: Callable[[str], Path]) -> Path:
    lake = tmp_path_factory.mktemp("essex") / "lake"
    file = shared("police-street/essex-street-2021-03-to-2022-03.csv.gz")
    load([file], lake=lake, today=TODAY, by="a tester")
    return lake


@pytest.mark.slow
def test_the_planted_hotspots_come_back(shown):
    planted = sample.town(1).truth.hotspots
    lasting = planted[planted["lasting"]]
    found = shown.found.hotspots
    metres = np.hypot(
        lasting["easting"].to_numpy()[:, None] - found["easting"].to_numpy(),
        lasting["northing"].to_numpy()[:, None] - found["northing"].to_numpy(),
    )
    inside = metres <= lasting["radius_m"].to_numpy()[:, None] + 75
    missed = lasting.loc[~inside.any(axis=1), "name"].tolist()
    assert not missed, f"planted but not found: {missed}"
    every = np.hypot(
        planted["easting"].to_numpy()[:, None] - found["easting"].to_numpy(),
        planted["northing"].to_numpy()[:, None] - found["northing"].to_numpy(),
    )
    strangers = found.loc[(every > planted["radius_m"].to_numpy()[:, None] + 75).all(axis=0), "name"].tolist()
    assert len(strangers) <= 2, f"found but not planted: {strangers}"


def test_the_quiet_town_has_no_hotspot(shown):
    town = sample.town(1)
    streets = town.streets[town.streets["town"] == town.quiet_name]
    east, north = shown.found.hotspots["easting"], shown.found.hotspots["northing"]
    there = east.between(streets["from_e"].min(), streets["from_e"].max()) & north.between(
        streets["from_n"].min(), streets["from_n"].max()
    )
    assert len(streets) > 100
    assert not there.any()


@pytest.mark.slow
def test_places_where_victims_report_look_hot_until_they_are_left_out(shown, tmp_path):
    stand_ins = sample.town(1).truth.stand_ins

    def near(found: pd.DataFrame) -> int:
        metres = np.hypot(
            stand_ins["easting"].to_numpy()[:, None] - found["easting"].to_numpy(),
            stand_ins["northing"].to_numpy()[:, None] - found["northing"].to_numpy(),
        )
        return int((metres < 80).any(axis=1).sum())

    lake = tmp_path / "lake"
    publish(tmp_path, seed=1)
    load([tmp_path / "published"], lake=lake, today=TODAY, by="a tester")
    with_them = hotspots(Options(lake=lake, force="sample", crime="violence", out=tmp_path / "with"), today=TODAY)
    exclude = tmp_path / "maps" / "exclusions.geojson"
    without = hotspots(
        Options(lake=lake, force="sample", crime="violence", exclude=exclude, out=tmp_path / "without"), today=TODAY
    )
    assert near(with_them.hotspots) > 0
    assert near(without.hotspots) == 0
    assert any("lie in excluded places" in note for note in without.notes)
    (told,) = (note for note in with_them.notes if "for a hospital, a prison or a police station" in note)
    assert told.startswith(f"{near(with_them.hotspots)} hotspots stand mostly")
    assert not any("for a hospital, a prison" in note for note in without.notes)
    assert "demonstration: published points are moved" in with_them.sentence


def test_the_answer_keeps_the_contract(shown):
    document = shown.found.document()
    assert {"places", "incidents", "hotspots", "concentration", "files"} <= set(document)
    assert {
        "place_id",
        "name",
        "rank",
        "incidents",
        "share",
        "cumulative_share",
        "area_km2",
        "easting",
        "northing",
        "probability_top",
    } <= set(document["hotspots"][0])
    assert {path.name for path in shown.report.iterdir()} == FILES
    assert "Working copy, not for publication" in document["sentence"]
    assert "demonstration" not in document["sentence"], "the extract has its own coordinates"


@pytest.mark.slow
def test_the_same_input_and_seed_give_the_same_bytes(shown, tmp_path):
    again = demonstrate(tmp_path, seed=1, today=TODAY, by="a tester")
    differing = [
        name for name in sorted(FILES) if (again.report / name).read_bytes() != (shown.report / name).read_bytes()
    ]
    assert not differing


def test_provenance_says_how_it_was_made(shown):
    record = json.loads((shown.report / "provenance.json").read_text())
    assert record["seed"] == 1
    assert record["lake"]["table"] == "incidents"
    assert record["parameters"]["place"] == "hex:150"
    assert record["coordinates"]["analysis"] == "EPSG:27700"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"force": "essx"}, "Did you mean 'essex'"),
        ({"crime": "robery"}, "Did you mean 'robbery'"),
        ({"first": "2024-01", "last": "2024-02"}, "holds 2021-03 to 2022-03"),
        ({"first": "2021-13"}, "--from: '2021-13' is not a month"),
        ({"first": "2022-01", "last": "2021-03"}, "comes before"),
        ({"top": 5, "area_km2": 1.0}, "give one of them"),
        ({"place": "street:roads.geojson", "area_km2": 1.0}, "stretches of street have no area"),
        ({"place": "square:0.01"}, "choose a larger size"),
        ({"place": "sqare:250"}, "Did you mean 'square'"),
        ({"place": "lsoa"}, "--boundaries"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(essex, tmp_path, wrong, says):
    with pytest.raises(AbateError) as fault:
        hotspots(Options(**{"lake": essex, "force": "essex", "crime": "robbery", "out": tmp_path / "out"} | wrong))
    assert says in str(fault.value)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_is_named_before_anything_runs(tmp_path):
    with pytest.raises(OptionError) as fault:
        Options(lake=tmp_path, force="essex", within=tmp_path / "no.geojson", exclude=tmp_path / "none.geojson")
    assert len(fault.value.faults) == 2


@pytest.mark.slow
def test_essex_from_file_to_report(essex, tmp_path):
    found = hotspots(
        Options(lake=essex, force="essex", crime="violence,robbery,weapons", place="hex:150", out=tmp_path), today=TODAY
    )
    assert found.incidents == 86_396 + 1_468 + 1_444 - 757
    assert found.hotspots["incidents"].is_monotonic_decreasing
    assert "demonstration: published points are moved" in found.sentence
    assert {path.name for path in tmp_path.iterdir()} == FILES


@pytest.mark.slow
@pytest.mark.parametrize("place", ["square:250", "hex:150", "lsoa"])
def test_bedfordshire_with_every_kind_of_place(place, tmp_path, shared):
    file = shared("police-street/bedfordshire-street-2021-03-to-2022-03.csv.gz")
    boundaries = shared("boundaries/lsoa2011-bedfordshire.geojson.gz")
    load([file], lake=tmp_path / "lake", today=TODAY, by="a tester")
    options = Options(
        lake=tmp_path / "lake",
        force="bedfordshire",
        crime="violence,robbery,weapons",
        place=place,
        boundaries=boundaries,
        within=boundaries,
        out=tmp_path / "out",
    )
    found = hotspots(options, today=TODAY)
    lost = sum(int(note.split()[0].replace(",", "")) for note in found.notes if "lie outside the area" in note)
    assert found.incidents + lost == 20_992 + 573 + 470
    assert found.places >= (381 if place == "lsoa" else 1_000)


@pytest.mark.slow
def test_a_month_left_out_is_missing_and_not_zero(essex, tmp_path, shared):
    import gzip

    text = gzip.decompress(shared("police-street/essex-street-2021-03-to-2022-03.csv.gz").read_bytes()).decode()
    header, *rows = text.splitlines(keepends=True)
    (tmp_path / "part.csv").write_text(header + "".join(row for row in rows if ",2021-08," not in row))
    load([tmp_path / "part.csv"], lake=tmp_path / "lake", today=TODAY, by="a tester")
    found = hotspots(Options(lake=tmp_path / "lake", force="essex", crime="robbery", out=tmp_path / "out"), today=TODAY)
    assert any("missing from the lake" in note and "2021-08" in note for note in found.notes)
    record = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert "2021-08" not in record["months"]
    assert len(record["months"]) == 12
