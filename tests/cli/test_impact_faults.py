"""What is wrong with a file or a budget is said in a sentence that names the place, whatever the method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from abate.cli.main import app
from abate.errors import AbateError

if TYPE_CHECKING:
    from pathlib import Path

YEARS = range(2012, 2022)
COLUMNS = ("--unit", "force", "--time", "year", "--outcome", "n")
BEGAN = (*COLUMNS, "--treatment", "on")
WHOLE = ("sc", "sc-predictors", "ascm", "sdid", "calibrate")
FILES = ("b.csv", "c.csv", "d.toml")
COMPARED = ("sc", "ascm", "sdid", "did", "cs", "fepois", "mc", "ife", "calibrate")


def panel() -> pd.DataFrame:
    """Eight forces in ten years, of which the first two had the programme from 2018 on."""
    generator = np.random.default_rng(3)
    forces = ["Avon and Somerset", "Kent", "Essex", "Dorset", "Surrey", "Sussex", "Norfolk", "Suffolk"]
    rows = pd.MultiIndex.from_product([forces, YEARS], names=["force", "year"]).to_frame(index=False)
    had = rows["force"].isin(forces[:2])
    return rows.assign(n=generator.poisson(400, len(rows)), on=(had & (rows["year"] >= 2018)).astype(int))


def said(path: Path, rows: pd.DataFrame, *words: str) -> str:
    """Give the sentence with which `abate impact` refuses these rows."""
    rows.to_csv(path / "forces.csv", index=False)
    return refused("impact", str(path / "forces.csv"), *words)


def refused(*words: str) -> str:
    told = CliRunner().invoke(app, [*words, "--json"])
    assert isinstance(told.exception, AbateError), told.output
    assert told.stdout == ""
    return str(told.exception)


@pytest.mark.parametrize("method", WHOLE)
def test_a_panel_with_a_gap_is_told_where(tmp_path: Path, method: str) -> None:
    rows = panel()
    gone = rows[~((rows["force"] == "Surrey") & (rows["year"] == 2015))]
    found = said(tmp_path, gone, *BEGAN, "--method", method)
    assert f"{method} needs a value for every area and period, and n is missing for Surrey in 2015" in found


@pytest.mark.parametrize("method", ["did", "fepois"])
def test_methods_that_bear_gaps_say_so_and_go_on(tmp_path: Path, method: str) -> None:
    rows = panel()
    rows[~((rows["force"] == "Surrey") & (rows["year"] == 2015))].to_csv(tmp_path / "forces.csv", index=False)
    told = CliRunner().invoke(app, ["impact", str(tmp_path / "forces.csv"), *BEGAN, "--method", method])
    assert told.exit_code == 0
    assert "1 areas and periods have no row in the file: they are missing, not zero" in told.stdout


def test_an_area_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    words = ("--treated", "Avon & Somerset,Kent", "--from", "2018", "--method", "did")
    found = said(tmp_path, panel(), *COLUMNS, *words)
    assert "--treated 'Avon & Somerset': no such area in the panel. Did you mean 'Avon and Somerset'?" in found


def test_a_start_at_the_first_period_is_told(tmp_path: Path) -> None:
    found = said(tmp_path, panel(), *COLUMNS, "--treated", "Kent", "--from", "2012", "--method", "did")
    assert found == "--from '2012': is the first period of the panel, so there is nothing before it to go by"


@pytest.mark.parametrize("method", COMPARED)
def test_no_time_before_is_told_by_every_method(tmp_path: Path, method: str) -> None:
    rows = panel()
    early = rows.assign(on=rows["force"].isin(["Avon and Somerset", "Kent"]).astype(int))
    found = said(tmp_path, early, *BEGAN, "--method", method)
    assert any(words in found for words in ("before", "first period", "no known value without the programme"))


@pytest.mark.parametrize("method", COMPARED)
def test_areas_that_never_overlap_are_told_with_their_periods(tmp_path: Path, method: str) -> None:
    rows = panel()
    had = rows["force"].isin(["Avon and Somerset", "Kent"])
    apart = rows[(had & (rows["year"] >= 2016)) | (~had & (rows["year"] < 2016))]
    found = said(tmp_path, apart, *BEGAN, "--method", method)
    assert found == (
        "areas with the programme have n in 2018 to 2021, those without it only in 2012 to 2017: they share no period, "
        "so that nothing can be compared; give areas without the programme that have values after its start"
    )


def test_a_count_below_zero_is_told_where(tmp_path: Path) -> None:
    rows = panel()
    rows.loc[(rows["force"] == "Essex") & (rows["year"] == 2014), "n"] = -4
    assert "Essex, 2014: n -4 is below 0" in said(tmp_path, rows, *BEGAN, "--method", "fepois")
    alone = rows[rows["force"] == "Essex"]
    words = ("--time", "year", "--outcome", "n", "--from", "2018", "--method", "its")
    assert "2014: n is -4, and counts begin at 0" in said(tmp_path, alone, *words)


def test_a_block_count_below_zero_is_told_where(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("id,treated\na,1\nb,0\nc,0\n")
    rows = [f"{block},{time},{-2 if (block, time) == ('b', 3) else 4}" for block in "abc" for time in range(1, 5)]
    (tmp_path / "c.csv").write_text("\n".join(["id,time,thefts", *rows]) + "\n")
    (tmp_path / "d.toml").write_text('pre = [1, 3]\npost = [4, 4]\nmatch_outcomes = ["thefts"]\n')
    files = (f"--{name}={tmp_path / file}" for name, file in zip(("blocks", "counts", "design"), FILES, strict=True))
    assert "c.csv, row 7: thefts is '-2'" in refused("impact", "calibrate", *files)


def test_a_programme_that_stops_again_is_told(tmp_path: Path) -> None:
    rows = panel()
    rows.loc[(rows["force"] == "Kent") & (rows["year"] == 2020), "on"] = 0
    found = said(tmp_path, rows, *BEGAN, "--method", "did")
    assert "on of Kent is 1 in 2018 and 0 again in 2020" in found


@pytest.mark.parametrize("method", ["sc", "sdid", "did", "cs", "fepois"])
def test_nobody_to_compare_with_is_told(tmp_path: Path, method: str) -> None:
    rows = panel()
    found = said(tmp_path, rows[rows["force"].isin(["Avon and Somerset", "Kent"])], *BEGAN, "--method", method)
    assert "every area" in found or "there must be areas that do not have it" in found


def test_placebo_errors_need_more_controls_than_treated(tmp_path: Path) -> None:
    rows = panel()
    few = rows[rows["force"].isin(["Avon and Somerset", "Kent", "Essex", "Dorset"])]
    found = said(tmp_path, few, *BEGAN, "--method", "sdid", "--inference", "placebo")
    assert "more areas without the programme than with it" in found or "placebo" in found


def test_a_deflator_without_the_year_is_told(tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text("financial_year,index,release\n2015-16,80,June 2026\n2018-19,85,June 2026\n")
    words = ("--deflator", str(tmp_path / "gdp.csv"), "--price-year", "2019-20")
    assert refused("costs", "--prevented", "arson=5", *words) == (
        "gdp.csv: has no index for 2019-20; it runs from 2015-16 to 2018-19. Give a release that holds both years"
    )


def test_a_budget_below_the_floors_is_told_with_what_is_lacking(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text(
        "area,population,need,floor\nKent,1900000,300,1160000\nEssex,1850000,200,880000.50\n"
    )
    found = refused("fund", str(tmp_path / "areas.csv"), "--budget", "2000000", "--rule", "need")
    assert found == (
        "the floors add up to £2,040,000.50, more than the budget of £2,000,000.00: raise --budget by £40,000.50 or "
        "lower the floors"
    )


def test_every_fault_of_a_file_comes_at_once(tmp_path: Path) -> None:
    rows = panel().astype({"n": "object", "on": "object"})
    rows.loc[3, "n"], rows.loc[7, "n"], rows.loc[9, "on"] = "many", "4 5", "maybe"
    found = said(tmp_path, rows, *BEGAN, "--method", "did")
    for words in ("row 4: n is 'many'", "row 8: n is '4 5'", "row 10: on is 'maybe'"):
        assert words in found
