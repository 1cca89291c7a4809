"""`abate patrols dosage` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import patrol_tracks
from abate.sample import tracks
from abate.sources import patrol_sites

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))
ASSESSED = ("--impact-assessment", "DPIA 2026/114")


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    asked = [ABATE, "patrols", "dosage", *map(str, arguments)]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sites, tracks of last week and the devices' teams."""
    into = tmp_path_factory.mktemp("dose")
    (into / "sites.csv").write_text("site_id,name,longitude,latitude\na,Market,0.710,51.540\nb,Station,0.720,51.545\n")
    sites = patrol_sites.read(into / "sites.csv").sites
    plan = patrol_tracks.plan(sites, teams=1, visits=4)
    ago = datetime.now(UTC).replace(microsecond=0, hour=12) - timedelta(days=5)
    plan["start"] += ago - plan["start"].min()
    made = tracks.tracks(sites, plan, seed=1, attended=1.0)
    (into / "tracks.gpx").write_text(tracks.as_gpx(made.fixes))
    made.devices.to_csv(into / "devices.csv", index=False)
    return into


def test_json_is_one_document_with_visits_compliance_and_files(folder: Path, tmp_path: Path) -> None:
    devices = ("--devices", folder / "devices.csv")
    answer = abate(
        folder / "tracks.gpx", "--sites", folder / "sites.csv", *devices, *ASSESSED, "-o", tmp_path, "--json"
    )
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert len(document["visits"]) == 4
    assert set(document["visits"][0]) >= {"site", "start", "minutes", "low", "high", "officers"}
    assert all(Path(name).exists() for name in document["files"])


def test_a_person_gets_sentences(folder: Path, tmp_path: Path) -> None:
    answer = abate(folder / "tracks.gpx", "--sites", folder / "sites.csv", *ASSESSED, "-o", tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("4 visits; ")
    assert "dosage.html" in answer.stdout


@pytest.mark.parametrize("more", [(), (*ASSESSED, "--purpose", "discipline"), (*ASSESSED, "--officer", "x")])
def test_refusals_are_sentences(folder: Path, tmp_path: Path, more: tuple[str, ...]) -> None:
    answer = abate(folder / "tracks.gpx", "--sites", folder / "sites.csv", *more, "-o", tmp_path)
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert (tmp_path / "dosage.ledger.jsonl").exists()


def test_outdated_tracks_are_erased(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "old.gpx").write_text((folder / "tracks.gpx").read_text())
    answer = abate("--purge", tmp_path, "--keep-days", 2, "-o", tmp_path / "out", "--json")
    assert json.loads(answer.stdout)["erased"] == ["old.gpx"]
    assert not (tmp_path / "old.gpx").exists()
    again = abate("--purge", tmp_path, "-o", tmp_path / "out")
    assert again.stdout.startswith("0 track files erased")


def test_help_has_an_example() -> None:
    assert "Example: abate patrols dosage" in " ".join(abate("--help").stdout.split())
