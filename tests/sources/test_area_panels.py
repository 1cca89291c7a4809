from __future__ import annotations

import numpy as np
import pytest

from abate.errors import SourceError
from abate.sources import area_panels
from abate.sources.area_panels import Columns, parse

WHOLE = (
    "force,year,n,pop,began,on\nKent,2018,5,100,2019,0\nKent,2019,4,100,2019,1\n"
    "Essex,2018,7,50,,0\nEssex,2019,8,50,,0\n"
)
COLUMNS = Columns("year", "n", "force")


def said(text: str, columns: Columns = COLUMNS) -> tuple[str, ...]:
    with pytest.raises(SourceError) as told:
        parse(text.encode(), columns, name="p.csv")
    return told.value.faults


def test_rows_in_any_order_become_areas_by_periods() -> None:
    found = parse(WHOLE.encode(), Columns("year", "n", "force", covariates=("pop",), exposure="pop"), name="p")
    assert (found.units, found.periods) == (("Essex", "Kent"), ("2018", "2019"))
    assert found.outcomes.tolist() == [[7, 8], [5, 4]]
    assert found.exposure is not None
    assert found.exposure.tolist() == found.covariates["pop"].tolist() == [[50, 50], [100, 100]]
    assert found.begins is None


@pytest.mark.parametrize("way", [{"first_treated": "began"}, {"treatment": "on"}])
def test_two_columns_can_say_who_began_when(way: dict[str, str]) -> None:
    found = parse(WHOLE.encode(), Columns("year", "n", "force", **way), name="p")  # type: ignore[arg-type]
    assert found.begins is not None
    assert found.begins.tolist() == [2, 1]


def test_a_start_between_periods_is_the_next_and_one_after_them_all_is_never() -> None:
    text = "u,t,y,g\na,1,1,1.5\na,2,1,1.5\nb,1,1,9\nb,2,1,9\nc,1,1,0\nc,2,1,0\n"
    found = parse(text.encode(), Columns("t", "y", "u", first_treated="g"), name="p")
    assert found.begins is not None
    assert found.begins.tolist() == [1, 2, 2]


def test_a_missing_row_is_missing_and_not_zero() -> None:
    found = parse(b"u,t,y\na,1,5\na,2,\nb,1,3\n", Columns("t", "y", "u"), name="p")
    assert np.isnan(found.outcomes).tolist() == [[False, True], [False, True]]
    assert found.absent == 1


def test_a_single_series_needs_no_column_of_areas() -> None:
    found = parse(b"t,y\n2,5\n1,4\n", Columns("t", "y"), name="p")
    assert (found.units, found.periods, found.outcomes.tolist()) == (("y",), ("1", "2"), [[4, 5]])


@pytest.mark.parametrize(
    ("labels", "ordered"),
    [
        (["10", "9", "2012.25"], ["9", "10", "2012.25"]),
        (["2019-10", "2019-02"], ["2019-02", "2019-10"]),
        (["2019/20 Q1", "2018/19 Q4"], ["2018/19 Q4", "2019/20 Q1"]),
        (["2019-04-01", "2018-04-01"], ["2018-04-01", "2019-04-01"]),
    ],
)
def test_periods_come_in_their_order(labels: list[str], ordered: list[str]) -> None:
    rows = "".join(f"a,{label},1\n" for label in labels)
    assert list(parse(f"u,t,y\n{rows}".encode(), Columns("t", "y", "u"), name="p").periods) == ordered


def test_areas_that_are_numbers_come_by_value() -> None:
    assert parse(b"u,t,y\n10,1,1\n9,1,1\n", Columns("t", "y", "u"), name="p").units == ("9", "10")


def test_periods_without_an_order_are_refused() -> None:
    (fault,) = said("force,year,n\nA,spring,1\nA,2018,2\n")
    assert "'spring' does not say its order" in fault


def test_every_fault_is_told_with_its_row() -> None:
    faults = said(
        "force,year,n,on\nKent,2018,x,0\nKent,2018,4,1\nEssex,2019,8,maybe\n",
        Columns("year", "n", "force", treatment="on"),
    )
    assert faults == (
        "p.csv, row 2: a second row of Kent in 2018; there should be one row an area and period",
        "p.csv, row 1: n is 'x'; it should be a number, or blank where it is not known",
        "p.csv, row 3: on is 'maybe'; it should be 1 where the programme runs and 0 elsewhere",
    )


def test_a_programme_that_stops_is_refused() -> None:
    (fault,) = said("force,year,n,on\nK,1,1,0\nK,2,1,1\nK,3,1,0\n", Columns("year", "n", "force", treatment="on"))
    assert "on of K is 1 in 2 and 0 again in 3" in fault


def test_an_area_begins_once() -> None:
    (fault,) = said("force,year,n,g\nK,1,1,2\nK,2,1,1\n", Columns("year", "n", "force", first_treated="g"))
    assert "'2' in one row and '1' in another" in fault


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("forse,year,n\nA,1,1\n", "there is no column 'force'. Did you mean 'forse'?"),
        ("force,year,n\n", "has a header and no rows"),
        ("force,year,n\n,1,1\n", "row 1: force is blank"),
        ("", "is not a CSV"),
    ],
)
def test_a_file_that_is_no_panel_gets_a_sentence(text: str, words: str) -> None:
    assert words in said(text)[0]


def test_an_exposure_is_above_zero() -> None:
    (fault,) = said("force,year,n,pop\nA,1,1,0\n", Columns("year", "n", "force", exposure="pop"))
    assert fault == "p.csv: pop of A in 1 is 0; an exposure, such as a population, is above 0"


def test_the_file_is_read_as_its_bytes_are(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "p.csv").write_text(WHOLE)
    assert area_panels.read(tmp_path / "p.csv", COLUMNS).units == ("Essex", "Kent")
