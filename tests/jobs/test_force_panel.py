"""The worked example of the real record: the table on its page is what comes out of the published figures."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.impact import effects, methods
from abate.impact.effects import Effect, Setting
from abate.impact.panels import Panel

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).resolve().parents[2] / "docs/explanation/force-panel-example.md"
RECORD = "force-panel/recorded-crime-by-force-quarter-offence-group-2002Q1-2021Q4.csv.gz"
MANCHESTER = "Greater Manchester"
FIRST_UNITS = (
    "Avon and Somerset",
    "Bedfordshire",
    "Essex",
    "Greater Manchester",
    "Hampshire",
    "Kent",
    "Lancashire",
    "Leicestershire",
    "Merseyside",
    "Metropolitan Police",
    "Northumbria",
    "Nottinghamshire",
    "South Wales",
    "South Yorkshire",
    "Sussex",
    "Thames Valley",
    "West Midlands",
    "West Yorkshire",
)
WINDOWS = {
    "to September 2020": "2013/14 Q1..2020/21 Q2",
    "to March 2020": "2013/14 Q1..2019/20 Q4",
    "to March 2022": "2013/14 Q1..2021/22 Q4",
}
METHODS = ("recommended", "did", "cs", "sdid")


@pytest.fixture(scope="module")
def forces(shared: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the panel of 42 forces: violence by financial quarter, Greater Manchester's 2019/20 Q2 blank.

    City of London is left out: about 9,000 residents, so that its rate means nothing.
    """
    said = pd.read_csv(shared(RECORD))
    said = said[(said["Offence Group"] == "Violence against the person") & (said["Force Name"] != "London, City of")]
    quarters = said["Financial Year"] + " Q" + said["Financial Quarter"].astype(str)
    names = said["Force Name"].str.replace("&", "and")
    began = names.isin(FIRST_UNITS)
    assert names[began].nunique() == len(FIRST_UNITS) == 18
    rows = pd.DataFrame(
        {
            "force": names,
            "quarter": quarters,
            "violence": said["Number of Offences"].astype("float64"),
            "population": said["Population"],
            "began": np.where(began, "2019/20 Q1", "never"),
        }
    )
    rows.loc[(rows["force"] == MANCHESTER) & (rows["quarter"] == "2019/20 Q2"), "violence"] = np.nan
    into = tmp_path_factory.mktemp("forces") / "forces.csv"
    rows.to_csv(into, index=False)
    return into


@pytest.fixture(scope="module")
def runs(forces: Path) -> pd.DataFrame:
    """Run every method in every window, with and without Greater Manchester, from the command line."""
    asked = ["impact", "multiverse", str(forces), "--unit", "force", "--time", "quarter", "--outcomes", "violence"]
    asked += ["--exposure", "population", "--first-treated", "began", "--methods", ",".join(METHODS)]
    asked += ["--without", MANCHESTER, "--json"]
    for window in WINDOWS.values():
        asked += ["--window", window]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    table = pd.DataFrame(json.loads(found.stdout)["runs"])
    return table.set_index(["panel", "window", "method"])


def _told() -> list[list[str]]:
    """Give the rows of the page's table of methods, windows and forces."""
    lines = [line.strip() for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]
    return [row for row in rows if len(row) == 6 and row[0] in WINDOWS]


@pytest.mark.slow
def test_every_row_of_the_page_is_what_comes_out(runs: pd.DataFrame) -> None:
    told = _told()
    assert len(told) == 2 * len(WINDOWS) * len(METHODS)
    for window, kept, method, per_cent, prevented, between in told:
        panel = "violence" if kept == "with" else f"violence without {MANCHESTER}"
        row = runs.loc[(panel, WINDOWS[window].replace("..", " to "), method)]
        if prevented == "not possible":
            assert "missing for Greater Manchester in 2019/20 Q2" in row["problem"]
            continue
        assert _number(per_cent) == pytest.approx(row["per_cent"], abs=0.06)
        assert _number(prevented) == pytest.approx(row["prevented"], abs=51)
        low, high = (_number(end) for end in between.split(" to "))
        assert (low, high) == pytest.approx((row["prevented_low"], row["prevented_high"]), abs=51)


def _number(said: str) -> float:
    return float(re.sub(r"[,%+]", "", said))


@pytest.mark.slow
def test_no_method_finds_a_clear_fall_in_any_window(runs: pd.DataFrame) -> None:
    made = runs[(runs["problem"] == "") & (runs.index.get_level_values("window") != "all periods")]
    assert len(made) == 2 * len(WINDOWS) * len(METHODS) - len(WINDOWS)
    assert (made["prevented_low"] < 0).all()


@pytest.mark.slow
def test_where_nothing_was_begun_the_recommended_estimator_finds_nothing(forces: Path) -> None:
    """The programme is dealt out in the real record before April 2019; truth is 0."""
    record = _before(forces)
    lots = np.random.default_rng(1)
    covered, found = [], []
    worst: dict[str, list[float]] = {"level": [], "year": []}
    for start in range(8, 20, 2):
        panel = record.until(start + 6)
        for _ in range(50):
            effect, total = _pretended(panel, start, lots.permutation(42)[:18])
            covered.append(effect.low <= 0 <= effect.high)
            found.append(total)
        for name, window in (("level", start), ("year", 4)):
            height = panel.outcomes[:, start - window : start].mean(axis=1)
            worst[name].append(_pretended(panel, start, np.argsort(-height, kind="stable")[:18])[1])
    page = (PAGE.parent / "recommended-impact.md").read_text("utf-8")
    said = re.search(r"\| \*\*recommended\*\* \| (\d+)% \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|", page)
    assert said
    cover, *figures = (_number(each) for each in said.groups())
    assert 0.93 <= np.mean(covered) <= 0.97
    assert cover == pytest.approx(100 * np.mean(covered), abs=0.6)
    shown = [np.mean(found), np.std(found), np.mean(worst["level"]), np.mean(worst["year"])]
    assert figures == pytest.approx(shown, abs=60)


def _before(forces: Path) -> Panel:
    rows = pd.read_csv(forces)
    rows = rows[rows["quarter"].between("2013/14 Q1", "2018/19 Q4")]
    rows["rate"] = rows["violence"] / rows["population"] * effects.PER
    rates, people = (rows.pivot(index="force", columns="quarter", values=name) for name in ("rate", "population"))
    first = np.full(len(rates), rates.shape[1])
    return Panel(
        tuple(rates.index),
        tuple(rates.columns),
        rates.to_numpy(dtype=np.float64),
        first,
        exposure=people.to_numpy(dtype=np.float64),
        outcome="violence",
    )


def _pretended(panel: Panel, start: int, chosen: np.ndarray) -> tuple[Effect, float]:
    first = np.full(len(panel.units), len(panel.times))
    first[chosen] = start
    effect = methods.estimate(panel.begun(first), Setting("recommended"))
    total = effects.prevented(effect)
    assert total is not None
    return effect, total[0]


@pytest.mark.slow
def test_the_chance_of_seeing_49000_is_what_the_page_says(forces: Path, tmp_path: Path) -> None:
    from scipy.stats import nct, t

    found = _asked(_window(forces, tmp_path), "recommended")
    diagnostics = found["diagnostics"]
    error, freedom = diagnostics["prevented"]["se"], diagnostics["freedom"]
    chance = 1 - nct.cdf(t.ppf(0.975, freedom), freedom, 49_000 / error)
    page = PAGE.read_text("utf-8")
    said = re.search(r"would be seen in (\d+)% of", page)
    least = re.search(r"Only a fall of about ([\d,]+)", page)
    assert said
    assert least
    assert float(said[1]) == pytest.approx(100 * chance, abs=1)
    assert _number(least[1]) == pytest.approx(diagnostics["least_to_see"], abs=600)
    assert diagnostics["overlap"] == pytest.approx(0.86, abs=0.01)
    assert len(diagnostics["cohorts"][0]["areas"]) == 18
    assert any(": 1 of " in note for note in found["notes"])


@pytest.mark.parametrize("start", ["2015/16 Q1", "2016/17 Q1", "2017/18 Q1"])
def test_pretend_starts_find_what_the_page_says(forces: Path, tmp_path: Path, start: str) -> None:
    rows = pd.read_csv(forces)
    quarters = sorted(set(rows["quarter"]))
    ends = quarters[quarters.index(start) + 5]
    rows["began"] = rows["began"].where(rows["began"] == "never", start)
    file = tmp_path / "earlier.csv"
    rows[rows["quarter"].between("2013/14 Q1", ends)].to_csv(file, index=False)
    total = _asked(file, "recommended")["total_prevented"]
    said = re.search(rf"{start}\s+(\S+)\s+\((\S+)\s+to\s+(\S+)\)", PAGE.read_text("utf-8"))
    assert said
    assert [_number(each) for each in said.groups()] == pytest.approx(list(total.values()), abs=51)
    assert total["low"] < 0 < total["high"]


def test_groups_did_not_move_alike_before(forces: Path, tmp_path: Path) -> None:
    file, page = _window(forces, tmp_path), PAGE.read_text("utf-8")
    groups = _asked(file, "cs")["diagnostics"]["pretest_p"]
    plain = _asked(file, "did")["diagnostics"]["pretest_p"]
    assert f"(p = {groups:.4f})" in page
    assert f"p = {plain:.2f} or" in page


def _window(forces: Path, tmp_path: Path) -> Path:
    rows = pd.read_csv(forces)
    into = tmp_path / "window.csv"
    rows[rows["quarter"].between("2013/14 Q1", "2020/21 Q2")].to_csv(into, index=False)
    return into


def _asked(file: Path, method: str) -> dict[str, Any]:
    asked = f"impact {file} --unit force --time quarter --outcome violence --exposure population".split()
    asked += ["--first-treated", "began", "--method", method, "--json"]
    found = CliRunner().invoke(app, asked)
    assert found.exit_code == 0, found.output
    said: dict[str, Any] = json.loads(found.stdout)
    return said
