"""`abate trial days` at the prompt."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.jobs import day_records
from jobs.day_lakes import few


@pytest.fixture
def days(tmp_path, monkeypatch):
    ring = [[4e5, 3e5], [4e5 + 100, 3e5], [4e5 + 100, 3e5 + 100], [4e5, 3e5 + 100], [4e5, 3e5]]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    feature = {
        "type": "Feature",
        "properties": {"site_id": "A"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "s.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    lake = few(("2025-01", "2025-01-03 12:00", 400_050.0, 300_050.0), ("2025-01", "2025-01-05 12:00", 4e5 + 120, 3e5))
    monkeypatch.setattr(day_records, "opened", lambda _folder: lake)
    monkeypatch.chdir(tmp_path)
    words = ["trial", "days", "--lake", "lake", "--force", "sample", "--crime", "robbery", "--sites", "s.geojson"]
    return lambda *more: CliRunner().invoke(app, [*words, *map(str, more)])


def test_the_files_are_written_and_the_answer_is_said(days, tmp_path):
    done = days("--from", "2025-01-04", "--rings", 50, "--rings-out", "rings.csv", "-o", "history.csv")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("0 incidents of robbery in 1 site on 2 days, 4 January 2025 to 5 January 2025")
    assert "In the rings about them: 1." in done.stdout
    assert (tmp_path / "history.csv").read_text() == "date,site_id,incidents\n2025-01-04,A,0\n2025-01-05,A,0\n"
    assert (tmp_path / "rings.csv").read_text() == "date,site_id,incidents\n2025-01-04,A,0\n2025-01-05,A,1\n"


def test_the_answer_as_json_names_its_files(days, tmp_path):
    told = json.loads(days("--json").stdout)
    assert (told["incidents"], told["days"], told["quiet"], told["rings"]) == (1, 3, 2, None)
    assert told["files"] == ["place-days.csv", "place-days.json"]
    assert all((tmp_path / name).is_file() for name in told["files"])


def test_wrong_options_are_sentences(days, tmp_path):
    done = days("--from", "2025-02-01", "--to", "2025-01-01")
    assert done.exit_code != 0
    assert "--to 2025-01-01 comes before --from 2025-02-01" in str(done.exception)
    assert not (tmp_path / "place-days.csv").exists()
