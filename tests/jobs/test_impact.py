from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from abate.errors import OptionError
from abate.jobs import impact as jobs

if TYPE_CHECKING:
    from pathlib import Path

ROWS = "force,year,n,pop\n" + "".join(
    f"{force},{year},{count},{people}\n"
    for force, people, counts in (("A", 1000, (5, 6, 2, 2)), ("B", 2000, (9, 11, 12, 10)), ("C", 500, (3, 2, 3, 3)))
    for year, count in zip(range(2016, 2020), counts, strict=True)
)


def options(path: Path, **more: Any) -> jobs.Options:
    (path / "p.csv").write_text(ROWS)
    usual = {"time": "year", "outcome": "n", "method": "did", "unit": "force", "treated": ("A",), "begins": "2018"}
    return jobs.Options(path / "p.csv", **{**usual, **more})


def test_a_file_becomes_an_effect(tmp_path: Path) -> None:
    found = jobs.impact(options(tmp_path))
    others = ((12 + 10 + 3 + 3) - (9 + 11 + 3 + 2)) / 4
    assert found.effect.value == pytest.approx((2 + 2 - 5 - 6) / 2 - others)
    assert found.document()["estimate"]["value"] == found.effect.value


def test_with_an_exposure_levels_are_compared_as_rates(tmp_path: Path) -> None:
    found = jobs.impact(options(tmp_path, exposure="pop"))
    rates = [200 - 550, (550 - 500) / 1, (600 - 500) / 1]
    assert found.effect.value == pytest.approx(rates[0] - sum(rates[1:]) / 2)
    assert found.notes == ("n is compared as a rate per 100,000 of pop",)


def test_a_missing_row_is_told(tmp_path: Path) -> None:
    asked = options(tmp_path)
    asked.file.write_text("".join(line for line in ROWS.splitlines(keepends=True) if not line.startswith("C,2019")))
    assert jobs.impact(asked).notes == ("1 areas and periods have no row in the file: they are missing, not zero",)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"treated": (), "begins": None}, "nothing says who had the programme"),
        ({"treatment": "on"}, "--treated with --from and --treatment says"),
        ({"begins": None}, "--treated needs --from"),
        ({"treated": ()}, "--from needs --treated"),
        ({"unit": None, "treated": ()}, "--method did compares areas: give --unit"),
    ],
)
def test_who_and_when_is_said_once_and_whole(tmp_path: Path, more: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        options(tmp_path, **more)


def test_choices_of_another_method_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--season belongs to --method its, not to did"):
        jobs.impact(options(tmp_path, choices={"season": "months"}))
    with pytest.raises(OptionError, match="--design belongs to --method sc-predictors, not to did"):
        jobs.impact(options(tmp_path, design=tmp_path / "d.toml"))


def test_nobody_treated_is_an_error(tmp_path: Path) -> None:
    asked = options(tmp_path, treated=(), begins=None, first_treated="began")
    asked.file.write_text("force,year,n,began\nA,1,1,\nA,2,1,\nB,1,1,\nB,2,1,\n")
    with pytest.raises(OptionError, match="no area has the programme in any period"):
        jobs.impact(asked)


def test_inferences_are_checked_by_name() -> None:
    assert jobs.inferences(("jackknife", "placebo")) == ("jackknife", "placebo")
    with pytest.raises(OptionError, match=r"--inference 'placebos'.*Did you mean 'placebo'"):
        jobs.inferences(("placebos",))


@pytest.mark.parametrize(
    ("method", "treated", "inference"),
    [
        ("sc", ("A",), ("placebo",)),
        ("sdid", ("A", "B"), ("jackknife",)),
        ("did", ("A",), ("placebo",)),
        ("did", ("A", "B"), ()),
        ("mc", ("A",), ("bootstrap",)),
        ("cs", ("A",), ()),
        ("fepois", ("A",), ()),
    ],
)
def test_unasked_the_inference_is_one_that_the_panel_allows(
    tmp_path: Path, method: str, treated: tuple[str, ...], inference: tuple[str, ...]
) -> None:
    asked = options(tmp_path, method=method, treated=treated)
    panel, _ = jobs.panel_of(asked, {})
    assert jobs.usual(method, panel) == inference
    assert jobs.setting(asked, {}, panel).inference == inference


def test_an_inference_that_was_asked_for_is_kept(tmp_path: Path) -> None:
    asked = options(tmp_path, inference=("conformal", "placebo"))
    panel, _ = jobs.panel_of(asked, {})
    assert jobs.setting(asked, {}, panel).inference == ("conformal", "placebo")


def test_choices_of_the_method_reach_it(tmp_path: Path) -> None:
    plain, moved = (jobs.impact(options(tmp_path, method="sc", choices=said)) for said in ({}, {"intercept": True}))
    assert plain.effect.setting.options == {}
    assert moved.effect.setting.options == {"intercept": True}
    assert plain.effect.value != moved.effect.value


def test_areas_that_share_no_period_are_not_compared(tmp_path: Path) -> None:
    asked = options(tmp_path)
    kept = [line for line in ROWS.splitlines(keepends=True) if line[0] in "fA" or "2016" in line or "2017" in line]
    asked.file.write_text("".join(kept))
    with pytest.raises(OptionError, match="have n in 2018 to 2019, those without it only in 2016 to 2017"):
        jobs.impact(asked)


@pytest.mark.slow
def test_all_files_go_out_together_and_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    asked = options(tmp_path, method="sc", inference=("placebo",))
    found = jobs.impact(asked)
    one, two = (
        jobs.deliver(found, tmp_path / folder, asked, today=date(2026, 3, 1), by="t") for folder in ("one", "two")
    )
    assert [path.name for path in one] == [
        *("impact.html", "impact.pdf", "impact.docx", "path.csv", "weights.csv", "provenance.json")
    ]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    record = json.loads(one[-1].read_text())
    assert record["inputs"] == [
        {"file": "p.csv", "sha256": hashlib.sha256((tmp_path / "p.csv").read_bytes()).hexdigest()}
    ]
    assert record["parameters"]["treated"] == ["A"]
    assert record["files"]["path.csv"]["sha256"] == hashlib.sha256(one[3].read_bytes()).hexdigest()
    path = pd.read_csv(one[3])
    assert path["time"].tolist() == [2016, 2017, 2018, 2019]
    assert path["observed"].tolist() == [5, 6, 2, 2]
    assert path.loc[2:, "gap"].mean() == pytest.approx(found.effect.value)
    assert pd.read_csv(one[4])["weight"].sum() == pytest.approx(1)


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    asked = options(tmp_path)
    (tmp_path / "out").write_text("")
    with pytest.raises(OptionError, match="out: is a file; name a folder with -o"):
        jobs.deliver(jobs.impact(asked), tmp_path / "out", asked, today=date(2026, 3, 1), by="t")
