"""Tries a reader of files on inputs that atheris makes up, led by which lines of the reader they reach.

    python tools/fuzz.py --list                              the readers, by name
    python tools/fuzz.py census --seconds 60                 one or several readers, for a minute each
    python tools/fuzz.py --seconds 60 --keep found           all of them; inputs with faults are kept in a folder

The rule: a reader gives what it read, or refuses the file with a sentence that names it. Another exception, a warning,
ten seconds on one file, a gigabyte and a half of memory, or a file left behind is a fault. atheris ends the process
that it runs in, so each reader has one of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
MEMORY_MB = 1_500
SLOWEST_SECONDS = 10
SPARE_SECONDS = 60
MOST_KEPT = 20
LEAST_LENGTH = 1 << 16


@dataclass(frozen=True)
class Outcome:
    """How many inputs a reader was given, and each fault that it showed, with an input that shows it."""

    reader: str
    inputs: int
    faults: dict[str, bytes]


def names() -> list[str]:
    """List the readers."""
    return sorted(_tests("readers").every())


def run(readers: list[str], *, seconds: int) -> Iterator[Outcome]:
    """Try readers for some seconds each, one after another, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--inside", folder, "--seconds", str(seconds), *readers]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TZ": "UTC"}
        told = Path(folder) / "told.txt"
        with (
            told.open("w") as out,
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=out, text=True
            ) as inner,
        ):
            for line in inner.stdout or ():
                name, ended = line.split()
                yield _outcome(name, Path(folder) / name, broke=ended != "0")
        if inner.returncode:
            raise RuntimeError(f"the readers could not be tried: {told.read_text('utf-8', errors='replace')[-2000:]}")


def _outcome(name: str, work: Path, *, broke: bool) -> Outcome:
    said = (work / "said.txt").read_text("utf-8", errors="replace")
    faults = {
        each.with_suffix(".txt").read_text("utf-8"): each.read_bytes() for each in sorted(work.glob("faults/*.bin"))
    }
    if broke:
        faults[f"the process broke off: {_last(said)}"] = _tried(work / "tried", name)
    return Outcome(name, _inputs(said), faults)


def _inputs(said: str) -> int:
    found = re.findall(r"^(?:Done |#)(\d+)", said, flags=re.MULTILINE)
    return max(map(int, found), default=0)


def _last(said: str) -> str:
    """Give what a process that broke off said of it."""
    lines = [line for line in said.splitlines() if re.search(r"ERROR|Error|SUMMARY", line)]
    return "; ".join(lines[-3:]) or "no answer in time"


def _tried(folder: Path, reader: str) -> bytes:
    path = folder / str(_tests("readers").every()[reader].file)
    return path.read_bytes() if path.is_file() else b""


def _tests(module: str) -> Any:
    if str(TESTS) not in sys.path:
        sys.path.insert(0, str(TESTS))
    return importlib.import_module(f"sources.{module}")


def inside(readers: list[str], folder: Path, *, seconds: int) -> None:
    """Be the process that has the readers, watched by atheris; each reader is tried in a copy of it."""
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(
        include=["abate.sources", "abate.jobs.ledgers", "tomllib"], enable_loader_override=False
    ):
        every, mutations = _tests("readers").every(), _tests("mutations")
    for name in readers:
        work = folder / name
        for part in ("corpus", "tried", "faults"):
            (work / part).mkdir(parents=True)
        with (work / "said.txt").open("wb") as said:
            child = os.fork()
            if not child:
                os.dup2(said.fileno(), sys.stdout.fileno())
                os.dup2(said.fileno(), sys.stderr.fileno())
                _fuzz(atheris, mutations, every[name], work, seconds)
        print(name, _waited(child, seconds + SPARE_SECONDS), flush=True)


def _waited(child: int, seconds: int) -> int:
    """Wait until a process has ended, or end it; 0 where it came to its end by itself and in order."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.1)
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _fuzz(atheris: Any, mutations: Any, reader: Any, work: Path, seconds: int) -> NoReturn:
    """Let atheris try one reader; it ends the process."""
    contents = reader.contents()
    for place, content in enumerate(contents):
        (work / "corpus" / f"{place}").write_bytes(content)
    seen: set[str] = set()

    def one(content: bytes) -> None:
        fault = mutations.fault(reader, work / "tried", content, seconds=SLOWEST_SECONDS)
        if fault is not None and (kind := fault.split(": ")[0]) not in seen and len(seen) < MOST_KEPT:
            seen.add(kind)
            path = work / "faults" / hashlib.sha256(kind.encode()).hexdigest()[:12]
            path.with_suffix(".txt").write_text(fault, encoding="utf-8", errors="replace")
            path.with_suffix(".bin").write_bytes(content)

    def changed(content: bytes, most: int, seed: int) -> bytes:
        if seed % 2:
            return bytes(mutations.broken(content, seed)[:most])
        return bytes(atheris.Mutate(content, most))

    options = {
        "max_total_time": seconds,
        "max_len": max(LEAST_LENGTH, 2 * max(map(len, contents))),
        "len_control": 0,
        "rss_limit_mb": MEMORY_MB,
        "timeout": 0,
        "handle_alrm": 0,
        "seed": 1,
        "artifact_prefix": f"{work}/",
        "verbosity": 1,
    }
    words = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(work / "corpus")]
    atheris.Setup(words, one, custom_mutator=changed)
    atheris.Fuzz()
    os._exit(1)


def main(words: list[str]) -> int:
    """Try the readers asked for; say how many inputs each took and which faults it showed."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("readers", nargs="*", help="names of readers; all without any")
    asked.add_argument("--list", action="store_true", help="list the readers")
    asked.add_argument("--seconds", type=int, default=20, help="how long each is tried (20)")
    asked.add_argument("--keep", type=Path, help="a folder for inputs that show a fault")
    asked.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    told = asked.parse_args(words)
    if told.inside is not None:
        inside(told.readers, told.inside, seconds=told.seconds)
        return 0
    known = names()
    if told.list:
        print("\n".join(known))
        return 0
    if wrong := [name for name in told.readers if name not in known]:
        asked.error(f"there is no reader {', '.join(wrong)}; --list names them")
    faults = sum(_shown(one, told.keep) for one in run(told.readers or known, seconds=told.seconds))
    return 1 if faults else 0


def _shown(outcome: Outcome, kept: Path | None) -> int:
    print(f"{outcome.reader}: {outcome.inputs:,} inputs, {len(outcome.faults)} faults", flush=True)
    for place, (fault, content) in enumerate(outcome.faults.items()):
        print(f"  {json.dumps(fault, ensure_ascii=False)}", flush=True)
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{outcome.reader}-{place}").write_bytes(content)
    return len(outcome.faults)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
