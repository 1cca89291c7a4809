from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from abate.jobs.load import load
from street_files import row, street

if TYPE_CHECKING:
    from pathlib import Path


def verify(lake: Path, *words: str) -> subprocess.CompletedProcess[str]:
    script = "from abate.cli.audit import app; from abate.errors import AbateError\nimport sys\ntry: app()\n"
    script += "except AbateError as fault: sys.exit(str(fault))"
    command = [sys.executable, "-c", script, "verify", "--lake", str(lake), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_sound_lake_is_said_to_be_and_a_spoilt_file_is_named(tmp_path: Path) -> None:
    load([street(tmp_path / "a.csv", row("1"))], lake=tmp_path / "lake", today=date(2026, 11, 22), by="t")
    run = verify(tmp_path / "lake")
    assert (run.returncode, "1 files" in run.stdout) == (0, True)
    spoilt = next((tmp_path / "lake").rglob("*.parquet"))
    spoilt.write_bytes(spoilt.read_bytes()[::-1])
    run = verify(tmp_path / "lake", "--json")
    assert run.returncode == 1
    assert str(spoilt) in run.stderr
    assert len(json.loads(run.stdout)["faults"]) == 1
