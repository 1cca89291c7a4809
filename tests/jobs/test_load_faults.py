"""Loads that are killed, race each other, or meet a disk that is full or cannot be written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate import lake as lakes
from abate.errors import LakeError
from abate.jobs.load import Load, load
from street_files import row, street

if TYPE_CHECKING:
    from pathlib import Path


pytestmark = pytest.mark.slow


def put(lake: Path, *paths: Path) -> Load:
    return load(paths, lake=lake, today=date(2026, 11, 22), by="tester")


@pytest.mark.slow
def test_killed_at_any_moment_the_lake_is_at_the_old_or_the_new_version(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    months = [f"20{year}-{month:02d}" for year in (19, 20, 21) for month in range(1, 13)]
    old = street(tmp_path / "old.csv", *(row(f"old-{m}-{n}", m) for m in months for n in range(300)))
    new = street(tmp_path / "new.csv", *(row(f"new-{m}-{n}", m) for m in months for n in range(301)))
    put(lake, old)
    script = (
        "import sys; from datetime import date; from pathlib import Path; from abate.jobs.load import load\n"
        "print('ready', flush=True)\n"
        "load([Path(sys.argv[1])], lake=Path(sys.argv[2]), today=date(2026, 11, 22), by='t'); print('done')"
    )
    moments = random.Random(7)
    for turn in range(6):
        target = tmp_path / "turn"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(lake, target)
        with subprocess.Popen(
            [sys.executable, "-c", script, str(new), str(target)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.uniform(0.0, 0.5) * (turn + 1))
            os.kill(process.pid, signal.SIGKILL)
            done = b"done" in process.stdout.read()
        held = lakes.open(target)
        assert held.verify() == []
        ids = held.incidents().execute()["crime_id"]
        which = {str(name).split("-")[0] for name in ids}
        assert (which, len(ids)) in (({"old"}, 300 * 36), ({"new"}, 301 * 36))
        assert which == {"new"} or not done, "what was acknowledged is there"
    answer = put(target, new)
    assert answer.rows_loaded == 301 * 36
    assert not (target / ".staging").exists(), "what the killed ones left is cleared away"


@pytest.mark.slow
def test_two_loads_at_once_both_hold(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    files = [street(tmp_path / f"{n}.csv", row(str(n), f"2021-{n:02d}")) for n in range(1, 7)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda file: put(tmp_path / "lake", file), files))
    assert len(lakes.open(tmp_path / "lake").incidents().execute()) == 6


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with pytest.raises(LakeError, match="the disk has 3 MB free"):
            put(disk / "lake", street(tmp_path / "a.csv", row("1")))
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_under_way_is_a_sentence_and_the_old_lake_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False).returncode:
        pytest.skip("no small disk can be mounted here")
    monkeypatch.setattr("abate.lake.integrity._SPARE_BYTES", -(1 << 40))
    noise = random.Random(1)
    big = street(tmp_path / "b.csv", *(row(f"{noise.getrandbits(256):064x}", "2021-04") for _ in range(60_000)))
    try:
        put(disk / "lake", street(tmp_path / "a.csv", row("1")))
        with pytest.raises(LakeError, match="the disk is full"):
            put(disk / "lake", big)
        held = lakes.open(disk / "lake")
        assert held.verify() == []
        assert held.incidents().execute()["crime_id"].tolist() == ["1"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(LakeError, match="file"):
        put(tmp_path / "file" / "lake", street(tmp_path / "a.csv", row("1")))


def test_a_read_only_disk_is_a_sentence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root can mount a read-only disk")
    try:
        with pytest.raises(LakeError, match="cannot be written"):
            put(disk / "lake", street(tmp_path / "a.csv", row("1")))
    finally:
        subprocess.run(["umount", disk], check=True)
