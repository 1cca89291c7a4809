"""The checks count right: what failed is never lost, what was skipped is said with its reason."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import checks
from checks import Tally, counted, proofs_page

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/>
<testcase name="c"><failure message="no"/></testcase>
<testcase name="d"><error message="broke"/></testcase>
<testcase name="e"><skipped message="real data not here: x.csv"/></testcase>
<testcase name="f"><skipped message="real data not here: x.csv"/></testcase>
</testsuite></testsuites>"""


def report(folder: Path, text: str) -> Path:
    path = folder / "tests.xml"
    path.write_text(text)
    return path


def test_tests_are_counted(tmp_path: Path) -> None:
    total = counted(report(tmp_path, CASES), 1)
    assert str(total) == "2 passed, 2 failed, 2 skipped"
    assert total.skipped["real data not here: x.csv"] == 2


def test_a_run_that_broke_off_is_a_failure(tmp_path: Path) -> None:
    assert counted(tmp_path / "none.xml", 0).failed == 1
    good = report(tmp_path, '<testsuites><testsuite><testcase name="a"/></testsuite></testsuites>')
    assert str(counted(good, 0)) == "1 passed, 0 failed, 0 skipped"
    assert counted(good, 3).failed == 1


def test_a_run_without_tests_is_a_failure(tmp_path: Path) -> None:
    assert counted(report(tmp_path, "<testsuites><testsuite/></testsuites>"), 0).failed == 1


def test_a_step_that_fails_is_shown_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    total = checks.step("good", sys.executable, "-c", "print('quiet')")
    total.add(checks.step("bad", sys.executable, "-c", "print('loud'); raise SystemExit(3)"))
    shown = capsys.readouterr().out
    assert str(total) == "1 passed, 1 failed, 0 skipped"
    assert "ok   good" in shown
    assert "FAIL bad" in shown
    assert "loud" in shown
    assert "quiet" not in shown


def test_the_last_line_is_the_count_and_a_failure_is_told_by_the_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checks, "standing", lambda: Tally(passed=4))
    monkeypatch.setattr(checks, "pages", lambda: Tally(failed=1))
    monkeypatch.setattr(checks, "run_tests", lambda *_, **__: Tally(passed=7, skipped=checks.Counter({"no Java": 2})))
    assert checks.main([]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "11 passed, 1 failed, 2 skipped"
    assert "SKIPPED 2: no Java" in lines
    assert checks.main(["quick"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "11 passed, 0 failed, 2 skipped"


def test_a_wrong_word_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["fast"]) == 2
    assert "./check [quick|long]" in capsys.readouterr().err


def test_figures_of_long_proofs_become_a_page() -> None:
    figures = [{"name": "cover", "figure": "0.949", "band": "0.94 to 0.96", "test": "tests/x.py::test_cover"}]
    page = proofs_page(figures, Tally(passed=1))
    assert "| cover | 0.949 | 0.94 to 0.96 | `tests/x.py::test_cover` |" in page
    assert "1 passed, 0 failed, 0 skipped" in page


def test_a_figure_is_handed_in(
    proof: Callable[[str, str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "proofs.jsonl"
    proof("not kept", "1", "1")
    monkeypatch.setenv("ABATE_PROOFS", str(kept))
    proof("cover", "0.95", "0.94 to 0.96")
    assert kept.read_text().count("\n") == 1
    assert '"figure": "0.95"' in kept.read_text()
    assert "test_a_figure_is_handed_in" in kept.read_text()


def test_the_scripts_are_plain_sh() -> None:
    for name in ("demo", "check", "tools/install", "requirements/compile"):
        assert (ROOT / name).read_text().startswith("#!/bin/sh\n")
        assert (ROOT / name).stat().st_mode & 0o111, f"{name} cannot be run"
        subprocess.run(["sh", "-n", ROOT / name], check=True)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
