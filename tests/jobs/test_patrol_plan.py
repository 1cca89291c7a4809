"""From files to files: a plan, the same plan again, and the rest of a shift planned again."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

import rota_files_made
from abate.errors import OptionError
from abate.jobs import patrol_plan
from abate.jobs.patrol_plan import Options
from abate.sources import patrol_plans

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)


def run(folder: Path, **options: Any) -> dict[str, Any]:
    told = Options(rota=folder / "rota.toml", rounds=6, out=folder / "out", **options)
    return patrol_plan.plan(told, today=TODAY, by="a test").document()


def test_a_plan_is_written_and_read_back_and_is_the_same_again(tmp_path: Path) -> None:
    rota_files_made.write(tmp_path)
    said = run(tmp_path)
    assert {"visits", "value", "bound", "gap", "unserved"} <= set(said)
    assert all({"team", "site", "start", "minutes"} <= set(visit) for visit in said["visits"])
    assert said["visits"][0]["start"].endswith("+00:00")
    assert {visit["site"] for visit in said["visits"]} == {"H1", "H2", "H3"}
    assert [each["site"] for each in said["unserved"]] == ["H4"]
    assert "closed, or has no hours" in said["unserved"][0]["why"]
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == {"plan.json", "visits.csv", "rota.html", "provenance.json"}
    run(tmp_path)
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    table = patrol_plans.read(tmp_path / "out" / "plan.json")
    assert len(table) == len(said["visits"])
    assert table.equals(patrol_plans.read(tmp_path / "out" / "visits.csv"))


def test_the_rest_of_a_shift_is_planned_again(tmp_path: Path) -> None:
    rota_files_made.write(tmp_path)
    said = run(tmp_path)
    again = run(tmp_path, replan=(tmp_path / "out" / "plan.json",), now="19:00", away=("T1@19:00",))
    done = [visit for visit in said["visits"] if visit["start"] < "2026-12-04T18:45"]
    kept = [{**visit, "kept": False} for visit in again["visits"] if visit["kept"]]
    assert all(visit in kept for visit in done)
    assert not [visit for visit in again["visits"] if visit["team"] == "T1" and visit["start"] >= "2026-12-04T19:00"]


def test_only_the_sites_of_the_schedule_are_visited(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from abate.cli.main import app

    rota_files_made.write(tmp_path)
    schedule = tmp_path / "schedule.csv"
    drawn = ["patrols", "randomise", str(tmp_path / "sites.csv"), "--from", "2026-12-04", "--days", "3", "--treat", "2"]
    assert CliRunner().invoke(app, [*drawn, "--seed", "7", "-o", str(schedule)]).exit_code == 0
    rows = [line.split(",") for line in schedule.read_text().splitlines()]
    today = {site for day, site, arm in rows if day == "2026-12-04" and arm == "patrol"}
    said = run(tmp_path, files=patrol_plan.Files(schedule=schedule))
    assert len(today) == 2
    assert {visit["site"] for visit in said["visits"]} == today - {"H4"}
    with pytest.raises(OptionError, match="2027-01-01 is not in the schedule"):
        run(tmp_path, files=patrol_plan.Files(schedule=schedule), day=date(2027, 1, 1))


def test_options_that_do_not_go_together_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as fault:
        Options(rota=tmp_path, now="25:00", away=("T1",), seconds=0)
    assert len(fault.value.faults) == 4


def test_an_unknown_team_cannot_be_called_away(tmp_path: Path) -> None:
    rota_files_made.write(tmp_path)
    run(tmp_path)
    with pytest.raises(OptionError, match="--away X@19:00: no such team"):
        run(tmp_path, replan=(tmp_path / "out" / "plan.json",), now="19:00", away=("X@19:00",))


def test_no_visit_possible_writes_nothing(tmp_path: Path) -> None:
    rota_files_made.write(
        tmp_path, rota=rota_files_made.ROTA.replace("budget_officer_hours = 40", "budget_officer_hours = 0")
    )
    with pytest.raises(OptionError, match="budget"):
        run(tmp_path)
    assert not (tmp_path / "out").exists()


def test_the_record_says_how_the_plan_was_made(tmp_path: Path) -> None:
    rota_files_made.write(tmp_path)
    run(tmp_path)
    told = json.loads((tmp_path / "out" / "provenance.json").read_text())
    assert [each["file"] for each in told["inputs"]] == ["rota.toml", "sites.csv", "teams.csv"]
    assert told["marking"] == "OFFICIAL-SENSITIVE"
    assert str(tmp_path) not in json.dumps(told)


def test_a_plan_by_pyvrp_says_that_it_depends_on_the_machine(tmp_path: Path) -> None:
    rota_files_made.write(tmp_path)
    said = run(tmp_path, solver="pyvrp", seconds=2.0)
    assert said["visits"]
    assert any("depends on the speed of the machine" in note for note in said["notes"])
