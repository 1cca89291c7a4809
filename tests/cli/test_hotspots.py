"""`abate hotspots` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from abate.jobs.demo import publish

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ABATE, *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town")
    publish(folder, seed=1)
    loaded = abate("load", folder / "published", "--lake", folder / "lake", "--json")
    assert loaded.returncode == 0, loaded.stderr
    return folder / "lake"


def test_json_is_one_document_and_nothing_else(lake, tmp_path):
    asked = ("--crime", "violence,robbery", "--place", "square:250", "--top", 3, "-o", tmp_path / "out", "--json")
    answer = abate("hotspots", "--lake", lake, "--force", "sample", *asked)
    document = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert [hotspot["rank"] for hotspot in document["hotspots"]] == [1, 2, 3]
    assert {Path(file).name for file in document["files"]} == {path.name for path in (tmp_path / "out").iterdir()}


def test_a_person_gets_a_sentence_and_a_table(lake, tmp_path):
    answer = abate("hotspots", "--lake", lake, "--force", "sample", "--area-km2", 0.2, "-o", tmp_path / "out")
    assert answer.returncode == 0, answer.stderr
    assert "located incidents of serious violence recorded by Sample Police" in " ".join(answer.stdout.split())
    assert "Incidents  Share  So far  Chance  Name" in answer.stdout
    assert str(tmp_path / "out" / "report.html") in answer.stdout


def test_what_cannot_be_done_is_a_sentence_and_exit_1(lake, tmp_path):
    answer = abate("hotspots", "--lake", lake, "--force", "smaple", "-o", tmp_path / "out")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Did you mean 'sample'?" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (tmp_path / "out").exists()


def test_wrong_usage_is_exit_2(lake):
    assert abate("hotspots", "--lake", lake).returncode == 2
    assert abate("hotspots", "--lake", lake, "--force", "sample", "--top", "0").returncode == 2


def test_a_folder_that_cannot_be_written_leaves_nothing(lake, tmp_path):
    (tmp_path / "out").write_text("a file in the way")
    answer = abate("hotspots", "--lake", lake, "--force", "sample", "-o", tmp_path / "out")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert (tmp_path / "out").read_text() == "a file in the way"


def test_sites_are_chosen_told_and_refreshed(lake, tmp_path):
    asked = ("hotspots", "--lake", lake, "--force", "sample", "--crime", "violence", "--choose", "--sites", 4)
    first = abate(*asked, "--method", "counts", "--to", "2025-06", "-o", tmp_path / "old")
    assert first.returncode == 0, first.stderr
    assert "4 sites (" in " ".join(first.stdout.split())
    assert "Chosen again" in first.stdout
    assert "it is plain counts itself" in " ".join(first.stdout.split())
    against = tmp_path / "old" / "sites.geojson"
    second = abate(
        *asked, "--method", "counts", "--against", against, "--rehearse", 1, "-o", tmp_path / "new", "--json"
    )
    document = json.loads(second.stdout)
    assert second.returncode == 0, second.stderr
    assert [site["rank"] for site in document["sites"]] == [1, 2, 3, 4]
    assert document["refresh"]["sentence"].startswith("Against the earlier list")
    assert [row["method"] for row in document["rehearsal"]["records"]] == ["counts"]
    assert document["rehearsal"]["sentence"].startswith("In 1 rehearsal (")
    assert document["choice"]["follows"]["version"] == 1
