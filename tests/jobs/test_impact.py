from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
