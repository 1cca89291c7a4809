"""Loads that are killed, race each other, or meet a disk that is full or cannot be written."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from abate import lake as lakes
from abate.errors import LakeError
from abate.jobs.load import Load, load
from street_files import row, street

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


pytestmark = pytest.mark.slow


def put(lake: Path, *paths: Path) -> Load:
    return load(paths, lake=lake, today=date(2026, 11, 22), by="tester")


MONTHS = [f"20{year}-{month:02d}" for year in (19, 20, 21) for month in range(1, 13)]
OLD, NEW = 300, 301
KILLED = (
    "import sys; from datetime import date; from pathlib import Path; from abate.jobs.load import load\n"
    "print('ready', flush=True)\n"
    "load([Path(sys.argv[1])], lake=Path(sys.argv[2]), today=date(2026, 11, 22), by='t'); print('done')"
)


@contextmanager
def loading(file: Path, lake: Path) -> Iterator[Any]:
    """Start a process that loads a file; it has begun to when it is given."""
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(file), str(lake)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process


def killed(folder: Path, times: int, *, seed: int) -> dict[str, int]:
    """Kill as many loads of new months, each over a copy of a lake of old ones; count which of the two was found.

    Every lake must be whole, at one or the other, and at the new one where the load had said that it was done. The
    next load clears away what the last killed one left.
    """
    lake, target = folder / "lake", folder / "turn"
    old = street(folder / "old.csv", *(row(f"old-{m}-{n}", m) for m in MONTHS for n in range(OLD)))
    new = street(folder / "new.csv", *(row(f"new-{m}-{n}", m) for m in MONTHS for n in range(NEW)))
    put(lake, old)
    shutil.copytree(lake, folder / "timed")
    with loading(new, folder / "timed") as process:
        began = time.monotonic()
        assert b"done" in process.stdout.read()
        longest = 1.5 * (time.monotonic() - began)
    moments = random.Random(seed)
    counts = {"old": 0, "new": 0}
    for _ in range(times):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(lake, target)
        with loading(new, target) as process:
            time.sleep(moments.uniform(0.0, longest))
            os.kill(process.pid, signal.SIGKILL)
            done = b"done" in process.stdout.read()
        held = lakes.open(target)
        assert held.verify() == []
        ids = held.incidents().execute()["crime_id"]
        which = {str(name).split("-")[0] for name in ids}
        assert (which, len(ids)) in (({"old"}, OLD * 36), ({"new"}, NEW * 36))
        assert which == {"new"} or not done, "what was acknowledged is there"
        counts[which.pop()] += 1
    assert put(target, new).rows_loaded == NEW * 36
    assert not (target / ".staging").exists(), "what the killed ones left is cleared away"
    return counts


@pytest.mark.slow
def test_killed_at_any_moment_the_lake_is_at_the_old_or_the_new_version(tmp_path: Path) -> None:
    assert sum(killed(tmp_path, 6, seed=7).values()) == 6


@pytest.mark.long
def test_a_hundred_loads_killed(tmp_path: Path, proof: Callable[[str, str, str], None]) -> None:
    counts = killed(tmp_path, 100, seed=11)
    proof(
        "loads killed at 100 random moments",
        f"{counts['old']} left the old version, {counts['new']} the new one; none was unreadable, mixed or lost",
        "old or new, whole, and new where the load had said so",
    )
    assert min(counts.values()) > 0, "moments before and after the commit were both met"


def flipped(folder: Path, times: int, *, seed: int) -> int:
    """Change one bit of a file of a lake, time after time; count how often the file was named, and nothing else."""
    lake = folder / "lake"
    put(lake, street(folder / "a.csv", *(row(f"{m}-{n}", m) for m in MONTHS for n in range(50))))
    files = sorted((lake / "incidents").glob("*/*/*.parquet"))
    bits = random.Random(seed)
    named = 0
    for _ in range(times):
        file = bits.choice(files)
        whole = file.read_bytes()
        at = bits.randrange(len(whole))
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bits.randrange(8)]) + whole[at + 1 :])
        said = lakes.open(lake).verify()
        named += len(said) == 1 and str(file) in said[0]
        file.write_bytes(whole)
    assert lakes.open(lake).verify() == []
    return named


@pytest.mark.slow
def test_a_flipped_bit_is_found_and_its_file_named(tmp_path: Path) -> None:
    assert flipped(tmp_path, 10, seed=3) == 10


@pytest.mark.long
def test_a_hundred_flipped_bits(tmp_path: Path, proof: Callable[[str, str, str], None]) -> None:
    named = flipped(tmp_path, 100, seed=5)
    proof("bits flipped in files of the lake, 100 one by one", f"{named} named with their file", "100")
    assert named == 100


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
