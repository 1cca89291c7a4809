"""`abate trial rollout` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def rollout(*arguments: object) -> subprocess.CompletedProcess[str]:
    words = [ABATE, "trial", "rollout", *map(str, arguments)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_published_answer_is_a_document(shared):
    folder = "evaluation/police-training-rollout"
    expected = json.loads(shared(f"{folder}/expected.json").read_text())["efficient"]["calendar"]
    columns = ("--id", "uid", "--first-treated", "first_trained", "--estimand", "calendar")
    done = rollout(shared(f"{folder}/complaints_wide.csv"), *columns, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["estimate"], told["se"]) == pytest.approx(expected, rel=1e-5)
    assert 0 < told["p_fisher"] <= 1


def test_words_and_faults(tmp_path):
    file = tmp_path / "w.csv"
    file.write_text("unit,from,p1,p2,p3\n" + "".join(f"u{n},{2 + n % 2},{n % 3},{n % 4},{n % 5}\n" for n in range(24)))
    done = rollout(file, "--id", "unit", "--first-treated", "from")
    assert done.stdout.startswith("Having started changed the outcome by"), done.stderr
    done = rollout(file, "--id", "uid", "--first-treated", "from", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "there is no column 'uid'" in done.stderr
