"""`abate trial power` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ABATE, "trial", "power", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def history(tmp_path) -> Path:
    stream = np.random.default_rng(1)
    rows = [f"2026-01-{day:02d},S{place},{stream.poisson(1)}\n" for day in range(1, 32) for place in range(8)]
    (tmp_path / "h.csv").write_text("date,site_id,incidents\n" + "".join(rows))
    return tmp_path / "h.csv"


def test_json_is_one_document(history):
    answer = abate(
        history, "--treat", 3, "--days", 30, "--simulations", 200, "--effect", "0.4", "--no-search", "--json"
    )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert told["outcomes"]["incidents"]["curve"][-1]["power"]["value"] > 0.5
    assert told["history"]["days"] == 31


def test_a_person_gets_a_sentence_a_table_warnings_and_a_page(history, tmp_path):
    answer = abate(history, "--treat", 3, "--days", 30, "--simulations", 200, "--effect", "0.4", "-o", tmp_path / "p")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("A draw of 3 places each day over 30 days finds ")
    assert "60% fewer" in answer.stdout
    assert "warning: These figures take a patrol's effect to be gone the next day" in answer.stdout
    assert (tmp_path / "p" / "power.html").is_file()


def test_bad_input_is_a_sentence_and_exit_1(history, tmp_path):
    answer = abate(history, "--effect", "nought")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "Traceback" not in answer.stderr
    assert abate(tmp_path / "none.csv").returncode == 1
    assert abate(history, "--scheme", "crossover").returncode == 2
