from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import block_designs

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = 'pre = [1, 8]\npost = [9, 12]\nmatch_outcomes = ["thefts"]\n'


def test_a_design_says_everything() -> None:
    found = block_designs.parse(
        b'id = "ID"\ntime = "quarter"\ntreated = "dmi"\n'
        b'pre = [2019-04-01, 2020-01-01]\npost = ["2020-04-01", "2020-07-01"]\n'
        b'end_post = "2020-04-01"\nmatch_outcomes = ["thefts"]\nmatch_covariates = ["people"]\noutcomes = ["drugs"]\n'
        b'near_outcomes = ["arson"]\nnear_covariates = ["cars"]\ntest = "lower"\nlevel = 0.95\npermutations = 99\n'
        b'jackknife = 12\nseed = 7\nabsent = "zero"\n[windows]\nthefts = [1, 3]\narson = 4\n',
        name="d",
    )
    assert (found.id, found.time, found.treated, found.absent) == ("ID", "quarter", "dmi", "zero")
    assert (found.pre, found.post) == (("2019-04-01", "2020-01-01"), ("2020-04-01", "2020-07-01"))
    assert (found.ends, found.test, found.level) == (("2020-04-01",), "lower", 0.95)
    assert (found.permutations, found.jackknife, found.seed) == (99, 12, 7)
    assert found.windows["thefts"] == (1, 3)
    assert set(found.windows["arson"]) == {4}
    assert (found.asked, found.covariates, found.balanced) == (("drugs",), ("people", "cars"), ("thefts", "arson"))


@pytest.mark.parametrize(("said", "groups"), [("true", None), ("false", 0), ("5", 5)])
def test_the_jackknife_is_a_number_or_yes_or_no(said: str, groups: int | None) -> None:
    assert block_designs.parse(f"{PLAIN}jackknife = {said}\n".encode(), name="d").jackknife == groups


def test_whole_numbers_name_periods_however_they_are_written() -> None:
    assert block_designs.parse(PLAIN.replace("[1, 8]", "[1.0, 8]").encode(), name="d").pre == ("1", "8")


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SourceError) as told:
        block_designs.parse(
            b'pre = [1]\nmatch_outcome = ["a"]\nmatch_covariates = ["x", "x"]\ntest = "less"\nlevel = "high"\n'
            b'seed = 1.5\nid = 4\nend_post = [true]\nwindows = 3\noutcomes = "a"\n',
            name="d.toml",
        )
    said = str(told.value)
    assert len(told.value.faults) == 12
    assert "d.toml: no setting 'match_outcome'. Did you mean 'match_outcomes'?" in said
    for words in (
        "post is not given",
        "names x twice",
        "test 'less'",
        "level 'high'",
        "seed 1.5",
        "id 4",
        "True is not",
    ):
        assert words in said


def test_windows_have_whole_numbers() -> None:
    with pytest.raises(SourceError, match="windows: thefts 0 is not a number"):
        block_designs.parse(f"{PLAIN}[windows]\nthefts = 0\n".encode(), name="d")


def test_what_the_design_itself_finds_wrong_is_told_with_the_file() -> None:
    with pytest.raises(SourceError, match=r"d: level 2\.0: an interval's level"):
        block_designs.parse(f"{PLAIN}level = 2\n".encode(), name="d")


def test_a_file_that_is_not_there_or_not_toml(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file"):
        block_designs.read(tmp_path / "none.toml")
    with pytest.raises(SourceError, match="cannot be read"):
        block_designs.read(tmp_path)
    with pytest.raises(SourceError, match="not TOML"):
        block_designs.parse(b"pre = ", name="d")
    with pytest.raises(SourceError, match="UTF-8"):
        block_designs.parse(b"\xff\xfe1", name="d")
