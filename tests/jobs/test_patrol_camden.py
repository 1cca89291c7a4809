"""The whole way of patrols on a real place: Camden, its recorded crime and its streets, from load to return."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

WARDS = "police-street-wards/london-10-boroughs-street-crime-by-ward-2016-01-to-2018-06.csv.gz"
STREETS = "streets/osm-camden-highways.geojson.gz"
MAPPING = """
[source]
name = "London crime by ward"
force = "metropolitan"

[columns]
crime_type = "category"
x = "longitude"
y = "latitude"
location = "borough"
month = "month"

[place]
crs = "EPSG:4326"
"""
ROTA = """
stay_minutes = 15
gap_minutes = 120
most_visits = 2

[[team]]
team = "C1"
longitude = -0.1246
latitude = 51.5300
from = "14:00"
to = "22:00"
mode = "car"

[[team]]
team = "C2"
longitude = -0.1426
latitude = 51.5390
from = "16:00"
to = "24:00"
mode = "foot"
"""
CRIME = ("--crime", "violent-crime,robbery,possession-of-weapons")


def abate(*arguments: object) -> Any:
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_from_recorded_crime_in_camden_to_the_return(shared: Callable[[str], Path], tmp_path: Path) -> None:
    from abate.sample import tracks
    from abate.sources import patrol_plans, patrol_sites

    streets = shared(STREETS)
    rows = pd.read_csv(shared(WARDS), dtype=str)
    rows[rows["borough"] == "Camden"].to_csv(tmp_path / "camden.csv", index=False)
    (tmp_path / "ward.toml").write_text(MAPPING)
    (tmp_path / "rota.toml").write_text(ROTA)
    loaded = abate("load", tmp_path / "camden.csv", "--mapping", tmp_path / "ward.toml", "--lake", tmp_path / "lake")
    assert loaded["rows_read"] == loaded["rows_loaded"] + loaded["rows_rejected"] + loaded["rows_repeated"]

    record = ("--lake", tmp_path / "lake", "--force", "metropolitan", *CRIME)
    choice = ("--choose", "--sites", 8, "--method", "counts", "--rehearse", 0, "-o", tmp_path / "sites")
    abate("hotspots", *record, "--place", "square:150", *choice)
    sites, schedule = tmp_path / "sites" / "sites.geojson", tmp_path / "schedule.csv"
    walks = abate(
        "patrols", "loops", sites, "--streets", streets, *record, "--loops", 1, "-o", tmp_path / "loops"
    )  # fmt: skip
    assert len(walks["loops"]) == 8
    assert all(walk["length_m"] <= 15 / 60 * 4500 + 1e-6 for walk in walks["loops"])

    drawn = abate(
        "patrols", "randomise", sites, "--from", "2018-07-02", "--days", 90, "--treat", 4, "--seed", 3, "-o", schedule
    )  # fmt: skip
    assert drawn["place_days"] == {"treated": 360, "control": 360}
    planned = abate(
        "patrols", "plan", tmp_path / "rota.toml", "--sites", sites, "--streets", streets, "--schedule", schedule,
        "--date", "2018-07-06", "--seconds", 3, "-o", tmp_path / "rota",
    )  # fmt: skip
    day = pd.read_csv(schedule)
    patrolled = set(day.loc[(day["date"] == "2018-07-06") & (day["arm"] == "patrol"), "site_id"])
    assert {visit["site"] for visit in planned["visits"]} == patrolled
    assert planned["value"] <= planned["bound"] * (1 + 1e-9)

    visits = tmp_path / "rota" / "visits.csv"
    sheets = abate(
        "patrols", "print", visits, "--sites", sites, "--loops", tmp_path / "loops" / "loops.geojson", "--streets",
        streets, "--schedule", schedule, "-o", tmp_path / "tasking",
    )  # fmt: skip
    assert {sheet["team"] for sheet in sheets["sheets"]} == {visit["team"] for visit in planned["visits"]}

    made = tracks.tracks(patrol_sites.read(sites).sites, patrol_plans.read(visits), seed=5)
    (tmp_path / "tracks.csv").write_text(tracks.as_csv(made.fixes))
    made.devices.to_csv(tmp_path / "devices.csv", index=False)
    dose = abate(
        "patrols", "dosage", tmp_path / "tracks.csv", "--sites", sites, "--devices", tmp_path / "devices.csv",
        "--plan", visits, "--impact-assessment", "made up", "--keep-days", 5000, "-o", tmp_path / "dosage",
    )  # fmt: skip
    told = abate(
        "patrols", "return", "--month", "2018-07", "--visits", tmp_path / "dosage" / "visits.csv", "--plan", visits,
        "--sites", sites, *record, "-o", tmp_path / "return",
    )  # fmt: skip
    figures = {(row["item"], row["group"]): row["value"] for row in told["items"]}
    assert figures["visits attended", "all"] == len(dose["visits"]) > 0
