"""`abate demo` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ABATE = str(Path(sys.executable).with_name("abate"))


@pytest.mark.slow
def test_the_demonstration_ends_by_itself_and_says_that_it_is_made_up(tmp_path: Path):
    made = subprocess.run(
        [ABATE, "demo", "--into", tmp_path, "--no-serve"], capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    assert "made up" in made.stdout
    assert "Made-up town" in (tmp_path / "report" / "report.html").read_text()


@pytest.mark.slow
def test_the_report_is_shown_on_localhost(tmp_path: Path):
    command = [ABATE, "demo", "--into", str(tmp_path), "--port", "0"]
    environment = {"BROWSER": "true", "PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout is not None
            ends = time.monotonic() + 120
            line = next(line for line in running.stdout if "localhost" in line or time.monotonic() > ends)
            address = next(word for word in line.split() if word.startswith("http"))
            with urllib.request.urlopen(address.replace("localhost", "127.0.0.1")) as answer:
                assert b"Made-up town" in answer.read()
        finally:
            running.terminate()


@pytest.mark.slow
def test_json_is_one_document(tmp_path: Path):
    command = [ABATE, "demo", "--into", str(tmp_path), "--no-serve", "--json"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(made.stdout)["rows_loaded"] > 10_000
