from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from abate.errors import SourceError
from abate.sources import cost_tables, small_tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abate.sources.small_tables import SmallTable


def table(text: str) -> SmallTable:
    return small_tables.parse(text.encode(), name="t.csv")


def test_a_deflator_is_read_with_its_release(tmp_path: Path) -> None:
    (tmp_path / "gdp.csv").write_text("financial_year,index,release\n2015-16,80,June 2026\n2019/20,88.2,June 2026\n")
    found = cost_tables.deflator(tmp_path / "gdp.csv")
    assert (dict(found.index), found.release, found.name) == ({"2015-16": 80, "2019-20": 88.2}, "June 2026", "gdp.csv")


def test_unit_costs_of_a_users_own(tmp_path: Path) -> None:
    rows = 'offence,unit_cost,price_year,source,response,kind\nambulance,"1,200",2022/23,our trust,,health\n'
    (tmp_path / "u.csv").write_text(rows)
    cost = cost_tables.unit_costs(tmp_path / "u.csv")["ambulance"]
    assert (cost.unit_cost, cost.price_year, cost.kind, cost.response, cost.standing) == (
        1200,
        "2022-23",
        "health",
        None,
        "given",
    )


def test_numbers_prevented_with_areas_years_and_intervals(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "offence,value,low,high,area,year,source\narson,5,1,9,Kent,2,\nfraud,7,,,,,survey\n"
    )
    one, two = cost_tables.prevented(tmp_path / "p.csv")
    assert (one.area, one.year, one.low, one.source) == ("Kent", 2, 1, "police")
    assert (two.area, two.year, two.high, two.source) == ("", 1, None, "survey")


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (
            cost_tables.parse_deflator,
            "financial_year,index,release\n2019,88,June\n",
            "row 1: '2019' is not a financial year",
        ),
        (
            cost_tables.parse_deflator,
            "financial_year,index,release\n2019-20,0,June\n",
            "row 1: index is '0'; it should be above 0",
        ),
        (
            cost_tables.parse_deflator,
            "financial_year,index,release\n2019-20,8,June\n2019-20,8,June\n",
            "2019-20 stands twice",
        ),
        (
            cost_tables.parse_deflator,
            "financial_year,index,release\n2019-20,8,June\n2020-21,8,May\n",
            "one month for all rows",
        ),
        (cost_tables.parse_deflator, "year,index,release\n", "there is no column 'financial_year'"),
        (cost_tables.parse_unit_costs, "offence,unit_cost,price_year,source\na,x,2019-20,s\n", "unit_cost is 'x'"),
        (cost_tables.parse_unit_costs, "offence,unit_cost,price_year,source\na,5,2019-20,\n", "source is blank"),
        (
            cost_tables.parse_unit_costs,
            "offence,unit_cost,price_year,source,kind\na,5,2019-20,s,polise\n",
            "Did you mean 'police'",
        ),
        (cost_tables.parse_prevented, "offence,value\narson,many\n", "row 1: value is 'many'; it should be a number"),
        (cost_tables.parse_prevented, "offence,value,low,high\narson,5,6,7\n", "row 1: arson: 5 does not lie between"),
        (cost_tables.parse_prevented, "offence,value,year\narson,5,0\n", "counts the programme's years from 1"),
        (cost_tables.parse_prevented, "offence,value,hi\narson,5,6\n", "the column 'hi' is not one of this table"),
        (cost_tables.parse_prevented, "offence,value\n", "has headings and no rows"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(read: Callable[[SmallTable], object], text: str, words: str) -> None:
    with pytest.raises(SourceError) as told:
        read(table(text))
    assert words in str(told.value)


def test_all_faults_of_a_table_are_told_at_once() -> None:
    with pytest.raises(SourceError) as told:
        cost_tables.parse_prevented(table("offence,value,year\na,x,1\nb,y,1\nc,1,1.5\n"))
    assert len(told.value.faults) == 3
