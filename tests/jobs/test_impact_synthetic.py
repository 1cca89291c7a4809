import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from abate.cli.main import app

CALIFORNIA = "--unit state --time year --outcome cigsale --treated California --from 1989 --method sc --json"
KANSAS = "--unit fips --time year_qtr --outcome lngdpcapita --treated 20 --from 2012.25 --method sc --json"


def asked(file: Path, options: str) -> dict:
    found = CliRunner().invoke(app, ["impact", str(file), *options.split()])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_proposition_99_from_the_prompt(shared: Callable[[str], Path]) -> None:
    found = asked(shared("evaluation/prop99/smoking.csv"), f"{CALIFORNIA} --inference placebo")
    assert found["estimate"]["value"] == pytest.approx(-19.514, abs=1e-3)
    assert found["pre_rmse"] == pytest.approx(1.6564, abs=1e-4)
    assert found["diagnostics"]["placebos"] == 38
    assert found["p_value"] == pytest.approx(3 / 39)
    assert found["estimate"]["low"] < found["estimate"]["value"] < found["estimate"]["high"]
    assert len(found["path"]) == 31
    assert found["path"][-1]["low"] < found["path"][-1]["gap"]


def test_kansas_from_the_prompt(shared: Callable[[str], Path]) -> None:
    said = json.loads(shared("evaluation/kansas/expected.json").read_text(encoding="utf-8"))
    found = asked(shared("evaluation/kansas/kansas.csv"), f"{KANSAS} --inference jackknife")
    assert found["estimate"]["value"] == pytest.approx(-0.029435, abs=1e-6)
    assert found["diagnostics"]["pre_l2_imbalance"] == pytest.approx(0.082555, abs=1e-6)
    low, high = said["jackknife_plus_95_average"]["scm"]
    assert found["estimate"]["low"] == pytest.approx(low, abs=1e-5)
    assert found["estimate"]["high"] == pytest.approx(high, abs=1e-5)
    gaps = {f"{each['time']:g}": each["gap"] for each in found["path"]}
    for quarter, gap in said["att_path_scm"].items():
        assert gaps[quarter] == pytest.approx(gap, abs=1e-5)


@pytest.mark.slow
def test_kansas_conformal_from_the_prompt(shared: Callable[[str], Path]) -> None:
    found = asked(shared("evaluation/kansas/kansas.csv"), f"{KANSAS} --inference conformal")
    assert found["p_value"] == pytest.approx(0.303, abs=0.045)
    assert found["estimate"]["low"] < 0 < found["estimate"]["high"]
    assert found["path"][-1]["low"] < found["path"][-1]["gap"] < found["path"][-1]["high"]
