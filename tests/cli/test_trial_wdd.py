"""`abate trial wdd` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def wdd(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [ABATE, "trial", "wdd", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_published_cases_are_a_list(shared):
    done = wdd(shared("evaluation/wdd/cases.csv"), "--json")
    told = json.loads(done.stdout)
    assert [each["case"] for each in told] == ["paper", "small", "small_disp", "mid"]
    assert {"case", "wdd", "se", "z", "low", "high", "wdq", "p_exact"} <= set(told[0])
    assert (told[0]["wdd"], told[1]["wdq"]) == (-118, None)


def test_words_and_faults(tmp_path):
    file = tmp_path / "c.csv"
    file.write_text("case,area,pre,post\nA,treated,20,10\nA,control,20,20\n")
    assert wdd(file).stdout.startswith("A: 10 fewer, weighed against the control areas")
    file.write_text("case,area,pre,post\nA,treated,20,10\n")
    done = wdd(file, "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no row with area 'control'" in done.stderr
