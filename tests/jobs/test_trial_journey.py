"""One story from the record to the report: place-days, power, draw, protocol, days, dose, result, deviation."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from jobs.sited import made, sited

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

RATIO = 0.5
FIRST, DAYS = "2098-07-01", 180
CALLED_OFF = "2098-07-10"


def abate(*arguments: object) -> Any:
    """Run a command through its door, as JSON."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def planted(folder: Path) -> dict[str, pd.DataFrame]:
    """Move the town's later days to the trial's, and take away half of the incidents on days drawn for patrol."""
    generator = np.random.default_rng(11)
    drawn = pd.read_csv(folder / "trial" / "schedule.csv", parse_dates=["date"])
    later = pd.Timestamp(FIRST) - pd.Timestamp("2025-07-01")
    seen, rings = (pd.read_csv(folder / f"{name}.csv", parse_dates=["date"]) for name in ("seen", "rings"))
    days = drawn.merge(seen.assign(date=seen["date"] + later), on=["date", "site_id"], validate="one_to_one")
    patrol = (days["arm"] == "patrol").to_numpy()
    came = patrol & (generator.random(len(days)) < 0.9)
    came[np.flatnonzero(patrol & (days["date"] == CALLED_OFF))[0]] = False
    left = generator.binomial(days["incidents"], np.where(patrol, RATIO, 1.0))
    return {
        "trial": days.assign(incidents=left)[["date", "site_id", "incidents"]],
        "dose": days[["date", "site_id"]].assign(minutes=np.where(came, 15.0, 0.0), officers=2 * came),
        "buffers": rings.assign(date=rings["date"] + later),
        "recorded": days,
    }


@pytest.fixture(scope="module")
def journey(tmp_path_factory) -> dict[str, Any]:
    """Every step of a small trial, each from what the one before wrote."""
    folder: Path = tmp_path_factory.mktemp("trial_journey")
    town, sites, schedule = made(folder / "town"), folder / "sites" / "sites.geojson", folder / "trial" / "schedule.csv"
    sited(town, folder / "sites", sought={"sites": 14, "rehearse": 0}, last="2025-06")
    record = ("--lake", town / "lake", "--force", "sample", "--crime", "violence", "--sites", sites)
    history = abate("trial", "days", *record, "--to", "2025-06-30", "-o", folder / "history.csv")
    design = ("--treat", 6, "--days", DAYS, "--outcome", "incidents", "--simulations", 200)
    power = abate("trial", "power", folder / "history.csv", *design, "--effect", "0.5,0.8", "--no-search")
    asked = ("--from", FIRST, "--days", DAYS, "--treat", 6, "--seed", 7)
    drawn = abate("patrols", "randomise", sites, *asked, "-o", schedule)
    draft = folder / "trial" / "protocol.toml"
    abate("trial", "register", "--draft", "--schedule", schedule, "-o", draft)
    text = draft.read_text()
    for name in ("title", "hypothesis", "stopping", "measure"):
        text = re.sub(rf'^{name} = ""', f'{name} = "as the test has it"', text, flags=re.MULTILINE)
    draft.write_text(text.replace("draws = 10000", "draws = 500\ndose = true\nbuffers = true"))
    protocol = folder / "trial" / "protocol.json"
    registered = abate("trial", "register", draft, "--schedule", schedule, "-o", protocol)
    table = pd.read_csv(schedule)
    site = table.loc[(table["date"] == CALLED_OFF) & (table["arm"] == "patrol"), "site_id"].iloc[0]
    done = ("--override", schedule, "--site", site, "--date", CALLED_OFF, "--to", "usual", "--reason", "a public event")
    abate("patrols", "randomise", *done)
    span = ("--from", "2025-07-01", "--to", "2025-12-27", "--rings", 150, "--rings-out", folder / "rings.csv")
    seen = abate("trial", "days", *record, *span, "-o", folder / "seen.csv")
    made_up = planted(folder)
    for name in ("trial", "dose", "buffers"):
        made_up[name].to_csv(folder / f"{name}.csv", index=False)
    files = (folder / "trial.csv", "--schedule", schedule, "--dose", folder / "dose.csv")
    beside = ("--buffers", folder / "buffers.csv", "--protocol", protocol, "--draws", 500)
    as_registered = abate("trial", "analyse", *files, *beside, "-o", folder / "result")
    otherwise = abate("trial", "analyse", *files, *beside, "--level", 0.9, "--lasting", 4, "-o", folder / "other")
    return {
        "history": history, "power": power, "drawn": drawn, "registered": registered, "seen": seen, "site": site,
        "result": as_registered, "other": otherwise, "folder": folder, **made_up,
    }  # fmt: skip


def test_the_history_is_whole_and_is_what_power_learns_from(journey):
    history, power = journey["history"], journey["power"]
    assert history["place_days"] == history["days"] * 14
    assert (history["from"], history["to"]) == ("2023-01-01", "2025-06-30")
    assert power["places"] == 14
    curve = {point["effect"]: point["power"]["value"] for point in power["outcomes"]["incidents"]["curve"]}
    assert curve[0.5] > 0.6 > curve[0.8]


def test_what_was_drawn_is_what_was_registered_and_analysed(journey):
    treated = {"treated": 6 * DAYS, "control": 8 * DAYS}
    assert journey["drawn"]["place_days"] == treated
    assert "before the first day" in journey["result"]["protocol"]
    assert journey["result"]["n"]["treated"] == treated["treated"]
    assert journey["result"]["n"]["control"] == treated["control"]
    assert journey["result"]["n"]["events"] == journey["trial"]["incidents"].sum()
    assert journey["seen"]["incidents"] == journey["recorded"]["incidents"].sum() > journey["trial"]["incidents"].sum()


def test_the_planted_effect_lies_in_the_interval_and_none_does_not(journey):
    itt = journey["result"]["itt"]
    assert itt["rate_ratio"]["low"] <= RATIO <= itt["rate_ratio"]["high"] < 1
    assert itt["p_randomisation"] < 0.05
    assert journey["result"]["not_registered"] == []


def test_nothing_moved_to_the_rings(journey):
    ring = journey["result"]["buffers"]["ring"]
    assert ring["low"] <= 1 <= ring["high"]


def test_the_day_that_was_called_off_is_named_and_counts_as_drawn(journey):
    (override,) = journey["result"]["overrides"]
    assert (override["site_id"], override["date"], override["done"]) == (journey["site"], CALLED_OFF, "usual")
    page = (journey["folder"] / "result" / "trial.html").read_text()
    assert "a public event" in page
    assert CALLED_OFF in page


def test_the_report_names_what_is_not_as_registered(journey):
    told = journey["other"]["not_registered"]
    assert told == [
        "level: 0.95 was registered and 0.9 was used: not registered",
        "lasting: 4 was used: not registered",
    ]
    page = (journey["folder"] / "other" / "trial.html").read_text()
    assert all(line in page for line in told)
    standings = pd.read_csv(journey["folder"] / "other" / "effects.csv")["standing"]
    assert "registered" not in set(standings)
    kept = pd.read_csv(journey["folder"] / "result" / "effects.csv")
    assert set(kept.loc[kept["standing"] == "registered", "outcome"]) == {"incidents"}
