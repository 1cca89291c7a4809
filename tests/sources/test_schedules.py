"""Frozen schedules: read back as drawn, refused when edited."""

from __future__ import annotations

import hashlib
import json

import pytest

from abate.errors import SourceError, TableError
from abate.sources import schedules
from abate.trials import schemes
from jobs.randomised import frozen


@pytest.fixture
def folder(tmp_path):
    frozen(tmp_path, exclude="2025-03-10", block="area")
    for name in ("schedule.csv", "schedule.json"):
        (tmp_path / name).chmod(0o644)
    return tmp_path


def test_a_schedule_is_read_by_either_file_and_drawn_again_from_what_it_says(folder):
    found = schedules.read(folder / "schedule.csv")
    again = schedules.read(str(folder / "schedule.json"))
    assert found.rows.equals(again.rows)
    assert found.sha256 == hashlib.sha256((folder / "schedule.csv").read_bytes()).hexdigest()
    assert (found.seed, found.draw, found.draws, found.scheme.treat) == (7, 1, 1, 2)
    assert (schemes.draw(found.scheme, found.sites, seed=found.seed)[0] == found.patrol()).all()
    assert len(found.rows) == 27 * 6
    assert found.patrol().sum() == 27 * 2


def test_an_edited_schedule_is_refused_with_both_hashes(folder):
    path = folder / "schedule.csv"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(path.read_text().replace("usual", "patrol", 1))
    after = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(SourceError) as caught:
        schedules.read(path)
    assert before in str(caught.value)
    assert after in str(caught.value)
    assert "was edited after it was frozen" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": "7"}, "lacks seed"),
        ({"scheme": {"kind": "daily"}}, "schedule.json: a scheme says its starts"),
        ({"sites": []}, "not a list of sites"),
        ({"sites": [{"site_id": "H01"}]}, "is not that of schedule.csv"),
        ({"sha256": "0" * 64}, "was edited after it was frozen"),
    ],
)
def test_a_json_file_that_does_not_fit_is_refused(folder, changes, told):
    path = folder / "schedule.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    with pytest.raises(SourceError, match=told):
        schedules.read(path)


def test_missing_and_broken_files_are_told(folder):
    path = folder / "schedule.json"
    kept = path.read_text()
    path.write_text("{")
    with pytest.raises(SourceError, match="is not JSON"):
        schedules.read(path)
    path.write_text("[]")
    with pytest.raises(SourceError, match="is not what stands beside a schedule"):
        schedules.read(path)
    path.unlink()
    with pytest.raises(SourceError, match=r"schedule.json: there is no such file \(the file beside"):
        schedules.read(folder / "schedule.csv")
    for content, told in ((b"date,site_id\n", "has the columns"), (b"", "has the columns")):
        beside = json.dumps({**json.loads(kept), "sha256": hashlib.sha256(content).hexdigest()})
        with pytest.raises((SourceError, TableError), match=told):
            schedules.parse(content, beside.encode(), file=folder / "schedule.csv")
