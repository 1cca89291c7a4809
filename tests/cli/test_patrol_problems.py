"""`abate patrols plans` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import month_records

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))


def abate(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ABATE, "patrols", "plans", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_start_and_look_through(tmp_path):
    paths = month_records.files(tmp_path)
    answer = abate(paths["sites.geojson"], "-o", tmp_path / "new.csv")
    assert answer.returncode == 0, answer.stderr
    assert "a row for each of 3 sites" in answer.stdout
    told = abate(paths["sites.geojson"], "--check", paths["plans.csv"], "--today", "2026-11-05", "--json")
    assert json.loads(told.stdout)["sites"][0]["overdue"] == 1
    listed = abate(paths["sites.geojson"], "--check", paths["plans.csv"], "--today", "2026-11-05")
    assert listed.stdout.startswith("1 of 3 sites have a problem plan")
    assert "no plan" in listed.stdout


def test_every_fault_is_a_sentence(tmp_path):
    paths = month_records.files(tmp_path)
    paths["plans.csv"].write_text("site_id,problem,status\ns0,ring PC 1234,done\n,x,doing\n")
    answer = abate(paths["sites.geojson"], "--check", paths["plans.csv"], "--json")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("plans.csv, row") == 3
    assert "Traceback" not in answer.stderr
