"""A table says everything that is wrong with a frame, and prints itself."""

from __future__ import annotations

import pandas as pd
import pytest

from abate.errors import TableError
from abate.schema import Column, Table
from conftest import table

VISITS = Table(
    "visits",
    "One row a visit.",
    {
        "place_id": Column("text", "the place"),
        "day": Column("date", "the day"),
        "minutes": Column("number", "minutes there", at_least=0, at_most=60),
        "month": Column("month", "the month"),
        "arm": Column("text", "what was drawn", blank=True, one_of=("patrol", "usual")),
    },
    key=("place_id", "day"),
)


def visits() -> pd.DataFrame:
    return table("""
        place_id  day         minutes  month    arm
        a         2025-01-06  15.0     2025-01  patrol
        b         2025-01-06  12.5     2025-01  usual
    """)


def faults(frame: pd.DataFrame) -> tuple[str, ...]:
    with pytest.raises(TableError) as caught:
        VISITS.check(frame)
    return caught.value.faults


def test_a_frame_that_fits_comes_back_itself() -> None:
    frame = visits()
    assert VISITS.check(frame) is frame
    assert VISITS.check(frame.assign(weather="wet")).columns[-1] == "weather"


def test_every_fault_is_told_at_once() -> None:
    wrong = visits().assign(minutes=[-1.0, 75.0], month=["2025-13", "2025-01"]).drop(columns="day")
    assert faults(wrong) == (
        "visits: column 'day' is missing",
        "visits: column 'minutes' should be at least 0, not -1.0 (first in row 0)",
        "visits: column 'minutes' should be at most 60, not 75.0 (first in row 1)",
        "visits: column 'month' should be months written YYYY-MM, not '2025-13' (first in row 0)",
    )


def test_a_kind_that_does_not_fit_is_told_with_what_is_there() -> None:
    assert faults(visits().assign(minutes=["a", "b"])) == ("visits: column 'minutes' should hold number, not str",)


def test_blanks_are_counted_and_the_first_is_named() -> None:
    assert faults(visits().assign(place_id=pd.Series(["a", None], dtype="str"))) == (
        "visits: column 'place_id' is blank in 1 rows, first in row 2",
    )
    assert len(VISITS.check(visits().assign(arm=pd.Series(["patrol", None], dtype="str")))) == 2


def test_a_value_that_is_not_one_of_those_known() -> None:
    found = faults(visits().assign(arm=["patrol", "control"]))
    assert found == ("visits: column 'arm' should be one of patrol, usual, not 'control' (first in row 1)",)


def test_rows_that_repeat_a_key() -> None:
    assert faults(visits().assign(place_id="a")) == ("visits: 1 rows repeat an earlier place_id + day",)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("text", ["a"], [1]),
        ("number", [0.5], ["a"]),
        ("number", [1], [True]),
        ("whole", [1], [0.5]),
        ("yes_no", [True], ["maybe"]),
        ("date", pd.to_datetime(["2025-01-06"]), ["2025-01-06"]),
        ("time", pd.to_datetime(["2025-01-06T10:00Z"]), [10]),
        ("month", ["2025-01"], ["January"]),
    ],
)
def test_kinds(kind: str, right: list[object], wrong: list[object]) -> None:
    one = Table("one", "One column.", {"it": Column(kind, "it")})  # type: ignore[arg-type]
    one.check(pd.DataFrame({"it": right}))
    with pytest.raises(TableError):
        one.check(pd.DataFrame({"it": wrong}))


def test_an_empty_table_has_all_columns_and_passes_its_own_check() -> None:
    empty = VISITS.empty()
    assert list(empty.columns) == list(VISITS.columns)
    assert len(VISITS.check(empty)) == 0


def test_the_dictionary_prints_kinds_blanks_and_meanings() -> None:
    page = VISITS.markdown()
    assert page.startswith("### visits\n\nOne row a visit.\n")
    assert "| `arm` | text (may be blank) | what was drawn |" in page
