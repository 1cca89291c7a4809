"""One story from chosen sites to the return: walks, timetable, draw, sheets, tracks, dose, and figures that add up."""

from __future__ import annotations

import json
from math import fsum
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app

pytestmark = pytest.mark.slow

DAYS = ("2025-12-05", "2025-12-06")
ROTA = """
stay_minutes = 15
most_visits = 3

[[team]]
team = "P1"
longitude = 1.0305
latitude = 53.1830
from = "14:00"
to = "22:00"
mode = "car"

[[team]]
team = "P2"
longitude = 1.0305
latitude = 53.1830
from = "14:00"
to = "22:00"
mode = "car"
"""


def abate(*arguments: object) -> Any:
    """Run a command through its door, as JSON."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> dict[str, Any]:
    """Every step of a small month, each from what the one before wrote."""
    from abate.sample import tracks
    from abate.sources import patrol_plans, patrol_sites

    folder: Path = tmp_path_factory.mktemp("journey")
    town, sites, schedule = folder / "town", folder / "sites" / "sites.geojson", folder / "trial" / "schedule.csv"
    abate("demo", "--into", town, "--no-serve")
    record = ("--lake", town / "lake", "--force", "sample")
    choice = ("--choose", "--sites", 6, "--rehearse", 0, "--method", "counts", "-o", folder / "sites")
    abate("hotspots", *record, "--crime", "violence", *choice)
    streets = town / "maps" / "streets.geojson"
    walks = abate("patrols", "loops", sites, "--streets", streets, *record, "--loops", 2, "-o", folder / "loops")
    drawn = abate(
        "patrols", "randomise", sites, "--from", "2025-12-01", "--days", 90, "--treat", 2, "--seed", 7, "-o", schedule
    )
    (folder / "rota.toml").write_text(ROTA)
    plans = []
    for day in DAYS:
        asked = ("--sites", sites, "--schedule", schedule, "--date", day, "--seconds", 3, "-o", folder / day)
        plans.append(abate("patrols", "plan", folder / "rota.toml", *asked))
    planned = pd.concat([patrol_plans.read(folder / day / "visits.csv") for day in DAYS], ignore_index=True)
    both = folder / "planned.csv"
    both.write_text(
        "".join(
            "".join((folder / day / "visits.csv").read_text().splitlines(keepends=True)[0 if day == DAYS[0] else 1 :])
            for day in DAYS
        )
    )
    sheets = abate(
        "patrols", "print", both, "--sites", sites, "--loops", folder / "loops" / "loops.geojson", "--streets", streets,
        "--schedule", schedule, "-o", folder / "tasking",
    )  # fmt: skip
    listed = patrol_sites.read(sites)
    made = tracks.tracks(listed.sites, planned, seed=5, ping_seconds=15, attended=0.9)
    (folder / "tracks.csv").write_text(tracks.as_csv(made.fixes, crs=listed.crs))
    made.devices.to_csv(folder / "devices.csv", index=False)
    dose = abate(
        "patrols", "dosage", folder / "tracks.csv", "--sites", sites, "--plan", both, "--schedule", schedule,
        "--devices", folder / "devices.csv", "--impact-assessment", "DPIA 2025/1", "--keep-days", 3650,
        "-o", folder / "dose",
    )  # fmt: skip
    (folder / "roles.csv").write_text("team,role,funding_stream,officers\nP1,officer,fund,2\nP2,pcso,fund,2\n")
    day_plans = [part for day in DAYS for part in ("--plan", folder / day / "plan.json")]
    told = abate(
        "patrols", "return", "--month", "2025-12", "--visits", folder / "dose" / "visits.csv", *day_plans,
        "--sites", sites, "--roles", folder / "roles.csv", *record, "--crime", "violence", "-o", folder / "return",
    )  # fmt: skip
    figures = {(row["item"], row["group"]): row["value"] for row in told["items"]}
    return {
        "walks": walks, "drawn": drawn, "plans": plans, "planned": planned, "sheets": sheets, "made": made,
        "dose": dose, "told": told, "figures": figures, "folder": folder, "schedule": pd.read_csv(schedule),
    }  # fmt: skip


def test_the_draw_is_kept_by_the_plan(journey):
    assert journey["drawn"]["place_days"] == {"treated": 180, "control": 360}
    schedule = journey["schedule"]
    for day in DAYS:
        drawn = set(schedule.loc[(schedule["date"] == day) & (schedule["arm"] == "patrol"), "site_id"])
        visited = set(journey["planned"].loc[journey["planned"]["start"].dt.strftime("%Y-%m-%d") == day, "site_id"])
        assert visited == drawn


def test_sheets_are_printed_for_both_teams(journey):
    names = {path.name for path in (journey["folder"] / "tasking").iterdir()}
    assert {Path(name).suffix for name in names} >= {".pdf", ".ics", ".gpx", ".csv", ".json"}


def test_the_return_holds_what_the_dose_found(journey):
    figures, dose = journey["figures"], journey["dose"]
    visits = pd.read_csv(journey["folder"] / "dose" / "visits.csv")
    assert figures["visits attended", "all"] == len(visits) == len(dose["visits"])
    assert figures["visits scheduled", "all"] == sum(len(plan["visits"]) for plan in journey["plans"])
    assert figures["scheduled visits attended", "all"] == visits["planned_start"].notna().sum()
    assert figures["hours of presence", "all"] == pytest.approx(fsum(visits["minutes"]) / 60, abs=0.051)
    assert figures["person-hours", "all"] == pytest.approx(fsum(visits["officer_minutes"]) / 60, abs=0.051)


def test_every_split_of_the_hours_adds_up(journey):
    total = journey["figures"]["person-hours", "all"]
    assert total > 0
    for split in ("kind of staff", "role", "funding stream", "role and funding stream", "what shows them", "site"):
        parts = [value for (item, _), value in journey["figures"].items() if item == f"person-hours by {split}"]
        assert fsum(parts) == pytest.approx(total, abs=1e-9), split
    assert journey["figures"].get(("person-hours by role", "role not recorded"), 0) == 0


def test_the_dose_is_near_the_truth(journey):
    truth = journey["made"].truth
    found = journey["figures"]["hours of presence", "all"]
    assert journey["figures"]["visits attended", "all"] == pytest.approx(len(truth), abs=1)
    assert found == pytest.approx(truth["minutes"].sum() / 60, rel=0.15)


def test_incidents_are_in_the_sites_and_round_them(journey):
    figures = journey["figures"]
    inside, outside = (
        figures[item, "all crime"] for item in ("incidents in sites", "incidents in the rest of the force area")
    )
    assert 0 < inside < outside
    assert sum(value for (item, _), value in figures.items() if item == "incidents by site, all crime") == inside


def test_nothing_in_the_return_names_a_device_or_a_team(journey):
    devices = set(journey["made"].devices["device"])
    for name in ("return.csv", "return.html"):
        text = (journey["folder"] / "return" / name).read_text()
        assert not any(device in text for device in devices)
        assert "P1" not in text.split("How this was made")[0]
