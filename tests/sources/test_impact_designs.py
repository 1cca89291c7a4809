"""Designs from TOML: what they say, and every fault in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.impact.designs import Design, Predictor, Window
from abate.sources import impact_designs

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
[fit]
from = 1970
to = 1988

[[predictors]]
column = "retprice"
from = 1980
to = 1988
train_from = 1971
train_to = 1979

[[predictors]]
column = "cigsale"
at = 1975
weight = 2
"""


def test_a_design_says_what_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert impact_designs.read(path) == Design(
        (
            Predictor("retprice", Window("1980", "1988"), training=Window("1971", "1979")),
            Predictor("cigsale", Window("1975", "1975"), "value", weight=2.0),
        ),
        Window("1970", "1988"),
    )


def test_periods_may_be_dates_and_texts() -> None:
    text = b'[[predictors]]\ncolumn = "a"\nfrom = 2019-04-01\nto = "2019-07-01"\nsummary = "median"\n'
    assert impact_designs.parse(text, name="d").predictors[0].window == Window("2019-04-01", "2019-07-01")


def test_every_fault_is_told_at_once() -> None:
    text = b"""
[fti]
a = 1
[fit]
from = 1970
[[predictors]]
colum = "beer"
from = 1980
to = true
[[predictors]]
column = "retprice"
at = 1988
to = 1989
weight = -1
"""
    with pytest.raises(SourceError) as caught:
        impact_designs.parse(text, name="d.toml")
    assert [fault.split(". ")[0] for fault in caught.value.faults] == [
        "d.toml: no section 'fti'",
        "d.toml: predictor 1 has no setting 'colum'",
        'd.toml: predictor 1 names no column: column = "..." is the name of a column of the panel',
        'd.toml: predictor 1: to True is not a period: write it as in the panel, such as 1988 or "2019-04"',
        "d.toml: predictor 2 (retprice): weight -1 is not a number of 0 or more",
        "d.toml: predictor 2 (retprice): has both at and from or to: a single period is at, a stretch is from and to",
        "d.toml: [fit]: to not given: a window has the first and the last period",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no predictors: each is a section"),
        (b"a =", "not TOML"),
        (b"\xff", "not text in UTF-8"),
        (b"fit = 3\n[[predictors]]\ncolumn = 'a'\nat = 1\n", "fit is a section"),
        (b"[[predictors]]\ncolumn = 'a'\nat = 1\nsummary = 3\n", "summary 3 is not one of"),
        (b"[[predictors]]\ncolumn = 'a'\nat = 1\nweight = nan\n", "weight nan is not a number"),
    ],
)
def test_what_is_no_design_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        impact_designs.parse(content, name="d.toml")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such file; it should be a design in TOML"):
        impact_designs.read(tmp_path / "none.toml")
