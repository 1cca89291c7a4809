"""The dose from files to files: asked, read, measured, recorded; and refused where it must be."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import patrol_tracks
from abate.errors import AbateError, OptionError, SourceError
from abate.jobs import ledgers
from abate.jobs import patrol_dosage as jobs
from abate.sample import tracks
from abate.sources import patrol_doses, patrol_sites

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TOWN = "site_id,name,longitude,latitude\na,Market,0.710,51.540\nb,Station,0.720,51.545\nc,Pier,0.714,51.532\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sites, a plan, tracks, devices and check-ins."""
    into = tmp_path_factory.mktemp("dose")
    (into / "sites.csv").write_text(TOWN)
    sites = patrol_sites.read(into / "sites.csv").sites
    plan = patrol_tracks.plan(sites, teams=2, visits=6)
    made = tracks.tracks(sites, plan, seed=1, attended=0.9)
    (into / "tracks.csv").write_text(tracks.as_csv(made.fixes))
    made.devices.to_csv(into / "devices.csv", index=False)
    written = plan.assign(start=plan["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    written.to_csv(into / "plan.csv", index=False)
    said = made.truth.assign(time=made.truth["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    said[["time", "site_id", "team"]].iloc[1:].to_csv(into / "check-ins.csv", index=False)
    (into / "truth.json").write_text(json.dumps({"visits": len(made.truth), "minutes": made.truth["minutes"].sum()}))
    return into


def options(folder: Path, out: Path, **more: object) -> jobs.Options:
    given = {
        "tracks": (folder / "tracks.csv",),
        "sites": folder / "sites.csv",
        "plan": folder / "plan.csv",
        "devices": folder / "devices.csv",
        "check_ins": folder / "check-ins.csv",
        "impact_assessment": "DPIA 2026/114",
        "out": out,
        **more,
    }
    return jobs.Options(**given)  # type: ignore[arg-type]


def run(options: jobs.Options) -> jobs.Measured:
    return jobs.dosage(options, now=NOW, by="tester")


def test_the_dose_is_that_of_the_truth_and_the_files_stand(folder: Path, tmp_path: Path) -> None:
    found = run(options(folder, tmp_path))
    truth = json.loads((folder / "truth.json").read_text())
    assert len(found.visits) == truth["visits"]
    assert found.visits["minutes"].sum() == pytest.approx(truth["minutes"], abs=0.3 * truth["visits"])
    told = found.document()
    assert set(told) >= {"visits", "compliance", "files"}
    assert set(told["visits"][0]) >= {"site", "start", "minutes", "low", "high", "officers"}
    assert told["compliance"]["scheduled"] == 12
    assert told["compliance"]["attended"] == truth["visits"]
    assert {Path(name).name for name in found.files} == {
        *("visits.csv", "dose.csv", "presence.csv", "compliance.csv", "compliance.json", "disagreements.csv"),
        *("dosage.html", "provenance.json", "dosage.ledger.jsonl"),
    }
    assert len(patrol_doses.read_visits(tmp_path / "visits.csv")) == truth["visits"]
    assert len(patrol_doses.read_doses(tmp_path / "dose.csv")) == 3
    assert len(pd.read_csv(tmp_path / "disagreements.csv")) == 1
    assert len(found.sentences()) == 2


def test_no_file_names_a_device_and_the_same_input_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(options(folder, tmp_path / name))
    for path in sorted((tmp_path / "one").iterdir()):
        text = path.read_text()
        assert not any(device in text for device in ("R001", "R002", "R003", "R004", "R900")), path.name
        assert text == (tmp_path / "two" / path.name).read_text()


def test_reading_is_recorded_with_the_assessment(folder: Path, tmp_path: Path) -> None:
    run(options(folder, tmp_path))
    entry = ledgers.read(tmp_path / jobs.LEDGER)[0]
    assert (entry.verb, entry.said["impact_assessment"], entry.said["purpose"]) == ("collect", "DPIA 2026/114", "dose")
    file = entry.said["files"][0]
    assert file["rows"] == file["kept"] + file["rejected"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"impact_assessment": None}, "data protection impact assessment"),
        ({"impact_assessment": " "}, "data protection impact assessment"),
        ({"purpose": "discipline"}, "purpose 'discipline' is refused"),
        ({"officer": "PC 1234"}, "one officer or device is refused"),
        ({"device": "R001"}, "one officer or device is refused"),
        ({"keep_days": 5}, "days old: they may be kept for 5 days"),
    ],
)
def test_what_is_refused_is_recorded_and_nothing_is_written(
    folder: Path, tmp_path: Path, more: dict[str, object], said: str
) -> None:
    with pytest.raises(OptionError, match=said):
        run(options(folder, tmp_path, **more))
    last = ledgers.read(tmp_path / jobs.LEDGER)[-1]
    assert (last.verb, said in last.said["refused"]) == ("consult", True)
    assert "1234" not in (tmp_path / jobs.LEDGER).read_text()
    assert {path.name for path in tmp_path.iterdir()} == {jobs.LEDGER}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sites": None}, "give the files of tracks"),
        ({"since": NOW.date(), "until": NOW.date()}, "no position lies from 2026-11-20"),
        ({"since": NOW.date(), "until": (NOW - timedelta(days=3)).date()}, "lies after --to"),
        ({"crs": "EPSG:2263"}, "does not count in metres"),
        ({"keep_days": 0}, "at least 1"),
    ],
)
def test_options_that_will_not_do_say_why(folder: Path, tmp_path: Path, more: dict[str, object], said: str) -> None:
    with pytest.raises(AbateError, match=said):
        run(options(folder, tmp_path, **more))


def test_tracks_far_from_all_sites_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "far.csv").write_text("time,lat,lon\n" + "2026-11-18T10:00:00Z,55.9,-3.2\n" * 3)
    with pytest.raises(OptionError, match="no position lies within 50 km"):
        run(options(folder, tmp_path / "out", tracks=(tmp_path / "far.csv",)))
    with pytest.raises(SourceError, match="no such file"):
        run(options(folder, tmp_path / "out", tracks=(tmp_path / "none.csv",)))


def test_outdated_tracks_are_erased_and_that_is_recorded(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "tracks"
    kept.mkdir()
    (kept / "old.csv").write_text("time,lat,lon\n2026-09-01T10:00:00Z,51,0\n")
    (kept / "mixed.csv").write_text("time,lat,lon\n2026-09-01T10:00:00Z,51,0\n2026-11-18T10:00:00Z,51,0\n")
    (kept / "new.csv").write_text("time,lat,lon\n2026-11-18T10:00:00Z,51,0\n")
    (kept / "visits.csv").write_text("site_id,start\na,2026-09-01T10:00:00Z\n")
    found = jobs.purge(options(folder, tmp_path / "out", purge=kept), now=NOW, by="tester")
    assert found.erased == ("old.csv",)
    assert len(found.notes) == 2
    assert {path.name for path in kept.iterdir()} == {"mixed.csv", "new.csv", "visits.csv"}
    entry = ledgers.read(tmp_path / "out" / jobs.LEDGER)[-1]
    assert (entry.verb, entry.said["files"]) == ("erase", ["old.csv"])
    assert found.document()["erased"] == ["old.csv"]
    with pytest.raises(OptionError, match="no such folder"):
        jobs.purge(options(folder, tmp_path, purge=tmp_path / "none"), now=NOW, by="tester")
