"""`./demo` as a newcomer types it, from another folder and without a network."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OUTPUTS = {"hotspots.csv", "hotspots.geojson", "hotspots.gpkg", "report.html", "report.pdf", "provenance.json"}


@pytest.mark.slow
def test_the_demonstration_makes_a_report_and_ends_by_itself(tmp_path: Path) -> None:
    if not list((ROOT / ".venv").glob("installed-*")):
        pytest.skip("nothing was installed by ./demo or ./check in this checkout yet")
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    answer = subprocess.run(
        [ROOT / "demo", "--no-serve", "--into", tmp_path / "town"],
        cwd=tmp_path,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert {path.name for path in (tmp_path / "town" / "report").iterdir()} >= OUTPUTS
    assert "made up" in answer.stdout
    assert "installing" not in answer.stderr
