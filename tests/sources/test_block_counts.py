from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from abate.errors import SourceError
from abate.impact.blockdesigns import BlockDesign, Blocks
from abate.sources import block_counts

if TYPE_CHECKING:
    from pathlib import Path

BLOCKS = "id,treated,people\na,1,10\nb,0,20\nc,no,30\n"
RULE = "1 for a block that had the programme and 0 for one that did not"
COUNTS = "id,time,thefts,drugs\na,1,4,1\nb,2,3,0\nc,1,1,1\n"


def read(blocks: str = BLOCKS, counts: str = COUNTS, **more: Any) -> Blocks:
    usual: dict[str, Any] = {
        "pre": ("1", "1"),
        "post": ("2", "2"),
        "match_outcomes": ("thefts",),
        "match_covariates": ("people",),
        "absent": "zero",
    }
    design = BlockDesign(**{**usual, **more})
    return block_counts.parse(blocks.encode(), counts.encode(), design, names=("blocks.csv", "counts.csv"))


def faults(blocks: str = BLOCKS, counts: str = COUNTS, **more: Any) -> list[str]:
    with pytest.raises(SourceError) as told:
        read(blocks, counts, **more)
    return list(told.value.faults)


def test_rows_that_are_not_there_are_zero_where_the_design_says_so() -> None:
    found = read(outcomes=("drugs",))
    assert (found.ids, found.times, found.treated.tolist()) == (("a", "b", "c"), ("1", "2"), [True, False, False])
    assert found.outcomes["thefts"].tolist() == [[4, 0], [0, 3], [1, 0]]
    assert found.outcomes["drugs"].tolist() == [[1, 0], [0, 0], [1, 0]]
    assert found.covariates["people"].tolist() == [10, 20, 30]


def test_else_they_are_refused_with_an_example() -> None:
    (fault,) = faults(absent="refuse")
    assert fault == (
        "counts.csv: 3 blocks and periods have no row, such as id a in 2; if these are 0, say "
        'absent = "zero" in the design, else give their rows'
    )
    assert read(counts=COUNTS + "a,2,0,0\nb,1,0,0\nc,2,0,0\n", absent="refuse").outcomes["thefts"].sum() == 8


def test_faults_of_both_files_are_told_at_once() -> None:
    said = faults(
        "id,treated,people\na,1,ten\nb,maybe,20\nb,0,3\n",
        "id,time,thefts\na,1,-4\nz,2,3\na,1,2\nb,2,\n",
    )
    assert said == [
        "blocks.csv, row 3: a second row of id b",
        f"blocks.csv, row 2: treated is 'maybe'; it should be {RULE}",
        "blocks.csv, row 1: people is 'ten'; it should be a number",
        "counts.csv, row 1: thefts is '-4'; it should be a number of 0 or more",
        "counts.csv, row 4: thefts is ''; it should be a number of 0 or more",
        "counts.csv, row 2: block z is not in blocks.csv",
        "counts.csv, row 3: a second row of block a in 1",
    ]


def test_columns_that_are_not_there_name_the_nearest_in_both_files() -> None:
    said = faults(match_outcomes=("theft",), match_covariates=("peopel",))
    assert said[0].startswith("blocks.csv: there is no column 'peopel'. Did you mean 'people'?")
    assert said[1].startswith("counts.csv: there is no column 'theft'. Did you mean 'thefts'?")


@pytest.mark.parametrize(("mark", "words"), [("1", "every block"), ("0", "no block")])
def test_all_or_none_treated(mark: str, words: str) -> None:
    (fault,) = faults(f"id,treated,people\na,{mark},1\nb,{mark},2\nc,{mark},2\n")
    assert f"by treated {words} had the programme" in fault


def test_a_period_without_any_row_is_more_likely_missing() -> None:
    (fault,) = faults(counts="id,time,thefts\na,1,4\nb,3,3\n", post=("3", "3"))
    assert "no block has a row in time 2" in fault


def test_periods_are_put_in_order_and_labels_made_alike() -> None:
    assert read(counts="id,time,thefts\na,10,4\nb,9.0,3\n", pre=("9", "9"), post=("10", "10")).times == ("9", "10")
    quarters = read(
        counts="id,time,thefts\na,2019Q2,4\nb,2019Q1,3\n", pre=("2019Q1", "2019Q1"), post=("2019Q2", "2019Q2")
    )
    assert quarters.times == ("2019Q1", "2019Q2")
    (fault,) = faults(counts="id,time,thefts\na,before,4\nb,after,3\n")
    assert "'before' does not say its order" in fault


def test_many_faults_of_a_kind_are_counted() -> None:
    said = faults(counts="id,time,thefts\n" + "".join(f"z{row},1,1\n" for row in range(9)) + "a,2,1\n")
    assert said[-1] == "counts.csv: 4 more faults like these"
    assert len(said) == 6


def test_files_that_are_empty_or_no_csv() -> None:
    assert faults("", "id,time,thefts\n")[0].startswith("blocks.csv: is not a CSV")
    assert faults("", "id,time,thefts\n")[1] == "counts.csv: has a header and no rows"


def test_files_are_read_packed_or_not(tmp_path: Path) -> None:
    (tmp_path / "blocks.csv").write_text(BLOCKS)
    (tmp_path / "counts.csv.gz").write_bytes(gzip.compress(COUNTS.encode()))
    design = BlockDesign(("1", "1"), ("2", "2"), ("thefts",), absent="zero")
    found = block_counts.read(tmp_path / "blocks.csv", tmp_path / "counts.csv.gz", design)
    assert found.outcomes["thefts"].sum() == 8
    with pytest.raises(SourceError, match=r"none\.csv"):
        block_counts.read(tmp_path / "none.csv", tmp_path / "counts.csv.gz", design)


@pytest.mark.parametrize("label", ["inf", "nan", "1e999"])
def test_a_period_without_an_end_is_no_period(label: str) -> None:
    (fault,) = faults(counts=f"id,time,thefts\na,{label},4\nb,3,3\n", post=("3", "3"), pre=("3", "3"))
    assert "does not say its order" in fault


def test_periods_far_apart_cost_no_memory() -> None:
    told = faults(counts="id,time,thefts\na,1,4\nb,900000000000000,3\n", post=("900000000000000", "900000000000000"))
    assert told[0].endswith("in time 2: a period without any row is more likely missing than 0")
