"""`abate trial register` at the prompt: draft, register, check."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))
SITES = "site_id,name,longitude,latitude\n" + "".join(f"S{n},Street {n},0.{70 + n},51.54\n" for n in range(6))


def abate(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    words = [ABATE, *map(str, arguments)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "sites.csv").write_text(SITES)
    asked = ("--from", "2099-01-01", "--days", 20, "--treat", 2, "--seed", 1, "-o", "schedule.csv")
    drawn = abate(tmp_path, "patrols", "randomise", "sites.csv", *asked)
    assert drawn.returncode == 0, drawn.stderr
    return tmp_path


def test_from_draft_to_check(folder):
    assert abate(folder, "trial", "register", "--draft", "--schedule", "schedule.csv").returncode == 0
    blank = abate(folder, "trial", "register", "protocol.toml", "--schedule", "schedule.csv")
    assert blank.returncode == 1
    assert "`hypothesis` is blank" in blank.stderr
    text = (folder / "protocol.toml").read_text()
    for key in ("title", "hypothesis", "stopping", "measure"):
        text = text.replace(f'{key} = ""', f'{key} = "said"')
    (folder / "protocol.toml").write_text(text)
    made = abate(folder, "trial", "register", "protocol.toml", "--schedule", "schedule.csv", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["standing"] == "registered"
    checked = abate(folder, "trial", "register", "--check", "protocol.json")
    assert checked.stdout.startswith("The record, its ledger and its hash agree.")
    (folder / "protocol.json").write_text((folder / "protocol.json").read_text().replace("said", "sad"))
    edited = abate(folder, "trial", "register", "--check", "protocol.json", "--json")
    assert (edited.returncode, edited.stdout) == (1, "")
    assert "was edited after it was registered" in edited.stderr


def test_wrong_usage_is_exit_2(folder):
    assert abate(folder, "trial", "register").returncode == 2
    assert abate(folder, "trial", "register", "p.toml", "--check", "p.json").returncode == 2
    assert abate(folder, "trial", "register", "p.toml", "--draft").returncode == 2
