"""`abate patrols randomise` at the prompt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from abate.cli.patrol_randomise import randomise

pytestmark = pytest.mark.slow

ABATE = str(Path(sys.executable).with_name("abate"))
BEDFORDSHIRE = ("--from", "2020-11-09", "--days", 90, "--treat", 7, "--seed", 7, "-o", "schedule.csv")


@pytest.fixture
def folder(tmp_path) -> Path:
    rows = [f"H{n:02d},Place {n},{-0.40 - n / 1000},51.88" for n in range(1, 22)]
    (tmp_path / "SITES.csv").write_text("\n".join(["site_id,name,longitude,latitude", *rows]) + "\n")
    return tmp_path


def abate(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    asked = [ABATE, "patrols", "randomise", *map(str, arguments)]
    return subprocess.run(asked, capture_output=True, text=True, check=False, cwd=folder)


def test_the_whole_command_for_bedfordshire(folder):
    answer = abate(folder, "SITES.csv", *BEDFORDSHIRE, "--json")
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert told["place_days"] == {"treated": 630, "control": 1260}
    assert told["treated_per_day"] == 7
    assert told["file"] == "schedule.csv"
    rows = pd.read_csv(folder / "schedule.csv")
    assert rows.columns.tolist() == ["date", "site_id", "arm"]
    assert rows["arm"].value_counts().to_dict() == {"usual": 1260, "patrol": 630}
    again = abate(folder, "SITES.csv", *BEDFORDSHIRE)
    assert (again.returncode, again.stdout) == (1, "")
    assert "is written once" in again.stderr


def test_a_week_and_an_override(folder):
    assert abate(folder, "SITES.csv", *BEDFORDSHIRE).stdout.startswith("7 of 21 sites a day, drawn anew each day")
    week = abate(folder, "--release", "schedule.csv", "--week", "2020-11-16", "-o", "week")
    assert "147 place-days from 2020-11-16 to 2020-11-22 (draw 1 of 1)" in week.stdout, week.stderr
    rows = pd.read_csv(folder / "schedule.csv")
    arm = rows.loc[(rows["site_id"] == "H01") & (rows["date"] == "2020-11-16"), "arm"].iloc[0]
    other = "usual" if arm == "patrol" else "patrol"
    done = ("--override", "schedule.csv", "--site", "H01", "--date", "2020-11-16", "--to", other)
    answer = abate(folder, *done, "--reason", "team called away", "--by", "duty desk", "--json")
    assert json.loads(answer.stdout)["drawn"] == arm, answer.stderr
    assert "duty desk" in (folder / "schedule.overrides.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("SITES.csv",), 2, "--from is needed"),
        ((), 2, "SITES.csv is needed"),
        (("SITES.csv", "--release", "schedule.csv"), 2, "are different things to do"),
        (("--override", "schedule.csv", "--site", "H01"), 2, "--date is needed with --override"),
        (("SITES.csv", "--from", "2020-11-09", "--days", "90", "--treat", "21"), 1, "leaves none for usual policing"),
        (("none.csv", "--from", "2020-11-09", "--days", "90", "--treat", "2"), 1, "there is no such file"),
    ],
)
def test_wrong_use_is_told(folder, arguments, code, told):
    answer = abate(folder, *arguments)
    assert answer.returncode == code
    assert told in " ".join(answer.stderr.replace("│", " ").split())
    assert sorted(path.name for path in folder.iterdir()) == ["SITES.csv"]


def test_the_command_is_the_function():
    assert "Draw which sites are patrolled on which days" in str(randomise.__doc__)
