"""Lists have numbers: a new one never overwrites an old one unseen, the same one keeps its number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from abate.errors import OptionError
from abate.jobs import sitelists
from jobs.sited import made, sited

if TYPE_CHECKING:
    from pathlib import Path


def left(folder: Path, version: int, mark: str) -> bytes:
    content = json.dumps({"version": version, "made_from": mark}).encode()
    (folder / "sites.geojson").write_bytes(content)
    return content


def test_the_first_list_is_the_first_and_follows_the_one_that_it_is_set_against(tmp_path: Path) -> None:
    assert sitelists.numbered(tmp_path, "ab", against=0) == (1, {})
    assert sitelists.numbered(tmp_path, "ab", against=7) == (8, {})


def test_the_same_list_keeps_its_number(tmp_path: Path) -> None:
    left(tmp_path, 3, "ab")
    assert sitelists.numbered(tmp_path, "ab", against=1) == (3, {})


def test_another_list_is_kept_under_its_own_number(tmp_path: Path) -> None:
    content = left(tmp_path, 3, "ab")
    assert sitelists.numbered(tmp_path, "cd", against=1) == (4, {"sites-v3.geojson": content})
    assert sitelists.numbered(tmp_path, "cd", against=9)[0] == 10


def test_a_file_of_somebody_else_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "sites.geojson").write_bytes(b"theirs")
    assert sitelists.numbered(tmp_path, "cd", against=0) == (1, {"sites-v0.geojson": b"theirs"})


def test_a_name_that_is_taken_stops_the_list(tmp_path: Path) -> None:
    left(tmp_path, 3, "ab")
    (tmp_path / "sites-v3.geojson").write_bytes(b"another")
    with pytest.raises(OptionError, match=r"would be kept as sites-v3\.geojson"):
        sitelists.numbered(tmp_path, "cd", against=0)


@pytest.mark.slow
def test_lists_in_one_folder_are_numbered_and_none_is_lost(tmp_path: Path) -> None:
    town, out = made(tmp_path / "town"), tmp_path / "out"
    sited(town, out, last="2025-06")
    first = (out / "sites.geojson").read_bytes()
    sited(town, out, last="2025-06")
    assert (out / "sites.geojson").read_bytes() == first
    sited(town, out, last="2025-06", sought={"rehearse": 0})
    assert (out / "sites.geojson").read_bytes() == first, "a rehearsal makes no other list"
    again = sited(town, out, last="2025-06", sought={"sites": 4})
    assert (out / "sites-v1.geojson").read_bytes() == first
    assert json.loads((out / "sites.geojson").read_text())["version"] == 2
    record = json.loads((out / "provenance.json").read_text())
    assert record["site_list"]["version"] == 2
    assert "sites-v1.geojson" in record["files"]
    assert again.sites is not None
    assert "A person decides whether they are patrolled." in again.sites_sentence
