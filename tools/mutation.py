"""Asks whether the tests notice when a line of the code is wrong.

Draws small faults by seed (a mutant is the code with one of them: `<` for `<=`, `-` for `+`, a number one larger, a
statement gone), puts each into a throwaway copy of the tree and runs the tests of its module there: the file that
mirrors it and the examples in its docstrings. What these do not notice is tried on the quick tests of (at most four)
modules that import this one. A mutant that no test notices has survived, and is shown.

The faults (`tools/mutants.py`) are mostly those of mutmut. Its own runner does not fit here: it takes its mutants
inside functions without decorators only, and so passes by every kernel that numba compiles and every number at the
top of a module; it makes each function choose its mutant when it is called, which compiled code cannot do; and it
first runs all tests to learn which touch what. A sample of the whole needs none of that.

A module is drawn with a chance in proportion to its statements, then a place in it, then a fault there. Of what
survives, not all is a weakness of the tests: some faults change nothing that can be seen (a start value that is
overwritten, a tolerance that is never met).

A mutant's tests are stopped, and it counts as killed, after four times what they take without it and 10 s. Slow tests
that take longer than `--seconds-each` without any fault are left out; a module whose quick ones do is not judged.

A module that numba compiled keeps what it was compiled from, also when only a module that it calls has changed. So
a mutant below such a module is tested with an empty store of compiled code.

    python tools/mutation.py [--mutants 40] [--seed 1] [--room stats] [--room stats/ranks.py] [--seconds-each 60]
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from abate.stats.proportions import wilson
from mutants import ROOMS, breaking, draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mutants import Mutant

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("src", "tests", "tools", "docs", "benchmarks", "pyproject.toml")
CALLERS = 4
STAGES = ("not slow and not long", "slow and not long")
PASSED, NO_TESTS, STOPPED = 0, 5, -1
NOT_JUDGED = frozenset({"fault", "too slow"})


@dataclass(frozen=True)
class Verdict:
    """What became of one: killed, timed out, noticed above, survived or not covered.

    Two outcomes are no judgement: fault (its tests fail without it), too slow (they take too long without it).
    """

    mutant: Mutant
    outcome: str
    seconds: float
    said: str = ""

    @property
    def killed(self) -> bool:
        """Whether the tests noticed; a mutant that never ends was noticed."""
        return self.outcome in {"killed", "timed out"}

    @property
    def noticed(self) -> bool:
        """Whether the tests of the module noticed, or those of the modules that import it."""
        return self.killed or self.outcome == "noticed above"


@cache
def imported(root: Path) -> dict[str, set[str]]:
    """Give, for every module of ours, the modules of ours that it imports."""
    home = root / "src" / "abate"
    found: dict[str, set[str]] = {}
    for path in home.rglob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("abate"):
                base = (node.module or "").removeprefix("abate").lstrip(".").replace(".", "/")
                names |= {f"{base}.py", *(f"{base}/{alias.name}.py" for alias in node.names)}
        found[str(path.relative_to(home))] = names
    return found


@cache
def compiled_from(root: Path, module: str) -> bool:
    """Whether a module is compiled by numba, or one that is imports it."""
    below, ahead = {module}, [module]
    imports = imported(root)
    while ahead:
        name = ahead.pop()
        callers = {caller for caller, names in imports.items() if name in names} - below
        below |= callers
        ahead += callers
    return any("njit" in (root / "src" / "abate" / name).read_text(encoding="utf-8") for name in below)


@cache
def callers(root: Path, module: str) -> tuple[str, ...]:
    """Give the modules that import one, those of its own room first."""
    room = Path(module).parent
    found = (caller for caller, names in imported(root).items() if module in names)
    return tuple(sorted(found, key=lambda caller: (Path(caller).parent != room, caller)))


class Copy:
    """A throwaway copy of the tree, in which one mutant stands at a time."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        for name in COPIED:
            if (root / name).is_dir():
                shutil.copytree(root / name, folder / name)
            elif (root / name).exists():
                shutil.copy2(root / name, folder / name)

    def judge(self, mutants: Sequence[Mutant], *, seconds_each: float) -> Iterator[Verdict]:
        """Test the mutants of one module one after another, against how its tests run without a fault."""
        usual: dict[str, tuple[int, float, str]] = {}
        for mutant in mutants:
            began = time.monotonic()
            outcome, said = self._outcome(mutant, usual, seconds_each)
            yield Verdict(mutant, outcome, time.monotonic() - began, said)

    def _outcome(
        self, mutant: Mutant, usual: dict[str, tuple[int, float, str]], seconds_each: float
    ) -> tuple[str, str]:
        for stage in self._stages(mutant.module):
            if stage not in usual:
                usual[stage] = self.tested(mutant.module, stage, seconds_each)
            code, seconds, said = usual[stage]
            if code == STOPPED and stage == STAGES[0]:
                return "too slow", said
            if code not in {PASSED, NO_TESTS, STOPPED}:
                return "fault", said
            if code == PASSED:
                code, _, _ = self._with(mutant, mutant.after, stage, 10 + 4 * seconds)
                if code != PASSED:
                    return ("timed out" if code == STOPPED else "killed"), ""
        if self._noticed_above(mutant, usual, seconds_each):
            return "noticed above", ""
        return ("survived" if self._reached(mutant, seconds_each) else "not covered"), ""

    def _noticed_above(self, mutant: Mutant, usual: dict[str, tuple[int, float, str]], seconds_each: float) -> bool:
        """Whether the quick tests of modules that import this one notice; never told of tests that take too long."""
        above = [path for name in callers(self.root, mutant.module) if (path := self._mirrored(name)).exists()]
        if not above:
            return False
        code, _, _ = self._with(mutant, mutant.after, STAGES[0], seconds_each, above[:CALLERS])
        if code in {PASSED, NO_TESTS, STOPPED}:
            return False
        if "above" not in usual:
            usual["above"] = self.tested(mutant.module, STAGES[0], seconds_each, above[:CALLERS])
        return usual["above"][0] == PASSED

    def _reached(self, mutant: Mutant, seconds_each: float) -> bool:
        """Whether the tests come to the line at all: whether they notice when it breaks off there."""
        broken, stages = breaking(mutant.before, mutant.line), self._stages(mutant.module)
        return any(
            self._with(mutant, broken, stage, seconds_each)[0] not in {PASSED, NO_TESTS, STOPPED} for stage in stages
        )

    def _with(
        self, mutant: Mutant, text: str, stage: str, seconds: float, tests: Sequence[Path] = ()
    ) -> tuple[int, float, str]:
        path = self.folder / "src" / "abate" / mutant.module
        stamp = path.stat()
        path.write_text(text, encoding="utf-8")
        os.utime(path, (stamp.st_atime + 60, stamp.st_mtime + 60))
        try:
            return self.tested(mutant.module, stage, seconds, tests)
        finally:
            path.write_text(mutant.before, encoding="utf-8")
            os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))

    def tested(self, module: str, stage: str, seconds: float, tests: Sequence[Path] = ()) -> tuple[int, float, str]:
        """Run the tests of a module, or those given: pytest's exit code (-1 when stopped), seconds, its last words."""
        command = [sys.executable, "-m", "pytest", "-x", "-m", stage, "--no-header", "--tb=line", "-p", "no:xdist"]
        own = [path for path in (self._mirrored(module),) if path.exists()]
        command += map(str, tests or [Path("src/abate", module), *own])
        command += [] if tests else ["--doctest-modules"]
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as store:
            fresh = {"NUMBA_CACHE_DIR": store} if compiled_from(self.root, module) else {}
            run = subprocess.Popen(
                command,
                cwd=self.folder,
                env=os.environ | self._surroundings() | fresh,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
            try:
                said, _ = run.communicate(timeout=seconds)
                code = run.returncode if run.returncode >= 0 else 1
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
                run.communicate()
                code, said = STOPPED, f"stopped after {seconds:.0f} s"
        return code, time.monotonic() - began, said[-2000:]

    def _mirrored(self, module: str) -> Path:
        return self.folder / "tests" / Path(module).with_name(f"test_{Path(module).name}")

    def _stages(self, module: str) -> tuple[str, ...]:
        """The quick tests, then the slow ones where there are any."""
        path = self._mirrored(module)
        return STAGES if path.exists() and "mark.slow" in path.read_text(encoding="utf-8") else STAGES[:1]

    def _surroundings(self) -> dict[str, str]:
        return {
            "PYTHONPATH": str(self.folder / "src"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "ABATE_SHARED": os.environ.get("ABATE_SHARED", str(self.root.parent / "shared")),
            "ABATE_PROOFS": "",
        }


def judge(
    root: Path, mutants: Sequence[Mutant], *, seconds_each: float = 60, show: Callable[[str], None] = print
) -> list[Verdict]:
    """Judge mutants in two copies of the tree side by side, and show each as it is done."""
    ordered = sorted(mutants, key=lambda mutant: (mutant.module, mutant.line, mutant.after))
    batches = [list(batch) for _, batch in groupby(ordered, key=lambda mutant: mutant.module)]
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as folder:
        copies: queue.Queue[Copy] = queue.Queue()
        for name in ("one", "two"):
            copies.put(Copy(root, Path(folder) / name))

        def work(batch: list[Mutant]) -> None:
            copy = copies.get()
            try:
                for verdict in copy.judge(batch, seconds_each=seconds_each):
                    verdicts.append(verdict)
                    said = f"{verdict.outcome} ({verdict.mutant.kind}, {verdict.seconds:.1f} s)"
                    show(f"{len(verdicts)}/{len(mutants)} {verdict.mutant.where} {said}")
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, batches))
    return sorted(verdicts, key=lambda verdict: (verdict.mutant.module, verdict.mutant.line, verdict.mutant.after))


def summary(verdicts: Sequence[Verdict]) -> str:
    """Show what survived, each with its difference, and the share killed with its interval."""
    counted = Counter(verdict.outcome for verdict in verdicts)
    lines = []
    for verdict in verdicts:
        if not verdict.noticed:
            lines += ["", f"{verdict.outcome}: {verdict.mutant.where}", verdict.said or verdict.mutant.diff()]
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counted.items()))
    lines += ["", told, f"killed by the tests of the module: {share(verdicts, 'killed')[1]}"]
    lines += [f"noticed by these or by the tests of modules that import it: {share(verdicts, 'noticed')[1]}"]
    return "\n".join(lines)


def share(verdicts: Sequence[Verdict], by: str) -> tuple[float, str]:
    """Give the share of mutants `killed` or `noticed`, as a number and, with its 95% interval, in words."""
    judged = [bool(getattr(verdict, by)) for verdict in verdicts if verdict.outcome not in NOT_JUDGED]
    if not judged:
        return 0.0, "none was judged"
    low, high = wilson(sum(judged), len(judged))
    return sum(judged) / len(judged), f"{sum(judged) / len(judged):.1%} (95% interval {low:.1%} to {high:.1%})"


def main() -> int:
    """Draw, judge and tell; 1 when tests failed before any fault was put in."""
    words = argparse.ArgumentParser(description="Do the tests notice when a line of the code is wrong?")
    words.add_argument("--mutants", type=int, default=40, help="how many to draw (40)")
    words.add_argument("--seed", type=int, default=1, help="the seed of the draw (1)")
    words.add_argument("--room", action="append", help="a room or a module, again for more (all rooms of pure code)")
    words.add_argument(
        "--seconds-each", type=float, default=60, help="the longest that tests may take without a fault (60)"
    )
    asked = words.parse_args()
    mutants = draw(ROOT, mutants=asked.mutants, seed=asked.seed, wanted=asked.room or ROOMS)
    verdicts = judge(ROOT, mutants, seconds_each=asked.seconds_each, show=lambda line: print(line, flush=True))
    print(summary(verdicts))
    return 1 if any(verdict.outcome == "fault" for verdict in verdicts) else 0


if __name__ == "__main__":
    raise SystemExit(main())
