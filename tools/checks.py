"""Runs the checks one after another, shows how each came out, and ends with `N passed, N failed, N skipped`.

`./check` calls this with the Python of `.venv`. Every test counts, and so does every check that is not a test. A check
that fails does not stop the others. What was skipped is listed with its reason.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
CODE = ("src", "tests", "tools", "benchmarks", "docs")
LEFT_OUT = {
    "quick": "not slow and not long and not browser and not spark",
    "all": "not long",
    "long": "long",
}
USAGE = "usage: ./check [quick|long]"


@dataclass
class Tally:
    """How many checks passed and failed, and why others were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped.total()} skipped"


def say(text: str) -> None:
    """Print a line at once, so that it stands before what a check prints itself."""
    print(text, flush=True)


def step(name: str, *command: str | Path) -> Tally:
    """Run one check that passes or fails as a whole; show what it said when it failed."""
    began = time.monotonic()
    run = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)
    good = run.returncode == 0
    say(f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - began:.1f} s)")
    if not good:
        say((run.stdout + run.stderr).strip())
    return Tally(passed=int(good), failed=int(not good))


def existing(*names: str) -> list[str]:
    """Keep the folders that are there and hold Python."""
    return [name for name in names if next((ROOT / name).rglob("*.py"), None)]


def standing() -> Tally:
    """Check the text of the code: format, lint, types, layers."""
    code = existing(*CODE)
    total = step("format", BIN / "ruff", "format", "--check", *code)
    total.add(step("lint", BIN / "ruff", "check", *code))
    total.add(step("types", BIN / "mypy"))
    total.add(step("layers", BIN / "lint-imports"))
    return total


def pages() -> Tally:
    """Build the documentation; a dead link or a missing page fails."""
    with tempfile.TemporaryDirectory() as site:
        return step("documentation", BIN / "mkdocs", "build", "--strict", "--quiet", "--site-dir", site)


def run_tests(name: str, chosen: str, *, python: Path, proofs: Path | None = None) -> Tally:
    """Run the tests and the examples in docstrings with one interpreter, and count them from the report they leave.

    Quick tests leave the examples out, since finding them imports every module.

    Two run side by side, so that each multiplies matrices with one thread.
    """
    one_thread = {"OPENBLAS_NUM_THREADS": "1"}
    where = ("tests",) if chosen == LEFT_OUT["quick"] else ("src", "tests", "tools")
    environment = {**one_thread, **os.environ, **({"ABATE_PROOFS": str(proofs)} if proofs else {})}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        run = subprocess.run(
            [
                *(python, "-m", "pytest", "-m", chosen, "-n", "2", "--dist", "loadfile", "--durations", "10"),
                *("--doctest-modules", f"--junitxml={report}", *where),
            ],
            cwd=ROOT,
            env=environment,
            check=False,
        )
        total = counted(report, run.returncode)
    say(f"{'FAIL' if total.failed else 'ok  '} {name}: {total} ({time.monotonic() - began:.1f} s)")
    return total


def counted(report: Path, exit_code: int) -> Tally:
    """Count tests from pytest's XML report; a run that broke off, or that ran nothing, is a failure."""
    if not report.exists():
        return Tally(failed=1)
    total = Tally()
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            total.failed += 1
        elif (skip := case.find("skipped")) is not None:
            total.skipped[skip.get("message") or "no reason given"] += 1
        else:
            total.passed += 1
    if not total.failed and (exit_code != 0 or total.passed == 0):
        total.failed += 1
    return total


def other_pythons(proofs: Path) -> Tally:
    """Run the quick tests in a throwaway environment for every other Python that the project promises."""
    total = Tally()
    for version in ("3.11", "3.12", "3.13"):
        if version == f"{sys.version_info.major}.{sys.version_info.minor}":
            continue
        python = interpreter(version)
        if python is None:
            total.skipped[f"Python {version} is not on this machine"] += 1
            continue
        one = on_python(version, python)
        hand_in(proofs, f"quick tests on Python {version}", str(one), "0 failed")
        total.add(one)
    return total


def on_python(version: str, python: str) -> Tally:
    """Make an environment from the same pinned files for one interpreter, and run the quick tests in it."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder) / "venv"
        uv = BIN / "uv"
        made = step(f"environment for Python {version}", uv, "venv", "--python", python, here)
        into = (uv, "pip", "install", "--python", here / "bin" / "python")
        made.add(step(f"parts for Python {version}", *into, "--require-hashes", "-r", "requirements/dev.txt"))
        made.add(step(f"abate on Python {version}", *into, "--no-deps", "--no-build-isolation", "--editable", "."))
        if not made.failed:
            made.add(run_tests(f"tests on Python {version}", LEFT_OUT["quick"], python=here / "bin" / "python"))
        return made


def interpreter(version: str) -> str | None:
    """Find a Python of this version that runs: on the path, or among those that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [shutil.which(f"python{version}"), *map(str, sorted(kept.glob(f"{version}.*/bin/python{version}")))]
    for python in filter(None, found):
        asked = [python, "-c", f"import sys, venv; raise SystemExit('%d.%d' % sys.version_info[:2] != '{version}')"]
        if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
            return python
    return None


def hand_in(proofs: Path, name: str, figure: str, band: str) -> None:
    """Add a figure to those that the long proofs hand in."""
    with proofs.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"name": name, "figure": figure, "band": band, "test": "tools/checks.py"}) + "\n")


def long_proofs() -> Tally:
    """Run the long proofs and write their figures, with date and commit, to docs/proofs.md."""
    with tempfile.TemporaryDirectory() as folder:
        proofs = Path(folder) / "proofs.jsonl"
        proofs.touch()
        total = run_tests("long proofs", LEFT_OUT["long"], python=BIN / "python", proofs=proofs)
        total.add(other_pythons(proofs))
        figures = [json.loads(line) for line in proofs.read_text(encoding="utf-8").splitlines()]
    (ROOT / "docs" / "proofs.md").write_text(proofs_page(figures, total), encoding="utf-8")
    say(f"{len(figures)} figures written to docs/proofs.md")
    return total


def proofs_page(figures: list[dict[str, str]], total: Tally) -> str:
    """Lay out the figures as a page."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    python = ".".join(map(str, sys.version_info[:3]))
    rows = sorted({(one["name"], one["figure"], one["band"], one["test"]) for one in figures})
    return "\n".join(
        [
            "# Long proofs",
            "",
            "Figures that `./check long` measured: simulations, faults and other Pythons that take too long for every",
            "change. Each is shown with the band that it must lie in; a figure outside its band is a failed test.",
            "",
            f"Run on {datetime.now(UTC):%d %B %Y} at commit `{commit or 'none'}` with Python {python}: {total}.",
            "",
            "| what | figure | must be | shown by |",
            "| --- | --- | --- | --- |",
            *(f"| {name} | {figure} | {band} | `{test}` |" for name, figure, band, test in rows),
            "",
        ]
    )


def main(words: list[str]) -> int:
    """Run what was asked for, list what was skipped, and end with the count."""
    if len(words) > 1 or (words and words[0] not in ("quick", "long")):
        print(USAGE, file=sys.stderr)
        return 2
    asked = words[0] if words else "all"
    began = time.monotonic()
    if asked == "long":
        total = long_proofs()
    else:
        total = standing()
        total.add(run_tests("tests", LEFT_OUT[asked], python=BIN / "python"))
        if asked == "all":
            total.add(pages())
    for reason, times in sorted(total.skipped.items()):
        say(f"SKIPPED {times}: {reason}")
    if asked == "quick":
        say("left out by quick: slow, long, browser and Spark tests, examples in docstrings, and the documentation")
    say(f"took {time.monotonic() - began:.0f} s")
    say(str(total))
    return 1 if total.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
