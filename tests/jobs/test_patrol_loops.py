from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
import shapely

from abate.errors import AbateError, OptionError
from abate.jobs.patrol_loops import Options, draw_loops
from abate.patrols.loops import Rules
from abate.sources import patrol_loops
from patrols.blocks import segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BNG = "EPSG:27700"
EAST, NORTH = 529_000, 183_000
FILES = ["loops.geojson", "loops.gpx", "walks.html", "walks.pdf", "provenance.json"]
MAPPING = """
[source]
name = "Blocks"
force = "blockshire"
[columns]
month = "month"
crime_type = "kind"
x = "x"
y = "y"
[place]
crs = "EPSG:27700"
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """Streets, sites and events of the town of blocks, somewhere in London."""
    frame = segments()
    features = [
        {
            "type": "Feature",
            "properties": {
                "osm_id": row.segment_id,
                "name": row.name if isinstance(row.name, str) else None,
                "fclass": row.kind,
                "access": "private" if row.private else None,
            },
            "geometry": {"type": "LineString", "coordinates": [[EAST + x, NORTH + y] for x, y in row.shape.coords]},
        }
        for row in frame.drop(columns="name").assign(name=frame["name"]).itertuples(index=False)
    ]
    crs = {"type": "name", "properties": {"name": BNG}}
    (tmp_path / "streets.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": features})
    )
    (tmp_path / "sites.csv").write_text(
        f"site_id,name,easting,northing,expected\na,Mill Lane,{EAST + 150},{NORTH + 150},5\n"
        f"b,High Street,{EAST + 310},{NORTH + 260},9\n"
    )
    rows = [
        (f"2025-0{1 + place % 2}", "robbery", EAST + 100 + place * 10, NORTH + 102 + place * 7) for place in range(20)
    ]
    pd.DataFrame(rows, columns=["month", "kind", "x", "y"]).to_csv(tmp_path / "events.csv", index=False)
    (tmp_path / "m.toml").write_text(MAPPING)
    return tmp_path


def options(town: Path, **other: object) -> Options:
    given = {"sites": town / "sites.csv", "streets": town / "streets.geojson", "out": town / "out", **other}
    return Options(rules=Rules(minutes=10, loops=2, parkings=2), **given)  # type: ignore[arg-type]


def test_from_files_to_maps_tracks_and_words(town: Path) -> None:
    found = draw_loops(
        options(town, events=town / "events.csv", mapping=town / "m.toml"), today=date(2026, 11, 22), by="a test"
    )
    assert [path.rsplit("/", 1)[1] for path in found.files] == FILES
    back = patrol_loops.read(town / "out" / "loops.geojson", crs=BNG)
    assert back[["site_id", "loop"]].to_numpy().tolist() == [["a", 1], ["a", 2], ["b", 1], ["b", 2]]
    drawn = found.drawn.loops.sort_values(["site_id", "loop"], ignore_index=True)
    assert back["directions"].tolist() == drawn["directions"].tolist()
    assert (shapely.hausdorff_distance(back["shape"].to_numpy(), drawn["shape"].to_numpy()) < 0.05).all()
    assert found.unit == "incidents a month"
    assert any("2 months from 2025-01 to 2025-02" in note for note in found.notes)
    track = ET.fromstring((town / "out" / "loops.gpx").read_bytes())
    space = "{http://www.topografix.com/GPX/1/1}"
    assert (len(track.findall(f"{space}trk")), len(track.findall(f"{space}wpt"))) == (4, 2)
    page = (town / "out" / "walks.html").read_text()
    assert "working copy, OFFICIAL-SENSITIVE" in page
    assert page.count("<article") == 4
    assert (town / "out" / "walks.pdf").read_bytes().startswith(b"%PDF")
    made = json.loads((town / "out" / "provenance.json").read_text())
    assert set(made["files"]) == set(FILES[:-1])
    assert made["parameters"]["rules"]["minutes"] == 10


def test_the_same_input_and_seed_give_the_same_bytes(town: Path) -> None:
    for out in ("one", "other"):
        draw_loops(options(town, out=town / out), today=date(2026, 11, 22), by="a test")
    for name in FILES:
        assert (town / "one" / name).read_bytes() == (town / "other" / name).read_bytes(), name


def test_without_events_the_sites_own_figures_are_spread(town: Path) -> None:
    found = draw_loops(options(town), today=date(2026, 11, 22), by="a test")
    assert found.drawn.expected == {"a": 5.0, "b": 9.0}
    assert any("no incidents were given" in note for note in found.notes)
    assert set(found.document()) == {"loops", "sites", "unit", "sentence", "notes", "files"}
    assert found.document()["loops"][0]["turns"]


def test_streets_without_names_do_and_say_so(town: Path) -> None:
    text = json.loads((town / "streets.geojson").read_text())
    for feature in text["features"]:
        feature["properties"]["name"] = None
    (town / "streets.geojson").write_text(json.dumps(text))
    found = draw_loops(options(town), today=date(2026, 11, 22), by="a test")
    assert any("has no names" in note for note in found.notes)
    assert "the unnamed street" in found.drawn.loops["directions"].iloc[0]


def test_what_cannot_be_done_is_said_and_nothing_is_written(town: Path) -> None:
    (town / "sites.csv").write_text(f"site_id,name,easting,northing\nfar,Far,{EAST + 9000},{NORTH}\n")
    with pytest.raises(AbateError, match="site far \\(Far\\): outside the street network"):
        draw_loops(options(town), today=date(2026, 11, 22), by="a test")
    assert not (town / "out").exists()
    with pytest.raises(OptionError) as told:
        options(town, lake=town, events=town / "none.csv", streets=town / "none.geojson")
    assert len(told.value.faults) >= 4


@pytest.mark.slow
def test_camden(shared: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        "site_id,name,longitude,latitude\nc,Camden Town,-0.1426,51.5392\nk,King's Cross,-0.1233,51.5309\n"
    )
    streets = shared("streets/osm-camden-highways.geojson.gz")
    found = draw_loops(
        Options(sites=tmp_path / "s.csv", streets=streets, out=tmp_path / "o", rules=Rules(loops=1)),
        today=date(2026, 11, 22),
        by="a test",
    )
    loops = found.drawn.loops
    assert (loops["length_m"] <= 1125 + 1e-6).all()
    assert (loops["gap"] < 0.3).all()
    assert "Camden High Street" in loops["directions"].iloc[0]
